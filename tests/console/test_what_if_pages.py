"""What if the price falls? From a forecast to scenarios beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from tests.console import seeding
from tests.console.browser import NARROW
from tests.console.insights import new_analysis

SERVE_OPTIONS = ("--worker",)


def test_without_related_data_the_page_says_what_to_add(visit):
    page = visit(f"/forecasts/{seeding.FORECAST}")
    page.get_by_role("link", name="What if?").click()

    expect(page.get_by_role("heading", name="There is nothing to change yet")).to_be_visible()
    link = page.get_by_role("link", name="Add prices or promotions")
    expect(link).to_have_attribute("href", re.compile(f"/groups/{seeding.GROUP}/dataset"))


def test_a_scenario_is_made_and_stands_beside_the_baseline(console, visit):
    new_analysis(console.context, "cheaper_bread")
    page = visit("/what-if/cheaper_bread?item=bread")
    expect(page.get_by_text("10 % less of this went with a change of sales of +23")).to_be_visible()
    expect(page.get_by_text("fee cannot be changed")).to_be_visible()

    page.get_by_label("By how much").fill("-20")
    page.get_by_label("Name of the scenario").fill("a_fifth_less")
    page.get_by_role("button", name="Show the scenario").click()

    row = page.get_by_role("row").filter(has_text="a_fifth_less")
    expect(row.get_by_text("Ready")).to_be_visible(timeout=60_000)
    # 0.8 to the power of -2 is 1.5625; the other items stay as they are.
    expect(row).to_contain_text("(+56")
    page.goto(f"{console.url}/what-if/cheaper_bread?item=coffee")
    expect(page.get_by_role("row").filter(has_text="a_fifth_less")).to_contain_text("(0")


def test_what_makes_no_sense_is_told_at_once(console, visit):
    new_analysis(console.context, "free_bread")
    page = visit("/what-if/free_bread")
    page.get_by_label("By how much").fill("-100")
    page.get_by_role("button", name="Show the scenario").click()

    expect(page.get_by_role("dialog")).to_contain_text("'price' would become 0")


@pytest.mark.parametrize(("language", "heading"), [("en", "What if"), ("ko", "가격이 내려가면")])
def test_whoever_only_looks_is_offered_nothing(console, visit, language, heading):
    name = f"seen_in_{language}"
    new_analysis(console.context, name)
    page = visit(f"/what-if/{name}", role=Role.VIEWER, language=language, size=NARROW)

    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(page.locator("canvas")).to_have_count(1)
    assert page.get_by_role("button", name=re.compile("Show the|시나리오 보기")).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

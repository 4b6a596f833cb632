"""Home and the guided way: from the first visit to a group that has everything."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.core.names import ResourceType
from forecastle.service.operations import call
from tests.console.browser import NARROW
from tests.console.seeding import EXPORT, FORECAST, IMPORT, PREDICTOR


def make_group(console, name: str) -> str:
    made = call(
        console.context, "CreateDatasetGroup", {"DatasetGroupName": name, "Domain": "RETAIL"}
    )
    return made["DatasetGroupArn"]


def test_a_group_is_made_and_says_what_comes_next(visit, console):
    page = visit("/")
    page.get_by_role("link", name="New dataset group").click()
    page.get_by_label("Name of the dataset group").fill("made_here")
    page.get_by_text("Inventory planning").click()
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(f"{console.url}/groups/made_here")
    expect(page.get_by_text("Dataset group · Inventory planning")).to_be_visible()
    expect(page.get_by_text("Describe your data: next step")).to_be_attached()
    page.get_by_role("link", name="Choose the sales file").click()
    page.wait_for_url(re.compile(r"/groups/made_here/dataset"))


def test_a_bad_name_is_told_before_it_is_sent(visit, console):
    page = visit("/groups/new")
    page.get_by_label("Name of the dataset group").fill("no name")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".q-field--error")).to_be_visible()
    assert page.url == f"{console.url}/groups/new"


def test_a_name_that_is_taken_is_told(visit):
    page = visit("/groups/new")
    page.get_by_label("Name of the dataset group").fill("shop")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("This name is taken")


def test_a_group_that_has_everything(visit):
    page = visit("/groups/shop")
    for step in ("Connect a bucket", "Import your sales", "Train a predictor"):
        expect(page.get_by_text(f"{step}: done")).to_be_attached()
    expect(
        page.get_by_text("1,000 rows · 5 items · 1 Jan 2024 – 18 Jul 2024").first
    ).to_be_visible()
    for name, address in (
        (IMPORT, "/imports/shop_sales/first_import"),
        (FORECAST, "/forecasts/shop_forecast"),
        (EXPORT, "/forecasts/shop_forecast"),
    ):
        link = page.get_by_role("link", name=name).first
        expect(link).to_have_attribute("href", address)
    predictor = page.get_by_role("link", name=PREDICTOR).first
    expect(predictor).to_have_attribute("href", re.compile(r"/predictors/shop_predictor_"))
    expect(page.get_by_role("link", name="Forecast again")).to_have_attribute(
        "href", re.compile(r"/groups/shop/forecast\?predictor=shop_predictor_")
    )


def test_a_group_is_found_and_deleted(visit, console):
    for number in range(6):
        make_group(console, f"many_{number}")
    page = visit("/")
    expect(page.get_by_role("link", name="many_0")).to_be_visible()
    page.get_by_label("Search dataset groups").fill("MANY_3")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{console.url}/?search=MANY_3")
    expect(page.get_by_role("link", name="many_3")).to_be_visible()
    expect(page.get_by_role("link", name="many_0")).to_have_count(0)
    page.get_by_role("link", name="many_3").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{console.url}/")
    found = [each for each in _groups(console) if each.name == "many_3"]
    assert not found or found[0].status.startswith("DELETE")


def _groups(console):
    context = console.context
    return context.service.catalog.resources.page(
        context.caller.account, ResourceType.DATASET_GROUP
    )


def test_viewers_see_the_steps_and_take_none(visit, console):
    make_group(console, "looked_at")
    page = visit("/groups/looked_at", Role.VIEWER)
    expect(page.get_by_text("Describe your data: next step")).to_be_attached()
    expect(page.get_by_role("link", name="Choose the sales file")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete", exact=True)).to_have_count(0)


def test_a_group_that_is_not_there(visit):
    page = visit("/groups/nothing")
    expect(page.get_by_role("alert")).to_contain_text("This is not here")


def test_home_in_korean_on_a_phone(visit):
    page = visit("/", language="ko", size=NARROW)
    expect(page.get_by_role("heading", level=1)).to_have_text("예측")
    expect(page.get_by_role("link", name="새 데이터 세트 그룹")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]

"""Analyses: from data to a chart by clicking."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from tests.console.browser import NARROW
from tests.console.seeding import EXPORT, FORECAST, GROUP

EXPORTED = f"/analysis?export={FORECAST}/{EXPORT}"


def visual_of(page) -> dict:
    """The visual that the page's address holds."""
    return json.loads(parse_qs(urlsplit(page.url).query)["visual"][0])


def test_an_export_is_chosen_and_shown_with_its_quantiles_at_once(visit):
    page = visit("/analysis")
    page.get_by_role("link", name=EXPORT).click()
    expect(page.get_by_role("img", name="Line chart")).to_be_visible()
    expect(page.get_by_text("Sums of p10, p50, p90 over several rows are not")).to_be_visible()
    assert visual_of(page)["values"] == [["p10", "sum"], ["p50", "sum"], ["p90", "sum"]]


def test_the_chart_follows_the_form_and_the_address_follows_both(visit):
    page = visit(EXPORTED)
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.get_by_role("columnheader", name="Sum of p50")).to_be_visible()
    page.get_by_label("X axis", exact=True).click()
    page.get_by_role("option", name="item_id").click()
    expect(page.get_by_role("cell", name="<script>alert(1)</script>")).to_be_visible()
    page.get_by_label("p50 as").click()
    page.get_by_role("option", name="Maximum").click()
    expect(page.get_by_role("columnheader", name="Maximum of p50")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Maximum of p50")).to_be_visible()
    assert visual_of(page)["shape"] == "table"


def test_items_are_found_for_a_filter_by_typing(visit):
    page = visit(f"{EXPORTED}&visual={quote(json.dumps(TABLE))}")
    page.get_by_label("Add a filter by").click()
    page.get_by_role("option", name="item_id").click()
    page.get_by_label("Is one of").fill("MIL")
    page.get_by_role("option", name="milk").click()
    expect(page.get_by_role("cell", name="milk")).to_be_visible()
    expect(page.get_by_role("cell", name="bread")).to_have_count(0)
    assert visual_of(page)["conditions"] == [{"field": "item_id", "any_of": ["milk"]}]


TABLE = {"shape": "table", "x": "item_id", "values": [["p50", "sum"]]}


def test_what_does_not_fit_is_said_in_the_charts_place(visit):
    nothing = {"shape": "line", "x": "price", "values": [["p50", "sum"]]}
    page = visit(f"{EXPORTED}&visual={quote(json.dumps(nothing))}")
    expect(page.get_by_role("alert")).to_contain_text("X axis 'price' is no field")


def test_a_pasted_manifest_is_analysed(visit, console):
    folder = console.running.buckets / "shop" / "exports"
    (file,) = folder.glob("shop_export_*_part0.csv")
    manifest = {"fileLocations": [{"URIs": [f"s3://shop/exports/{file.name}"]}]}
    page = visit("/analysis")
    page.get_by_label("Manifest").fill("nonsense")
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_role("alert")).to_contain_text("is no JSON")
    page.get_by_role("button", name="Close").click()
    page.get_by_label("Manifest").fill(json.dumps(manifest))
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_role("img", name="Line chart")).to_be_visible()


def test_only_files_that_can_be_read_are_offered(visit, console):
    folder = console.running.buckets / "shop" / "stock"
    folder.mkdir()
    (folder / "count.csv").write_text("item_id,pieces\nbread,3\n")
    (folder / "count.xlsx").write_bytes(b"PK")
    page = visit("/analysis")
    page.get_by_role("button", name="stock").click()
    page.get_by_text("count.csv").wait_for()
    expect(page.get_by_text("count.xlsx")).to_have_count(0)


def test_a_chart_is_saved_to_a_new_dashboard(visit):
    page = visit(EXPORTED)
    page.get_by_role("button", name="Heat map").click()
    expect(page.get_by_role("img", name="Heat map")).to_be_visible()
    page.get_by_role("button", name="Save to dashboard").click()
    page.get_by_label("Title of the visual").fill("When what sells")
    page.get_by_label("Dashboard", exact=True).click()
    page.get_by_role("option", name="A new dashboard").click()
    page.get_by_label("Name of the new dashboard").fill("Made by analysis")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Made by analysis")).to_be_visible()
    expect(page.get_by_role("img", name="When what sells")).to_be_visible()


def test_a_viewer_looks_in_korean_on_a_phone_and_is_not_offered_to_save(visit):
    page = visit(f"/analysis?group={GROUP}", Role.VIEWER, "ko", size=NARROW, dark=True)
    expect(page.get_by_role("img", name="꺾은선 차트")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("저장"))).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]

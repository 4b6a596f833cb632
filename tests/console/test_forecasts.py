"""Forecasts in the browser: made, looked at, searched, exported."""

from __future__ import annotations

import re
from itertools import count

from playwright.sync_api import Page, expect

from forecastle.catalog.access_keys import Role
from forecastle.service.operations import call
from tests.console.browser import NARROW, PATIENCE_MS
from tests.console.conftest import Console, Visit
from tests.console.seeding import FORECAST, GROUP, PREDICTOR

SERVE_OPTIONS = ("--worker",)
PAGE = f"/forecasts/{FORECAST}"
SCRIPT = "<script>alert(1)</script>"
_NUMBERS = count(1)

expect.set_options(timeout=PATIENCE_MS)


def chart(page: Page) -> dict:
    """What the chart has: the names of its lines, and the number of periods."""
    page.locator(".chart canvas").first.wait_for()
    return page.evaluate(
        "() => { const id = document.querySelector('.chart').id.slice(1);"
        "const options = getElement(id).options;"
        "return {names: options.legend.data, periods: options.xAxis.data.length}; }"
    )


def search(page: Page):
    return page.get_by_role("combobox", name="Search an item")


def test_the_page_says_what_will_be_sold(visit: Visit) -> None:
    page = visit(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text(FORECAST)
    expect(page.get_by_text(re.compile(r"^Next 7 days: about 1,\d+ units in all"))).to_be_visible()
    expect(page.get_by_role("heading", name="Total of 5 items")).to_be_visible()
    assert chart(page)["names"] == ["History", "p10", "p50", "p90", "Mean"]
    expect(page.get_by_text("These are quantiles of the total itself")).to_be_visible()
    page.get_by_role("button", name="Forecast as a table").click()
    expect(page.get_by_role("cell", name="19 Jul 2024", exact=True)).to_be_visible()


def test_an_item_is_found_by_typing_and_kept_in_the_address(visit: Visit, console: Console) -> None:
    page = visit(PAGE)
    search(page).fill("t")
    expect(page.get_by_role("option", name="Total of the 2 items that match")).to_be_visible()
    expect(page.get_by_role("option", name="차 tea")).to_be_visible()
    search(page).press("ArrowDown")
    search(page).press("ArrowDown")
    search(page).press("Enter")
    expect(page.get_by_role("heading", name=SCRIPT)).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.wait_for_url(re.compile(r"\?item=%3Cscript%3E"))
    assert chart(page)["names"] == ["History", "p10", "p50", "p90", "Mean"]
    page.reload()
    expect(page.get_by_role("heading", name=SCRIPT)).to_be_visible()
    expect(search(page)).to_have_value(SCRIPT)


def test_enter_right_after_typing_finds_what_was_typed_and_the_chart_is_saved(visit: Visit) -> None:
    page = visit(PAGE)
    chart(page)  # the page is there, and listens
    search(page).click()
    page.keyboard.type("coff")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="coffee")).to_be_visible()
    expect(search(page)).to_have_value("coffee")
    expect(page.get_by_role("listbox")).to_be_hidden()
    chart(page)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_text("The chart, PNG").click()
    assert waiting.value.suggested_filename == f"{FORECAST}_coffee.png"
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_selection_is_added_up_over_more_history_on_demand(visit: Visit) -> None:
    page = visit(f"{PAGE}?item=milk")
    search(page).fill("b")
    search(page).fill("ea")
    page.get_by_role("option", name="Total of the 2 items that match").click()
    expect(page.get_by_role("heading", name="Total of 2 items that match ea")).to_be_visible()
    page.wait_for_url(f"**{PAGE}?match=ea")
    assert chart(page)["names"] == ["History", "p10", "p50", "p90", "Mean"]
    page.get_by_role("button", name="All items").click()
    expect(page.get_by_role("heading", name="Total of 5 items")).to_be_visible()
    recent = chart(page)["periods"]
    page.get_by_role("button", name="All history").click()
    page.wait_for_url("**?history=all")
    expect(page.get_by_text("There is older history")).to_be_hidden()
    assert chart(page)["periods"] == 207 > recent


def test_a_forecast_is_made_compared_exported_and_deleted(visit: Visit, console: Console) -> None:
    name = f"made_{next(_NUMBERS)}"
    page = visit(f"/groups/{GROUP}/forecast")
    expect(page.get_by_role("combobox", name="Predictor")).to_have_value(re.compile(PREDICTOR))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create forecast").click()
    page.wait_for_url(f"**/forecasts/{name}")
    expect(page.get_by_role("heading", name="Total of 5 items")).to_be_visible()
    page.get_by_role("switch", name="Compare with the previous forecast").click()
    expect(page.get_by_text("Previous forecast: ")).to_be_visible()
    assert "Previous forecast" in chart(page)["names"]

    page.get_by_role("button", name="Export into a bucket").click()
    expect(page.get_by_role("combobox", name="Bucket")).to_have_value("shop")
    page.get_by_label("Name of the export").fill(name)
    page.get_by_label("Folder in the bucket").fill(f"made/{name}")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row.get_by_text("Ready")).to_be_visible()
    link = row.get_by_role("link", name=f"s3://shop/made/{name}/")
    expect(link).to_have_attribute("href", f"/buckets/shop?prefix=made%2F{name}%2F")
    written = list((console.running.buckets / "shop" / "made" / name).iterdir())
    assert [path.suffix for path in written] == [".csv"]

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"**/groups/{GROUP}")


def test_viewers_look_and_no_more(visit: Visit) -> None:
    page = visit(PAGE, role=Role.VIEWER, language="ko")
    expect(page.get_by_role("heading", name="항목 5개 합계")).to_be_visible()
    expect(page.get_by_role("button", name="삭제")).to_have_count(0)
    expect(page.get_by_text("버킷으로 내보내기")).to_have_count(0)
    page.goto(page.url.replace(PAGE, f"/groups/{GROUP}/forecast"))
    expect(page.get_by_role("alert")).to_contain_text("권한이 없습니다")


def test_what_is_not_there_or_refused_is_said(visit: Visit, console: Console) -> None:
    page = visit(f"{PAGE}?item=beer", size=NARROW)
    expect(page.get_by_text("This forecast has nothing named beer.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.goto(f"{console.url}/forecasts/none")
    expect(page.get_by_role("alert")).to_contain_text("This is not here")
    page.goto(f"{console.url}/groups/{GROUP}/forecast")
    page.get_by_label("Name", exact=True).fill(FORECAST)
    page.get_by_role("button", name="Create forecast").click()
    expect(page.get_by_role("alert")).to_contain_text("This name is taken")


def test_a_failed_forecast_says_why_and_what_next(visit: Visit, console: Console) -> None:
    name = f"failed_{next(_NUMBERS)}"
    bucket = console.running.buckets / "shop"
    (bucket / "none.csv").write_text("beer\n")
    predictor = call(console.context, "ListPredictors", {})["Predictors"][0]["PredictorArn"]
    place = {"S3Config": {"Path": "s3://shop/none.csv", "RoleArn": "arn:aws:iam::0:role/any"}}
    identifiers = {"DataSource": place, "Format": "CSV"}
    selector = {"TimeSeriesIdentifiers": identifiers}
    request = {"ForecastName": name, "PredictorArn": predictor, "TimeSeriesSelector": selector}
    call(console.context, "CreateForecast", request)
    page = visit(f"/forecasts/{name}", size=NARROW, dark=True)
    expect(page.get_by_text("Failed", exact=True)).to_be_visible()
    expect(page.get_by_text("none of its 1 series is in the data")).to_be_visible()
    page.get_by_role("link", name="Create a new forecast").click()
    page.wait_for_url(f"**/groups/{GROUP}/forecast")

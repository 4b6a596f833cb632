"""What drives a forecast: scores, sentences, steps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.service.addresses import id_of
from forecastle.service.operations import call
from tests.console.browser import NARROW
from tests.console.insights import new_explanation
from tests.console.seeding import BUCKET, FORECAST, PREDICTOR

SERVE_OPTIONS = ("--worker",)


@pytest.fixture(scope="module")
def explained(console) -> str:
    """The address of an explanation of the shop's forecast."""
    new_explanation(console.context, "why", "<b>price</b>")
    return "/explanations/why"


def test_from_the_forecast_to_what_drives_an_item(explained, visit):
    page = visit(f"/forecasts/{FORECAST}")
    page.get_by_role("link", name="What drives this forecast?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What drives this forecast?")
    expect(page.get_by_role("img", name="Impact of each attribute")).to_be_visible()
    here = page.get_by_role("link", name="Forecasts", exact=True).first
    expect(here).to_have_attribute("aria-current", "page")
    page.get_by_text("The scores as numbers").click()
    expect(page.get_by_role("row").filter(has_text="<b>price</b>")).to_contain_text("-12")
    page.get_by_role("combobox", name="Item").click()
    page.get_by_role("option", name="bread").click()
    expect(
        page.get_by_text("<b>price</b> lowers the forecast of bread by about 12 units a step.")
    ).to_be_visible()
    expect(
        page.get_by_text("The holiday raises the forecast of bread by about 30 units on")
    ).to_be_visible()
    assert "item=bread" in page.url


def test_it_reads_on_a_telephone_and_in_korean(explained, visit):
    page = visit(f"{explained}?item=milk", Role.VIEWER, "ko", size=NARROW, dark=True)
    expect(page.get_by_text("milk의 예측을 시점당 약 12단위 낮춥니다.")).to_be_visible()
    expect(page.get_by_role("button", name="내보내기")).to_have_count(0)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_a_predictor_that_nobody_has_explained(console, visit):
    found = call(console.context, "ListPredictors", {})["Predictors"]
    arn = next(each["PredictorArn"] for each in found if each["PredictorName"] == PREDICTOR)
    page = visit(f"/predictors/{id_of(arn)}/explanation", Role.VIEWER)
    expect(page.get_by_text("Nobody has asked yet")).to_be_visible()
    expect(page.get_by_role("button", name="Explain")).to_have_count(0)


def test_scores_go_into_a_bucket_and_earlier_exports_stay_listed(explained, visit):
    page = visit(explained)
    expect(page.get_by_text("This explanation has not been exported yet.")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    line = page.locator(".line").filter(has_text=f"s3://{BUCKET}/explanations")
    expect(line.get_by_text("Ready")).to_be_visible(timeout=60_000)
    page.reload()
    expect(line).to_have_count(1)
    expect(line.get_by_text(re.compile(r"^why_\d+_\d+$"))).to_be_visible()

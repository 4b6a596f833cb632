"""What drives a forecast: scores, sentences, steps."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.frequency import Frequency
from forecastle.core.names import Arn, ResourceType
from forecastle.service.addresses import id_of
from forecastle.service.explainabilities import ALL_OF_ALL
from forecastle.service.operations import call
from forecastle.training.explanation import Attribute, Explanation, Kind
from forecastle.training.explanation_archive import save_explanation
from tests.console.browser import NARROW
from tests.console.seeding import FORECAST, ITEMS, PREDICTOR

NAME = "why"


@pytest.fixture(scope="module")
def explained(console) -> str:
    """The address of an explanation of the shop's forecast, as a job would have left it."""
    context = console.context
    account, region = context.caller.account, context.caller.region
    forecast = str(Arn(region, account, ResourceType.FORECAST, FORECAST))
    contributions = np.zeros((len(ITEMS), 7, 3))
    contributions[..., 0] = -12.0
    contributions[:, 4, 1] = 30.0
    contributions[..., 2] = 5.0
    explanation = Explanation(
        Frequency.parse("D"),
        pl.DataFrame({"item_id": sorted(ITEMS)}),
        np.datetime64("2026-12-21T00:00:00"),
        (
            Attribute("<b>price</b>", Kind.RELATED),
            Attribute("Holiday_US", Kind.HOLIDAYS),
            Attribute("recent sales", Kind.HISTORY),
        ),
        contributions,
        np.full((len(ITEMS), 7), 50.0),
    )
    with tempfile.TemporaryDirectory() as folder:
        save_explanation(explanation, Path(folder))
        context.service.stores.artifacts.publish(Path(folder), "explained")
    made = Resource(
        str(Arn(region, account, ResourceType.EXPLAINABILITY, NAME)),
        account,
        ResourceType.EXPLAINABILITY,
        NAME,
        "ACTIVE",
        1_790_000_000.0,
        1_790_000_000.0,
        "explained",
        {"ResourceArn": forecast, "ExplainabilityConfig": ALL_OF_ALL},
        {"artifact": "explained"},
    )
    context.service.catalog.resources.add(made, [Edge(forecast)])
    return f"/explanations/{NAME}"


def test_from_the_forecast_to_what_drives_an_item(explained, visit):
    page = visit(f"/forecasts/{FORECAST}")
    page.get_by_role("link", name="What drives this forecast?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What drives this forecast?")
    expect(page.get_by_role("img", name="Impact of each attribute")).to_be_visible()
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

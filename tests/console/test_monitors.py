"""Monitors in a browser: whether forecasts are still as good as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from forecastle.catalog import status as life
from forecastle.service.addresses import id_of
from forecastle.service.operations import call
from tests.console.browser import NARROW
from tests.console.insights import new_monitor
from tests.console.page_checks import faults, settle
from tests.console.test_predictors import arn_of_predictor


def let(context, arn: str, status: str) -> None:
    """What a worker would do."""
    context.service.catalog.resources.change(arn, lambda found: replace(found, status=status))


def forget(context, arn: str) -> None:
    """Take a resource away, and all that was made from it."""
    resources = context.service.catalog.resources
    for each in (*resources.descendants(arn), resources.find(arn)):
        if each is not None:
            resources.remove(each.arn, each.nonce)


@pytest.fixture
def monitor(console) -> Iterator[str]:
    arn = new_monitor(console.context, "weekly_watch")
    yield arn
    forget(console.context, arn)


def test_it_shows_that_accuracy_has_fallen_and_leads_to_training(console, visit, monitor):
    before = arn_of_predictor(console.context)
    page = visit(f"/monitors/{id_of(monitor)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("weekly_watch")
    expect(page.get_by_text("was 1.6 times that of the backtest")).to_be_visible()
    expect(page.get_by_role("img", name="Average wQL of each forecast")).to_be_visible()
    page.get_by_text("Every forecast that was compared").click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(3)).to_contain_text("none of the 5 series has actuals")
    page.get_by_role("button", name="Train again").click()
    page.wait_for_url("**/predictors/**")
    made = call(console.context, "ListPredictors", {})["Predictors"][0]
    assert made["ReferencePredictorSummary"]["Arn"] == before
    forget(console.context, made["PredictorArn"])


def test_it_is_paused_and_resumed(console, visit, monitor):
    page = visit(f"/monitors/{id_of(monitor)}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Ready")).to_be_visible()
    assert console.context.service.catalog.resources.find(monitor).status == life.ACTIVE


def test_the_list_and_the_predictor_lead_to_it(console, visit, monitor):
    page = visit("/monitors", language="ko")
    settle(page)
    assert faults(page, "ko") == []
    page.get_by_role("link", name="weekly_watch").click()
    page.wait_for_url(f"**/monitors/{id_of(monitor)}")
    settle(page)
    assert faults(page, "ko") == []
    page = visit(f"/predictors/{id_of(arn_of_predictor(console.context))}", size=NARROW)
    link = page.get_by_role("link", name="All about the monitor weekly_watch")
    expect(link).to_be_visible()
    assert faults(page, "en", narrow=True) == []


def test_a_predictor_without_one_gets_one(console, visit):
    context = console.context
    page = visit(f"/predictors/{id_of(arn_of_predictor(context))}")
    page.get_by_role("button", name="Watch its accuracy").click()
    expect(page.get_by_text("Nothing was compared yet")).to_be_visible()
    [made] = call(context, "ListMonitors", {})["Monitors"]
    forget(context, made["MonitorArn"])

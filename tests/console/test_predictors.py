"""A predictor's page: how good it is, where it is weak, what can be done with it."""

from __future__ import annotations

import json
import re
from functools import cache

from playwright.sync_api import expect

from forecastle.catalog.access_keys import Role
from forecastle.service.addresses import id_of
from forecastle.service.backtests import WORST, items_by_error
from forecastle.service.evaluations import evaluate, trained_model
from forecastle.service.operations import call
from forecastle.training.origin import Origin, Retraining, Trial
from tests.console.browser import NARROW
from tests.console.seeding import BUCKET, GROUP, ITEMS, PREDICTOR

SCRIPT = ITEMS[3]


@cache
def arn_of_predictor(context) -> str:
    found = call(context, "ListPredictors", {})["Predictors"]
    return next(each["PredictorArn"] for each in found if each["PredictorName"] == PREDICTOR)


def address(context) -> str:
    return f"/predictors/{id_of(arn_of_predictor(context))}"


def test_the_headline_the_leaderboard_and_what_it_means(console, visit):
    context = console.context
    evaluation = evaluate(context, arn_of_predictor(context))
    page = visit(address(context))
    expect(page.get_by_role("heading", level=1)).to_have_text(PREDICTOR)
    expect(page.get_by_text("error than repeating last week").first).to_be_visible()
    table = page.get_by_role("table").first
    rows = table.get_by_role("row")
    expect(rows).to_have_count(len(evaluation.candidates) + 1)
    expect(rows.nth(1)).to_contain_text("In use")
    expect(rows.filter(has_text="Seasonal naive")).to_contain_text("Yardstick")
    expect(rows.nth(1)).to_contain_text(f"{evaluation.kept.errors.average:.1%}")
    page.get_by_text("What do these numbers mean?").click()
    expect(page.get_by_text("below 1 is better than that")).to_be_visible()
    page.get_by_text("Algorithms that took no part").click()
    expect(page.get_by_text("slow; ask for it by name").first).to_be_visible()


def test_the_leaderboard_is_sorted_by_any_metric(console, visit):
    context = console.context
    evaluation = evaluate(context, arn_of_predictor(context))
    page = visit(address(context))
    table = page.get_by_role("table").first
    table.get_by_role("columnheader", name="Seconds").click()
    quickest = min(evaluation.candidates, key=lambda each: each.seconds)
    expected = "Seasonal naive" if quickest.is_naive else quickest.name
    expect(table.get_by_role("row").nth(1)).to_contain_text(expected)


def test_an_item_is_found_drawn_and_kept_in_the_address(console, visit):
    page = visit(address(console.context))
    expect(page.get_by_role("img", name=re.compile("All items together"))).to_be_visible()
    page.get_by_role("combobox", name="Search an item").fill("script")
    page.get_by_role("option", name=re.compile("script")).click()
    label = f"Chart of {SCRIPT}: what was sold"
    expect(page.get_by_role("img", name=label)).to_be_visible()
    page.wait_for_url(re.compile(r"series=\d"))
    page.reload()
    expect(page.get_by_role("img", name=label)).to_be_visible()
    page.get_by_role("button", name="All items together").click()
    expect(page.get_by_text("The band adds up the p10 and the p90")).to_be_visible()


def test_the_worst_items_lead_to_their_chart(console, visit):
    context = console.context
    worst = items_by_error(context, arn_of_predictor(context), WORST).items[0].series.keys[0]
    page = visit(address(context))
    page.get_by_role("button", name="Worst forecast").click()
    page.wait_for_url(re.compile("order=worst"))
    table = page.get_by_role("table").last
    expect(table.get_by_role("row").nth(1)).to_contain_text(worst)
    table.get_by_role("button", name=worst).click()
    expect(page.get_by_role("heading", name=worst, exact=True)).to_be_visible()


def test_what_can_be_done_next(console, visit):
    context = console.context
    page = visit(address(context))
    identifier = id_of(arn_of_predictor(context))
    forecast = page.get_by_role("link", name="New forecast")
    assert forecast.get_attribute("href") == f"/groups/{GROUP}/forecast?predictor={identifier}"
    again = page.get_by_role("link", name="Train again")
    assert again.get_attribute("href") == f"/groups/{GROUP}/train?reference={identifier}"
    page.get_by_role("button", name="Export the backtests").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Bucket", exact=True)).to_be_visible()
    expect(dialog.get_by_text(BUCKET, exact=True)).to_be_visible()
    dialog.get_by_label("Name of the export").fill("looked_at")
    dialog.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("heading", name="Exports of the backtests")).to_be_visible()
    expect(page.get_by_text(f"s3://{BUCKET}/backtests/")).to_be_visible()


def test_who_only_looks_is_offered_no_change(console, visit):
    page = visit(address(console.context), role=Role.VIEWER)
    expect(page.get_by_role("heading", name="Items by error")).to_be_visible()
    for name in ("Export the backtests", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Train again")).to_have_count(0)


def test_it_fits_a_telephone_in_korean(console, visit):
    page = visit(address(console.context), language="ko", size=NARROW, dark=True)
    expect(page.get_by_role("heading", name="백테스트 구간의 예측")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.get_by_text("사용하지 않은 알고리즘").click()
    expect(page.get_by_text("느립니다. 그래도 사용하려면").first).to_be_visible()


def test_a_predictor_that_is_not_there_is_told(console, visit):
    page = visit("/predictors/nowhere")
    expect(page.get_by_role("alert")).to_contain_text("This is not here")


def test_how_it_was_tuned_and_retrained(console, visit):
    context = console.context
    _, folder = trained_model(context, arn_of_predictor(context))
    path = folder / "predictor.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    trials = (
        Trial({"context_length": "9"}, 0.25, 3.0),
        Trial({"context_length": "21"}, 0.125, 4.0),
        Trial({"context_length": "30"}, None, 0.0, "too long"),
    )
    origin = Origin(trials, Retraining(kept=True))
    path.write_text(json.dumps({**manifest, "origin": origin.to_json()}), encoding="utf-8")
    try:
        page = visit(address(context))
        expect(page.get_by_text("context_length 21", exact=True)).to_be_visible()
        rows = page.get_by_role("table").filter(has_text="context_length").get_by_role("row")
        expect(rows).to_have_count(4)
        expect(rows.nth(2)).to_contain_text("0.125")
        expect(rows.nth(3)).to_contain_text("failed")
        expect(page.get_by_text("Taken over from the earlier predictor")).to_be_visible()
    finally:
        path.write_text(json.dumps(manifest), encoding="utf-8")

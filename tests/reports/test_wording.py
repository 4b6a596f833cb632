from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecastle.reports import wording
from forecastle.reports.content import ReportContent
from forecastle.reports.figures import decimals_for, number, percent, rounded
from forecastle.reports.outlook import build_scene
from forecastle.reports.range_of_total import total_by_type
from forecastle.training.dependence import INDEPENDENT
from tests.reports.made import forecast_after, make_panel, weekly_sales


def scene_of(content):
    return build_scene(content.panel, content.forecast, content.forecast_types, content.backtests)


def test_the_headline_has_the_sum_of_the_means(single):
    expected = rounded(single.forecast.mean.sum())
    text = wording.headline(single, scene_of(single)).sentence
    assert text.startswith(f"About {expected} expected for corner shop in the next 7 days (")


def test_the_headline_of_many_items_says_so(shop):
    found = wording.headline(shop, scene_of(shop))
    assert "units expected from all 3 items together" in found.sentence
    assert "quantiles such as p50 do not add up" in found.remark


def test_the_range_of_the_total_is_honest_where_it_is_known_how_items_go_together(shop):
    sums = wording.headline(shop, scene_of(shop)).remark
    assert "at the low end (p10)" in sums
    content = replace(shop, dependence=INDEPENDENT)
    remark = wording.headline(content, scene_of(content)).remark
    total = total_by_type(shop.panel, shop.forecast, INDEPENDENT, ("0.1", "0.9"))
    low, high = (rounded(total.whole[kind]) for kind in ("0.1", "0.9"))
    assert f"With a chance of 80\u00a0% it lies between {low} (p10) and {high} (p90)" in remark
    assert "came in at" not in remark


def test_one_quantile_alone_has_no_range(shop):
    content = replace(shop, forecast_types=("0.5",), dependence=INDEPENDENT)
    scene = build_scene(content.panel, content.forecast, content.forecast_types)
    assert wording.headline(content, scene).remark.startswith("The expected total is the sum")


def test_a_longer_daily_horizon_still_opens_with_the_next_seven_days():
    panel = make_panel(weekly_sales())
    content = ReportContent("t", panel, forecast_after(panel, horizon=28))
    expected = rounded(content.forecast.mean[:, :7].sum())
    text = wording.headline(content, scene_of(content)).sentence
    assert text.startswith(f"About {expected} expected")
    assert "the next 7 days" in text


@pytest.mark.parametrize(
    ("factor", "words"),
    [(2.0, "100\u00a0% more than"), (0.5, "50\u00a0% less than"), (1.0, "about as much as")],
)
def test_the_headline_compares_with_the_time_just_before(factor, words):
    panel = make_panel(weekly_sales())
    forecast = forecast_after(panel)
    forecast.quantiles[:] *= factor
    content = ReportContent("t", panel, forecast)
    assert words in wording.headline(content, scene_of(content)).sentence


def test_there_is_no_comparison_with_what_is_missing():
    target = weekly_sales()
    target[:, -3] = np.nan
    panel = make_panel(target)
    content = ReportContent("t", panel, forecast_after(panel))
    assert "just before" not in wording.headline(content, scene_of(content)).sentence


def test_the_accuracy_is_told_beside_the_naive(shop):
    text = wording.accuracy_sentence(shop)
    assert percent(shop.accuracy.blend.summary.wape) in text
    assert percent(shop.accuracy.naive.summary.wape) in text
    assert f"{percent(shop.accuracy.skill)} of the seasonal naive's error is gone" in text
    assert "in each of the last 2 stretches of 7 days" in text


def test_the_error_of_the_total_is_told_apart_from_that_of_the_items(shop, single):
    missed = sold = 0.0
    for test in shop.backtests:
        actual = test.actual.sum(axis=0)
        missed += np.abs(actual - test.forecast.mean.sum(axis=0)).sum()
        sold += actual.sum()
    text = wording.total_sentence(shop, scene_of(shop))
    assert f"total of all items was off by {percent(missed / sold)}" in text
    assert wording.total_sentence(single, scene_of(single)) == ""


def test_without_backtests_nothing_is_claimed(single):
    assert wording.accuracy_sentence(single) == ""
    assert wording.metric_rows(single) == []


def test_every_metric_is_explained(shop):
    rows = wording.metric_rows(shop)
    assert [row.name for row in rows] == [
        "Average wQL", "wQL[0.1]", "wQL[0.5]", "wQL[0.9]", "WAPE", "MAPE", "RMSE", "MASE",
    ]  # fmt: skip
    assert all(row.meaning.endswith(".") for row in rows)
    meaning = {row.name: row.meaning for row in rows}
    assert "above it 90 times in 100" in meaning["wQL[0.1]"]
    assert "below it 90 times in 100" in meaning["wQL[0.9]"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(241_234.0, "241,000"), (0.123456, "0.123"), (0.0, "0"), (-1234.0, "−1,230"), (np.nan, "–")],
)
def test_headline_figures_have_three_digits(value, text):
    assert rounded(value) == text


def test_figures_have_decimals_to_their_size_and_no_negative_zero():
    assert [decimals_for([size, np.nan]) for size in (250.0, 25.0, 2.5)] == [0, 1, 2]
    assert number(-0.001, 1) == "0.0"
    assert percent(0.1234) == "12.3\u00a0%"

from __future__ import annotations

import numpy as np
import pytest

from forecastle.core.frequency import Frequency
from forecastle.reports.outlook import TOTAL, build_scene, holiday_names
from forecastle.reports.rows import backtest_rows, band_labels, forecast_rows, history_rows
from forecastle.series.calendar import Calendar
from forecastle.training.dependence import INDEPENDENT
from tests.reports.made import forecast_after, make_backtests, make_panel, weekly_sales

TYPES = ("0.1", "0.5", "0.9")


@pytest.fixture(scope="module")
def scene():
    panel = make_panel(weekly_sales(4), ["a", "b", "c", "d"])
    return build_scene(panel, forecast_after(panel), TYPES, make_backtests(panel), most_series=2)


def test_the_total_comes_first_then_the_largest_series(scene):
    assert [outlook.name for outlook in scene.outlooks] == [TOTAL, "d", "c"]
    assert [outlook.is_total for outlook in scene.outlooks] == [True, False, False]
    assert scene.n_series == 4


def test_the_total_is_the_sum_over_all_series_shown_or_not():
    panel = make_panel(weekly_sales(4))
    forecast = forecast_after(panel)
    total = build_scene(panel, forecast, TYPES, most_series=1).outlooks[0]
    np.testing.assert_allclose(total.forecast["mean"], forecast.mean.sum(axis=0))
    np.testing.assert_allclose(total.history, panel.target[:, -len(total.history) :].sum(axis=0))


def test_where_it_is_known_how_series_go_together_the_total_has_quantiles_of_its_own(scene):
    panel = make_panel(weekly_sales(4), ["a", "b", "c", "d"])
    tests = make_backtests(panel)
    forecast = forecast_after(panel)
    own = build_scene(panel, forecast, TYPES, tests, dependence=INDEPENDENT).outlooks[0]
    sums = scene.outlooks[0]
    assert (own.is_sum, sums.is_sum) == (False, True)
    assert band_labels(scene, own) == ("p10", "Expected (mean)", "p90")
    assert band_labels(scene, sums)[0] == "All low (sum of p10)"
    np.testing.assert_allclose(own.forecast["mean"], sums.forecast["mean"])
    is_open = sums.forecast["0.9"] > 0
    tested = zip(own.backtests, sums.backtests, strict=True)
    for one, other in ((own.forecast, sums.forecast), *tested):
        widths = [(each["0.9"] - each["0.1"])[is_open] for each in (one, other)]
        assert (widths[0] < 0.75 * widths[1]).all(), "four series that go their own ways"


def test_a_single_series_has_no_total():
    panel = make_panel(weekly_sales(), ["only"])
    scene = build_scene(panel, forecast_after(panel), TYPES)
    assert [outlook.name for outlook in scene.outlooks] == ["only"]
    assert scene.outlooks[0].middle == "0.5"


def test_missing_history_stays_missing_and_counts_for_nothing_in_the_total():
    target = weekly_sales(2)
    target[0, -3] = np.nan
    target[:, -5] = np.nan
    panel = make_panel(target)
    scene = build_scene(panel, forecast_after(panel), TYPES)
    total = scene.outlooks[0].history
    assert total[-3] == target[1, -3]
    assert np.isnan(total[-5])
    times = [row["time"] for row in history_rows(scene, scene.outlooks[0])]
    assert len(times) == len(total) - 1


def test_days_on_which_the_shop_is_shut_are_marked_closed(scene):
    rows = history_rows(scene, scene.outlooks[0])
    assert {row["closed"] for row in rows if row["value"] == 0} == {True}
    assert {row["closed"] for row in rows if row["value"] > 0} == {False}
    assert [row["closed"] for row in forecast_rows(scene, scene.outlooks[0])].count(True) == 1


def test_the_year_before_is_read_on_the_same_weekday(scene):
    panel = make_panel(weekly_sales(4), ["a", "b", "c", "d"])
    expected = panel.target[3, panel.n_time - 364 : panel.n_time - 357]
    np.testing.assert_array_equal(scene.outlooks[1].last_year, expected)


def test_backtests_stand_over_what_happened(scene):
    rows = backtest_rows(scene, scene.outlooks[1])
    actual = {row["time"]: row["value"] for row in history_rows(scene, scene.outlooks[1])}
    assert [row["window"] for row in rows] == [0] * 7 + [1] * 7
    assert all(row["actual"] == actual[row["time"]] for row in rows)
    assert all(row["low"] <= row["middle"] <= row["high"] for row in rows)


def test_series_that_a_backtest_does_not_know_have_none_of_it():
    panel = make_panel(weekly_sales(2), ["a", "b"])
    backtests = make_backtests(panel.select(np.array([0])))
    scene = build_scene(panel, forecast_after(panel), TYPES, backtests)
    assert [outlook.name for outlook in scene.outlooks] == [TOTAL, "b", "a"]
    assert backtest_rows(scene, scene.outlooks[1]) == []
    assert len(backtest_rows(scene, scene.outlooks[2])) == 14


def test_the_band_runs_from_the_lowest_to_the_highest_type_asked_for():
    panel = make_panel(weekly_sales())
    scene = build_scene(panel, forecast_after(panel), ("0.05", "0.75", "mean"))
    assert (scene.low, scene.high) == ("0.05", "0.75")


def test_only_a_mean_asked_for_gives_a_band_without_width():
    panel = make_panel(weekly_sales())
    scene = build_scene(panel, forecast_after(panel), ("mean",))
    row = forecast_rows(scene, scene.outlooks[0])[0]
    assert row["low"] == row["middle"] == row["high"]


@pytest.mark.parametrize(
    ("frequency", "first", "steps", "expected"),
    [
        ("D", "2010-12-24", 3, ["", "Christmas Day", "Boxing Day"]),
        ("W", "2010-12-13", 3, ["", "Christmas Day, Boxing Day", ""]),
        ("M", "2010-11-01", 2, ["", "Christmas Day, Boxing Day"]),
        ("12H", "2010-12-24T12:00", 3, ["", "Christmas Day", "Christmas Day"]),
    ],
)
def test_a_holiday_belongs_to_the_step_that_holds_it(frequency, first, steps, expected):
    step = Frequency.parse(frequency)
    times = step.times(np.datetime64(first, "s"), steps)
    names = holiday_names(Calendar(countries=("UK",)), times, step)
    for found, wanted in zip(names, expected, strict=True):
        assert found.startswith(wanted)
        assert bool(found) == bool(wanted) or frequency == "W"

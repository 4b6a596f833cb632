"""Accuracy over windows, and its shape in GetAccuracyMetrics."""

import json

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.evaluation import metrics
from forecastle.evaluation.accuracy import (
    AlgorithmAccuracy,
    Metrics,
    WindowAccuracy,
    as_evaluation_result,
    scored,
    skill,
    window_accuracy,
    window_metrics,
)
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.spec import ForecastSpec
from tests.series.panels import make_panel

SPEC = ForecastSpec(2, ("0.1", "0.5", "0.9"))


def some_metrics(loss, mape=0.2):
    return Metrics(
        {"0.1": loss, "0.5": 2 * loss, "0.9": 3 * loss}, 2 * loss, 0.3, 4.0, mape, float("nan")
    )


def two_windows():
    days = np.arange("2024-05-01", "2024-05-06", dtype="datetime64[D]").astype("datetime64[s]")
    return AlgorithmAccuracy(
        "ETS",
        (
            WindowAccuracy(days[0], days[2], 10, some_metrics(0.1)),
            WindowAccuracy(days[2], days[4], 9, some_metrics(0.3, mape=float("nan"))),
        ),
        seconds=1.5,
    )


def flat_forecast(panel, window, value):
    start = panel.frequency.shift(panel.origin, window.first)
    quantiles = np.full((panel.n_series, window.horizon, len(GRID)), float(value))
    return Forecast(panel.frequency, panel.keys, start, quantiles)


class TestWhichSeriesCount:
    def test_a_filled_value_leaves_the_series_out(self):
        observed = np.array([[True, False], [True, True]])
        assert scored(np.array([[3.0, 4.0], [3.0, 4.0]]), observed).tolist() == [False, True]

    def test_a_step_filled_with_zero_counts(self):
        assert scored(np.array([[3.0, 0.0]]), np.array([[True, False]])).tolist() == [True]

    def test_a_missing_value_leaves_the_series_out(self):
        assert scored(np.array([[3.0, np.nan]]), np.array([[True, False]])).tolist() == [False]


class TestOneWindow:
    panel = make_panel([[1.0, 3.0, 2.0, 6.0, 4.0, 8.0], [5.0, 5.0, 5.0, 5.0, 10.0, np.nan]])
    window = Window(4, 2)

    def test_only_series_that_count_are_measured(self):
        forecast = flat_forecast(self.panel, self.window, 5.0)
        values, item_count = window_metrics(self.panel, self.window, forecast, SPEC)
        assert item_count == 1
        # Actuals 4 and 8 against 5.
        assert values.wape == pytest.approx(4 / 12)
        assert values.rmse == pytest.approx(np.sqrt((1 + 9) / 2))
        assert values.mape == pytest.approx((1 / 4 + 3 / 8) / 2)
        assert values.weighted_quantile_losses == pytest.approx(
            {
                "0.1": 2 * (0.9 * 1 + 0.1 * 3) / 12,
                "0.5": (1 + 3) / 12,
                "0.9": 2 * (0.1 * 1 + 0.9 * 3) / 12,
            }
        )

    def test_the_average_is_the_plain_mean_over_the_levels(self):
        forecast = flat_forecast(self.panel, self.window, 5.0)
        values, _ = window_metrics(self.panel, self.window, forecast, SPEC)
        losses = values.weighted_quantile_losses.values()
        assert values.average_weighted_quantile_loss == pytest.approx(sum(losses) / 3)

    def test_mase_scales_by_what_lay_before_the_window(self):
        forecast = flat_forecast(self.panel, self.window, 5.0)
        values, _ = window_metrics(self.panel, self.window, forecast, SPEC)
        # Four steps are less than a week: lag 1, errors 2, 1 and 4.
        assert values.mase == pytest.approx(2.0 / (7 / 3))

    def test_point_metrics_are_of_the_mean_not_the_median(self):
        forecast = flat_forecast(self.panel, self.window, 5.0)
        forecast.quantiles[:, :, 7:] = 50.0
        values, _ = window_metrics(self.panel, self.window, forecast, SPEC)
        actual = self.panel.target[:1, 4:]
        assert values.wape == pytest.approx(metrics.wape(actual, forecast.mean[:1]))
        assert values.weighted_quantile_losses["0.5"] == pytest.approx(4 / 12)

    def test_times_begin_with_the_window_and_end_after_its_last_step(self):
        forecast = flat_forecast(self.panel, self.window, 5.0)
        accuracy = window_accuracy(self.panel, self.window, forecast, SPEC)
        assert accuracy.start == np.datetime64("2010-01-08")
        assert accuracy.end == np.datetime64("2010-01-10")
        assert accuracy.item_count == 1

    def test_without_any_series_that_counts_there_are_no_numbers(self):
        panel = make_panel(np.full((1, 6), np.nan))
        forecast = flat_forecast(panel, self.window, 1.0)
        values, item_count = window_metrics(panel, self.window, forecast, SPEC)
        assert item_count == 0
        assert np.isnan(values.rmse)


class TestSeveralWindows:
    def test_the_summary_is_the_plain_mean_over_the_windows(self):
        summary = two_windows().summary
        assert summary.weighted_quantile_losses == pytest.approx(
            {"0.1": 0.2, "0.5": 0.4, "0.9": 0.6}
        )
        assert summary.average_weighted_quantile_loss == pytest.approx(0.4)
        assert summary.rmse == 4.0

    def test_windows_without_a_number_are_skipped(self):
        summary = two_windows().summary
        assert summary.mape == pytest.approx(0.2)
        assert np.isnan(summary.mase)


class TestShapeOfGetAccuracyMetrics:
    result = as_evaluation_result(two_windows())

    def test_an_entry_names_its_algorithm_and_its_windows(self):
        assert set(self.result) == {"AlgorithmArn", "TestWindows"}
        assert self.result["AlgorithmArn"] == "arn:aws:forecast:::algorithm/ETS"

    def test_the_summary_comes_first_and_has_no_times_and_no_item_count(self):
        first = self.result["TestWindows"][0]
        assert first["EvaluationType"] == "SUMMARY"
        assert set(first) == {"EvaluationType", "Metrics"}

    def test_then_every_window_with_an_exclusive_end(self):
        _, *computed = self.result["TestWindows"]
        assert [
            (each["EvaluationType"], each["TestWindowStart"], each["TestWindowEnd"])
            for each in computed
        ] == [
            ("COMPUTED", "2024-05-01T00:00:00", "2024-05-03T00:00:00"),
            ("COMPUTED", "2024-05-03T00:00:00", "2024-05-05T00:00:00"),
        ]
        assert [each["ItemCount"] for each in computed] == [10, 9]

    def test_quantiles_descend(self):
        losses = self.result["TestWindows"][1]["Metrics"]["WeightedQuantileLosses"]
        assert losses == [
            {"Quantile": 0.9, "LossValue": pytest.approx(0.3)},
            {"Quantile": 0.5, "LossValue": pytest.approx(0.2)},
            {"Quantile": 0.1, "LossValue": pytest.approx(0.1)},
        ]

    def test_errors_are_of_the_mean_and_rmse_also_stands_on_top(self):
        values = self.result["TestWindows"][1]["Metrics"]
        assert set(values) == {
            "RMSE",
            "WeightedQuantileLosses",
            "ErrorMetrics",
            "AverageWeightedQuantileLoss",
        }
        (errors,) = values["ErrorMetrics"]
        assert set(errors) == {"ForecastType", "WAPE", "RMSE", "MASE", "MAPE"}
        assert errors["ForecastType"] == "mean"
        assert errors["RMSE"] == values["RMSE"] == 4.0

    def test_a_number_that_does_not_exist_is_null_so_that_any_reader_takes_the_file(self):
        text = json.dumps(self.result, allow_nan=False)
        errors = json.loads(text)["TestWindows"][2]["Metrics"]["ErrorMetrics"][0]
        assert errors["MASE"] is None
        assert errors["MAPE"] is None


def test_accuracy_survives_json():
    accuracy = two_windows()
    again = AlgorithmAccuracy.from_json(json.loads(json.dumps(accuracy.to_json())))
    assert json.dumps(again.to_json()) == json.dumps(accuracy.to_json())
    assert as_evaluation_result(again) == as_evaluation_result(accuracy)
    assert again.windows[0].start.dtype == np.dtype("datetime64[s]")


def test_skill_is_the_share_of_the_naive_s_error_that_is_removed():
    assert skill(0.15, 0.2) == pytest.approx(0.25)
    assert skill(0.3, 0.2) == pytest.approx(-0.5)
    assert np.isnan(skill(0.1, 0.0))

"""The tables of a backtest export, from backtests of known values."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import window_metrics
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.spec import ForecastSpec
from forecastle.training.backtest_tables import accuracy_values, exported_types, forecasted_values
from forecastle.training.report import Backtest
from tests.series.panels import make_panel

SPEC = ForecastSpec(2, ("0.1", "0.9"))
# The second item has a missing value in the first window.
PANEL = make_panel([[4.0, 2, 4, 2, 6, 6, 3, 5], [1.0, 2, 1, 2, np.nan, 2, 1, 2]])


def flat(first, value=4.0):
    start = PANEL.frequency.shift(PANEL.origin, first)
    quantiles = np.full((2, 2, len(GRID)), value)
    return Backtest.of(
        PANEL, Window(first, 2), Forecast(PANEL.frequency, PANEL.keys, start, quantiles)
    )


BACKTESTS = (flat(4), flat(6))


class TestAccuracyValues:
    table = accuracy_values(BACKTESTS, SPEC.levels)

    def test_items_with_their_windows_and_then_their_summary(self):
        first, second = PANEL.keys["item_id"]
        assert self.table.select("item_id", "backtest_window").rows() == [
            (first, "Computed"),
            (first, "Computed"),
            (first, "Summary"),
            (second, "Computed"),
            (second, "Summary"),
        ]

    def test_a_window_ends_with_its_last_step_and_a_summary_has_no_times(self):
        days = PANEL.times.astype("datetime64[us]").astype(datetime)
        columns = ("backtestwindow_start_time", "backtestwindow_end_time")
        assert self.table.select(columns).rows() == [
            (days[4], days[5]),
            (days[6], days[7]),
            (None, None),
            (days[6], days[7]),
            (None, None),
        ]

    def test_values_of_the_first_item(self):
        wape, rmse, mape = (self.table[name].to_list()[:3] for name in ("WAPE", "RMSE", "MAPE"))
        assert wape == pytest.approx([4 / 12, 2 / 8, (4 / 12 + 2 / 8) / 2])
        assert rmse == pytest.approx([2.0, 1.0, 1.5])
        assert mape == pytest.approx([2 / 6, (1 / 3 + 1 / 5) / 2, (2 / 6 + 4 / 15) / 2])

    def test_a_window_with_one_item_has_the_metrics_of_the_group(self):
        one = BACKTESTS[0]
        group, count = window_metrics(PANEL, one.window, one.forecast, SPEC)
        assert count == 1
        row = self.table.row(0, named=True)
        assert row["Average wQL"] == pytest.approx(group.average_weighted_quantile_loss)
        assert row["MASE"] == pytest.approx(group.mase)
        for level, loss in group.weighted_quantile_losses.items():
            assert row[f"wQL[{level}]"] == pytest.approx(loss)

    def test_what_cannot_be_measured_is_null(self):
        never_sold = make_panel([[0.0] * 6])
        forecast = Forecast(
            never_sold.frequency,
            never_sold.keys,
            never_sold.times[4],
            np.ones((1, 2, len(GRID))),
        )
        table = accuracy_values([Backtest.of(never_sold, Window(4, 2), forecast)], (0.5,))
        assert table.select("MAPE", "MASE").rows() == [(None, None), (None, None)]
        assert table["WAPE"].to_list() == [2.0, 2.0]


def test_the_mean_is_exported_always_and_first():
    assert exported_types(("0.1", "0.9")) == ("mean", "0.1", "0.9")
    assert exported_types(("0.5", "mean")) == ("mean", "0.5")


def test_forecasted_values_hold_every_window():
    table = forecasted_values(BACKTESTS, ("0.1",))
    assert len(table) == 8
    assert table.columns[-5:] == [
        "mean", "p10", "target_value", "backtestwindow_start_time", "backtestwindow_end_time",
    ]  # fmt: skip
    assert table.filter(pl.col("target_value").is_null()).height == 1

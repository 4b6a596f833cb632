"""Small panels, forecasts and backtests for the tests of reports."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import AlgorithmAccuracy, window_accuracy
from forecastle.evaluation.windows import backtest_windows
from forecastle.series.calendar import Calendar
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.report import AUTOML, AccuracyReport, Backtest

# Standard normal quantiles at the levels of the grid.
NORMAL = np.array(
    [-2.326, -1.645, -1.282, -0.842, -0.524, -0.253, 0, 0.253, 0.524, 0.842, 1.282, 1.645, 2.326]
)
assert len(NORMAL) == len(GRID)


def make_panel(target, names=None, frequency="D", origin="2010-01-04", countries=("UK",)):
    target = np.atleast_2d(np.asarray(target, dtype=float))
    n_series, n_time = target.shape
    names = [f"item {k}" for k in range(n_series)] if names is None else names
    return Panel(
        frequency=Frequency.parse(frequency),
        keys=pl.DataFrame({"item_id": names}),
        origin=np.datetime64(origin, "s"),
        start=np.zeros(n_series, dtype=np.int64),
        target=target,
        observed=np.isfinite(target),
        known=np.zeros((n_series, n_time, 0)),
        known_names=(),
        past=np.zeros((n_series, n_time, 0)),
        past_names=(),
        static=pl.DataFrame({"item_id": names}),
        calendar=Calendar(countries=tuple(countries)),
    )


def weekly_sales(n_series=1, n_time=400, seed=0):
    """Sales with a weekday pattern, shut on Sundays."""
    rng = np.random.default_rng(seed)
    week = np.array([1.0, 0.9, 1.0, 1.1, 1.4, 1.7, 0.0])
    level = 100.0 * (1 + np.arange(n_series))[:, None]
    return level * np.resize(week, n_time) * rng.lognormal(0, 0.15, (n_series, n_time))


def forecast_after(panel, horizon=7, spread=0.15):
    """The values of the last week, with a normal spread."""
    last = np.nan_to_num(panel.target[:, -7:])[:, np.arange(horizon) % 7]
    quantiles = last[:, :, None] * (1 + spread * NORMAL)
    return Forecast(panel.frequency, panel.keys, panel.future_times(1)[0], quantiles)


def make_backtests(panel, horizon=7, count=2):
    return tuple(
        Backtest.of(panel, window, forecast_after(panel.until(window.first), horizon))
        for window in backtest_windows(panel.n_time, horizon, count)
    )


def make_accuracy(panel, backtests):
    spec = ForecastSpec(horizon=backtests[0].window.horizon)

    def accuracy(name, factor):
        windows = []
        for test in backtests:
            worse = Forecast(
                panel.frequency, panel.keys, test.forecast.start, test.forecast.quantiles * factor
            )
            windows.append(window_accuracy(panel, test.window, worse, spec))
        return AlgorithmAccuracy(name, tuple(windows), 1.5)

    naive = accuracy("SeasonalNaive", 1.4)
    algorithms = (accuracy("LightGBM", 1.05), accuracy("ETS", 1.1), naive)
    return AccuracyReport(blend=accuracy(AUTOML, 1.0), algorithms=algorithms, naive=naive)

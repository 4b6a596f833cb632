"""Forecasts as tables keep series, steps and quantiles together."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.series.forecast import Forecast
from forecastle.series.frames import backtest_frame, forecast_frame


@pytest.fixture
def forecast():
    """Two series, two steps; every quantile is 10 * series + step."""
    values = np.array([[0.0, 1.0], [10.0, 11.0]])[:, :, None].repeat(len(GRID), axis=2)
    keys = pl.DataFrame({"item_id": ["A", "B"], "store": ["S", "T"]})
    return Forecast(Frequency(1, "H"), keys, np.datetime64("2024-01-01T22:00"), values)


def test_one_row_per_series_and_step(forecast):
    frame = forecast_frame(forecast, ("0.1", "mean"))
    assert frame.columns == ["item_id", "store", "timestamp", "p10", "mean"]
    times = [datetime(2024, 1, 1, 22), datetime(2024, 1, 1, 23)]
    assert frame.drop("mean").rows() == [
        ("A", "S", times[0], 0.0),
        ("A", "S", times[1], 1.0),
        ("B", "T", times[0], 10.0),
        ("B", "T", times[1], 11.0),
    ]
    assert frame["mean"].to_list() == pytest.approx([0, 1, 10, 11])


def test_a_backtest_adds_what_happened_and_its_window(forecast):
    frame = backtest_frame(forecast, np.array([[1.0, np.nan], [2.0, 3.0]]), ("0.5",))
    assert frame["target_value"].to_list() == [1.0, None, 2.0, 3.0]
    assert set(frame["backtestwindow_start_time"]) == {datetime(2024, 1, 1, 22)}
    assert set(frame["backtestwindow_end_time"]) == {datetime(2024, 1, 1, 23)}

"""Forecasts as tables: one row per series and step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecastle.core.quantiles import column_name
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats
from forecastle.storage.exports import TARGET, TIMESTAMP, WINDOW_END, WINDOW_START


def forecast_frame(forecast: Forecast, forecast_types: Sequence[str]) -> pl.DataFrame:
    """``n_series * horizon`` rows, series by series.

    Columns: the keys, ``timestamp`` (Datetime("us")) and one Float64 column per forecast type
    (``0.1`` → ``p10``, ``mean``).
    """
    n_series, horizon = len(forecast.keys), forecast.horizon
    rows = forecast.keys[np.repeat(np.arange(n_series), horizon)]
    times = pl.Series(TIMESTAMP, np.tile(forecast.times.astype("datetime64[us]"), n_series))
    values = [
        pl.Series(column_name(name), forecast.of_type(name).ravel()) for name in forecast_types
    ]
    return rows.with_columns(times, *values)


def backtest_frame(
    forecast: Forecast, actual: Floats, forecast_types: Sequence[str]
) -> pl.DataFrame:
    """`forecast_frame` of one backtest window with what happened in it.

    Args:
        forecast: the forecast of the window.
        actual: ``[n_series, horizon]``; NaN where missing, null in the frame.
        forecast_types: the forecast types.

    Returns:
        The rows with ``target_value`` and the window's first and last timestamp (inclusive).
    """
    times = forecast.times.astype("datetime64[us]")
    return forecast_frame(forecast, forecast_types).with_columns(
        pl.Series(TARGET, actual.ravel()).fill_nan(None),
        pl.lit(times[0]).alias(WINDOW_START),
        pl.lit(times[-1]).alias(WINDOW_END),
    )

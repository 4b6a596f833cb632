"""Backtests on disk: one Parquet file, a row per window and series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.training.report import Backtest

_FIRST, _START, _SCORED, _SCALE = "first_step", "start", "scored", "scale"
_ACTUAL, _QUANTILES = "actual", "quantiles"


def write_backtests(path: Path, backtests: Sequence[Backtest]) -> None:
    """Write the windows, earliest first, the series of each in the order of the predictor."""
    pl.concat([_table(test) for test in backtests]).write_parquet(path)


def read_backtests(path: Path, frequency: Frequency, keys: pl.DataFrame) -> tuple[Backtest, ...]:
    """What `write_backtests` wrote.

    Args:
        path: the file.
        frequency: of the series.
        keys: the series in the order of the predictor.
    """
    windows = pl.read_parquet(path).partition_by(_FIRST, maintain_order=True)
    return tuple(_backtest(table, frequency, keys) for table in windows)


def _table(test: Backtest) -> pl.DataFrame:
    n_series = len(test.actual)
    start = test.forecast.start.astype("datetime64[us]")
    return pl.DataFrame(
        {
            _FIRST: np.full(n_series, test.window.first),
            _START: np.full(n_series, start),
            _SCORED: test.scored,
            _SCALE: test.scale,
            _ACTUAL: test.actual,
            _QUANTILES: test.forecast.quantiles.reshape(n_series, -1),
        }
    )


def _backtest(table: pl.DataFrame, frequency: Frequency, keys: pl.DataFrame) -> Backtest:
    actual = table[_ACTUAL].to_numpy()
    horizon = actual.shape[1]
    start = table[_START].to_numpy()[0].astype("datetime64[s]")
    quantiles = table[_QUANTILES].to_numpy().reshape(len(keys), horizon, len(GRID))
    return Backtest(
        window=Window(int(table[_FIRST][0]), horizon),
        forecast=Forecast(frequency, keys, start, quantiles),
        actual=actual,
        scored=table[_SCORED].to_numpy(),
        scale=table[_SCALE].to_numpy(),
    )

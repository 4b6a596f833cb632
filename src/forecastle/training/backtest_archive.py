"""Backtests on disk: one Parquet file, a row per window and series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats
from forecastle.training.report import Backtest

_FIRST, _START, _SCORED, _SCALE = "first_step", "start", "scored", "scale"
_ACTUAL, _QUANTILES = "actual", "quantiles"
# Small enough to find one series quickly.
_ROWS_PER_GROUP = 5_000


@dataclass(frozen=True, eq=False)
class WindowView:
    """One window of one series, or of the sum of all.

    Attributes:
        start: its first timestamp.
        actual: ``[horizon]`` demand, NaN where missing.
        quantiles: ``[horizon, len(GRID)]``; of all series their sums, which are no quantiles of
            the sum.
    """

    start: np.datetime64
    actual: Floats
    quantiles: Floats


def write_backtests(path: Path, backtests: Sequence[Backtest]) -> None:
    """Write the windows, earliest first, the series of each in the order of the predictor."""
    table = pl.concat([_table(test) for test in backtests])
    table.write_parquet(path, row_group_size=_ROWS_PER_GROUP)


def read_backtests(path: Path, frequency: Frequency, keys: pl.DataFrame) -> tuple[Backtest, ...]:
    """What `write_backtests` wrote.

    Args:
        path: the file.
        frequency: of the series.
        keys: the series in the order of the predictor.
    """
    windows = pl.read_parquet(path).partition_by(_FIRST, maintain_order=True)
    return tuple(_backtest(table, frequency, keys) for table in windows)


def read_windows(path: Path, n_series: int, series: int | None = None) -> tuple[WindowView, ...]:
    """The windows as one series saw them, earliest first, or all series together.

    Args:
        path: the file.
        n_series: how many series the predictor has.
        series: the row of the one in the predictor's order; None: the sum of all.
    """
    table = pl.scan_parquet(path).select(_START, _ACTUAL, _QUANTILES)
    rows = int(table.select(pl.len()).collect().item())
    first, count = (0, n_series) if series is None else (series, 1)
    return tuple(
        _view(table.slice(begin + first, count).collect()) for begin in range(0, rows, n_series)
    )


def _view(table: pl.DataFrame) -> WindowView:
    actual = table[_ACTUAL].to_numpy()
    known = np.isfinite(actual)
    quantiles = table[_QUANTILES].to_numpy().sum(axis=0)
    return WindowView(
        start=table[_START].to_numpy()[0].astype("datetime64[s]"),
        actual=np.where(known.any(axis=0), np.where(known, actual, 0.0).sum(axis=0), np.nan),
        quantiles=quantiles.reshape(actual.shape[1], len(GRID)),
    )


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

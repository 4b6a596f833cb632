"""Backtests as the tables of a predictor backtest export: one row per step, one per item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecastle.core.quantiles import MEAN
from forecastle.evaluation.item_accuracy import item_metrics, metric_names
from forecastle.series.frames import backtest_frame
from forecastle.storage.exports import BACKTEST_WINDOW, COMPUTED, SUMMARY, WINDOW_END, WINDOW_START
from forecastle.training.report import Backtest

_ROW = "row of the panel"


def exported_types(forecast_types: Sequence[str]) -> tuple[str, ...]:
    """The forecast types of a backtest export: always the mean, and first."""
    return (MEAN, *(kind for kind in forecast_types if kind != MEAN))


def forecasted_values(backtests: Sequence[Backtest], forecast_types: Sequence[str]) -> pl.DataFrame:
    """`backtest_frame` of every window, earliest first, with `exported_types`."""
    types = exported_types(forecast_types)
    return pl.concat([backtest_frame(test.forecast, test.actual, types) for test in backtests])


def accuracy_values(backtests: Sequence[Backtest], levels: Sequence[float]) -> pl.DataFrame:
    """The metrics of each item in each window, and their average over the windows.

    An item is left out of a window in which it has filled or missing values, as in the accuracy
    of the predictor (`evaluation.accuracy.scored`).

    Returns:
        The keys, ``backtest_window`` (``Computed``, or ``Summary`` without times), the window's
        first and last timestamp, and `metric_names`, null where an item has no such metric; item
        by item, its windows earliest first and then its summary.
    """
    names = metric_names(levels)
    computed = pl.concat([_of_window(test, levels) for test in backtests])
    summary = computed.group_by(_ROW, maintain_order=True).agg(
        pl.first(*backtests[0].forecast.keys.columns),
        pl.lit(SUMMARY).alias(BACKTEST_WINDOW),
        pl.lit(None, computed.schema[WINDOW_START]).alias(WINDOW_START),
        pl.lit(None, computed.schema[WINDOW_END]).alias(WINDOW_END),
        pl.mean(*names),
    )
    everything = pl.concat([computed, summary.select(computed.columns)])
    return everything.sort(_ROW, maintain_order=True).drop(_ROW)


def _of_window(test: Backtest, levels: Sequence[float]) -> pl.DataFrame:
    counts = test.scored
    times = test.forecast.times.astype("datetime64[us]")
    values = item_metrics(
        test.actual[counts],
        test.forecast.mean[counts],
        test.forecast.at(levels)[counts],
        levels,
        test.scale[counts],
    )
    return (
        test.forecast.keys.filter(counts)
        .with_columns(
            pl.Series(_ROW, np.flatnonzero(counts)),
            pl.lit(COMPUTED).alias(BACKTEST_WINDOW),
            pl.lit(times[0]).alias(WINDOW_START),
            pl.lit(times[-1]).alias(WINDOW_END),
        )
        .with_columns(pl.Series(name, column).fill_nan(None) for name, column in values.items())
    )

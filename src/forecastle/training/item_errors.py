"""The error of each series over all backtest windows, to tell where a predictor is weak."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecastle.evaluation.metrics import quantile_loss
from forecastle.series.panel import Floats
from forecastle.training.report import Backtest

ROW, SOLD, LOSS, ERROR, BIAS = "row", "sold", "loss", "error", "bias"
_ALMOST_ZERO = 1e-9


def item_errors(backtests: Sequence[Backtest], levels: Sequence[float]) -> pl.DataFrame:
    """A row per series that was scored in a window.

    Args:
        backtests: the windows.
        levels: the quantile levels whose loss counts.

    Returns:
        The keys, `ROW` (the series' number in the predictor), `SOLD` (actual demand over its
        scored windows), `LOSS` (the quantile loss, averaged over the levels, in units of demand:
        losses of series add up), `ERROR` (the loss as a share of what was sold: the average wQL;
        null where nothing was sold) and `BIAS` (what the median forecast had too much of, as a
        share of what was sold; null likewise).
    """
    n_series = len(backtests[0].actual)
    sold, loss, surplus = (np.zeros(n_series) for _ in range(3))
    scored = np.zeros(n_series, dtype=bool)
    for test in backtests:
        counts = test.scored
        actual, quantiles = test.actual[counts], test.forecast.at(levels)[counts]
        scored |= counts
        sold[counts] += np.abs(actual).sum(axis=1)
        loss[counts] += _loss(actual, quantiles, levels)
        surplus[counts] += (test.forecast.at((0.5,))[counts, :, 0] - actual).sum(axis=1)
    sells = sold > _ALMOST_ZERO
    safe = np.where(sells, sold, np.nan)
    table = backtests[0].forecast.keys.with_columns(
        pl.Series(ROW, np.arange(n_series)),
        pl.Series(SOLD, sold),
        pl.Series(LOSS, loss),
        pl.Series(ERROR, loss / safe).fill_nan(None),
        pl.Series(BIAS, surplus / safe).fill_nan(None),
    )
    return table.filter(scored)


def _loss(actual: Floats, quantiles: Floats, levels: Sequence[float]) -> Floats:
    """``[n_series]`` summed over the steps, averaged over the levels."""
    losses = [
        quantile_loss(actual, quantiles[:, :, k], level).sum(axis=1)
        for k, level in enumerate(levels)
    ]
    return np.asarray(np.mean(losses, axis=0))

"""Error metrics as Amazon Forecast defines them (developer guide: metrics).

Every function takes ``[n_series, horizon]`` arrays of one window (or any equal shapes) without
missing values; leave out what is not to count before calling.
"""

from __future__ import annotations

import numpy as np

from forecastle.series.panel import Floats

AVERAGE_WEIGHTED_QUANTILE_LOSS = "AverageWeightedQuantileLoss"
WAPE, RMSE, MASE, MAPE = "WAPE", "RMSE", "MASE", "MAPE"

OPTIMIZATION_METRICS = (AVERAGE_WEIGHTED_QUANTILE_LOSS, WAPE, RMSE, MASE, MAPE)
"""The metrics that training can be asked to make small, as Amazon Forecast spells them."""

_ALMOST_ZERO = 1e-9


def quantile_loss(actual: Floats, quantile: Floats, level: float) -> Floats:
    """Twice the pinball loss, elementwise: ``2 (t max(y - q, 0) + (1 - t) max(q - y, 0))``.

    The factor 2 makes the loss of the median the absolute error.
    """
    error = actual - quantile
    return np.asarray(2 * np.maximum(level * error, (level - 1) * error))


def weighted_quantile_loss(actual: Floats, quantile: Floats, level: float) -> float:
    """wQL[level]: the summed quantile loss over the summed absolute actuals.

    Where the actuals sum to about zero, the numerator alone (guide: metrics).
    """
    return _ratio(float(quantile_loss(actual, quantile, level).sum()), float(np.abs(actual).sum()))


def wape(actual: Floats, point: Floats) -> float:
    """Weighted absolute percentage error, a fraction: ``sum|y - f| / sum|y|``."""
    return _ratio(float(np.abs(actual - point).sum()), float(np.abs(actual).sum()))


def rmse(actual: Floats, point: Floats) -> float:
    """Root mean squared error, in units of demand."""
    return float(np.sqrt(np.mean((actual - point) ** 2))) if actual.size else float("nan")


def mape(actual: Floats, point: Floats) -> float:
    """Mean absolute percentage error, a fraction; actuals of zero are skipped.

    NaN if every actual is zero.
    """
    counts = np.abs(actual) > _ALMOST_ZERO
    if not counts.any():
        return float("nan")
    return float(np.mean(np.abs((actual - point)[counts] / actual[counts])))


def mase(actual: Floats, point: Floats, scale: Floats) -> float:
    """Mean absolute scaled error: each series' MAE over its ``scale``, averaged over series.

    Args:
        actual: ``[n_series, horizon]``.
        point: ``[n_series, horizon]``.
        scale: ``[n_series]`` from `seasonal_naive_error`; series without a scale are skipped.

    NaN if no series has a scale (Hyndman and Koehler 2006, section 3).
    """
    counts = np.isfinite(scale) & (scale > _ALMOST_ZERO)
    if not counts.any():
        return float("nan")
    return float(np.mean(np.abs(actual - point)[counts].mean(axis=1) / scale[counts]))


def seasonal_naive_error(history: Floats, season: int) -> Floats:
    """``[n_series]`` mean absolute error of the seasonal naive within ``history``.

    Args:
        history: ``[n_series, n_time]``, NaN where missing.
        season: lag in steps; where the history is no longer than that, lag 1.

    NaN for series without two values a season apart.
    """
    lag = season if history.shape[1] > season else 1
    errors = np.abs(history[:, lag:] - history[:, :-lag])
    valid = np.isfinite(errors)
    counts = valid.sum(axis=1)
    totals = np.where(valid, errors, 0.0).sum(axis=1)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator if denominator < _ALMOST_ZERO else numerator / denominator

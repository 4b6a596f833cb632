"""The accuracy of each item alone, for all items at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecastle.evaluation import metrics
from forecastle.series.panel import Floats

AVERAGE_LOSS = "Average wQL"

_ALMOST_ZERO = 1e-9


def loss_name(level: float) -> str:
    """``wQL[0.1]``."""
    return f"wQL[{level:g}]"


def metric_names(levels: Sequence[float]) -> tuple[str, ...]:
    """The names of what `item_metrics` gives, in the order of a backtest export."""
    losses = (loss_name(level) for level in levels)
    return (*losses, AVERAGE_LOSS, metrics.RMSE, metrics.WAPE, metrics.MAPE, metrics.MASE)


def item_metrics(
    actual: Floats, point: Floats, quantiles: Floats, levels: Sequence[float], scale: Floats
) -> dict[str, Floats]:
    """Name → ``[n_series]``: the metrics of `metrics`, each series by itself.

    Args:
        actual: ``[n_series, horizon]`` without missing values.
        point: ``[n_series, horizon]`` mean forecast.
        quantiles: ``[n_series, horizon, n_levels]``.
        levels: the quantile levels.
        scale: ``[n_series]`` from `metrics.seasonal_naive_error`.

    NaN where a series has no such metric: MAPE of a series that sold nothing, MASE of one whose
    history gives no scale.
    """
    error, size = np.abs(actual - point), np.abs(actual).sum(axis=1)
    losses = {
        loss_name(level): _ratio(
            metrics.quantile_loss(actual, quantiles[:, :, k], level).sum(axis=1), size
        )
        for k, level in enumerate(levels)
    }
    return {
        **losses,
        AVERAGE_LOSS: np.mean(list(losses.values()), axis=0),
        metrics.RMSE: np.sqrt((error**2).mean(axis=1)),
        metrics.WAPE: _ratio(error.sum(axis=1), size),
        metrics.MAPE: _relative(error, actual),
        metrics.MASE: error.mean(axis=1) / np.where(scale > _ALMOST_ZERO, scale, np.nan),
    }


def _relative(error: Floats, actual: Floats) -> Floats:
    counts = np.abs(actual) > _ALMOST_ZERO
    relative = np.where(counts, error / np.where(counts, np.abs(actual), 1.0), 0.0)
    steps = counts.sum(axis=1)
    return np.asarray(relative.sum(axis=1) / np.where(steps > 0, steps, np.nan))


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """As `metrics.weighted_quantile_loss`: the numerator alone where nothing was sold."""
    return np.asarray(numerator / np.where(denominator < _ALMOST_ZERO, 1.0, denominator))

"""Quantiles put in order and closed days closed, once, for every model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecastle.series.closed_days import open_mask
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel


def ordered(forecast: Forecast, history: Panel) -> Forecast:
    """Quantiles that never cross, never negative where the series never was, zero on closed days.

    Sorting can only lower the quantile loss (Chernozhukov, Fernández-Val and Galichon 2010,
    "Quantile and probability curves without crossing").
    """
    quantiles = np.sort(forecast.quantiles, axis=2)
    smallest = np.where(np.isfinite(history.target), history.target, 0.0).min(axis=1, initial=0.0)
    never_negative = (smallest >= 0)[:, None, None]
    quantiles = np.where(never_negative, np.maximum(quantiles, 0.0), quantiles)
    is_open = open_mask(history, forecast.horizon)[:, history.n_time :]
    return replace(forecast, quantiles=np.where(is_open[:, :, None], quantiles, 0.0))

"""Quantiles put in order, once, for every model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel


def ordered(forecast: Forecast, history: Panel) -> Forecast:
    """Quantiles that never cross, and never negative where the series never was.

    Sorting can only lower the quantile loss (Chernozhukov, Fernández-Val and Galichon 2010,
    "Quantile and probability curves without crossing").
    """
    quantiles = np.sort(forecast.quantiles, axis=2)
    smallest = np.where(np.isfinite(history.target), history.target, 0.0).min(axis=1, initial=0.0)
    never_negative = (smallest >= 0)[:, None, None]
    return replace(
        forecast, quantiles=np.where(never_negative, np.maximum(quantiles, 0.0), quantiles)
    )

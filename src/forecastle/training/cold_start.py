"""Items with little or no history take after the items that are like them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import polars.selectors as cs

from forecastle.core.quantiles import GRID
from forecastle.series.forecast import Forecast, interpolation_weights
from forecastle.series.panel import Bools, Floats, Panel

_ESTABLISHED = 8
"""Observations from which on a series speaks for itself."""
_PRIOR = 4
"""A series' own forecast and that of its likes count alike at this many observations."""


def fill_cold_starts(forecast: Forecast, history: Panel) -> Forecast:
    """Forecasts of young series, drawn towards those of their likes.

    The likes of a series are the established ones that share most of its metadata (all of them
    without metadata). A series without history gets the mixture of their forecasts: its quantiles
    hold both their uncertainty and how much they differ from each other. A series with a few
    observations, ``n``, trusts its own forecast by ``n / (n + 4)``.
    """
    counts = np.isfinite(history.target).sum(axis=1)
    young = np.flatnonzero(counts < _ESTABLISHED)
    established = counts >= _ESTABLISHED
    if not young.size or not established.any():
        return forecast
    quantiles = forecast.quantiles.copy()
    traits = history.static.select(cs.string())
    mixtures: dict[tuple[str | None, ...], Floats] = {}  # what is alike has the same likes
    for row in young:
        own = traits.row(int(row)) if traits.width else ()
        if own not in mixtures:
            likes = established & _alike(history.static, int(row), established)
            mixtures[own] = _mixture(forecast.quantiles[likes])
        trust = counts[row] / (counts[row] + _PRIOR)
        quantiles[row] = trust * quantiles[row] + (1 - trust) * mixtures[own]
    return replace(forecast, quantiles=quantiles)


def _alike(static: pl.DataFrame, row: int, among: Bools) -> Bools:
    """``[n_series]`` those of ``among`` that share the most string metadata with ``row``."""
    matches = np.zeros(len(among))
    for name in static.columns:
        if static.schema[name] == pl.String and static[name][row] is not None:
            matches += (static[name] == static[name][row]).fill_null(False).to_numpy()
    return np.asarray(matches == matches[among].max())


def _mixture(quantiles: Floats) -> Floats:
    """``[horizon, len(GRID)]`` quantiles of the equal mixture of ``[n, horizon, len(GRID)]``."""
    even = quantiles @ interpolation_weights((np.arange(25) + 0.5) / 25)
    pooled = np.moveaxis(even, 1, 0).reshape(quantiles.shape[1], -1)
    return np.asarray(np.quantile(pooled, GRID, axis=1).T)

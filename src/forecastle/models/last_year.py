"""Last year's value at this year's level."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.models.base import Capability
from forecastle.models.local import LocalModel
from forecastle.models.residuals import error_quantiles, series_scale
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_ORIGINS = 26
_WEEK, _MONTH = 7, 28  # days


class LastYearLevel(LocalModel):
    """The value one long season ago times the growth of the level since then.

    The level is the mean over the last stretch of history; the growth is its ratio to the same
    stretch a long season before, drawn half-way to no growth in logarithms where the two
    disagree wildly. Quantiles from the method's own errors at earlier origins.
    """

    name: ClassVar[str] = "LastYearLevel"
    capabilities: ClassVar[Capability] = Capability.NONE

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs a long season and a stretch before it."""
        lag = long_lag(panel)
        needed = lag + level_stretch(panel) + spec.horizon
        if lag <= 1:
            return f"frequency {panel.frequency} has no yearly season"
        if int(panel.lengths.max(initial=0)) < needed:
            return f"needs {needed} steps of history; the longest series has fewer"
        return None

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`."""
        point = last_year(history, history.n_time, spec.horizon)
        spread = 1 if history.n_time < 200 else 7
        errors = []
        for k in range(_ORIGINS):
            origin = history.n_time - spec.horizon - k * spread
            if origin < long_lag(history) + level_stretch(history):
                break
            actual = history.target[:, origin : origin + spec.horizon]
            errors.append(actual - last_year(history, origin, spec.horizon))
        scale = series_scale(history.target, level_stretch(history))
        stacked = np.concatenate(errors, axis=1) if errors else np.full((len(scale), 1), np.nan)
        return np.asarray(point[:, :, None] + error_quantiles(stacked, scale)[:, None, :])


def long_lag(panel: Panel) -> int:
    """Steps in the longest season, as a multiple of the shortest: 364 days keep the weekday."""
    short, long = panel.frequency.seasons[0], panel.frequency.seasons[-1]
    return max(1, round(long / short)) * short


def level_stretch(panel: Panel) -> int:
    """Steps over which the present level is measured: a quarter of months, two months of weeks,
    four short seasons of anything finer.
    """
    days = panel.frequency.approximate_days
    if days >= _MONTH:
        return max(1, round(3 * _MONTH / days))
    return max(2, round(2 * _MONTH / days)) if days >= _WEEK else 4 * panel.frequency.season


def last_year(panel: Panel, origin: int, horizon: int) -> Floats:
    """``[n_series, horizon]`` point forecast from ``origin``; a series too young gets its level."""
    lag, stretch = long_lag(panel), level_stretch(panel)
    target = panel.target
    level = _mean(target[:, max(origin - stretch, 0) : origin])
    before = _mean(target[:, max(origin - lag - stretch, 0) : max(origin - lag, 0)])
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.clip(level / before, 1 / 3, 3)
    steps = np.arange(horizon)
    source = origin + steps - lag * (1 + steps // lag)
    past = np.where(source >= 0, target[:, np.maximum(source, 0)], np.nan)
    forecast = past * np.where(np.isfinite(growth), growth, np.nan)[:, None]
    fallback = np.nan_to_num(level, nan=0.0)[:, None]
    return np.where(np.isfinite(forecast), forecast, fallback)


def _mean(values: Floats) -> Floats:
    valid = np.isfinite(values)
    totals = np.where(valid, values, 0.0).sum(axis=1)
    counts = valid.sum(axis=1)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)

"""NPTS: the non-parametric forecaster draws from the past, the recent past more often."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.local import LocalModel
from forecastle.series.closed_days import open_mask
from forecastle.series.panel import Bools, Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_HALF_LIVES = (2.0, 6.0, 20.0)
"""In seasons (weeks of daily data): fast, middle and slow forgetting are averaged."""
_OTHER_SEASON = 0.5
"""Weight of a past step at another place of the season, against one at the same place."""


class NPTS(LocalModel):
    """Weighted quantiles of past demand (developer guide: aws-forecast-recipe-npts).

    Each past step counts by an exponential kernel of its age, and more if it lies at the same
    place of the season as the step ahead. Made for demand that is mostly zero or irregular.
    """

    name: ClassVar[str] = "NPTS"
    capabilities: ClassVar[Capability] = Capability.SPARSE

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`."""
        past = np.where(open_mask(history, 0), history.target, np.nan)
        season = history.frequency.season
        values, order = sorted_by_value(past)
        result = np.empty((history.n_series, spec.horizon, len(GRID)))
        for step in range(spec.horizon):
            if step >= season:
                result[:, step] = result[:, step - season]
                continue
            result[:, step] = np.mean(
                [
                    weighted_quantiles(values, order, kernel(history.n_time, step, season, half))
                    for half in _HALF_LIVES
                ],
                axis=0,
            )
        return result


def kernel(n_time: int, step: int, season: int, half_life: float) -> Floats:
    """``[n_time]`` weights of the past for a step ahead (0-based)."""
    age = np.arange(n_time, 0, -1, dtype=float)
    same = (n_time + step - np.arange(n_time)) % season == 0
    weights = 0.5 ** (age / (half_life * season))
    return np.asarray(weights * np.where(same, 1.0, _OTHER_SEASON))


def weighted_quantiles(
    values: Floats, order: Integers, weights: Floats, levels: Floats | None = None
) -> Floats:
    """``[n_series, n_levels]`` quantiles of past values under ``weights``.

    Args:
        values: ``[n_series, n_time]`` ascending in each row, NaN last.
        order: ``[n_series, n_time]`` where each value stood in time.
        weights: ``[n_time]`` by time.
        levels: ``[n_series, n_levels]``; the grid's by default.
    """
    levels = np.tile(GRID, (len(values), 1)) if levels is None else levels
    valid: Bools = np.isfinite(values)
    mass = np.where(valid, weights[order], 0.0)
    total = np.cumsum(mass, axis=1)
    share = (total - mass / 2) / np.maximum(total[:, -1:], 1e-300)
    last = np.maximum(valid.sum(axis=1) - 1, 0)
    result = np.empty(levels.shape)
    rows = np.arange(len(values))
    for k, level in enumerate(levels.T):
        after = np.minimum((share < level[:, None]).sum(axis=1), last)
        before = np.maximum(after - 1, 0)
        width = np.maximum(share[rows, after] - share[rows, before], 1e-12)
        part = np.clip((level - share[rows, before]) / width, 0.0, 1.0)
        lower, upper = values[rows, before], values[rows, after]
        result[:, k] = np.nan_to_num(lower + part * (upper - lower), nan=0.0)
    return result


def sorted_by_value(target: Floats) -> tuple[Floats, Integers]:
    """Each row ascending (NaN last), and where each value stood."""
    order = np.argsort(target, axis=1, kind="stable")
    return np.take_along_axis(target, order, axis=1), np.asarray(order)

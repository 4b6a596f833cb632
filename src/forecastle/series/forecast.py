"""Forecast: quantiles for every series and step, on the grid of levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Self

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency, Times
from forecastle.core.quantiles import GRID, MEAN
from forecastle.series.panel import Floats, Panel

# Midpoints of 200 equal slices of probability: the mean is the integral of the quantile function.
_SLICES = (np.arange(200) + 0.5) / 200


@dataclass(frozen=True, eq=False)
class Forecast:
    """What may come: a quantile function per series and step.

    Attributes:
        frequency: the step between forecast times.
        keys: ``n_series`` rows: ``item_id`` and the forecast dimensions.
        start: the first forecast timestamp.
        quantiles: ``[n_series, horizon, len(GRID)]`` demand at the levels of `GRID`.
    """

    frequency: Frequency
    keys: pl.DataFrame
    start: np.datetime64
    quantiles: Floats

    @classmethod
    def after(cls, history: Panel, quantiles: Floats) -> Self:
        """That of the steps after the end of ``history``."""
        return cls(history.frequency, history.keys, history.future_times(1)[0], quantiles)

    @property
    def horizon(self) -> int:
        """Number of steps."""
        return int(self.quantiles.shape[1])

    @property
    def times(self) -> Times:
        """``[horizon]`` forecast timestamps."""
        return self.frequency.times(self.start, self.horizon)

    def at(self, levels: Sequence[float]) -> Floats:
        """``[n_series, horizon, len(levels)]``; levels from 0.01 to 0.99, between the grid's
        levels on a straight line in normal scores (exact for a normal distribution).
        """
        return np.asarray(self.quantiles @ interpolation_weights(levels))

    @cached_property
    def mean(self) -> Floats:
        """``[n_series, horizon]``: the integral of the quantile function over all levels."""
        return np.asarray(self.quantiles @ mean_weights())

    def of_type(self, forecast_type: str) -> Floats:
        """``[n_series, horizon]`` for one forecast type: ``0.1`` … or ``mean``."""
        if forecast_type == MEAN:
            return self.mean
        return np.asarray(self.at([float(forecast_type)])[:, :, 0])


def interpolation_weights(levels: Sequence[float] | Floats) -> Floats:
    """``[len(GRID), len(levels)]`` weights that take grid quantiles to quantiles at ``levels``.

    Outside the grid the outermost quantile stands: order and bounds are never broken.
    """
    scores = normal_scores(np.clip(np.asarray(levels, dtype=float), GRID[0], GRID[-1]))
    grid = normal_scores(GRID)
    identity = np.eye(len(GRID))
    return np.stack([np.interp(scores, grid, row) for row in identity])


def mean_weights() -> Floats:
    """``[len(GRID)]`` weights that take grid quantiles to the mean."""
    return np.asarray(interpolation_weights(_SLICES).mean(axis=1))


def normal_scores(levels: Sequence[float] | Floats) -> Floats:
    """The standard normal distribution's quantiles at ``levels``, in the same shape."""
    return np.array([NormalDist().inv_cdf(float(level)) for level in levels])

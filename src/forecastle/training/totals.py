"""Honest quantiles of sums of series and steps, drawn from a forecast and its dependence.

The sum of p90s is no p90 of the sum: that would take every series to have its best day at once.
Nor do series go each its own way. `dependence` says how much they share; drawing from it takes no
matrix of all series: a draw per factor, series by series, so that memory holds one group at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.core.quantiles import GRID
from forecastle.series.forecast import interpolation_weights, normal_scores
from forecastle.series.groups import EVERYONE, Members
from forecastle.series.panel import Floats, Integers
from forecastle.training.dependence import Dependence

Singles = npt.NDArray[np.float32]

MOST_NUMBERS = 200_000_000
"""Draws of all series and steps together: seconds of work."""

_MOST_DRAWS, _FEWEST_DRAWS = 2_000, 200
# Quantiles are read from a table, this fine in normal scores: 0.01 of a standard deviation.
_PLACES = 512
_EDGE = float(normal_scores(GRID[-1:])[0])
_TABLE_SERIES = 256
_KEPT_NUMBERS = 8_000_000


@dataclass(frozen=True, eq=False)
class Totals:
    """Quantiles of the sums over the series of each group.

    Attributes:
        steps: ``[n_groups, horizon, n_levels]`` demand of each step.
        whole: ``[n_groups, n_levels]`` demand of all steps together.
    """

    steps: Floats
    whole: Floats


def total_quantiles(
    quantiles: Floats,
    groups: Integers,
    dependence: Dependence,
    members: Members,
    levels: Sequence[float],
    *,
    seed: int = 0,
    most: int = MOST_NUMBERS,
) -> Totals:
    """Quantiles of the sums over the series of each group.

    Args:
        quantiles: ``[n_series, horizon, len(GRID)]`` of a forecast.
        groups: ``[n_series]`` the group of each series: 0, 1, …
        dependence: how the series and steps go together.
        members: per column of ``dependence.columns``, for each series the number of its group.
        levels: from 0.01 to 0.99.
        seed: decides every draw.
        most: numbers to draw; of many series fewer draws are made of each.
    """
    n_series, horizon, _ = quantiles.shape
    n_groups = int(groups.max(initial=-1)) + 1
    n_draws = int(np.clip(most / max(n_series * horizon, 1), _FEWEST_DRAWS, _MOST_DRAWS))
    source = _Source(dependence, members, n_draws, horizon, seed)
    found = Totals(np.zeros((n_groups, horizon, len(levels))), np.zeros((n_groups, len(levels))))
    order = np.argsort(groups, kind="stable")
    sums = np.zeros((n_draws, horizon))
    for first in range(0, n_series, _TABLE_SERIES):
        rows = order[first : first + _TABLE_SERIES]
        for offset, (row, table) in enumerate(zip(rows, _tables(quantiles[rows]), strict=True)):
            sums += source.demand(int(row), table)
            place = first + offset
            if place + 1 == n_series or groups[order[place + 1]] != groups[row]:
                found.steps[groups[row]] = np.quantile(sums, levels, axis=0).T
                found.whole[groups[row]] = np.quantile(sums.sum(axis=1), levels)
                sums[:] = 0.0
    alone = np.bincount(groups, minlength=n_groups)[groups] == 1
    # Of one series the quantiles of a step are known: no need to draw.
    found.steps[groups[alone]] = quantiles[alone] @ interpolation_weights(levels)
    return found


def _tables(quantiles: Floats) -> Singles:
    """``[n_series, horizon, _PLACES]`` demand at normal scores evenly from edge to edge.

    Beyond the grid the outermost quantile stands, as in `Forecast.at`.
    """
    scores = np.linspace(-_EDGE, _EDGE, _PLACES)
    grid = normal_scores(GRID)
    weights = np.stack([np.interp(scores, grid, row) for row in np.eye(len(GRID))])
    return (quantiles @ weights).astype(np.float32)


class _Source:
    """Draws of the demand of one series after the other; the factors are shared."""

    def __init__(
        self, dependence: Dependence, members: Members, n_draws: int, horizon: int, seed: int
    ) -> None:
        self._dependence, self._members = dependence, members
        self._shape, self._seed = (n_draws, horizon), seed
        self._rng = np.random.default_rng(seed)
        self._rows = np.arange(horizon, dtype=np.int64) * _PLACES
        self._kept: dict[tuple[int, int], Singles] = {}

    def demand(self, series: int, table: Singles) -> Singles:
        """``[n_draws, horizon]``."""
        scores = self._noise(self._rng, self._dependence.series, self._dependence.rest)
        for place, factor in enumerate(self._dependence.factors):
            group = 0 if factor.column == EVERYONE else int(self._members[factor.column][series])
            scores += self._common(place, group)
        scores *= (_PLACES - 1) / (2 * _EDGE)
        scores += (_PLACES - 1) / 2 + 0.5  # cut off below, this rounds
        np.clip(scores, 0, _PLACES - 1, out=scores)
        return table.ravel().take(scores.astype(np.int64) + self._rows)

    def _common(self, place: int, group: int) -> Singles:
        """What a group of a factor brings to the scores: always the same."""
        if (place, group) not in self._kept:
            factor = self._dependence.factors[place]
            rng = np.random.default_rng((self._seed, place, group))
            if len(self._kept) * self._shape[0] * self._shape[1] > _KEPT_NUMBERS:
                self._kept.clear()
            self._kept[place, group] = self._noise(rng, factor.lasting, factor.passing)
        return self._kept[place, group]

    def _noise(self, rng: np.random.Generator, lasting: float, passing: float) -> Singles:
        drawn = rng.standard_normal(self._shape, dtype=np.float32)
        drawn *= np.float32(np.sqrt(max(passing, 0.0)))
        if lasting > 0:
            own = rng.standard_normal((self._shape[0], 1), dtype=np.float32)
            drawn += np.float32(np.sqrt(lasting)) * own
        return drawn

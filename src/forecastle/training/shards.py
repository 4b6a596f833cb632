"""Shards: a group of very many series is worked on piece by piece, so that memory has a bound.

What all series teach (the choice of the algorithms, their shares, a global model) is learnt from a
sample of them. What a series tells of itself (its level, its season, its closed days) is looked at
where its shard is forecast: a local algorithm learns nothing that outlives a forecast, so there is
nothing else to fit. The series are dealt out like cards: every shard, and the sample, is a fair
picture of the group, in which new items find their likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from forecastle.core.executor import Executor
from forecastle.core.quantiles import GRID
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.training.blend import Blend
from forecastle.training.tasks import Files, ForecastTask, run_forecast

SHARD_SERIES = 5_000
"""Series that are worked on at a time, unless something else is asked for."""

_SAMPLE_SERIES = 2_000
"""From as many the shares hardly move any more, and a global model draws its rows from fewer."""


@dataclass(frozen=True)
class Shards:
    """How the series of a group are dealt out.

    Attributes:
        n_series: of the group.
        largest: series that a shard may hold.
        seed: of the shuffling.
    """

    n_series: int
    largest: int = SHARD_SERIES
    seed: int = 0

    @property
    def count(self) -> int:
        """How many shards there are; at least one."""
        return max(1, -(-self.n_series // self.largest))

    @property
    def is_one(self) -> bool:
        """Whether the group is small enough to be worked on as a whole."""
        return self.count == 1

    def rows(self, shard: int) -> Integers:
        """The series of a shard, ascending."""
        return np.sort(self._shuffled[shard :: self.count])

    @property
    def sample(self) -> Integers:
        """The series that algorithms, shares and global models are learnt from, ascending."""
        if self.is_one:
            return np.arange(self.n_series)
        return np.sort(self._shuffled[: min(self.largest, _SAMPLE_SERIES)])

    def panels(self, panel: Panel) -> Iterator[Panel]:
        """The shards of ``panel``, one after the other."""
        return (panel.select(self.rows(shard)) for shard in range(self.count))

    def widened(self, blend: Blend) -> Blend:
        """A blend of the sample's series as one of all: the others take the group's shares."""
        rows = np.repeat(blend.weights[None], self.n_series, axis=0)
        rows[self.sample] = blend.series_weights
        return replace(blend, series_weights=rows)

    @cached_property
    def _shuffled(self) -> Integers:
        return np.random.default_rng(self.seed).permutation(self.n_series)


@dataclass(frozen=True)
class ShardForecastTask:
    """Forecast the steps after ``history``, one shard, with fitted members.

    Attributes:
        history: the shard.
        members: the fitted algorithms of ``blend``.
        blend: with the shares of the shard's series.
    """

    history: Panel
    members: Mapping[str, Files]
    blend: Blend


def run_shard_forecast(task: ShardForecastTask) -> Floats:
    """``[n_series, horizon, len(GRID)]`` quantiles of the blend."""
    quantiles = {
        name: run_forecast(ForecastTask(name, task.members[name], task.history))
        for name in task.blend.algorithms
    }
    return task.blend.forecast(task.history, quantiles).quantiles


def forecast_in_shards(
    history: Panel,
    members: Mapping[str, Files],
    blend: Blend,
    horizon: int,
    shards: Shards,
    executor: Executor,
) -> Forecast:
    """The ``horizon`` steps after ``history``, shard by shard.

    Args:
        history: all series.
        members: the fitted algorithms of ``blend``.
        blend: with the shares of all series.
        horizon: steps.
        shards: of the series of ``history``.
        executor: where the shards are forecast.
    """
    tasks = (
        ShardForecastTask(part, members, blend.of_series(shards.rows(shard)))
        for shard, part in enumerate(shards.panels(history))
    )
    quantiles = np.empty((history.n_series, horizon, len(GRID)))
    for shard, found in executor.map(run_shard_forecast, tasks):
        quantiles[shards.rows(shard)] = found
    return Forecast.after(history, quantiles)

"""What global models learn from: rows of many series, described alike in fit and forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl

from forecastle.models.features import FeatureBuilder, Features, Rows
from forecastle.models.group_features import pooled_columns
from forecastle.series.closed_days import open_mask
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_FEWEST_ORIGINS = 60


class Description(NamedTuple):
    """What is known of rows at their origins.

    Attributes:
        features: ``[n_rows, n_features]``.
        names: of the features.
        scale: ``[n_rows]`` of the series at the origin, in units of demand.
    """

    features: Features
    names: list[str]
    scale: Floats


@dataclass(frozen=True)
class Context:
    """What rows to predict must share with the rows that were learnt from."""

    with_year: bool
    categories: dict[str, list[str]]
    pooled: tuple[str, ...] = ()

    @classmethod
    def of(cls, panel: Panel) -> Context:
        """That of a panel to learn from."""
        static = panel.static
        categories = {
            name: static[name].drop_nulls().unique().sort().to_list()
            for name in static.columns
            if static.schema[name] == pl.String
        }
        enough = panel.n_time >= panel.frequency.steps_per_year
        return cls(bool(enough), categories, pooled_columns(panel))

    def builder(self, panel: Panel, horizon: int) -> FeatureBuilder:
        """What describes rows of a panel."""
        return FeatureBuilder(panel, horizon, self.with_year, self.categories, self.pooled)

    def describe(self, panel: Panel, rows: Rows, horizon: int) -> Description:
        """Rows of a panel, as learnt from and as predicted."""
        builder = self.builder(panel, horizon)
        scale = builder.scale(rows.series, rows.origin)
        return Description(*builder.build(rows, scale), scale)

    def describe_ahead(self, history: Panel, series: Integers, horizon: int) -> Description:
        """Every step after the end of ``history``, of some series."""
        return self.describe(history, rows_ahead(history, series, horizon), horizon)


def without_closed_days(panel: Panel) -> Panel:
    """The panel with closed days as missing: they tell nothing of demand."""
    return replace(panel, target=np.where(open_mask(panel, 0), panel.target, np.nan))


def sample_rows(panel: Panel, spec: ForecastSpec, most: int) -> Rows:
    """At most ``most`` rows, spread evenly over series, origins and steps by chance.

    Origins leave at least one season of history, and a year where the history is long enough
    that last year's value is known for most of them.
    """
    rng = np.random.default_rng(spec.seed)
    steps = np.arange(1, spec.horizon + 1)
    season = panel.frequency.season
    year = int(panel.frequency.steps_per_year)
    shortest = year if panel.n_time > 1.5 * year + spec.horizon and season <= year else season
    shortest = min(shortest, max(panel.n_time // 3, 1))
    firsts = panel.start + min(shortest, season)
    firsts = np.maximum(firsts, shortest)
    counts = np.maximum(panel.n_time - firsts, 0)
    total = int(counts.sum()) * len(steps)
    chosen = np.arange(total) if total <= most else np.sort(rng.choice(total, most, replace=False))
    ends = np.cumsum(counts * len(steps))
    series = np.searchsorted(ends, chosen, side="right")
    within = chosen - (ends[series] - counts[series] * len(steps))
    origin = firsts[series] + within // len(steps)
    step = steps[within % len(steps)]
    rows = Rows(series, origin, step)
    keep = rows.target < panel.n_time
    column = np.where(keep, rows.target, 0)
    keep &= np.isfinite(panel.target[rows.series, column])
    return Rows(series[keep], origin[keep], step[keep])


def rows_ahead(history: Panel, series: Integers, horizon: int) -> Rows:
    """Every step after the end of ``history``, of some series."""
    return Rows(
        np.repeat(series, horizon),
        np.full(len(series) * horizon, history.n_time),
        np.tile(np.arange(1, horizon + 1), len(series)),
    )


def too_few_origins(panel: Panel, spec: ForecastSpec) -> str | None:
    """Why the panel holds too little to learn from, in a sentence; None if it holds enough."""
    origins = int(np.maximum(panel.lengths - spec.horizon - panel.frequency.season, 0).sum())
    if origins >= _FEWEST_ORIGINS:
        return None
    return f"only {origins} origins to learn from; it needs {_FEWEST_ORIGINS}"

"""Totals of a forecast: what all series together are expected to bring, step by step.

Means add up: the sum of the means over series and steps is the mean of the total. Quantiles do
not: the sum of p10 is what comes in if every series and step comes in at its low end, so the total
is likely to lie well within the sums. All figures here are sums, and are called so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import MEAN
from forecastle.series.columns import TIMESTAMP

_WEEK = 7.0
MEDIAN = "p50"


@dataclass(frozen=True, eq=False)
class StepTotals:
    """Sums over all series.

    Attributes:
        frequency: the step.
        columns: the forecast columns: those asked for, and ``mean``.
        table: ``timestamp`` and `columns`, a row per step.
    """

    frequency: Frequency
    columns: tuple[str, ...]
    table: pl.DataFrame

    @classmethod
    def of(cls, forecast: Resource, path: Path) -> StepTotals:
        """From the table of an ACTIVE forecast; only the sums are ever in memory."""
        rows = pl.scan_parquet(path, glob=False)
        present = rows.collect_schema().names()
        columns = tuple(dict.fromkeys((*forecast.details["columns"], *_mean_of(present))))
        sums = rows.group_by(TIMESTAMP).agg(pl.col(columns).sum()).sort(TIMESTAMP)
        frequency = Frequency.parse(forecast.details["frequency"])
        return cls(frequency, columns, sums.collect(engine="streaming"))

    @property
    def middle(self) -> str:
        """The column to compare by: the median where it was asked for."""
        return MEDIAN if MEDIAN in self.columns else self.columns[-1]

    @property
    def times(self) -> list[datetime]:
        """Of the steps."""
        return self.table[TIMESTAMP].to_list()

    def head(self, steps: int) -> StepTotals:
        """The first of the steps."""
        return StepTotals(self.frequency, self.columns, self.table.head(steps))

    def at(self, times: Sequence[datetime]) -> StepTotals:
        """Some of the steps."""
        return StepTotals(
            self.frequency, self.columns, self.table.filter(pl.col(TIMESTAMP).is_in(times))
        )

    def sums(self) -> Mapping[str, float]:
        """By column, over all steps."""
        return {name: float(self.table[name].sum()) for name in self.columns}

    def next_period(self) -> StepTotals:
        """The next seven days, where the steps are days or less; else all steps."""
        days = self.frequency.approximate_days
        return self.head(round(_WEEK / days)) if days < _WEEK else self


def shared(now: StepTotals, before: StepTotals) -> list[datetime]:
    """The steps that both forecasts have."""
    known = set(before.times)
    return [time for time in now.times if time in known]


def change(now: float, before: float) -> float | None:
    """``0.04`` for 4 % more; None where there was nothing."""
    return now / before - 1 if before > 0 else None


def _mean_of(columns: Sequence[str]) -> Sequence[str]:
    """Forecasts of earlier versions have no mean unless it was asked for."""
    return [name for name in columns if name == MEAN]

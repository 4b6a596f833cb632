"""Features of what a whole group of series did: last year's pattern with less noise.

One shop's week before Christmas a year ago is mostly chance; that week of a department in all
shops is not. A group's mean demand of last year, over its level then, says how far the step lies
above the level, and is told at the series' own level of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecastle.series.groups import EVERYONE, grouping_columns, members_of, series_table
from forecastle.series.panel import Floats, Integers, Panel

Stretch = tuple[Integers, Integers]
"""``[n_rows]`` first columns, and ``[n_rows]`` columns after the last."""

# Of fewer, the mean says little that the series does not.
_FEWEST_SERIES = 20


def pooled_columns(panel: Panel) -> tuple[str, ...]:
    """The columns whose groups have features; `EVERYONE` for all series together."""
    return (EVERYONE, *grouping_columns(panel)) if panel.n_series >= _FEWEST_SERIES else ()


@dataclass(frozen=True, eq=False)
class LastYear:
    """Where last year's values of some rows lie.

    Attributes:
        series: ``[n_rows]``.
        origin: ``[n_rows]`` steps known.
        source: ``[n_rows]`` last year's column of the step that is forecast; before the origin.
        shift: ``[n_rows]`` how many columns that lies back.
        stretch: columns over which a level is measured.
        width: columns around a step, on either side.
    """

    series: Integers
    origin: Integers
    source: Integers
    shift: Integers
    stretch: int
    width: int

    @property
    def step(self) -> Stretch:
        """Last year's step alone."""
        return self.source, self.source + 1

    @property
    def around(self) -> Stretch:
        """The steps around it, as far as they are known."""
        return self.source - self.width, np.minimum(self.source + self.width + 1, self.origin)

    @property
    def now(self) -> Stretch:
        """The latest steps."""
        return self.origin - self.stretch, self.origin

    @property
    def before(self) -> Stretch:
        """The latest steps a year ago."""
        return self.origin - self.shift - self.stretch, self.origin - self.shift


class GroupFeatures:
    """Describes rows by the groups of their series.

    Args:
        panel: the history; the groups are those of its series.
        columns: whose values are the groups.
    """

    def __init__(self, panel: Panel, columns: Sequence[str]) -> None:
        members = members_of(series_table(panel), columns)
        self._groups = {name: _Means(panel.target, codes) for name, codes in members.items()}

    def last_year(self, place: LastYear, level: Floats) -> dict[str, Floats]:
        """Last year's pattern at this year's level, and the growth since then, per column.

        Args:
            place: where last year's values lie.
            level: ``[n_rows]`` the series' own level now, in units of its scale.

        Returns:
            ``[n_rows]`` each: last year's step and the steps around it, in units of the scale; the
            group's level now over that of last year.
        """
        columns: dict[str, Floats] = {}
        for name, means in self._groups.items():
            group = means.members[place.series]
            before = means.over(group, *place.before)
            before = np.where(before > 0, before, np.nan)
            ending = f"of_{name}" if name else "of_all"
            columns[f"year_{ending}"] = means.over(group, *place.step) / before * level
            columns[f"year_around_{ending}"] = means.over(group, *place.around) / before * level
            columns[f"growth_{ending}"] = means.over(group, *place.now) / before
        return columns


class _Means:
    """The mean demand of each group at each step."""

    def __init__(self, target: Floats, members: Integers) -> None:
        self.members = members
        order = np.argsort(members, kind="stable")
        firsts = np.flatnonzero(np.diff(members[order], prepend=-1))
        valid = np.isfinite(target[order])
        sums = np.add.reduceat(np.where(valid, target[order], 0.0), firsts)
        counts = np.add.reduceat(valid.astype(float), firsts)
        means = sums / np.maximum(counts, 1.0)
        self._sums, self._counts = running(means), running((counts > 0).astype(float))

    def over(self, group: Integers, first: Integers, end: Integers) -> Floats:
        """``[n_rows]`` mean over the columns from ``first`` to before ``end``; NaN: none known."""
        first, end = np.maximum(first, 0), np.maximum(end, 0)
        counts = self._counts[group, end] - self._counts[group, first]
        totals = self._sums[group, end] - self._sums[group, first]
        return np.where(counts > 0, totals / np.maximum(counts, 1.0), np.nan)


def running(values: Floats) -> Floats:
    """``[n, n_time + 1]`` sums of the values before each column."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)

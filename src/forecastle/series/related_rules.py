"""What a related feature must cover: from its item's first observation to where it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, Problem
from forecastle.series.filling import BACK, FUTURE, MIDDLE, FillingRules, fill
from forecastle.series.grid import Grid
from forecastle.series.panel import Bools, Floats, Integers
from forecastle.series.recipe import Names

NAME = "related data"


@dataclass(frozen=True, eq=False)
class Feature:
    """One feature of every series: ``values`` is ``[n_series, n_time + horizon]``, NaN missing."""

    name: str
    values: Floats
    rules: FillingRules

    def is_known_ahead(self, grid: Grid, keys: pl.DataFrame, known: Names | None) -> bool:
        """Whether the feature is known over the horizon.

        Args:
            grid: the panel's time axis.
            keys: the series, for messages.
            known: the features that are known ahead, once that is decided.

        Raises:
            DataError: it goes beyond the history and stops short of the horizon, or was known
                ahead when the predictor was trained and is not now.
        """
        last = self._last
        reaches = last == grid.n_all - 1
        if self.rules.futurefill is not None:
            reaches = reaches | (last >= 0)
        is_decided = known is not None
        if is_decided and self.name not in (known or ()):
            return False
        if not reaches.all() and (is_decided or np.any(last >= grid.n_time)):
            self._refuse(~reaches, keys, lambda row: self._stop(row, grid.n_all - 1, grid))
        return bool(reaches.all())

    def completed(self, n_needed: int, start: Integers, grid: Grid, keys: pl.DataFrame) -> Floats:
        """``[n_series, n_needed]`` filled by the rules, without a missing value.

        Before an item's first observation, where nothing is needed, stands its first value; a
        series without history needs only the future.

        Raises:
            DataError: a value is missing that no rule fills.
        """
        columns = np.arange(n_needed)
        filled = fill(self.values[:, :n_needed], grid.n_time, self.rules)
        missing = np.isnan(filled) & (columns >= start[:, None])
        lacking: Bools = np.asarray(missing.any(axis=1))
        if lacking.any():
            self._refuse(lacking, keys, lambda row: self._gap(row, missing[row], start, grid))
        first = np.isnan(filled).argmin(axis=1)
        front = np.nan_to_num(filled[np.arange(len(filled)), first])
        return np.where(np.isnan(filled), front[:, None], filled)

    @property
    def _last(self) -> Integers:
        """``[n_series]`` column of the last value; -1 without any."""
        present = ~np.isnan(self.values)
        columns = np.arange(self.values.shape[1])
        return np.asarray(np.where(present, columns, -1).max(axis=1, initial=-1))

    def _stop(self, row: int, needed: int, grid: Grid) -> str:
        last = int(self._last[row])
        if last < 0:
            return f"no value of '{self.name}'; add rows up to {grid.text(needed)}"
        rule = FUTURE if needed >= grid.n_time else BACK
        return (
            f"related rows stop at {grid.text(last)} ('{self.name}'); need {grid.text(needed)}: "
            f"add rows from {grid.text(last + 1)} on, or a filling rule such as {rule}"
        )

    def _gap(self, row: int, missing: Bools, start: Integers, grid: Grid) -> str:
        column = int(missing.argmax())
        last = int(self._last[row])
        if column > last:
            return self._stop(row, int(np.flatnonzero(missing)[-1]), grid)
        if np.isnan(self.values[row, :column]).all():
            return (
                f"related rows of '{self.name}' start after the item's first sale on "
                f"{grid.text(int(start[row]))}; add earlier rows"
            )
        return (
            f"no value of '{self.name}' on {grid.text(column)}; add it, or a filling rule such as "
            f"{MIDDLE}"
        )

    def _refuse(self, rows: Bools, keys: pl.DataFrame, say: Callable[[int], str]) -> None:
        found = np.flatnonzero(rows)
        problems = [
            Problem(NAME, f"{_label(keys, int(row))}: {say(int(row))}")
            for row in found[:PROBLEMS_SHOWN]
        ]
        raise DataError(problems, len(found))


def _label(keys: pl.DataFrame, row: int) -> str:
    """``item_id 'A7', store 'Berlin'``."""
    return ", ".join(f"{name} '{value}'" for name, value in keys.row(row, named=True).items())

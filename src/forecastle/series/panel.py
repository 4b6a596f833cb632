"""Panel: regular series on one time grid, the input of every model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from forecastle.core.frequency import Frequency, Times
from forecastle.series.calendar import Calendar

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Panel:
    """Regular series that share one time grid and one end.

    Attributes:
        frequency: the step of the grid.
        keys: ``n_series`` rows: ``item_id`` and the forecast dimensions, all strings; sorted,
            without repeats.
        origin: the timestamp of column 0.
        start: ``[n_series]`` column of each series' first observation; ``n_time`` if it has none.
        target: ``[n_series, n_time]`` demand per step; NaN before ``start`` and where missing.
        observed: ``[n_series, n_time]``, False where a value was filled in or is missing.
        known: ``[n_series, n_time + n_future, n_known]`` numeric covariates known in advance.
        known_names: the names along the last axis of ``known``.
        past: ``[n_series, n_time, n_past]`` numeric covariates known only for the past.
        past_names: the names along the last axis of ``past``.
        static: ``n_series`` rows of item metadata in the order of ``keys`` (strings or floats);
            no columns without metadata.
        calendar: holidays and events, the same for all series.
    """

    frequency: Frequency
    keys: pl.DataFrame
    origin: np.datetime64
    start: Integers
    target: Floats
    observed: Bools
    known: Floats
    known_names: tuple[str, ...]
    past: Floats
    past_names: tuple[str, ...]
    static: pl.DataFrame
    calendar: Calendar

    @property
    def n_series(self) -> int:
        """Number of series."""
        return int(self.target.shape[0])

    @property
    def n_time(self) -> int:
        """Number of steps of history."""
        return int(self.target.shape[1])

    @property
    def n_future(self) -> int:
        """How many steps beyond the history ``known`` covers."""
        return int(self.known.shape[1]) - self.n_time

    @property
    def times(self) -> Times:
        """``[n_time]`` timestamps of the history."""
        return self.frequency.times(self.origin, self.n_time)

    def future_times(self, horizon: int) -> Times:
        """``[horizon]`` timestamps after the history."""
        return self.frequency.shift(self.origin, np.arange(self.n_time, self.n_time + horizon))

    @property
    def lengths(self) -> Integers:
        """``[n_series]`` steps from each series' first observation to the end."""
        return np.asarray(self.n_time - self.start)

    def until(self, n_time: int, horizon: int = 0) -> Panel:
        """The panel as it stood after ``n_time`` steps, with known values ``horizon`` further."""
        end = min(n_time + horizon, self.known.shape[1])
        return replace(
            self,
            start=np.minimum(self.start, n_time),
            target=self.target[:, :n_time],
            observed=self.observed[:, :n_time],
            known=self.known[:, :end],
            past=self.past[:, :n_time],
        )

    def select(self, rows: Integers | Bools) -> Panel:
        """The panel of some of the series, by index or mask."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(
            self,
            keys=self.keys[index],
            start=self.start[index],
            target=self.target[index],
            observed=self.observed[index],
            known=self.known[index],
            past=self.past[index],
            static=self.static[index],
        )

    def actuals(self, first: int, horizon: int) -> tuple[Floats, Bools]:
        """Target and observed mask of the window ``[first, first + horizon)``."""
        window = slice(first, first + horizon)
        return self.target[:, window], self.observed[:, window]

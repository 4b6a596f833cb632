"""Grid: the common time axis of a panel, and how rows find their cell on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency, Times
from forecastle.series.panel import Floats, Integers

TIMESTAMP = "timestamp"
_MOST_CELLS = 400_000_000  # 3 GB of demand


@dataclass(frozen=True)
class Grid:
    """``n_time`` steps of history from ``origin`` and ``horizon`` steps after it."""

    frequency: Frequency
    origin: np.datetime64
    n_time: int
    horizon: int

    @classmethod
    def spanning(cls, timestamps: pl.Series, frequency: Frequency, horizon: int) -> Grid:
        """The grid from the first to the last of some period starts."""
        ends = _as_times(pl.Series([timestamps.min(), timestamps.max()]))
        n_time = int(frequency.steps_between(ends[0], ends[1:])[0]) + 1
        return cls(frequency, ends[0], n_time, horizon)

    def check_size(self, n_series: int) -> None:
        """Refuse a grid that no machine holds: most likely a timestamp is wrong.

        Raises:
            InputError: names the ends of the grid.
        """
        if n_series * (self.n_time + self.horizon) > _MOST_CELLS:
            raise InputError(
                f"{n_series} series of {self.n_time} steps of {self.frequency}, from "
                f"{self.text(0)} to {self.text(self.n_time - 1)}, are too many; check the first "
                "and the last timestamp, or choose a coarser frequency"
            )

    @property
    def n_all(self) -> int:
        """Steps of history and future."""
        return self.n_time + self.horizon

    def columns(self, timestamps: pl.Series) -> Integers:
        """``[n_rows]`` the step of each timestamp, counted from the origin."""
        return self.frequency.steps_between(self.origin, _as_times(timestamps))

    def holds(self, timestamps: pl.Series) -> bool:
        """Whether every timestamp is the start of a step."""
        times = _as_times(timestamps)
        steps = self.frequency.steps_between(self.origin, times)
        return bool(np.all(self.frequency.shift(self.origin, steps) == times))

    def text(self, column: int) -> str:
        """A step's start for messages: the date, with the time where steps are shorter."""
        start = str(self.frequency.shift(self.origin, column))
        return start.replace("T", " ") if self.frequency.unit in ("min", "H") else start[:10]

    def scatter(self, rows: Integers, columns: Integers, values: pl.Series, n_rows: int) -> Floats:
        """``[n_rows, n_all]`` with each value in its cell, NaN elsewhere.

        Values beyond either end of the grid are left out.
        """
        cells = np.full((n_rows, self.n_all), np.nan)
        self.put(cells, rows, columns, values)
        return cells

    def put(self, cells: Floats, rows: Integers, columns: Integers, values: pl.Series) -> None:
        """Write each value into its cell of ``[n_rows, n_all]``, but for those beyond the grid."""
        inside = (columns >= 0) & (columns < self.n_all)
        numbers = values.cast(pl.Float64).fill_null(np.nan).to_numpy()
        cells[rows[inside], columns[inside]] = numbers[inside]


def _as_times(timestamps: pl.Series) -> Times:
    return np.asarray(timestamps.cast(pl.Datetime("us")).to_numpy()).astype("datetime64[s]")

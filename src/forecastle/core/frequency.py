"""The frequency grammar of Amazon Forecast and arithmetic on regular time grids.

A frequency is an optional count and a unit: ``Y M W D H min``, e.g. ``D``, ``2W``, ``3M``,
``30min``. Ranges: min 1-59, H 1-23, D 1-6, W 1-4, M 1-11, Y 1 (Amazon Forecast developer guide,
CreateAutoPredictor, ForecastFrequency).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.core.errors import InputError

Times = npt.NDArray[np.datetime64]

_LARGEST_COUNT = {"Y": 1, "M": 11, "W": 4, "D": 6, "H": 23, "min": 59}
_SECONDS = {"min": 60, "H": 3600, "D": 86_400, "W": 7 * 86_400}
_MONTHS = {"M": 1, "Y": 12}
_GRAMMAR = re.compile(r"([1-9]\d*)?(Y|M|W|D|H|min)")

# Season lengths in units, shortest first. The short one is Amazon Forecast's m for a count of 1
# (guide: aws-forecast-recipe-ets); the long one is the next cycle that retail data shows.
_SEASONS = {"Y": (1,), "M": (12,), "W": (52,), "D": (7, 365), "H": (24, 168), "min": (60, 1440)}
# Years are no whole number of weeks or days: their season is rounded to steps.
_ROUNDED_SEASONS = (52, 365)


@dataclass(frozen=True)
class Frequency:
    """A step of time: ``count`` units; compare with ``==``, print with ``str``."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Frequency:
        """Read ``D``, ``2W``, ``30min`` …

        Raises:
            InputError: names the text and the grammar.
        """
        match = _GRAMMAR.fullmatch(text.strip())
        if match is None:
            raise InputError(
                f"frequency '{text}' is not known; use a count and one of Y, M, W, D, H, min, "
                "for example D, W, 2W, 3M, H, 15min"
            )
        count, unit = int(match[1] or 1), match[2]
        if count > _LARGEST_COUNT[unit]:
            raise InputError(
                f"frequency '{text}': the count for {unit} goes from 1 to {_LARGEST_COUNT[unit]}; "
                "use the next coarser unit instead"
            )
        return cls(count, unit)

    def __str__(self) -> str:
        return self.unit if self.count == 1 else f"{self.count}{self.unit}"

    @property
    def is_calendar(self) -> bool:
        """Whether steps have unequal lengths (months and years)."""
        return self.unit in _MONTHS

    @property
    def months(self) -> int:
        """Length of a step in months; only for months and years."""
        return self.count * _MONTHS[self.unit]

    @property
    def seconds(self) -> int:
        """Length of a step in seconds; only for minutes to weeks."""
        return self.count * _SECONDS[self.unit]

    @property
    def approximate_days(self) -> float:
        """Average length of a step in days, for ordering and for season lengths."""
        if self.is_calendar:
            return self.months * 365.25 / 12
        return self.seconds / 86_400

    def is_finer_than(self, other: Frequency) -> bool:
        """Whether a step of this frequency is shorter than a step of ``other``."""
        return self.approximate_days < other.approximate_days

    @property
    def seasons(self) -> tuple[int, ...]:
        """Season lengths in steps, shortest first; never empty, 1 means none."""
        lengths = dict.fromkeys(self._season_steps(units) for units in _SEASONS[self.unit])
        return tuple(sorted(steps for steps in lengths if steps > 1)) or (1,)

    def _season_steps(self, units: int) -> int:
        """Steps after which a cycle of ``units`` repeats: a week is 7 steps of ``2D``."""
        if units in _ROUNDED_SEASONS:
            return round(units / self.count)
        return math.lcm(units, self.count) // self.count

    @property
    def season(self) -> int:
        """The first season length: the lag of the seasonal naive and of MASE."""
        return self.seasons[0]

    @property
    def steps_per_year(self) -> float:
        """How many steps a year has, on average."""
        return 365.25 / self.approximate_days

    def times(self, first: np.datetime64, n_steps: int) -> Times:
        """``[n_steps]`` datetime64[s] from ``first`` on, one step apart."""
        return self.shift(first, np.arange(n_steps))

    def shift(self, first: np.datetime64, steps: npt.NDArray[np.int64] | int) -> Times:
        """``first`` moved by each of ``steps``; the day of the month is kept (at most its last)."""
        base = first.astype("datetime64[s]")
        if not self.is_calendar:
            offset = np.asarray(steps, dtype=np.int64) * self.seconds
            return np.asarray(base + offset.astype("timedelta64[s]"))
        month = base.astype("datetime64[M]")
        within = base - month.astype("datetime64[s]")
        target = month + (np.asarray(steps) * self.months).astype("timedelta64[M]")
        month_end = (target + np.timedelta64(1, "M")).astype("datetime64[s]") - np.timedelta64(
            1, "D"
        )
        latest = month_end + (within % np.timedelta64(86_400, "s"))
        return np.asarray(np.minimum(target.astype("datetime64[s]") + within, latest))

    def steps_between(self, first: np.datetime64, times: Times) -> npt.NDArray[np.int64]:
        """Whole steps from ``first`` to each of ``times`` (floored); the inverse of ``shift``.

        For months and years, ``first`` lies on the 1st to the 28th: days that every month has.
        """
        base = first.astype("datetime64[s]")
        moments = np.asarray(times).astype("datetime64[s]")
        if not self.is_calendar:
            return np.asarray((moments - base).astype(np.int64) // self.seconds)
        month_of_base = base.astype("datetime64[M]")
        months = (moments.astype("datetime64[M]") - month_of_base).astype(np.int64)
        within = moments - moments.astype("datetime64[M]").astype("datetime64[s]")
        is_before_boundary = within < base - month_of_base.astype("datetime64[s]")
        return np.asarray((months - is_before_boundary) // self.months)

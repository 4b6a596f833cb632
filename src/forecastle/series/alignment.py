"""Alignment: in which period of the grid a timestamp lies.

Default boundaries are Amazon Forecast's: years start on 1 January, months on the 1st, weeks on
Monday, days at 00:00, hours and minutes at the top of the unit (guide: data-aggregation). Data
that already have a phase of their own (weeks that all end on a Friday, months dated the 15th)
keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency, Times

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip

_LATEST_DAY = 28  # the last day that every month has
_DAY = np.timedelta64(86_400, "s")
_EPOCH = np.datetime64("1970-01-01T00:00:00", "s")
_MONDAY = np.datetime64("1970-01-05T00:00:00", "s")
_UNITS_PER_WHOLE = {"min": 60, "H": 24, "M": 12}
# Amazon Forecast's TimeAlignmentBoundary: one unit finer than the frequency.
_BOUNDARY_FIELD = {"D": "Hour", "W": "DayOfWeek", "M": "DayOfMonth", "Y": "Month"}


@dataclass(frozen=True)
class Alignment:
    """A grid of periods: all that lie a whole number of steps from ``anchor``.

    Attributes:
        frequency: the length of a period.
        anchor: the start of one period, datetime64[s]. Its hour, weekday, day of the month
            (1 to 28) or month is the boundary of every period.
    """

    frequency: Frequency
    anchor: np.datetime64

    def __post_init__(self) -> None:
        anchor = self.anchor.astype("datetime64[s]")
        if self.frequency.is_calendar and _day_of_month(anchor) > _LATEST_DAY:
            raise InputError(
                f"alignment: months cannot start on day {_day_of_month(anchor)}; use 1 to 28"
            )
        object.__setattr__(self, "anchor", anchor)

    @classmethod
    def from_boundary(cls, frequency: Frequency, boundary: Mapping[str, Any]) -> Alignment:
        """Read Amazon Forecast's TimeAlignmentBoundary, such as ``{"DayOfWeek": "SUNDAY"}``.

        Raises:
            InputError: the boundary is not one unit finer than the frequency, or out of range.
        """
        field = _BOUNDARY_FIELD.get(frequency.unit)
        if field is None:
            raise InputError(
                f"frequency {frequency} takes no time alignment boundary; leave it out"
            )
        if set(boundary) != {field}:
            given = ", ".join(sorted(boundary)) or "nothing"
            raise InputError(
                f"time alignment boundary {given} does not fit frequency {frequency}; give {field}"
            )
        return cls(frequency, _boundary_anchor(field, boundary[field]))

    def to_json(self) -> dict[str, str]:
        """``{"frequency": "W", "anchor": "2010-02-05T00:00:00"}``."""
        return {"frequency": str(self.frequency), "anchor": str(self.anchor)}

    @classmethod
    def from_json(cls, record: Mapping[str, str]) -> Alignment:
        """The inverse of `to_json`."""
        anchor = np.datetime64(record["anchor"], "s")
        return cls(Frequency.parse(record["frequency"]), anchor)

    def __str__(self) -> str:
        """For people: ``weeks that start on Friday``."""
        unit, anchor = self.frequency.unit, self.anchor
        boundary = {
            "W": f"periods that start on {WEEKDAYS[_weekday(anchor)].capitalize()}",
            "M": f"periods that start on day {_day_of_month(anchor)} of the month",
            "Y": f"years that start on {_day_of_month(anchor)} {_month_name(anchor).capitalize()}",
            "D": f"days that start at {str(anchor)[11:16]}",
        }
        return boundary.get(unit, f"periods of {self.frequency}")


def default_alignment(frequency: Frequency, first: np.datetime64 = _EPOCH) -> Alignment:
    """The alignment with default boundaries.

    Multiples that divide the next larger unit (``3M``, ``30min``, ``6H``) start with it; any
    other multiple (``2W``, ``5D``) starts its first period in the unit that holds ``first``.
    """
    unit, count = frequency.unit, frequency.count
    whole = _UNITS_PER_WHOLE.get(unit)
    if count == 1 or (whole is not None and whole % count == 0):
        return Alignment(frequency, _MONDAY if unit == "W" else _EPOCH)
    base = "D" if unit in ("min", "H") else unit
    single = Frequency(1, base)
    start = period_starts(np.asarray([first]), default_alignment(single))[0]
    return Alignment(frequency, start)


def infer_alignment(times: Times, frequency: Frequency) -> Alignment:
    """The alignment that data at ``frequency`` already have, else the default one.

    Args:
        times: distinct, sorted timestamps over all items.
        frequency: the frequency of the forecast.

    Returns:
        Weeks keep the weekday if all timestamps share it, months the day of the month, years the
        day and month; multiples such as ``2W`` or ``30min`` keep their phase. Timestamps at the
        end of their months stand for the period that ends there, so it starts on the 1st.
    """
    moments = np.asarray(times).astype("datetime64[s]")
    if moments.size == 0:
        return default_alignment(frequency)
    default = default_alignment(frequency, moments[0])
    own = Alignment(frequency, _own_anchor(moments, frequency))
    if np.array_equal(period_starts(moments, own), _at_resolution(moments, own)):
        return own
    if frequency.is_calendar and _are_month_ends(moments):
        return _month_end_alignment(moments, frequency) or default
    return default


def period_start(column: pl.Expr, alignment: Alignment) -> pl.Expr:
    """Start of the period that holds each timestamp of ``column``, as Datetime("us").

    Element-wise, so it runs in the streaming engine.
    """
    stamps = column.cast(pl.Datetime("us"))
    if alignment.frequency.is_calendar:
        return _calendar_period_start(stamps, alignment)
    step = alignment.frequency.seconds * 1_000_000
    phase = int(alignment.anchor.astype(np.int64)) * 1_000_000 % step
    ticks = stamps.cast(pl.Int64)
    return (ticks - (ticks - phase) % step).cast(pl.Datetime("us"))


def period_starts(times: Times, alignment: Alignment) -> Times:
    """`period_start` for a NumPy array: datetime64[s], the same shape as ``times``."""
    steps = alignment.frequency.steps_between(alignment.anchor, np.asarray(times))
    return alignment.frequency.shift(alignment.anchor, steps)


def _calendar_period_start(stamps: pl.Expr, alignment: Alignment) -> pl.Expr:
    anchor, months = alignment.anchor, alignment.frequency.months
    within = anchor - anchor.astype("datetime64[M]").astype("datetime64[s]")
    offset = pl.duration(seconds=int(within.astype(np.int64)))
    shifted = stamps - offset
    index = shifted.dt.year().cast(pl.Int64) * 12 + shifted.dt.month().cast(pl.Int64) - 1
    phase = (int(anchor.astype("datetime64[M]").astype(np.int64)) + 1970 * 12) % months
    first = index - (index - phase) % months
    return pl.datetime(first // 12, first % 12 + 1, 1, time_unit="us") + offset


def _own_anchor(moments: Times, frequency: Frequency) -> np.datetime64:
    """The anchor that the first timestamp suggests."""
    first = moments[0]
    if frequency.unit in ("min", "H"):
        return first if frequency.count > 1 else _EPOCH
    if frequency.unit == "D" and frequency.count == 1:
        return _EPOCH
    within_month = frequency.is_calendar and _day_of_month(first) > _LATEST_DAY
    return np.datetime64(first.astype("datetime64[M]" if within_month else "datetime64[D]"), "s")


def _at_resolution(moments: Times, alignment: Alignment) -> Times:
    """Timestamps without their time of day where periods are days or longer."""
    if alignment.frequency.unit in ("min", "H"):
        return moments
    return moments.astype("datetime64[D]").astype("datetime64[s]")


def _are_month_ends(moments: Times) -> bool:
    """Whether every timestamp lies in the last days of its month (29th or later, or the last)."""
    days = moments.astype("datetime64[D]")
    is_last = (days + 1).astype("datetime64[M]") > days.astype("datetime64[M]")
    of_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return bool(np.all(is_last | (of_month > _LATEST_DAY)))


def _month_end_alignment(moments: Times, frequency: Frequency) -> Alignment | None:
    """Periods that end with the months of ``moments``; None if they have no common phase."""
    months = moments.astype("datetime64[M]")
    if np.any((months - months[0]).astype(np.int64) % frequency.months):
        return None
    first = months[0] - np.timedelta64(frequency.months - 1, "M")
    return Alignment(frequency, first.astype("datetime64[s]"))


def _boundary_anchor(field: str, value: Any) -> np.datetime64:
    """The anchor for one boundary field and its value."""
    if field == "Hour":
        return _EPOCH + np.timedelta64(_in_range(field, value, 0, 23), "h")
    if field == "DayOfMonth":
        return _EPOCH + (_in_range(field, value, 1, _LATEST_DAY) - 1) * _DAY
    if field == "DayOfWeek":
        return _MONDAY + _index_of(field, value, WEEKDAYS) * _DAY
    return np.datetime64(f"1970-{_index_of(field, value, MONTHS) + 1:02d}-01", "s")


def _in_range(field: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{field} '{value}' is out of range; use {low} to {high}")
    return value


def _index_of(field: str, value: Any, names: tuple[str, ...]) -> int:
    if value not in names:
        raise InputError(f"{field} '{value}' is not known; use one of {', '.join(names)}")
    return names.index(value)


def _day_of_month(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[s]").astype(object).day)


def _weekday(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[s]").astype(object).weekday())


def _month_name(moment: np.datetime64) -> str:
    return MONTHS[moment.astype("datetime64[s]").astype(object).month - 1]

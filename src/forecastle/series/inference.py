"""Which frequency do the data have? Told from the distinct timestamps of all items.

The rules, in order:

1. Fewer than three distinct timestamps: ``D``. Nothing can be told from less.
2. Several timestamps within a day that sit on one grid of 5 minutes or coarser: that grid
   (``30min``, ``H``, ``4H``). A finer grid is taken for the clock of a till, unless the data span
   less than three days.
3. Else only dates count. One day of the month, or month ends: months between them (``M``, ``3M``,
   ``Y``). One weekday: weeks (``W``, ``2W``). Nearly all a week or a month apart, give or take a
   moved holiday: ``W`` or ``M``. An even gap of 2 to 6 days: ``2D`` …
4. Anything else is daily; days without sales, such as a weekly closing day, change nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecastle.core.frequency import Frequency, Times

_DAILY = Frequency(1, "D")
_FEWEST_TIMES = 3
_FEWEST_FOR_DAY_MULTIPLE = 5
_DAY = 86_400
_FINEST_GRID = 300  # seconds; below it, timestamps are the clock of a till
_MANY_DAYS = 3
_REGULAR_SHARE = 0.5  # of gaps within a day that must be exactly one step
_NEARLY_ALL = 0.9

Gaps = npt.NDArray[np.int64]


def infer_frequency(times: Times) -> Frequency:
    """The frequency of the data by the rules of this module.

    Args:
        times: ``[n]`` distinct, sorted timestamps over all items.
    """
    moments = np.unique(np.asarray(times).astype("datetime64[s]"))
    if moments.size < _FEWEST_TIMES:
        return _DAILY
    days = np.unique(moments.astype("datetime64[D]"))
    if days.size < moments.size:
        within = _within_days(moments)
        if within is not None:
            return within
    if days.size < _FEWEST_TIMES:
        return _DAILY
    return _from_dates(days)


def _within_days(moments: Times) -> Frequency | None:
    """The grid of minutes or hours that all timestamps share, if there is one."""
    gaps = np.diff(moments).astype(np.int64)
    step = int(np.gcd.reduce(gaps))
    span = (moments[-1] - moments[0]).astype(np.int64)
    is_till = step < _FINEST_GRID and span >= _MANY_DAYS * _DAY
    if step % 60 or is_till or np.mean(gaps == step) < _REGULAR_SHARE:
        return None
    if step < 3600:
        return Frequency(step // 60, "min")
    return Frequency(step // 3600, "H") if step % 3600 == 0 else None


def _from_dates(days: Times) -> Frequency:
    gaps = np.diff(days).astype(np.int64)
    return (
        _in_months(days, gaps) or _in_weeks(gaps) or _about_a_period_apart(days, gaps)
        or _in_days(gaps) or _DAILY
    )  # fmt: skip


def _in_months(days: Times, gaps: Gaps) -> Frequency | None:
    """Months between dates that share a day of the month or all end their month."""
    if int(gaps.min()) < 28 or not _same_place_in_month(days):
        return None
    between = int(np.gcd.reduce(np.diff(days.astype("datetime64[M]")).astype(np.int64)))
    if between % 12 == 0:
        return Frequency(1, "Y")
    return Frequency(between if between < 12 else 1, "M")


def _same_place_in_month(days: Times) -> bool:
    first_of_month = days.astype("datetime64[M]").astype("datetime64[D]")
    of_month = (days - first_of_month).astype(np.int64)
    next_month = (days.astype("datetime64[M]") + 1).astype("datetime64[D]")
    from_end = (next_month - days).astype(np.int64)
    is_clipped = (of_month == of_month.max()) | ((from_end == 1) & (of_month >= 27))
    return bool(np.ptp(of_month) == 0 or np.ptp(from_end) == 0 or np.all(is_clipped))


def _in_weeks(gaps: Gaps) -> Frequency | None:
    step = int(np.gcd.reduce(gaps))
    if step % 7:
        return None
    weeks = step // 7
    is_own_step = 1 < weeks <= 4 and np.mean(gaps == step) >= _REGULAR_SHARE
    return Frequency(weeks if is_own_step else 1, "W")


def _about_a_period_apart(days: Times, gaps: Gaps) -> Frequency | None:
    """Weeks or months whose date moved now and then: a holiday, the last working day."""
    months = days.astype("datetime64[M]")
    if np.unique(months).size == days.size and np.mean((gaps >= 26) & (gaps <= 35)) >= _NEARLY_ALL:
        return Frequency(1, "M")
    if np.mean(gaps == 7) >= _NEARLY_ALL / 2 and np.mean((gaps >= 5) & (gaps <= 9)) >= _NEARLY_ALL:
        return Frequency(1, "W")
    return None


def _in_days(gaps: Gaps) -> Frequency | None:
    step = int(np.gcd.reduce(gaps))
    if gaps.size + 1 < _FEWEST_FOR_DAY_MULTIPLE or not 2 <= step <= 6:
        return None
    return Frequency(step, "D") if np.mean(gaps == step) >= _NEARLY_ALL else None

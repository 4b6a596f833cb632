"""Yearly shutdowns: stretches of days without a sale that come back at the same time of the year.

At the turn of the year dates come back, at other times weekdays do: company holidays in August
begin on a Monday. Away from the turn of the year a stretch must be longer, hold no holiday (those
are judged by name, and many move), and have been there two years ago too if the history tells. One
item of many, in a shop that was open, must have been away in both years: once may be a stock-out.
"""

from __future__ import annotations

import numpy as np

from forecastle.core.frequency import Frequency, Times
from forecastle.series.panel import Bools, Integers

_LONGEST = 31  # days
_FEWEST_AT_TURN_OF_YEAR = 3  # days without a sale on which the shop would else be open
_FEWEST = 5
_WEEKS_PER_YEAR = 52


def repeats_shutdown(
    sold: Bools, informative: Bools, times: Times, near_holiday: Bools, *, both_years: bool
) -> Bools:
    """``[n_rows, horizon]`` future dates that lie in last year's shutdown.

    Args:
        sold: ``[n_rows, n_time]`` days with a sale.
        informative: ``[n_rows, n_time]`` days of the history on which a sale was to be expected.
        times: ``[n_time + horizon]`` dates.
        near_holiday: ``[n_time]`` holidays and the days beside them.
        both_years: whether the shutdown must be seen in each of the last two years.
    """
    n_time = sold.shape[1]
    by_date = [_columns_years_ago(times, n_time, years) for years in (1, 2)]
    last, before = (_in_gap(sold, informative, at, _FEWEST_AT_TURN_OF_YEAR) for at in by_date)
    at_turn = last & (before | (not both_years))

    elsewhere = informative & ~near_holiday
    ahead = np.arange(n_time, len(times))
    by_weekday = [ahead - 7 * _WEEKS_PER_YEAR * years for years in (1, 2)]
    last, before = (
        _in_gap(sold | near_holiday, elsewhere, columns, _FEWEST) for columns in by_weekday
    )
    is_unknown = ~_is_known(informative, by_weekday[1]) & (not both_years)
    return np.where(is_turn_of_year(times[n_time:]), at_turn, last & (before | is_unknown))


def is_turn_of_year(times: Times) -> Bools:
    """20 December to 7 January, when shops close for longer than the holidays themselves."""
    days = np.asarray(times).astype("datetime64[D]")
    of_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return np.asarray(((month == 12) & (of_month >= 20)) | ((month == 1) & (of_month <= 7)))


def _columns_years_ago(times: Times, n_time: int, years: int) -> Integers:
    """``[horizon]`` columns of the same dates in an earlier year."""
    yearly = Frequency(1, "Y")
    dates = [yearly.shift(date, -years) for date in times[n_time:]]
    return np.asarray((np.asarray(dates, dtype="datetime64[D]") - times[0]).astype(np.int64))


def _is_known(informative: Bools, columns: Integers) -> Bools:
    """``[n_rows, n_columns]`` whether the series had begun; closed weekdays count as begun."""
    begun = np.maximum.accumulate(informative, axis=1)
    return np.asarray(begun[:, np.maximum(columns, 0)] & (columns >= 0))


def _in_gap(sold: Bools, informative: Bools, columns: Integers, fewest: int) -> Bools:
    """``[n_rows, n_columns]`` whether a column lies in a gap between two sales in which at least
    ``fewest`` sales were to be expected; False for columns before the history.
    """
    n_time = sold.shape[1]
    first = int(np.clip(columns.min() - _LONGEST, 0, n_time))
    last = int(np.clip(columns.max() + _LONGEST + 1, 0, n_time))
    if not np.any((columns >= 0) & (columns < n_time)):
        return np.zeros((len(sold), len(columns)), dtype=bool)
    here = np.clip(columns, first, last - 1) - first
    before, after = _neighbours(sold[:, first:last])
    expected = np.cumsum(informative[:, first:last], axis=1, dtype=np.int64)
    in_front, behind = before[:, here], after[:, here]
    is_bounded = (in_front >= 0) & (behind < last - first)
    rows = np.arange(len(sold))[:, None]
    missed = expected[rows, np.maximum(behind - 1, 0)] - expected[rows, np.maximum(in_front, 0)]
    is_gap = is_bounded & (missed >= fewest) & (behind - in_front - 1 <= _LONGEST)
    return np.asarray(is_gap & ((columns >= 0) & (columns < n_time)))


def _neighbours(sold: Bools) -> tuple[Integers, Integers]:
    """``[n_rows, n_time]`` column of the last sale up to each day and of the next one from it."""
    n_time = sold.shape[1]
    columns = np.arange(n_time)
    before = np.maximum.accumulate(np.where(sold, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(sold, columns, n_time)[:, ::-1], axis=1)[:, ::-1]
    return before, after

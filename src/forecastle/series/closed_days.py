"""Closed days: when a shop was shut, and when it will be.

Three reasons are known: a weekly closing day, a holiday (or a day beside one) on which it never
opened before, and the shutdown that it had at the same time last year. Only for daily data.

What a series' own past cannot tell, because it sells too rarely, the whole shop tells: a day on
which nothing at all was sold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecastle.core.frequency import Times
from forecastle.series.calendar import Calendar, base_name
from forecastle.series.closed_weekdays import (
    DAILY,
    Sales,
    active_weeks,
    closed_weekdays_of,
    weekdays_of,
)
from forecastle.series.panel import Bools, Floats, Integers, Panel
from forecastle.series.shutdowns import is_turn_of_year, repeats_shutdown

_ROWS_AT_A_TIME = 4096
_NEAR = 3  # days beside a holiday that are judged by their distance from it
_OCCASIONS = 3  # how many of the latest occasions are looked at
_HOLIDAY_CHANCE = 0.05  # that a shop which is open all the same sold nothing on all of them
_NEIGHBOUR_CHANCE = 0.02  # the same for days beside holidays, of which there are many
_DENSE = 0.9  # share of ordinary days with a sale from which any day without one stands out
_LONGEST_GAP = 31  # days; a longer time without a sale is no closure
_LONGEST_FINAL_GAP = 14  # the same at the end of the history, where no sale follows
_OTHER_HOLIDAYS = 2  # that were all closed before an unknown one counts as closed


@dataclass(frozen=True)
class _Occasion:
    """A future date and the past ones of the same kind, by column; the latest last."""

    step: int
    past: tuple[int, ...]
    is_holiday: bool


@dataclass(frozen=True)
class _Occasions:
    """What the calendar says of the columns.

    Attributes:
        horizon: number of future dates.
        near: ``[n_time]`` within `_NEAR` days of a holiday.
        repeated: future dates with past occasions, nearest holiday first.
        holidays: steps of future public holidays.
        others: past public holidays away from the turn of the year: name → columns.
    """

    horizon: int
    near: Bools
    repeated: tuple[_Occasion, ...]
    holidays: tuple[int, ...]
    others: dict[str, list[int]]


def open_mask(panel: Panel, horizon: int) -> Bools:
    """``[n_series, n_time + horizon]`` True where a series was open, and where it will be.

    In the past, closed weekdays are False throughout, also where a single sale was made, so that
    the open days keep one rhythm; of the other days, those without a sale on which the series was
    shut. Before a series' start only the weekdays count. All True unless the frequency is daily.
    """
    shape = (panel.n_series, panel.n_time + horizon)
    if panel.frequency != DAILY or panel.n_series == 0 or panel.n_time == 0:
        return np.ones(shape, dtype=bool)
    times = panel.frequency.times(panel.origin, shape[1]).astype("datetime64[D]")
    occasions = _occasions(panel.calendar, times, panel.n_time)
    sales = Sales.of(panel)
    shop = _open(sales.rows(slice(-1, None)), times, occasions, is_shop=True)
    mask = np.empty(shape, dtype=bool)
    for part in _parts(panel.n_series):
        mask[part] = _open(sales.rows(part), times, occasions, is_shop=False) & shop
    return mask


def _parts(n_rows: int) -> Iterator[slice]:
    for first in range(0, n_rows, _ROWS_AT_A_TIME):
        yield slice(first, min(first + _ROWS_AT_A_TIME, n_rows))


def _open(sales: Sales, times: Times, occasions: _Occasions, *, is_shop: bool) -> Bools:
    """``[n_rows, n_time + horizon]`` from each row's own sales."""
    n_time = sales.sold.shape[1]
    is_closed = closed_weekdays_of(sales)[:, weekdays_of(times)]
    informative = ~is_closed[:, :n_time] & (np.arange(n_time) >= sales.start[:, None])
    usual = _share_of_ordinary_days(sales, informative & ~occasions.near)
    unsold = informative & ~sales.sold
    if len(times) > n_time:
        closed, is_decided = _closed_on_occasions(sales.sold, informative, usual, occasions)
        shutdown = repeats_shutdown(
            sales.sold, informative, times, occasions.near, both_years=not is_shop
        )
        shutdown &= ~is_decided & (usual >= _DENSE)[:, None]
        is_closed[:, n_time:] |= closed | shutdown
    is_closed[:, :n_time] |= unsold & _short_gaps(sales.sold) & (usual >= _DENSE)[:, None]
    return ~is_closed


def _share_of_ordinary_days(sales: Sales, ordinary: Bools) -> Floats:
    """``[n_rows]`` chance of a sale on an open day away from holidays, while the item sells."""
    n_time = sales.sold.shape[1]
    in_active_week = np.zeros_like(ordinary)
    in_active_week[:, n_time % 7 :] = np.repeat(active_weeks(sales), 7, axis=1)
    counted = ordinary & in_active_week
    sold = (counted & sales.sold).sum(axis=1)
    return np.asarray((sold + 1) / (counted.sum(axis=1) + 2))


def _short_gaps(sold: Bools) -> Bools:
    """``[n_rows, n_time]`` True in stretches without a sale that are short enough for a closure."""
    n_time = sold.shape[1]
    columns = np.arange(n_time, dtype=np.int32)
    before = np.maximum.accumulate(np.where(sold, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(sold, columns, n_time)[:, ::-1], axis=1)[:, ::-1]
    longest = np.where(after == n_time, _LONGEST_FINAL_GAP, _LONGEST_GAP)
    return np.asarray(after - before - 1 <= longest)


def _closed_on_occasions(
    sold: Bools, informative: Bools, usual: Floats, occasions: _Occasions
) -> tuple[Bools, Bools]:
    """``[n_rows, horizon]`` dates that their past occasions say are closed, and dates of which
    the past says anything at all.
    """
    closed = np.zeros((len(sold), occasions.horizon), dtype=bool)
    decided = np.zeros_like(closed)
    for occasion in occasions.repeated:
        count, sales = _latest(sold, informative, occasion.past)
        chance = _HOLIDAY_CHANCE if occasion.is_holiday else _NEIGHBOUR_CHANCE
        is_shut = (count > 0) & (sales == 0) & ((1 - usual) ** count <= chance)
        is_fresh = ~decided[:, occasion.step]
        closed[:, occasion.step] |= is_fresh & is_shut
        decided[:, occasion.step] |= is_fresh & (count > 0) & (is_shut | occasion.is_holiday)
    always = _closed_on_every_holiday(sold, informative, usual, occasions)
    for step in occasions.holidays:
        closed[:, step] |= always & ~decided[:, step]
        decided[:, step] |= always
    return closed, decided


def _latest(sold: Bools, informative: Bools, columns: tuple[int, ...]) -> tuple[Integers, Integers]:
    """``[n_rows]`` occasions on which a sale could be made, of the latest few, and sales made."""
    chosen = informative[:, columns]
    chosen &= np.cumsum(chosen[:, ::-1], axis=1)[:, ::-1] <= _OCCASIONS
    return chosen.sum(axis=1), (chosen & sold[:, columns]).sum(axis=1)


def _closed_on_every_holiday(
    sold: Bools, informative: Bools, usual: Floats, occasions: _Occasions
) -> Bools:
    """``[n_rows]`` True where several holidays were seen and not one of them saw a sale."""
    seen = np.zeros(len(sold), dtype=np.int64)
    sales = np.zeros(len(sold), dtype=np.int64)
    for columns in occasions.others.values():
        seen += informative[:, columns].any(axis=1)
        sales += (informative[:, columns] & sold[:, columns]).sum(axis=1)
    is_sure = (1 - usual) ** seen <= _HOLIDAY_CHANCE
    return np.asarray((seen >= _OTHER_HOLIDAYS) & (sales == 0) & is_sure)


def _occasions(calendar: Calendar, times: Times, n_time: int) -> _Occasions:
    named = calendar.days(times[0] - _NEAR, times[-1] + _NEAR)
    holiday_dates = np.unique(np.asarray([date for date, _ in named], dtype="datetime64[D]"))
    past: dict[tuple[str, int], list[int]] = defaultdict(list)
    future: list[tuple[int, tuple[str, int]]] = []
    for date, name in named:
        for key, moment in _around(date, name, holiday_dates):
            column = int((moment - times[0]).astype(np.int64))
            if 0 <= column < n_time:
                past[key].append(column)
            elif n_time <= column < len(times):
                future.append((column - n_time, key))
    future.sort(key=lambda found: (abs(found[1][1]), found))
    repeated = tuple(
        _Occasion(step, tuple(sorted(set(past[key]))), key[1] == 0)
        for step, key in future
        if past.get(key)
    )
    near = np.unique(np.add.outer(holiday_dates, np.arange(-_NEAR, _NEAR + 1)))
    is_near = np.isin(times[:n_time], near) | is_turn_of_year(times[:n_time])
    public = _public_holidays(calendar, times, n_time)
    return _Occasions(len(times) - n_time, is_near, repeated, *public)


def _public_holidays(
    calendar: Calendar, times: Times, n_time: int
) -> tuple[tuple[int, ...], dict[str, list[int]]]:
    """Steps of the future ones; columns of the past ones away from the turn of the year."""
    steps: set[int] = set()
    columns: dict[str, list[int]] = defaultdict(list)
    for date, name in calendar.holidays_only.days(times[0], times[-1]):
        column = int((date - times[0]).astype(np.int64))
        if column >= n_time:
            steps.add(column - n_time)
        elif not is_turn_of_year(np.asarray(date)):
            columns[base_name(name)].append(column)
    return tuple(sorted(steps)), dict(columns)


def _around(
    date: np.datetime64, name: str, holiday_dates: Times
) -> Iterator[tuple[tuple[str, int], np.datetime64]]:
    """The holiday itself by its bare name, and the days beside it that are no holidays."""
    yield (base_name(name), 0), date
    for offset in (*range(-_NEAR, 0), *range(1, _NEAR + 1)):
        if date + offset not in holiday_dates:
            yield (name, offset), date + offset

"""Weekly closing days: weekdays on which a series that otherwise sells does not sell.

A weekday counts as closed if at least 85 % of its days are without a sale, and chance alone would
hardly bring that about: an item that rarely sells on any day has no closing day of its own. What
the whole shop does holds for every item in it. The recent past decides when a shop has changed
its closing day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.core.frequency import Frequency, Times
from forecastle.series.panel import Bools, Floats, Integers, Panel

DAILY = Frequency(1, "D")

_CLOSED_SHARE = 0.85  # of a weekday's days without a sale
_CHANCE = 1e-4  # that a weekday without a rule of its own would show so few sales
_FEWEST_WEEKS = 3
_REGIME_WEEKS = 12  # without a single sale: closed now, whatever came before
_REOPENED_WEEKS = 4  # with a sale in most of them: open now, whatever came before


@dataclass(frozen=True, eq=False)
class Sales:
    """Which days saw a sale, for every series and, as the last row, for the whole shop.

    Attributes:
        sold: ``[n_series + 1, n_time]`` True where demand was observed and not zero.
        start: ``[n_series + 1]`` column of the first observation.
        weekday: ``[n_time]`` 0 for Monday.
    """

    sold: Bools
    start: Integers
    weekday: Integers

    @classmethod
    def of(cls, panel: Panel) -> Sales:
        """The days with a sale of a daily panel."""
        sold = panel.observed & (panel.target != 0) & ~np.isnan(panel.target)
        shop_start = panel.start.min(initial=panel.n_time)
        return cls(
            np.vstack([sold, sold.any(axis=0)]),
            np.append(panel.start, shop_start),
            weekdays_of(panel.times),
        )

    def rows(self, part: slice) -> Sales:
        """Some of the series."""
        return Sales(self.sold[part], self.start[part], self.weekday)


def weekdays_of(times: Times) -> Integers:
    """``[n]`` 0 for Monday to 6 for Sunday."""
    days = np.asarray(times).astype("datetime64[D]").astype(np.int64)
    return np.asarray((days + 3) % 7)


def closed_weekdays(panel: Panel) -> Bools:
    """``[n_series, 7]``, Monday first: True where a series is closed every week.

    All False unless the frequency is daily.
    """
    if panel.frequency != DAILY or panel.n_time == 0:
        return np.zeros((panel.n_series, 7), dtype=bool)
    closed = closed_weekdays_of(Sales.of(panel))
    return np.asarray(closed[:-1] | closed[-1])


def closed_weekdays_of(sales: Sales) -> Bools:
    """``[n_rows, 7]``: `closed_weekdays` for each row by itself."""
    weeks = _weeks(sales)
    active = active_weeks(sales)
    recency = np.cumsum(active[:, ::-1], axis=1)[:, ::-1]  # 1 for the latest active week
    always = _without_sales(weeks, active)
    regime = active & (recency <= _REGIME_WEEKS)
    has_regime = regime.sum(axis=1) == _REGIME_WEEKS
    never_lately = _sales_in(weeks, regime) == 0
    lately = has_regime[:, None] & never_lately & _without_sales(weeks, regime)
    reopened = _sales_in(weeks, active & (recency <= _REOPENED_WEEKS)) > _REOPENED_WEEKS / 2
    closed = (always & ~reopened) | lately
    first = sales.weekday[-1] + 1  # the weekday of the first day of every block of seven
    return np.asarray(np.roll(closed, first, axis=1))


def active_weeks(sales: Sales) -> Bools:
    """``[n_rows, n_weeks]`` whole weeks, counted back from the end, with a sale in them.

    Weeks without any say nothing of weekdays: a shutdown, an item not yet or no longer sold.
    """
    weeks = _weeks(sales)
    first_column = sales.sold.shape[1] % 7 + 7 * np.arange(weeks.shape[1])
    return np.asarray(weeks.any(axis=2) & (first_column >= sales.start[:, None]))


def _weeks(sales: Sales) -> Bools:
    """``[n_rows, n_weeks, 7]`` the days in blocks of seven that end with the last day."""
    n_rows, n_time = sales.sold.shape
    return sales.sold[:, n_time % 7 :].reshape(n_rows, n_time // 7, 7)


def _sales_in(weeks: Bools, chosen: Bools) -> Integers:
    """``[n_rows, 7]`` how many of the chosen weeks have a sale on each day."""
    return np.asarray(np.einsum("nwd,nw->nd", weeks, chosen, dtype=np.int64, casting="unsafe"))


def _without_sales(weeks: Bools, chosen: Bools) -> Bools:
    """``[n_rows, 7]`` days that have too few sales for chance, over the chosen weeks."""
    n_weeks = chosen.sum(axis=1)[:, None]
    sales = _sales_in(weeks, chosen)
    is_rare = sales <= (1 - _CLOSED_SHARE) * n_weeks
    usual = _usual_share(sales, n_weeks, is_rare)
    from scipy.special import bdtr  # slow to import, and few panels come this far

    chance = np.asarray(bdtr(sales, n_weeks, usual))
    return np.asarray(is_rare & (n_weeks >= _FEWEST_WEEKS) & (chance <= _CHANCE))


def _usual_share(sales: Integers, n_weeks: Integers, is_rare: Bools) -> Floats:
    """``[n_rows, 1]`` chance of a sale on the days that are not rare; on all, if all are rare."""
    counted = np.where(is_rare.all(axis=1, keepdims=True), True, ~is_rare)
    days = counted.sum(axis=1, keepdims=True) * n_weeks
    sold: npt.NDArray[np.int64] = (sales * counted).sum(axis=1, keepdims=True)
    # One sale and one day without are added, so that no share is ever certain.
    return np.asarray((sold + 1) / (days + 2))

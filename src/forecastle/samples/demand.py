"""How many units of each item are asked for on each day, and at which price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.core.frequency import Times
from forecastle.samples.assortment import Assortment
from forecastle.series.calendar import Calendar
from forecastle.series.panel import Bools, Floats

_SUNDAY = 6
_BY_WEEKDAY = np.array([0.85, 0.80, 0.90, 1.00, 1.25, 1.55, 0.0])  # Monday first
_PROMOTION_STARTS_PER_DAY = 0.012
_STOCK_OUTS_PER_DAY = 0.002


@dataclass(frozen=True, eq=False)
class Offer:
    """Prices and promotions, ``[n_items, n_days]`` each; known in advance."""

    price: Floats
    promotion: Bools


def weekday(days: Times) -> npt.NDArray[np.int64]:
    """0 for Monday to 6 for Sunday, of datetime64[D]."""
    return np.asarray((days.astype(np.int64) + 3) % 7)


def open_days(days: Times, calendar: Calendar) -> Bools:
    """``[n_days]`` True where the shop is open: never on Sundays, holidays and 1 January."""
    shut = [date for date, _ in calendar.days(days[0], days[-1])]
    return np.asarray((weekday(days) != _SUNDAY) & ~np.isin(days, np.array(shut, days.dtype)))


def draw_offer(items: Assortment, n_days: int, rng: np.random.Generator) -> Offer:
    """Promotions of one to two weeks at 15 to 35 % off, at random."""
    shape = (len(items.names), n_days)
    cut = np.zeros(shape)
    for item, day in np.argwhere(rng.random(shape) < _PROMOTION_STARTS_PER_DAY):
        length = rng.integers(7, 15)
        cut[item, day : day + length] = np.round(rng.uniform(0.15, 0.35), 2)
    return Offer(np.round(items.price[:, None] * (1 - cut), 2), cut > 0)


def expected_demand(items: Assortment, days: Times, calendar: Calendar, offer: Offer) -> Floats:
    """``[n_items, n_days]`` units expected per day, zero where shut, not yet or no longer sold."""
    n_days = len(days)
    years = np.arange(n_days) / 365.25
    share = np.arange(n_days) / n_days
    open_ = open_days(days, calendar)
    before_closing = np.append(~open_[1:] & (weekday(days)[1:] != _SUNDAY), False)
    by_day = _BY_WEEKDAY[weekday(days)] * open_ * np.where(before_closing, 1.25, 1.0)
    age = np.maximum(share[None, :] - items.decline[:, None], 0.0)
    uplift = (items.price[:, None] / offer.price[:, :n_days]) ** items.elasticity[:, None]
    level = items.level[:, None] * np.exp(items.growth[:, None] * years[None, :] - 12.0 * age)
    sold = (share[None, :] >= items.launch[:, None]) & (age < 0.3)
    return np.asarray(level * by_day * uplift * _season(items, days) * sold)


def draw_demand(expected: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """``[n_items, n_days]`` units: negative binomial around ``expected``, with common swings.

    Good and bad days are common to all items and fade over some days (weather, footfall);
    stock-outs of 3 to 10 days leave zeros though there is demand.
    """
    n_items, n_days = expected.shape
    swing = np.asarray(rng.normal(0.0, 0.07, size=(n_days,)))
    for day in range(1, n_days):
        swing[day] += 0.6 * swing[day - 1]
    chance = rng.gamma(25.0, 1 / 25.0, expected.shape)
    units = rng.poisson(expected * np.exp(swing)[None, :] * chance)
    for item, day in np.argwhere(rng.random((n_items, n_days)) < _STOCK_OUTS_PER_DAY):
        units[item, day : day + rng.integers(3, 11)] = 0
    return np.asarray(units, dtype=np.int64)


def _season(items: Assortment, days: Times) -> Floats:
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]")
    within_year = (days - year.astype(days.dtype)).astype(np.int64) / 365.25
    peak = (items.peak_month[:, None] - 0.5) / 12
    yearly = 1 + 0.25 * np.cos(2 * np.pi * (within_year[None, :] - peak))
    christmas = year.astype("datetime64[M]") + np.timedelta64(11, "M")
    to_go = 23 + (christmas.astype(days.dtype) - days).astype(np.int64)
    rush = np.where(
        (to_go >= 0) & (months >= christmas - 1), np.exp(-(((to_go - 6) / 18) ** 2)), 0.0
    )
    return np.asarray(yearly * (1 + items.christmas[:, None] * rush[None, :]))

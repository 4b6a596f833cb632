"""Holidays of countries and the user's own events, by date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import holidays
import numpy as np

Dates = tuple[tuple[np.datetime64, str], ...]

# Amazon Forecast's code → ISO 3166 where they differ (developer guide: holidays).
_AMAZON_CODES = {"UK": "GB"}


@dataclass(frozen=True)
class Event:
    """A day of the user's own: a promotion, a fair, a stocktaking."""

    name: str
    date: np.datetime64


@dataclass(frozen=True)
class Calendar:
    """Holidays of ``countries`` and the user's ``events``."""

    countries: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    def days(self, first: np.datetime64, last: np.datetime64) -> Dates:
        """``(date, name)`` from ``first`` to ``last`` inclusive, ascending; one entry per name."""
        return _days(self, first.astype("datetime64[D]"), last.astype("datetime64[D]"))


@lru_cache(maxsize=64)
def _days(calendar: Calendar, first: np.datetime64, last: np.datetime64) -> Dates:
    years = range(first.astype(object).year, last.astype(object).year + 1)
    found = [(event.date.astype("datetime64[D]"), event.name) for event in calendar.events]
    for country in calendar.countries:
        code = _AMAZON_CODES.get(country, country)
        for date, name in holidays.country_holidays(code, years=years).items():
            found.append((np.datetime64(date, "D"), name))
    return tuple(sorted(day for day in set(found) if first <= day[0] <= last))

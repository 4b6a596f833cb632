"""Holidays of countries and the user's own events, by date.

Countries are those of the holidays package, by ISO 3166 code (two or three letters) and with an
optional subdivision: ``US``, ``US-CA``, ``DE-BY``. Amazon Forecast's 66 codes are all among them;
its ``UK`` is ``GB``. Names are English wherever the package has them, and where a holiday is moved
to a working day both days count.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from forecastle.core.errors import InputError
from forecastle.series.events import Event as Event
from forecastle.series.events import read_events as read_events

Dates = tuple[tuple[np.datetime64, str], ...]

# Amazon Forecast's code → ISO 3166 where they differ (developer guide: holidays).
_AMAZON_CODES = {"UK": "GB"}
# The United Kingdom has no list of its own beyond what all its parts share, which lacks Easter
# Monday and the August bank holiday. England's list is what retail data follow; GB-SCT and GB-NIR
# give the others.
_DEFAULT_SUBDIVISION = {"GB": "ENG"}
_LANGUAGES = ("en_US", "en_GB")
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_SUGGESTIONS = 3


@dataclass(frozen=True)
class Calendar:
    """Holidays of ``countries`` and the user's ``events``."""

    countries: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        """Check the countries and put them in capitals, without repeats.

        Raises:
            InputError: a country is not known; names the closest ones.
        """
        checked = dict.fromkeys(check_country(country) for country in self.countries)
        object.__setattr__(self, "countries", tuple(checked))

    def days(self, first: np.datetime64, last: np.datetime64) -> Dates:
        """``(date, name)`` from ``first`` to ``last`` inclusive, ascending; one entry per name."""
        return _days(self, first.astype("datetime64[D]"), last.astype("datetime64[D]"))

    @property
    def holidays_only(self) -> Calendar:
        """The calendar without the user's own events."""
        return Calendar(self.countries)

    def to_json(self) -> dict[str, Any]:
        """``{"countries": ["UK"], "events": [{"name": "Fair", "date": "2011-05-06"}]}``."""
        events = [
            {"name": e.name, "date": str(e.date.astype("datetime64[D]"))} for e in self.events
        ]
        return {"countries": list(self.countries), "events": events}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Calendar:
        """The inverse of `to_json`."""
        events = (Event(e["name"], np.datetime64(e["date"], "D")) for e in record["events"])
        return cls(tuple(record["countries"]), tuple(events))


def check_country(text: str) -> str:
    """The code in capitals, of two letters: ``uk`` → ``UK``, ``usa`` → ``US``, also ``US-CA``.

    Raises:
        InputError: no such country or subdivision; names the closest ones.
    """
    country, _, subdivision = text.strip().upper().partition("-")
    known = _subdivisions()
    country = _two_letters().get(country, country)
    code = _AMAZON_CODES.get(country, country)
    if code not in known:
        raise InputError(f"country '{text}' is not known; {_closest_countries(text)}")
    if subdivision and subdivision not in known[code]:
        choice = ", ".join(known[code]) or "none"
        raise InputError(
            f"country '{text}': {country} has no subdivision {subdivision}; known: {choice}"
        )
    return f"{country}-{subdivision}" if subdivision else country


def countries() -> tuple[str, ...]:
    """The two-letter codes of all countries whose holidays are known."""
    return tuple(sorted(_subdivisions()))


def base_name(name: str) -> str:
    """A holiday's name without a remark such as ``(observed)``."""
    return _QUALIFIER.sub("", name)


@lru_cache(maxsize=64)
def _days(calendar: Calendar, first: np.datetime64, last: np.datetime64) -> Dates:
    years = tuple(range(first.astype(object).year, last.astype(object).year + 1))
    found = {(event.date.astype("datetime64[D]"), event.name) for event in calendar.events}
    for country in calendar.countries:
        for date, names in _holidays(country, years):
            found.update((date, name) for name in names.split("; "))
    return tuple(sorted(day for day in found if first <= day[0] <= last))


@lru_cache(maxsize=256)
def _holidays(country: str, years: tuple[int, ...]) -> Dates:
    """The holidays of one country; several on one date share an entry, joined by ``"; "``."""
    import holidays  # slow to import, and many uses of the library need no holidays

    name, _, subdivision = country.partition("-")
    code = _AMAZON_CODES.get(name, name)
    found = holidays.country_holidays(
        code,
        subdiv=subdivision or _DEFAULT_SUBDIVISION.get(code),
        years=years,
        language=_language(getattr(holidays, code).supported_languages),
    )
    return tuple((np.datetime64(date, "D"), text) for date, text in sorted(found.items()))


def _language(supported: Sequence[str]) -> str | None:
    """English if there is any; None is the country's own."""
    english = (*_LANGUAGES, *sorted(name for name in supported if name.startswith("en")))
    return next((name for name in english if name in supported), None)


@lru_cache(maxsize=1)
def _subdivisions() -> dict[str, tuple[str, ...]]:
    """Two-letter country code → its subdivisions."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(subdivisions) for code, subdivisions in known.items()}


@lru_cache(maxsize=1)
def _two_letters() -> dict[str, str]:
    """Three-letter country code → the one of two letters."""
    from holidays.registry import COUNTRIES

    return {codes[2]: codes[1] for codes in COUNTRIES.values()}


def _closest_countries(text: str) -> str:
    """A remedy: the countries whose name or code comes closest."""
    from holidays.registry import COUNTRIES

    names = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
    wanted = text.strip().lower()
    near = difflib.get_close_matches(wanted, names, n=_SUGGESTIONS)
    hits = [*near, *sorted(name for name in names if wanted and name.startswith(wanted))]
    codes = [f"{names[name]} ({name.title()})" for name in dict.fromkeys(hits)][:_SUGGESTIONS]
    codes += difflib.get_close_matches(text.strip().upper(), sorted(_subdivisions()), n=2)
    examples = "use an ISO 3166 code such as US, DE, JP or UK"
    return f"did you mean {', '.join(codes)}?" if codes else examples

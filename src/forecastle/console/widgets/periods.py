"""Periods of a forecast, as the reader writes them: how many, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from forecastle.console.language import Language, mark
from forecastle.core.frequency import Frequency

_LENGTHS: Mapping[str, tuple[str, str]] = {
    "min": (mark("{count} minute"), "{count} minutes"),
    "H": (mark("{count} hour"), "{count} hours"),
    "D": (mark("{count} day"), "{count} days"),
    "W": (mark("{count} week"), "{count} weeks"),
    "M": (mark("{count} month"), "{count} months"),
    "Y": (mark("{count} year"), "{count} years"),
}
_WITHIN_DAYS = ("min", "H")


def periods_text(language: Language, frequency: Frequency, count: int) -> str:
    """``14 weeks`` for seven periods of two weeks."""
    one, many = _LENGTHS[frequency.unit]
    return language.plural(one, many, count * frequency.count)


def time_text(language: Language, frequency: Frequency, moment: datetime) -> str:
    """The start of a period: a day, with the time of day where periods are shorter."""
    if frequency.unit in _WITHIN_DAYS:
        return language.moment(moment.replace(tzinfo=UTC).timestamp(), UTC)
    return language.date(moment)

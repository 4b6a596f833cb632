"""What changed since the last forecast, in figures and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from forecastle.pipelines.totals import StepTotals, change, shared
from forecastle.reports.figures import date, percent, rounded
from forecastle.reports.wording import steps_of


@dataclass(frozen=True)
class Comparison:
    """Two forecasts beside each other.

    Attributes:
        values: ``previous_total_p50``, ``change`` and ``overlap``, None where there is no last
            forecast or nothing in it to compare with.
        sentences: the same in words.
    """

    values: Mapping[str, Any]
    sentences: tuple[str, ...] = ()


def compare(now: StepTotals, before: StepTotals | None) -> Comparison:
    """The totals of the coming period beside those of the last forecast.

    Two figures, as they answer two questions. ``change``: is the coming period larger than the
    period that was forecast last time? ``overlap``: what is expected now of the days that were
    forecast last time too?
    """
    name = f"previous_total_{now.middle}"
    if before is None or now.middle not in before.columns:
        return Comparison({name: None, "change": None, "overlap": None})
    period = now.next_period()
    last = before.head(len(period.times))
    new, old = period.sums()[now.middle], last.sums()[now.middle]
    overlap = _overlap(now, before)
    values = {name: old, "change": change(new, old), "overlap": overlap}
    return Comparison(values, _sentences(period, last, overlap))


def _overlap(now: StepTotals, before: StepTotals) -> dict[str, Any] | None:
    times = shared(now, before)
    if not times:
        return None
    new, old = (each.at(times).sums()[now.middle] for each in (now, before))
    return {
        "first": times[0].isoformat(),
        "last": times[-1].isoformat(),
        "steps": len(times),
        "total": new,
        "previous_total": old,
        "change": change(new, old),
    }


def _sentences(
    period: StepTotals, last: StepTotals, overlap: Mapping[str, Any] | None
) -> tuple[str, ...]:
    column, steps = period.middle, steps_of(len(period.times), period.frequency)
    new, old = period.sums()[column], last.sums()[column]
    found = [
        f"The next {steps} ({span(period.times[0], period.times[-1])}): the sum of {column} is "
        f"{rounded(new)}; last time it was {rounded(old)} for "
        f"{span(last.times[0], last.times[-1])}{in_words(change(new, old))}."
    ]
    if overlap is not None and last.times != period.times:
        both = steps_of(overlap["steps"], period.frequency)
        first, end = (datetime.fromisoformat(overlap[name]) for name in ("first", "last"))
        found.append(
            f"Of the {both} that both forecasts have ({span(first, end)}), the sum of {column} "
            f"went from {rounded(overlap['previous_total'])} to {rounded(overlap['total'])}"
            f"{in_words(overlap['change'])}."
        )
    return tuple(found)


def in_words(share: float | None) -> str:
    """``, 4.1 % more``; nothing where there is nothing to compare with."""
    if share is None:
        return ""
    if abs(share) < 0.0005:
        return ", the same"
    return f", {percent(abs(share))} {'more' if share > 0 else 'less'}"


def span(first: datetime, last: datetime) -> str:
    """``3 Dec 2010 to 9 Dec 2010``, with the time of day if it has one."""
    timed = any(time.hour or time.minute for time in (first, last))
    names = [date(np.datetime64(time), with_time=timed) for time in (first, last)]
    return names[0] if first == last else " to ".join(names)

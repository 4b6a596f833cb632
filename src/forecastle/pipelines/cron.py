"""Cron expressions of five fields, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from croniter import croniter

from forecastle.core.errors import InputError

_FIELDS = 5


def check_schedule(text: str) -> str:
    """The expression, if it is one.

    Raises:
        InputError: it is none; says what one looks like.
    """
    if len(text.split()) != _FIELDS or not croniter.is_valid(text):
        raise InputError(
            f"schedule '{text}' is no cron expression of five fields; write minute, hour, day, "
            "month and weekday, such as 0 6 * * 1-5"
        )
    return text


def next_due(schedule: str, after: float) -> float:
    """When a schedule is due next, strictly after a moment; both in seconds since 1970."""
    moment = croniter(schedule, datetime.fromtimestamp(after, UTC)).get_next(datetime)
    return float(moment.timestamp())

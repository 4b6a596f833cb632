"""Rhythm: the schedules that people name in words, and their cron expressions, in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass

HOURLY, DAILY, WORKDAYS, WEEKLY, MONTHLY = "hourly", "daily", "workdays", "weekly", "monthly"
RHYTHMS = (HOURLY, DAILY, WORKDAYS, WEEKLY, MONTHLY)

_NUMBER = r"(\d{1,2})"
_PATTERNS = {
    HOURLY: rf"{_NUMBER} \* \* \* \*",
    DAILY: rf"{_NUMBER} {_NUMBER} \* \* \*",
    WORKDAYS: rf"{_NUMBER} {_NUMBER} \* \* 1-5",
    WEEKLY: rf"{_NUMBER} {_NUMBER} \* \* ([0-7])",
    MONTHLY: rf"{_NUMBER} {_NUMBER} {_NUMBER} \* \*",
}
_WEEK = 7


@dataclass(frozen=True)
class Rhythm:
    """When something happens again and again.

    Attributes:
        kind: one of `RHYTHMS`.
        minute: of the hour.
        hour: of the day; not of hourly ones.
        day: of weekly ones the weekday, 0 is Sunday; of monthly ones the day of the month.
    """

    kind: str = DAILY
    minute: int = 0
    hour: int = 6
    day: int = 1

    @classmethod
    def parse(cls, schedule: str) -> Rhythm | None:
        """The rhythm of a valid cron expression; None if words for it are missing."""
        text = " ".join(schedule.split())
        for kind, pattern in _PATTERNS.items():
            if match := re.fullmatch(pattern, text):
                numbers = [int(group) for group in match.groups()]
                minute, hour, day = (*numbers, *(cls.hour, cls.day)[len(numbers) - 1 :])
                return cls(kind, minute, hour, day % _WEEK if kind == WEEKLY else day)
        return None

    @property
    def cron(self) -> str:
        """The cron expression of five fields."""
        return {
            HOURLY: f"{self.minute} * * * *",
            DAILY: f"{self.minute} {self.hour} * * *",
            WORKDAYS: f"{self.minute} {self.hour} * * 1-5",
            WEEKLY: f"{self.minute} {self.hour} * * {self.day}",
            MONTHLY: f"{self.minute} {self.hour} {self.day} * *",
        }[self.kind]

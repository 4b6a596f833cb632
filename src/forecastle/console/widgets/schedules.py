"""Schedules: in words, and as a choice of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.pipelines.rhythm import DAILY, HOURLY, MONTHLY, WEEKLY, WORKDAYS, Rhythm

_NEVER, _CRON = "never", "cron"
_DAYS = 28
_CHOICES: Mapping[str, str] = {
    _NEVER: mark("No schedule: only new files start runs"),
    HOURLY: mark("Every hour"),
    DAILY: mark("Every day"),
    WORKDAYS: mark("Monday to Friday"),
    WEEKLY: mark("Every week"),
    MONTHLY: mark("Every month"),
    _CRON: mark("By a cron expression"),
}


def schedule_text(language: Language, schedule: str) -> str:
    """``Every day at 06:00 (UTC)``."""
    rhythm = Rhythm.parse(schedule)
    if rhythm is None:
        return language("By the cron expression {cron} (UTC)", cron=schedule)
    time = f"{rhythm.hour:02}:{rhythm.minute:02}"
    texts: Mapping[str, Callable[[], str]] = {
        HOURLY: lambda: language("Every hour at minute {minute}", minute=rhythm.minute),
        DAILY: lambda: language("Every day at {time} (UTC)", time=time),
        WORKDAYS: lambda: language("Monday to Friday at {time} (UTC)", time=time),
        WEEKLY: lambda: language(
            "Every {weekday} at {time} (UTC)", weekday=_weekdays(language)[rhythm.day], time=time
        ),
        MONTHLY: lambda: language(
            "On day {day} of each month at {time} (UTC)", day=rhythm.day, time=time
        ),
    }
    return texts[rhythm.kind]()


class ScheduleField:
    """A choice of words, or a cron expression.

    Args:
        visitor: who chooses.
        schedule: to begin with; None for none.
    """

    def __init__(self, visitor: Visitor, schedule: str | None) -> None:
        t = visitor.language
        rhythm = None if schedule is None else Rhythm.parse(schedule)
        kind = _NEVER if schedule is None else _CRON if rhythm is None else rhythm.kind
        begin = rhythm or Rhythm()
        self._t = t
        with ui.element("div").classes("fields"):
            choices = {name: t(text) for name, text in _CHOICES.items()}
            self._kind = ui.select(choices, label=t("Schedule"), value=kind, on_change=self._show)
            self._weekday = ui.select(
                _weekdays(t), label=t("Weekday"), value=begin.day if kind == WEEKLY else 1
            )
            self._day = ui.select(
                list(range(1, _DAYS + 1)),
                label=t("Day of the month"),
                value=min(begin.day, _DAYS) or 1 if kind == MONTHLY else 1,
            )
            self._time = ui.input(t("Time (UTC)"), value=f"{begin.hour:02}:{begin.minute:02}")
            self._time.props("type=time stack-label")
            self._cron = ui.input(
                t("Cron expression: minute, hour, day, month, weekday"),
                value=schedule or "0 6 * * *",
            )
        for field in (self._kind, self._weekday, self._day, self._time, self._cron):
            field.props("outlined")
        self._show()

    @property
    def schedule(self) -> str | None:
        """A cron expression; None for no schedule."""
        kind = self._kind.value
        if kind == _NEVER:
            return None
        if kind == _CRON:
            return (self._cron.value or "").strip()
        hour, _, minute = (self._time.value or "06:00").partition(":")
        day = self._weekday.value if kind == WEEKLY else self._day.value
        return Rhythm(kind, int(minute[:2]), int(hour), day).cron

    def _show(self) -> None:
        kind = self._kind.value
        self._weekday.set_visibility(kind == WEEKLY)
        self._day.set_visibility(kind == MONTHLY)
        self._time.set_visibility(kind not in (_NEVER, _CRON))
        self._cron.set_visibility(kind == _CRON)


def _weekdays(language: Language) -> dict[int, str]:
    """Sunday is 0, as in cron; Monday comes first in babel's."""
    names = language.locale.days["format"]["wide"]
    return {(number + 1) % 7: str(names[number]) for number in range(7)}

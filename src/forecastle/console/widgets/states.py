"""How the state of a resource or a run looks: a word, an icon and a colour."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from forecastle.console.language import Language, mark

GOOD, BUSY, BAD, CALM = "good", "busy", "bad", "calm"

_STATES: Mapping[str, tuple[str, str, str]] = {
    "ACTIVE": (mark("Ready"), "check_circle", GOOD),
    "ACTIVE_STOPPING": (mark("Stopping"), "autorenew", BUSY),
    "ACTIVE_STOPPED": (mark("Paused"), "pause_circle", CALM),
    "CREATE_PENDING": (mark("Waiting"), "schedule", CALM),
    "CREATE_IN_PROGRESS": (mark("In progress"), "autorenew", BUSY),
    "CREATE_STOPPING": (mark("Stopping"), "autorenew", BUSY),
    "CREATE_STOPPED": (mark("Stopped"), "stop_circle", CALM),
    "CREATE_FAILED": (mark("Failed"), "error", BAD),
    "UPDATE_PENDING": (mark("Waiting"), "schedule", CALM),
    "UPDATE_IN_PROGRESS": (mark("In progress"), "autorenew", BUSY),
    "UPDATE_FAILED": (mark("Failed"), "error", BAD),
    "DELETE_PENDING": (mark("Being deleted"), "delete", CALM),
    "DELETE_IN_PROGRESS": (mark("Being deleted"), "delete", CALM),
    "DELETE_FAILED": (mark("Deletion failed"), "error", BAD),
    "RUNNING": (mark("Running"), "autorenew", BUSY),
    "SUCCEEDED": (mark("Succeeded"), "check_circle", GOOD),
    "FAILED": (mark("Failed"), "error", BAD),
    "CANCELLED": (mark("Cancelled"), "stop_circle", CALM),
    "SKIPPED": (mark("Skipped"), "redo", CALM),
}
UNFINISHED = frozenset(
    name for name, (_, _, kind) in _STATES.items() if kind == BUSY or name.endswith("_PENDING")
)
"""States that change by themselves: worth another look."""


def kind_of(status: str) -> str:
    """`GOOD`, `BUSY`, `BAD` or `CALM`."""
    return _STATES[status][2] if status in _STATES else CALM


def status_text(language: Language, status: str) -> str:
    """The state in words."""
    return language(_STATES[status][0]) if status in _STATES else status


def status_chip(language: Language, status: str) -> None:
    """The state as a chip."""
    icon = _STATES[status][1] if status in _STATES else "help"
    with ui.element("span").classes(f"status status-{kind_of(status)}"):
        ui.icon(icon).props("aria-hidden=true")
        ui.label(status_text(language, status))

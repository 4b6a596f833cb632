"""A training at work: how far, what is being tried, how long still."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.metrics import algorithm_text
from forecastle.console.widgets.states import status_chip
from forecastle.core.budget import DONE, DROPPED, WAITING, WORKING, Part
from forecastle.service.training_state import TrainingProgress, TrainingState

_STEPS: Mapping[str, str] = {
    "reading the data": mark("Reading the data"),
    "saving": mark("Saving the predictor"),
}
_TRAINING = mark("Trying the algorithms on test windows")
_FITTING = mark("Fitting the chosen algorithms to all data")
_STATES: Mapping[str, tuple[str, str, str]] = {
    WAITING: (mark("Waiting"), "schedule", "calm"),
    WORKING: (mark("At work"), "autorenew", "busy"),
    DONE: (mark("Done"), "check_circle", "good"),
    DROPPED: (mark("Left out: too slow"), "redo", "calm"),
}


def show_progress(visitor: Visitor, state: TrainingState) -> None:
    """What can be told of a training that is not over."""
    t, progress = visitor.language, state.progress
    with panel(t("Training")):
        with ui.element("div").classes("line"):
            status_chip(t, state.status)
        if progress is None:
            ui.label(t("It begins as soon as a worker is free. You may leave this page.")).classes(
                "hint"
            )
            return
        _show_bar(t, progress)
        if progress.parts:
            _show_parts(t, progress.parts)
        ui.label(t("You may leave this page: the training goes on.")).classes("hint")


def _show_bar(t: Language, progress: TrainingProgress) -> None:
    share = t.percent(progress.fraction)
    with ui.element("div").classes("line justify-between"):
        ui.label(t(_step(progress))).classes("text-weight-bold")
        ui.label(_time_left(t, progress)).classes("hint")
    bar = ui.linear_progress(progress.fraction, show_value=False)
    bar.props(f'aria-label="{t("{share} done", share=share)}"')
    ui.label(t("{share} done", share=share)).classes("hint")


def _step(progress: TrainingProgress) -> str:
    if progress.step in _STEPS:
        return _STEPS[progress.step]
    # Whoever works with one task left, and one done, is being fitted for good.
    at_work = [part for part in progress.parts if part.state == WORKING]
    last = at_work and all(part.total > 1 and part.done == part.total - 1 for part in at_work)
    waiting = any(part.state == WAITING for part in progress.parts)
    return _FITTING if last and not waiting else _TRAINING


def _time_left(t: Language, progress: TrainingProgress) -> str:
    if progress.minutes_left is None:
        return ""
    if progress.minutes_left < 1:
        return t("Less than a minute left")
    return t.plural(
        "About {count} minute left", "About {count} minutes left", progress.minutes_left
    )


def _show_parts(t: Language, parts: tuple[Part, ...]) -> None:
    headings = (t("Algorithm"), t("State"), t("Steps done"), t("Latest test window"), t("Seconds"))
    with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
        with ui.element("thead"), ui.element("tr"):
            for heading in headings:
                with ui.element("th").props("scope=col"):
                    ui.label(heading)
        with ui.element("tbody"):
            for part in parts:
                _show_part(t, part)


def _show_part(t: Language, part: Part) -> None:
    text, icon, kind = _STATES[part.state]
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.label(algorithm_text(t, part.name))
        with ui.element("td"), ui.element("span").classes(f"status status-{kind}"):
            ui.icon(icon).props("aria-hidden=true")
            ui.label(t(text))
        steps = t("{done} of {total}", done=t.number(part.done), total=t.number(part.total))
        window = t.date(date.fromisoformat(part.window)) if part.window else "–"
        for value in (steps, window, t.number(part.seconds, 1)):
            with ui.element("td"):
                ui.label(value)

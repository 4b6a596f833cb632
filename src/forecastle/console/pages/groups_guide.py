"""The guided way: six steps with their state, what each found, and the next one to take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import Language, mark
from forecastle.console.pages.groups_words import STEPS, step_path, thing_path
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import action, plain_text
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.console.widgets.states import status_chip
from forecastle.core.frequency import Frequency
from forecastle.service.group_overview import GroupOverview, State, Step, StepView, Thing

_STATES: Mapping[State, str] = {
    State.DONE: mark("done"),
    State.BUSY: mark("in progress"),
    State.FAILED: mark("failed"),
    State.NEXT: mark("next step"),
    State.LATER: mark("later"),
}
_ICONS = {State.DONE: "check", State.BUSY: "autorenew", State.FAILED: "priority_high"}
_LOOKS = {
    State.DONE: "step-done",
    State.BUSY: "step-busy",
    State.FAILED: "step-bad",
    State.NEXT: "step-next",
    State.LATER: "",
}
_SMALL = "width: 26px; height: 26px; font-size: 0.8rem; border-width: 1.5px"
_CHANGING_ROLE = {Step.BUCKET: Role.ADMIN, Step.EXPORT: Role.VIEWER}


def show_steps(visitor: Visitor, group: GroupOverview) -> None:
    """The steps below each other."""
    with ui.element("ol").classes("steps"):
        for number, view in enumerate(group.steps, start=1):
            with ui.element("li").classes(f"step {_LOOKS[view.state]}"):
                _mark(visitor.language, number, view)
                with ui.element("div").classes("stack"):
                    _show_step(visitor, group, view)


def show_marks(language: Language, group: GroupOverview) -> None:
    """The steps as small marks in a line."""
    with (
        ui.element("ol").classes("line").style("list-style: none; padding: 0; margin: 0; gap: 6px")
    ):
        for number, view in enumerate(group.steps, start=1):
            with ui.element("li").classes(_LOOKS[view.state]):
                _mark(language, number, view, _SMALL).tooltip(_told(language, view))


def show_action(visitor: Visitor, group: GroupOverview, view: StepView, *, main: bool) -> None:
    """The button that takes a step, if the visitor may take it."""
    if visitor.may(_CHANGING_ROLE.get(view.step, Role.OPERATOR)):
        action(visitor.language(STEPS[view.step].act), step_path(group, view.step), main=main)


def _mark(language: Language, number: int, view: StepView, style: str = "") -> ui.element:
    with ui.element("span").classes("step-mark").style(style) as circle:
        if icon := _ICONS.get(view.state):
            ui.icon(icon).props("aria-hidden=true").style(f"font-size: {18 if style else 22}px")
        else:
            plain_text(str(number)).props("aria-hidden=true")
        ui.label(_told(language, view)).classes("visually-hidden")
    return circle


def _told(language: Language, view: StepView) -> str:
    return f"{language(STEPS[view.step].name)}: {language(_STATES[view.state])}"


def _show_step(visitor: Visitor, group: GroupOverview, view: StepView) -> None:
    t, words = visitor.language, STEPS[view.step]
    with ui.element("div").classes("line"):
        with ui.element("h3"):
            plain_text(t(words.name))
        if view.newest is not None and view.newest.status != "ACTIVE":
            status_chip(t, view.newest.status)
    if view.usable is None and view.state is not State.BUSY:
        ui.label(t(words.why)).classes("hint")
    if view.usable is not None:
        _show_found(visitor, view.usable)
    if view.newest is not None:
        show_progress(t, view.newest)
        if view.newest.message and view.state is not State.DONE:
            ui.label(view.newest.message).classes("hint")
    if view.outdated and view.step in (Step.TRAIN, Step.FORECAST):
        ui.label(t("New data have arrived since.")).classes("hint")
    _show_buttons(visitor, group, view)


def show_progress(language: Language, thing: Thing) -> None:
    """How far a job is, if it is at work."""
    if thing.fraction is None:
        return
    bar = ui.linear_progress(thing.fraction, show_value=False).props("instant-feedback")
    bar.props(f'aria-label="{language("Progress")}"')
    done = language.percent(thing.fraction)
    if thing.minutes_left is None:
        ui.label(done).classes("hint")
        return
    left = language("about {duration} left", duration=language.duration(60 * thing.minutes_left))
    ui.label(f"{done} · {left}").classes("hint")


def _show_found(visitor: Visitor, thing: Thing) -> None:
    """A link to the latest of a step, and what matters of it."""
    with ui.element("div").classes("line"):
        ui.link(thing.name, thing_path(thing))
        facts = facts_text(visitor, thing)
        if facts:
            ui.label(facts).classes("hint")


def _show_buttons(visitor: Visitor, group: GroupOverview, view: StepView) -> None:
    if view.state is State.LATER or view.state is State.BUSY:
        return
    if view.state in (State.NEXT, State.FAILED):
        with ui.element("div").classes("line"):
            show_action(visitor, group, view, main=True)
        return
    again = {
        Step.IMPORT: mark("Import newer data"),
        Step.TRAIN: mark("Train again"),
        Step.FORECAST: mark("Forecast again"),
        Step.EXPORT: mark("See the forecast"),
    }.get(view.step)
    if again is not None and visitor.may(_CHANGING_ROLE.get(view.step, Role.OPERATOR)):
        with ui.element("div").classes("line"):
            action(visitor.language(again), step_path(group, view.step))


def facts_text(visitor: Visitor, thing: Thing) -> str:
    """What matters of a resource, in a line; empty if nothing is known."""
    describe = _DESCRIBE.get(str(thing.kind))
    return "" if describe is None else describe(visitor, thing.facts)


def _of_dataset(visitor: Visitor, facts: Mapping[str, object]) -> str:
    t, parts = visitor.language, []
    if facts["frequency"]:
        parts.append(frequency_text(t, str(facts["frequency"])))
    parts.append(t.plural("{count} column", "{count} columns", int(str(facts["columns"]))))
    return " · ".join(parts)


def _of_import(visitor: Visitor, facts: Mapping[str, object]) -> str:
    t, parts = visitor.language, []
    if facts["rows"] is not None:
        parts.append(t.plural("{count} row", "{count} rows", int(str(facts["rows"]))))
    if facts["items"] is not None:
        parts.append(t.plural("{count} item", "{count} items", int(str(facts["items"]))))
    if facts["first"] and facts["last"]:
        first, last = (datetime.fromisoformat(str(facts[name])) for name in ("first", "last"))
        parts.append(f"{t.date(first)} – {t.date(last)}")
    return " · ".join(parts)


def _of_predictor(visitor: Visitor, facts: Mapping[str, object]) -> str:
    t, parts = visitor.language, []
    weights = facts["weights"]
    if isinstance(weights, Mapping) and weights:
        best = max(weights, key=lambda name: weights[name])
        parts.append(
            t("Best: {algorithm}", algorithm=best)
            if len(weights) == 1
            else t("Blend led by {algorithm}", algorithm=best)
        )
    if isinstance(facts["wql"], float):
        parts.append(t("average error (wQL) {value}", value=t.percent(facts["wql"], 1)))
    if facts["frequency"] and facts["horizon"]:
        frequency = Frequency.parse(str(facts["frequency"]))
        length = periods_text(t, frequency, int(str(facts["horizon"])))
        parts.append(t("{length} ahead", length=length))
    return " · ".join(parts)


def _of_forecast(visitor: Visitor, facts: Mapping[str, object]) -> str:
    t, parts = visitor.language, []
    if facts["first"] and facts["last"] and facts["frequency"]:
        frequency = Frequency.parse(str(facts["frequency"]))
        first, last = (
            time_text(t, frequency, datetime.fromisoformat(str(facts[name])))
            for name in ("first", "last")
        )
        parts.append(f"{first} – {last}")
    if facts["series"] is not None:
        parts.append(t.plural("{count} series", "{count} series", int(str(facts["series"]))))
    return " · ".join(parts)


def _of_export(_visitor: Visitor, facts: Mapping[str, object]) -> str:
    return str(facts["path"])


_DESCRIBE: Mapping[str, Callable[[Visitor, Mapping[str, object]], str]] = {
    "dataset": _of_dataset,
    "dataset-import-job": _of_import,
    "predictor": _of_predictor,
    "forecast": _of_forecast,
    "forecast-export-job": _of_export,
}

"""What a dataset group holds: imports, predictors, forecasts and exports, to look at or delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from forecastle.catalog import status as life
from forecastle.console.language import mark
from forecastle.console.pages.groups_guide import facts_text
from forecastle.console.pages.groups_words import thing_path
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.reasons import message_text
from forecastle.console.widgets.states import status_chip
from forecastle.core.names import ResourceType
from forecastle.service.group_overview import Thing

Changed = Callable[[], Awaitable[None]]

_KINDS: Mapping[ResourceType, tuple[str, str]] = {
    ResourceType.FORECAST: (mark("Forecasts"), mark("No forecasts yet")),
    ResourceType.PREDICTOR: (mark("Predictors"), mark("No predictors yet")),
    ResourceType.DATASET_IMPORT_JOB: (mark("Imports"), mark("No imports yet")),
    ResourceType.FORECAST_EXPORT_JOB: (mark("Exports"), mark("No exports yet")),
}
_SHOWN = 5
_ROW = "border-bottom: 1px solid var(--line); padding: 4px 0; min-height: 44px"


def show_things(
    visitor: Visitor, things: Mapping[ResourceType, tuple[Thing, ...]], changed: Changed
) -> None:
    """A list for each kind, the newest first; long ones are folded.

    Args:
        visitor: who looks.
        things: of each kind.
        changed: called after something was stopped or deleted.
    """
    t = visitor.language
    for kind, (heading, nothing) in _KINDS.items():
        found = things.get(kind, ())
        with ui.element("div").classes("stack"):
            with ui.element("h3"):
                ui.label(f"{t(heading)} ({t.number(len(found))})")
            if not found:
                ui.label(t(nothing)).classes("hint")
                continue
            _show_list(visitor, found[:_SHOWN], changed)
            if len(found) > _SHOWN:
                rest = t.plural("{count} older one", "{count} older ones", len(found) - _SHOWN)
                with ui.expansion(rest).classes("full-width"):
                    _show_list(visitor, found[_SHOWN:], changed)


def _show_list(visitor: Visitor, things: tuple[Thing, ...], changed: Changed) -> None:
    with ui.element("ul").style("list-style: none; padding: 0; margin: 0"):
        for each in things:
            with ui.element("li").classes("line").style(_ROW):
                _show_row(visitor, each, changed)


def _show_row(visitor: Visitor, thing: Thing, changed: Changed) -> None:
    """In a line, or in several where it is narrow."""
    t = visitor.language
    ui.link(thing.name, thing_path(thing)).style("flex: 2 1 160px; min-width: 0")
    status_chip(t, thing.status)
    facts = facts_text(visitor, thing) or message_text(t, thing.message or "")
    ui.label(facts).classes("hint").style("flex: 4 1 220px; min-width: 0")
    ui.label(t.moment(thing.created_at, visitor.zone)).classes("hint")
    with ui.element("div").style("min-width: 34px"):
        if visitor.may_change:
            _show_buttons(visitor, thing, changed)


def _show_buttons(visitor: Visitor, thing: Thing, changed: Changed) -> None:
    t = visitor.language

    @guarded(visitor)
    async def stop() -> None:
        await visitor.call("StopResource", ResourceArn=thing.arn)
        await changed()

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete {name}?", name=thing.name)
        text = t("What was made from it is deleted too. Files that were exported stay.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=thing.arn)
            await changed()

    if thing.status in (life.CREATE_PENDING, life.CREATE_IN_PROGRESS):
        _icon_button("stop_circle", t("Stop {name}", name=thing.name), stop)
    elif thing.status in life.DELETABLE:
        _icon_button("delete", t("Delete {name}", name=thing.name), delete)


def _icon_button(icon: str, label: str, act: Callable[[], Awaitable[None]]) -> None:
    button = ui.button(icon=icon, on_click=act).props("flat round dense")
    button.props["aria-label"] = label
    button.tooltip(label)

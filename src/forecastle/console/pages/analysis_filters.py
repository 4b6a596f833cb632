"""Filters of a visual: rows whose texts, numbers or dates are the wanted ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.service.analyses import find_values
from forecastle.service.source_files import Source
from forecastle.service.visuals import Condition
from forecastle.storage.prepared import Field, Kind

Change = Callable[[tuple[Condition, ...]], Awaitable[None]]
_ASIDE = "border-left: 3px solid var(--line); padding-left: 10px"
_DEBOUNCE = "outlined dense clearable debounce=400"


class Filters:
    """The filters of a form.

    Args:
        visitor: who fills it in.
        source: of the data, for the texts that are offered.
        fields: of the data.
        conditions: to begin with.
        on_change: called with all filters.
    """

    def __init__(
        self,
        visitor: Visitor,
        source: Source,
        fields: Sequence[Field],
        conditions: tuple[Condition, ...],
        on_change: Change,
    ) -> None:
        t = visitor.language
        self._visitor, self._t, self._source = visitor, t, source
        self._kinds = {each.name: each.kind for each in fields}
        self._conditions, self._on_change = conditions, on_change
        self._box = ui.element("div").classes("stack")
        self._add = ui.select(
            list(self._kinds), label=t("Add a filter by"), on_change=self._added
        ).props("outlined dense")
        self._show()

    async def _added(self, event: Any) -> None:
        if event.value:
            self._conditions = (*self._conditions, Condition(event.value))
            self._add.value = None
            self._show()

    def _show(self) -> None:
        self._box.clear()
        with self._box:
            for number, condition in enumerate(self._conditions):
                self._show_one(number, condition)

    def _show_one(self, number: int, condition: Condition) -> None:
        t, kind = self._t, self._kinds.get(condition.field)
        with (
            ui.element("div")
            .classes("stack")
            .style("border-left: 3px solid var(--line); padding-left: 10px")
        ):
            with ui.element("div").classes("line").style("justify-content: space-between"):
                ui.label(condition.field).classes("text-weight-bold")
                label = t("Remove the filter by {field}", field=condition.field)
                button = ui.button(icon="close", on_click=lambda: self._remove(number))
                button.props("flat round dense")
                button.props["aria-label"] = label
            if kind is Kind.TEXT:
                self._texts(number, condition)
            else:
                self._range(number, condition, kind)

    def _texts(self, number: int, condition: Condition) -> None:
        t = self._t
        select = ui.select(
            list(condition.any_of),
            label=t("Is one of"),
            value=list(condition.any_of),
            multiple=True,
            with_input=True,
            on_change=lambda event: self._change(number, any_of=tuple(event.value or ())),
        ).props("outlined dense use-chips input-debounce=300")

        @guarded(self._visitor)
        async def search(event: Any) -> None:
            """Only what fits what was typed is offered: there may be 100,000 items."""
            text = event.args if isinstance(event.args, str) else ""
            found = await self._visitor.do(find_values, self._source, condition.field, text)
            select.set_options(list(dict.fromkeys([*(select.value or ()), *found])))

        select.on("input-value", search)
        select.on("focus", search)
        ui.input(
            t("Contains"),
            value=condition.contains,
            on_change=lambda event: self._change(number, contains=event.value or ""),
        ).props(_DEBOUNCE)

    def _range(self, number: int, condition: Condition, kind: Kind | None) -> None:
        t = self._t
        with (
            ui.element("div")
            .classes("fields")
            .style("grid-template-columns: repeat(auto-fit, minmax(120px, 1fr))")
        ):
            for name, label in (("least", t("From")), ("most", t("To"))):
                value = getattr(condition, name)
                change = self._setter(number, name)
                if kind is Kind.DATE:
                    ui.input(label, value=value or "", on_change=change).props(
                        "outlined dense type=date stack-label debounce=400"
                    )
                else:
                    ui.number(label, value=value, on_change=change).props(_DEBOUNCE)

    def _setter(self, number: int, name: str) -> Callable[[Any], Awaitable[None]]:
        async def change(event: Any) -> None:
            empty = event.value is None or event.value == ""
            await self._change(number, **{name: None if empty else event.value})

        return guarded(self._visitor)(change)

    async def _change(self, number: int, **changes: Any) -> None:
        conditions = list(self._conditions)
        conditions[number] = replace(conditions[number], **changes)
        self._conditions = tuple(conditions)
        await self._on_change(self._conditions)

    async def _remove(self, number: int) -> None:
        kept = [each for n, each in enumerate(self._conditions) if n != number]
        self._conditions = tuple(kept)
        self._show()
        await self._on_change(self._conditions)

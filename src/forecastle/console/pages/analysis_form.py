"""The form of a visual: kind, X axis, values, colour, order, and filters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from forecastle.console.pages.analysis_filters import Filters
from forecastle.console.pages.analysis_words import AGGREGATES, GRAINS, SHAPES, SORTS
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import panel, title
from forecastle.service.source_files import Source
from forecastle.service.visuals import (
    MOST_GROUPS,
    MOST_LIMIT,
    Aggregate,
    Shape,
    Value,
    Visual,
)
from forecastle.storage.prepared import Field, Kind

Change = Callable[[Visual], Awaitable[None]]


class VisualForm:
    """The form; every change is handed on at once.

    Args:
        visitor: who fills it in.
        source: of the data, for the texts that filters offer.
        fields: of the data.
        visual: to begin with.
        on_change: called with the visual as it is then.
    """

    def __init__(
        self,
        visitor: Visitor,
        source: Source,
        fields: Sequence[Field],
        visual: Visual,
        on_change: Change,
    ) -> None:
        t = visitor.language
        self._visitor, self._t, self._fields = visitor, t, fields
        self.visual, self._on_change = visual, on_change
        with panel(t("Visual")):
            self._box = ui.element("div").classes("stack")
            with self._box:
                self._build()
            title(t("Filters"), 3)
            Filters(visitor, source, fields, visual.conditions, self._filtered)

    async def _filtered(self, conditions: tuple[Any, ...]) -> None:
        await self._set(conditions=conditions)

    async def _set(self, **changes: Any) -> None:
        self.visual = replace(self.visual, **changes)
        await self._on_change(self.visual)

    async def _rebuilt(self) -> None:
        """Build the form anew; what was clicked is gone then, the box stays."""
        self._box.clear()
        with self._box:
            self._build()
            await self._on_change(self.visual)

    def _build(self) -> None:
        t, visual = self._t, self.visual
        self._shapes()
        names = [each.name for each in self._fields]
        self._select(names, t("X axis"), visual.x, self._set_x)
        if self._kind(visual.x) is Kind.DATE:
            grains = {grain: t(text) for grain, text in GRAINS.items()}
            self._select(grains, t("Dates"), visual.grain, self._setter("grain"))
        self._values()
        is_map = visual.shape is Shape.HEAT_MAP
        groups = {name: name for name in names if name != visual.x}
        if not is_map:
            groups = {"": t("None"), **groups}
        label = t("Rows") if is_map else t("Colour by")
        self._select(groups, label, visual.group, self._set_group)
        if visual.group:
            label = t("Rows shown") if is_map else t("Colours shown; the rest is taken together")
            self._number(label, visual.groups, MOST_GROUPS, "groups")
        if self._kind(visual.x) is not Kind.DATE:
            sorts = {sort: t(text) for sort, text in SORTS.items()}
            self._select(sorts, t("Order"), visual.sort, self._setter("sort"))
        self._number(t("Shown along the X axis, at most"), visual.limit, MOST_LIMIT, "limit")

    def _kind(self, name: str) -> Kind | None:
        return next((each.kind for each in self._fields if each.name == name), None)

    def _shapes(self) -> None:
        t = self._t
        label = t("Kind of visual")
        with ui.element("div").classes("line").props(f'role=group aria-label="{label}"'):
            for shape, (text, icon) in SHAPES.items():
                chosen = shape is self.visual.shape
                name = t(text)
                look = "unelevated color=primary" if chosen else "flat"
                pressed = "true" if chosen else "false"
                button = ui.button(icon=icon, on_click=self._shaper(shape))
                button.props(f'{look} round aria-label="{name}" aria-pressed={pressed}')
                button.tooltip(name)

    def _shaper(self, shape: Shape) -> Callable[..., Awaitable[None]]:
        @guarded(self._visitor)
        async def choose() -> None:
            changes: dict[str, Any] = {"shape": shape}
            if shape is Shape.HEAT_MAP:  # one value, and rows
                values = self.visual.values
                changes["values"] = values[len(values) // 2 : len(values) // 2 + 1]
                changes["group"] = self.visual.group or self._first_group()
            self.visual = replace(self.visual, **changes)
            await self._rebuilt()

        return choose

    def _first_group(self) -> str:
        others = [each for each in self._fields if each.name != self.visual.x]
        texts = [each.name for each in others if each.kind is Kind.TEXT]
        return next(iter([*texts, *(each.name for each in others)]), "")

    def _values(self) -> None:
        t, values = self._t, self.visual.values
        numbers = [each.name for each in self._fields if each.kind is Kind.NUMBER]
        known = [each.field for each in values if each.field in numbers]
        is_map = self.visual.shape is Shape.HEAT_MAP
        chosen: Any = next(iter(known), None) if is_map else known
        select = ui.select(
            numbers,
            label=t("Values"),
            value=chosen,
            multiple=not is_map,
            on_change=lambda event: self._set_values(event.value),
        )
        select.props("outlined dense use-chips" if not is_map else "outlined dense")
        with ui.element("div").classes("fields"):
            for number, value in enumerate(values):
                texts = {each: t(text) for each, text in AGGREGATES.items()}
                label = t("{field} as", field=value.field)
                self._select(texts, label, value.aggregate, self._aggregator(number))

    async def _set_values(self, names: Any) -> None:
        wanted = [names] if isinstance(names, str) else list(names or ())
        before = {each.field: each for each in self.visual.values}
        usual = self.visual.values[0].aggregate if self.visual.values else Aggregate.SUM
        self.visual = replace(
            self.visual, values=tuple(before.get(each, Value(each, usual)) for each in wanted)
        )
        await self._rebuilt()

    def _aggregator(self, number: int) -> Callable[[Any], Awaitable[None]]:
        async def choose(aggregate: Any) -> None:
            values = list(self.visual.values)
            values[number] = replace(values[number], aggregate=aggregate)
            await self._set(values=tuple(values))

        return choose

    async def _set_x(self, name: str) -> None:
        group = "" if self.visual.group == name else self.visual.group
        self.visual = replace(self.visual, x=name, group=group)
        if self.visual.shape is Shape.HEAT_MAP and not group:
            self.visual = replace(self.visual, group=self._first_group())
        await self._rebuilt()

    async def _set_group(self, name: str) -> None:
        self.visual = replace(self.visual, group=name or "")
        await self._rebuilt()

    def _setter(self, name: str) -> Callable[[Any], Awaitable[None]]:
        async def choose(value: Any) -> None:
            await self._set(**{name: value})

        return choose

    def _select(
        self, options: Any, label: str, value: Any, choose: Callable[[Any], Awaitable[None]]
    ) -> None:
        known = value if value in options else None
        handler = guarded(self._visitor)(choose)
        ui.select(
            options, label=label, value=known, on_change=lambda event: handler(event.value)
        ).props("outlined dense")

    def _number(self, label: str, value: int, most: int, name: str) -> None:
        @guarded(self._visitor)
        async def choose(event: Any) -> None:
            if event.value is not None and 1 <= int(event.value) <= most:
                await self._set(**{name: int(event.value)})

        field = ui.number(label, value=value, min=1, max=most, precision=0, on_change=choose)
        field.props("outlined dense debounce=400")

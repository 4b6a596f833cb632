"""Changing a dashboard's layout: order, width, titles, and what is on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import title
from forecastle.service.dashboard_tiles import Tile, View
from forecastle.service.dashboards import change_dashboard


class TileTools:
    """The buttons over each visual; what they do is saved at once.

    Args:
        visitor: who edits.
        view: the dashboard as it is seen: a change by somebody else since then is told.
    """

    def __init__(self, visitor: Visitor, view: View) -> None:
        self._visitor, self._t, self._view = visitor, visitor.language, view

    def show(self, tile: Tile) -> None:
        """The buttons of one visual."""
        t, tiles = self._t, self._view.tiles
        place = tiles.index(tile)
        with ui.element("div").classes("line"):
            if place > 0:
                text = t("Move {name} forward", name=tile.title)
                self._button("arrow_upward", text, lambda: self._move(tile, -1))
            if place < len(tiles) - 1:
                text = t("Move {name} back", name=tile.title)
                self._button("arrow_downward", text, lambda: self._move(tile, 1))
            text = t("Half width for {name}") if tile.is_wide else t("Full width for {name}")
            icon = "width_normal" if tile.is_wide else "width_full"
            self._button(icon, text.format(name=tile.title), lambda: self._widen(tile))
            text = t("Rename {name}", name=tile.title)
            self._button("edit", text, lambda: self._rename(tile))
            text = t("Remove {name}", name=tile.title)
            self._button("delete", text, lambda: self._remove(tile))

    def _button(self, icon: str, label: str, on_click: Callable[[], object]) -> None:
        button = ui.button(icon=icon, on_click=guarded(self._visitor)(on_click))
        button.props("flat round dense")
        button.props["aria-label"] = label
        button.tooltip(label)

    async def _save(self, tiles: Sequence[Tile]) -> None:
        await self._visitor.change(
            "ChangeDashboard", change_dashboard, self._view, tiles=tuple(tiles)
        )
        ui.navigate.reload()

    async def _put(self, tile: Tile, changed: Tile) -> None:
        await self._save([changed if each == tile else each for each in self._view.tiles])

    async def _move(self, tile: Tile, by: int) -> None:
        tiles = [each for each in self._view.tiles if each != tile]
        tiles.insert(self._view.tiles.index(tile) + by, tile)
        await self._save(tiles)

    async def _widen(self, tile: Tile) -> None:
        await self._put(tile, replace(tile, is_wide=not tile.is_wide))

    async def _remove(self, tile: Tile) -> None:
        t = self._t
        question = t("Remove {name}?", name=tile.title)
        text = t("The chart goes from this dashboard; its data stay.")
        if await confirm(self._visitor, question, text, t("Remove")):
            await self._save([each for each in self._view.tiles if each != tile])

    async def _rename(self, tile: Tile) -> None:
        t = self._t
        with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
            title(t("Rename the visual"), 2)
            name = ui.input(t("Title of the visual"), value=tile.title)
            name.props("outlined dense autofocus maxlength=128")

            @guarded(self._visitor)
            async def save() -> None:
                await self._put(tile, replace(tile, title=str(name.value or "")))

            with ui.element("div").classes("line self-end"):
                ui.button(t("Cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(t("Save"), icon="save", on_click=save).props("unelevated no-caps")
        dialog.on("hide", dialog.delete)

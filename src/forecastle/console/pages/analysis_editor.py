"""The form of a visual beside the visual itself, which follows every change."""

from __future__ import annotations

import json

from nicegui import ui

from forecastle.console.pages.analysis_form import VisualForm
from forecastle.console.pages.analysis_saving import save_dialog
from forecastle.console.pages.analysis_words import SHAPES, analysis_path, source_text
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import error_panel, guarded
from forecastle.console.widgets.layout import action, page_head, panel
from forecastle.console.widgets.visuals import show_visual
from forecastle.core.errors import ForecastleError
from forecastle.service.analyses import describe_source, first_visual, run_visual
from forecastle.service.source_files import Source
from forecastle.service.visuals import Visual

_SIDES = "display: flex; flex-wrap: wrap; gap: 20px; width: 100%; align-items: flex-start"


async def edit_visual(
    visitor: Visitor, place: ui.element, source: Source, visual: Visual | None
) -> None:
    """Fill the place with form and visual.

    Args:
        visitor: who looks.
        place: is cleared when the data have been read.
        source: of the data.
        visual: to begin with; None: the usual one.

    Raises:
        ForecastleError: the data cannot be read.
    """
    t = visitor.language
    table = await visitor.do(describe_source, source)
    editor = _Editor(visitor, source, visual or first_visual(table.fields))
    place.clear()
    with place:
        with page_head(t("Analysis"), source_text(t, source)):
            action(t("Other data"), "/analysis", icon="folder_open")
            if visitor.may_change:
                ui.button(t("Save to dashboard"), icon="save", on_click=editor.save).props(
                    "unelevated no-caps"
                )
        with ui.element("div").style(_SIDES):
            with ui.element("div").style("flex: 1 1 280px; min-width: 0"):
                VisualForm(visitor, source, table.fields, editor.visual, editor.change)
            with ui.element("div").style("flex: 2.4 1 520px; min-width: 0"), panel():
                editor.progress = ui.linear_progress(show_value=False).props("indeterminate")
                editor.box = ui.element("div").classes("stack").props('aria-live="polite"')
        await editor.change(editor.visual)


class _Editor:
    """What is edited, and where it is shown."""

    progress: ui.linear_progress
    box: ui.element

    def __init__(self, visitor: Visitor, source: Source, visual: Visual) -> None:
        self._visitor, self._source, self.visual = visitor, source, visual
        self._asked = 0

    async def change(self, visual: Visual) -> None:
        """Show another visual; of several that are under way only the last counts."""
        self.visual = visual
        self._asked += 1
        asked = self._asked
        address = json.dumps(analysis_path(self._source, visual))
        with self.box:  # what was clicked may be gone by now: the form builds itself anew
            ui.run_javascript(f"history.replaceState(null, '', {address})")
        self.progress.set_visibility(True)
        try:
            data = await self._visitor.do(run_visual, self._source, visual)
        except ForecastleError as error:
            if asked == self._asked:
                self._clear()
                with self.box:
                    error_panel(self._visitor, error)
            return
        if asked == self._asked:
            self._clear()
            title = self._visitor.language(SHAPES[visual.shape][0])
            with self.box:
                show_visual(self._visitor, title, data)

    async def save(self) -> None:
        """Ask where to, and save."""
        await guarded(self._visitor)(save_dialog)(self._visitor, self._source, self.visual)

    def _clear(self) -> None:
        self.progress.set_visibility(False)
        self.box.clear()

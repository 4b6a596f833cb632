"""Starting a run by hand: on the latest files, or on one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.sizes import size_text
from forecastle.pipelines.overview import source_files
from forecastle.pipelines.run_control import PERSON, start_run
from forecastle.storage.buckets import ObjectInfo

_LATEST, _CHOSEN = "latest", "chosen"


class RunNow:
    """A dialog; it leads to the run that it starts.

    Args:
        visitor: who asks.
        name: of the pipeline.
    """

    def __init__(self, visitor: Visitor, name: str) -> None:
        self._visitor, self._name = visitor, name

    async def ask(self) -> None:
        """Open the dialog."""
        t = self._visitor.language
        with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
            ui.label(t("Run {pipeline} now", pipeline=self._name)).classes("error-heading")
            choices = {
                _LATEST: t("On the latest file of each dataset"),
                _CHOSEN: t("On a file of my choice"),
            }
            which = ui.radio(choices, value=_LATEST)
            which.props(f'aria-label="{t("Which files?")}"')
            with ui.element("div").classes("stack") as chooser:
                self._search = ui.input(t("Search a file")).props("outlined dense clearable")
                self._search.on("keydown.enter", guarded(self._visitor)(self._list))
                self._search.on("clear", guarded(self._visitor)(self._list))
                self._files = ui.element("div").classes("stack")
            chooser.bind_visibility_from(which, "value", value=_CHOSEN)
            with ui.element("div").classes("line self-end"):
                ui.button(t("Cancel"), on_click=dialog.close).props("flat no-caps")
                self._start_button = ui.button(t("Start the run"), icon="play_arrow")
                self._start_button.props("unelevated no-caps")
        self._which = which
        self._key: ui.radio | None = None
        self._start_button.on_click(guarded(self._visitor)(self._start))
        which.on_value_change(guarded(self._visitor)(self._list))
        dialog.on("hide", dialog.delete)

    async def _list(self) -> None:
        if self._which.value != _CHOSEN:
            return
        found = await self._visitor.do(source_files, self._name, self._search.value or "")
        self._files.clear()
        with self._files:
            self._show(found)

    def _show(self, found: Sequence[ObjectInfo]) -> None:
        t = self._visitor.language
        if not found:
            self._key = None
            ui.label(t("There is no such file where the pipeline looks for them.")).classes("hint")
            return
        options = {info.key: self._described(info) for info in found}
        self._key = ui.radio(options, value=found[0].key).props(f'aria-label="{t("File")}"')
        ui.label(t("The newest files are shown; search for others.")).classes("hint")

    def _described(self, info: ObjectInfo) -> str:
        t = self._visitor.language
        moment = t.moment(info.modified.timestamp(), self._visitor.zone)
        return f"{info.key} · {size_text(t, info.size)} · {moment}"

    async def _start(self) -> None:
        keys = None
        if self._which.value == _CHOSEN and self._key is not None:
            keys = [str(self._key.value)]
        self._start_button.props("loading")
        try:
            run_id = await self._visitor.change(
                "StartPipelineRun", start_run, self._name, keys, PERSON
            )
        finally:
            self._start_button.props(remove="loading")
        ui.navigate.to(f"/runs/{run_id}")

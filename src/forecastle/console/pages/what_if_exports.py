"""The export of scenarios: baseline and scenarios side by side, into a bucket."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from forecastle.console.pages.forecasts_exports import CSV, PARQUET, named_by_time, s3_place
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import DestinationPicker
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.core.errors import InputError
from forecastle.service.what_if_views import exports_of, view_analysis

_FOLDER = "exports/"
_LONGEST_NAME = 63
_MOST = 50


async def export_form(visitor: Visitor, arn: str) -> None:
    """The exports of an analysis' scenarios, and a form for the next one."""
    t = visitor.language

    def show(found: tuple[tuple[str, str, str, str], ...]) -> None:
        for name, status, message, place in found:
            with ui.element("div").classes("line"):
                ui.label(name)
                status_chip(t, status)
                ui.label(message or place).classes("hint")

    hint = t("The baseline and all scenarios that are ready, side by side")
    with panel(t("Exports of the scenarios"), hint):
        look = await live(
            visitor,
            lambda: visitor.do(exports_of, arn),
            show,
            lambda found: any(status in UNFINISHED for _, status, _, _ in found),
        )
        if not visitor.may_change:
            return
        destination = DestinationPicker(visitor, _FOLDER)
        with ui.element("div").classes("fields"):
            name = ui.input(t("Name of the export"), value=named_by_time(visitor, "what_if"))
            name.props("outlined").props(f"maxlength={_LONGEST_NAME}")
            form = ui.select({CSV: "CSV", PARQUET: "Parquet"}, label=t("Format"), value=CSV)
            form.props("outlined")

        @guarded(visitor)
        async def export() -> None:
            await visitor.call(
                "CreateWhatIfForecastExport",
                WhatIfForecastExportName=name.value.strip(),
                WhatIfForecastArns=await _ready(visitor, arn),
                Destination=s3_place(visitor, destination.path),
                Format=form.value,
            )
            name.value = named_by_time(visitor, "what_if")
            await look()

        with ui.element("div").classes("line"):
            ui.button(t("Export"), icon="upload_file", on_click=export).props("unelevated no-caps")


async def _ready(visitor: Visitor, arn: str) -> list[Any]:
    """The newest scenarios that are ready.

    Raises:
        InputError: there is none.
    """
    t = visitor.language
    found = await visitor.do(view_analysis, arn)
    ready = [each.arn for each in found.scenarios if each.status == "ACTIVE"]
    if not ready:
        raise InputError(t("No scenario is ready yet; try a change first."))
    return ready[-_MOST:]

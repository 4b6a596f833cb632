"""Exports of backtests: started from a predictor's page, and followed there."""

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
from forecastle.service.training_state import TrainingState

_FORMATS = {CSV: "CSV", PARQUET: "Parquet"}
_SHOWN = 5


def export_button(visitor: Visitor, state: TrainingState) -> None:
    """Asks where to, and begins."""
    t = visitor.language

    def ask() -> None:
        with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
            ui.label(t("Export the backtests")).classes("error-heading")
            ui.label(
                t(
                    "Two folders are written: the forecasts of the test windows beside what "
                    "happened, and the errors of each item."
                )
            ).classes("hint")
            destination = DestinationPicker(visitor, "backtests/")
            name = ui.input(t("Name of the export"), value=named_by_time(visitor, state.name))
            kind = ui.select(_FORMATS, value=CSV, label=t("Format"))
            for field in (name, kind):
                field.props("outlined")

            async def export() -> None:
                await visitor.call(
                    "CreatePredictorBacktestExportJob",
                    PredictorBacktestExportJobName=(name.value or "").strip(),
                    PredictorArn=state.arn,
                    Destination=s3_place(visitor, destination.path),
                    Format=kind.value,
                )
                dialog.close()
                ui.navigate.reload()

            with ui.element("div").classes("line self-end"):
                ui.button(t("Cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(t("Export"), on_click=guarded(visitor)(export)).props(
                    "unelevated no-caps"
                )
        dialog.on("hide", dialog.delete)

    ui.button(t("Export the backtests"), icon="download", on_click=ask).props("outline no-caps")


def exports_panel(visitor: Visitor, predictor: str) -> None:
    """The latest exports and how far they are; nothing where there are none."""
    box = ui.element("div").classes("stack")

    async def read() -> list[dict[str, Any]]:
        filters = [{"Key": "PredictorArn", "Value": predictor, "Condition": "IS"}]
        found = await visitor.call(
            "ListPredictorBacktestExportJobs", Filters=filters, MaxResults=_SHOWN
        )
        jobs: list[dict[str, Any]] = found["PredictorBacktestExportJobs"]
        kept = ("PredictorBacktestExportJobName", "Status", "Message", "Destination")
        return [{name: job.get(name) for name in kept} for job in jobs]

    def show(jobs: list[dict[str, Any]]) -> None:
        if not jobs:
            return
        with panel(visitor.language("Exports of the backtests")):
            for job in jobs:
                _show_job(visitor, job)

    async def begin() -> None:
        with box:
            await live(
                visitor, read, show, lambda jobs: any(job["Status"] in UNFINISHED for job in jobs)
            )

    ui.timer(0, guarded(visitor)(begin), once=True)


def _show_job(visitor: Visitor, job: dict[str, Any]) -> None:
    with ui.element("div").classes("line"):
        ui.label(job["PredictorBacktestExportJobName"]).classes("text-weight-bold")
        status_chip(visitor.language, job["Status"])
        ui.label(job["Destination"]["S3Config"]["Path"]).classes("mono")
        if job["Message"]:
            ui.label(job["Message"]).classes("hint")

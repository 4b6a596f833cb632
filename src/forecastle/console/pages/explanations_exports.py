"""The exports of an explanation: impact scores in a bucket, and the form for the next one."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from forecastle.console.pages.forecasts_exports import named_by_time, s3_place
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import DestinationPicker
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.service.explanation_views import ExplanationView

_FOLDER = "explanations/"
_SHOWN = 20
_NAME, _KEPT = "ExplainabilityExportName", ("Status", "Message", "Destination")


def exports_panel(visitor: Visitor, found: ExplanationView) -> None:
    """The latest exports and how far they are; for those who may, a form for the next."""
    t = visitor.language
    with panel(t("Export"), t("The impact scores as a CSV file in a bucket")):
        box = ui.element("div").classes("stack")

    async def read() -> list[dict[str, Any]]:
        filters = [{"Key": "ExplainabilityArn", "Value": found.arn, "Condition": "IS"}]
        answer = await visitor.call("ListExplainabilityExports", Filters=filters, MaxResults=_SHOWN)
        return [
            {name: each.get(name) for name in (_NAME, *_KEPT)}
            for each in answer["ExplainabilityExports"]
        ]

    async def begin() -> None:
        with box:
            look = await live(
                visitor,
                read,
                lambda jobs: _show(visitor, jobs),
                lambda jobs: any(job["Status"] in UNFINISHED for job in jobs),
            )
            if not visitor.may_change:
                return
            destination = DestinationPicker(visitor, _FOLDER)

            @guarded(visitor)
            async def export() -> None:
                await visitor.call(
                    "CreateExplainabilityExport",
                    ExplainabilityExportName=named_by_time(visitor, found.name),
                    ExplainabilityArn=found.arn,
                    Destination=s3_place(visitor, destination.path),
                )
                await look()

            button = ui.button(t("Export"), icon="upload_file", on_click=export)
            button.props("outline no-caps").style("align-self: flex-start")

    ui.timer(0, guarded(visitor)(begin), once=True)


def _show(visitor: Visitor, jobs: list[dict[str, Any]]) -> None:
    if not jobs:
        ui.label(visitor.language("This explanation has not been exported yet.")).classes("hint")
    for job in jobs:
        with ui.element("div").classes("line"):
            ui.label(job[_NAME]).classes("text-weight-bold").props("translate=no")
            status_chip(visitor.language, job["Status"])
            ui.label(job["Destination"]["S3Config"]["Path"]).classes("mono")
            if job["Message"]:
                ui.label(job["Message"]).classes("hint")

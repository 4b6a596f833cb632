"""The exports of a forecast: files in a bucket, for whoever else works with the numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import DestinationPicker
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.service.addresses import id_of
from forecastle.storage.locations import Location

CSV, PARQUET = "CSV", "PARQUET"
_FOLDER = "exports/"
_SHOWN = 20
_LONGEST_NAME = 63


def s3_place(visitor: Visitor, path: str) -> dict[str, Any]:
    """A DataSource or a Destination; whose bucket it is decides, the role is a formality."""
    role = f"arn:aws:iam::{visitor.user.account}:role/forecastle"
    return {"S3Config": {"Path": path, "RoleArn": role}}


async def exports_panel(visitor: Visitor, arn: str, name: str) -> None:
    """The exports of a forecast, and a form for the next one.

    Args:
        visitor: who looks.
        arn: of the forecast.
        name: of the forecast.
    """
    t = visitor.language

    async def read() -> list[dict[str, Any]]:
        filters = [{"Key": "ForecastArn", "Value": arn, "Condition": "IS"}]
        answer = await visitor.call("ListForecastExportJobs", Filters=filters, MaxResults=_SHOWN)
        found: list[dict[str, Any]] = answer["ForecastExportJobs"]
        return found

    with panel(t("Exports"), t("Files in a bucket, for spreadsheets and other systems")) as box:
        box.props("id=exports")
        look = await live(
            visitor,
            read,
            lambda found: _show(visitor, found),
            lambda found: any(each["Status"] in UNFINISHED for each in found),
        )
        if visitor.may_change:
            _form(visitor, arn, name, look)


def _show(visitor: Visitor, found: list[dict[str, Any]]) -> None:
    t = visitor.language
    if not found:
        ui.label(t("This forecast has not been exported yet.")).classes("hint")
        return
    with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
        with ui.element("tr"):
            for text in (t("Export"), t("State"), t("Made"), t("Files"), t("Chart")):
                with ui.element("th").props("scope=col"):
                    ui.label(text)
        for each in found:
            _row(visitor, each)


def _row(visitor: Visitor, job: dict[str, Any]) -> None:
    t = visitor.language
    path = Location.parse(job["Destination"]["S3Config"]["Path"])
    with ui.element("tr"):
        with ui.element("td"):
            ui.label(job["ForecastExportJobName"])
        with ui.element("td"):
            status_chip(t, job["Status"])
            if job.get("Message") and job["Status"] != "ACTIVE":
                ui.label(job["Message"]).classes("hint")
        with ui.element("td"):
            ui.label(t.moment(job["CreationTime"], visitor.zone))
        with ui.element("td"):
            folder = f"{path.key.strip('/')}/" if path.key.strip("/") else ""
            ui.link(str(path), f"/buckets/{path.bucket}?{urlencode({'prefix': folder})}")
        with ui.element("td"):
            if job["Status"] == "ACTIVE":
                address = urlencode({"export": id_of(job["ForecastExportJobArn"])})
                ui.link(t("Analyse this export"), f"/analysis?{address}")


def _form(visitor: Visitor, arn: str, name: str, look: Callable[[], Awaitable[None]]) -> None:
    t = visitor.language
    with (
        ui.expansion(t("Export into a bucket"), icon="drive_file_move")
        .props("header-class=text-weight-medium")
        .classes("full-width"),
        ui.element("div").classes("stack q-pt-sm"),
    ):
        destination = DestinationPicker(visitor, _FOLDER)
        with ui.element("div").classes("fields"):
            chosen = ui.input(t("Name of the export"), value=named_by_time(visitor, name))
            chosen.props("outlined").props(f"maxlength={_LONGEST_NAME}")
            form = ui.select({CSV: "CSV", PARQUET: "Parquet"}, label=t("Format"), value=CSV)
            form.props("outlined")

        @guarded(visitor)
        async def export() -> None:
            button.props("loading")
            try:
                await visitor.call(
                    "CreateForecastExportJob",
                    ForecastExportJobName=chosen.value.strip(),
                    ForecastArn=arn,
                    Destination=s3_place(visitor, destination.path),
                    Format=form.value,
                )
                chosen.value = named_by_time(visitor, name)
                await look()
            finally:
                button.props(remove="loading")

        with ui.element("div").classes("line"):
            button = ui.button(t("Export"), icon="upload_file", on_click=export)
            button.props("unelevated no-caps")


def named_by_time(visitor: Visitor, name: str) -> str:
    """A name that is not taken: with the second, on the reader's clock."""
    moment = datetime.fromtimestamp(visitor.house.service.clock(), visitor.zone)
    stamp = f"{moment:_%Y%m%d_%H%M%S}"
    return name[: _LONGEST_NAME - len(stamp)] + stamp

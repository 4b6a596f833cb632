"""``/forecasts/{id}``: what will be sold."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.forecasts_downloads import file_address
from forecastle.console.pages.forecasts_exports import exports_panel
from forecastle.console.pages.forecasts_movers import movers_panel, summary_facts
from forecastle.console.pages.forecasts_view import ForecastPanel, Wanted
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import error_panel, guarded
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.forecast_summary import ForecastSummary, summary

_ACTIVE = "ACTIVE"
_MINUTE = 60


@page("/forecasts/{name}", mark("Forecast"))
async def show_forecast(
    visitor: Visitor,
    name: str,
    item: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    match: str = "",
    history: str = "",
    compare: str = "",
) -> None:
    """A forecast, from the making to the chart."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.FORECAST, name)
    forecast = await visitor.call("DescribeForecast", ForecastArn=arn)
    ui.page_title(f"{forecast['ForecastName']} · Forecastle")
    group = id_of(forecast["DatasetGroupArn"])
    crumbs(
        [
            (t("Forecasts"), "/"),
            (group, f"/groups/{quote(group)}"),
            (forecast["ForecastName"], None),
        ],
        t("Where this page lies"),
    )
    if forecast["Status"] != _ACTIVE:
        await _show_unfinished(visitor, arn, forecast, group)
        return
    try:
        found = await visitor.do(summary, arn)
    except InputError as error:
        _show_unusable(visitor, forecast, group, error)
        return
    wanted = Wanted.of(item, match, history, compare)
    await _show_ready(visitor, arn, name, found, wanted)


async def _show_ready(
    visitor: Visitor, arn: str, name: str, found: ForecastSummary, wanted: Wanted
) -> None:
    t = visitor.language
    path = f"/forecasts/{quote(name)}"
    made = t.moment(found.created_at, visitor.zone)
    lead = t(
        "Made {moment} by the predictor {predictor}", moment=made, predictor=found.predictor_name
    )
    with page_head(found.name, lead):
        actions = ui.element("div").classes("line")
    summary_facts(visitor, found)
    with panel():
        chart_panel = ForecastPanel(
            visitor,
            arn,
            path,
            found,
            wanted,
            lambda chosen: _link_series(series_links, name, chosen),
        )
        await chart_panel.place()
    movers_panel(visitor, found, chart_panel.show_series)
    await exports_panel(visitor, arn, found.name)
    with actions:
        action(t("What drives this forecast?"), f"{path}/explanation", icon="insights")
        action(t("What if?"), f"{path}/what-if", icon="sell")
        series_links = _download_menu(visitor, name, chart_panel)
        if visitor.may_change:
            _delete_button(visitor, arn, found.name, id_of(found.group))
    _link_series(series_links, name, wanted)


def _download_menu(visitor: Visitor, name: str, chart_panel: ForecastPanel) -> dict[str, ui.item]:
    """The files; those of the series that is shown are returned by their ending."""
    t = visitor.language
    links: dict[str, ui.item] = {}
    with ui.button(t("Download"), icon="download").props("outline no-caps"), ui.menu() as menu:
        _file_item(t("All items, CSV"), "table_rows", file_address(name, "csv"))
        _file_item(t("All items, Parquet"), "table_rows", file_address(name, "parquet"))
        links["csv"] = _file_item(t("This item, CSV"), "show_chart", "")
        links["parquet"] = _file_item(t("This item, Parquet"), "show_chart", "")
        with ui.menu_item(on_click=chart_panel.save_picture):
            _item_text(t("The chart, PNG"), "image")
    menu.on("click", menu.close)
    return links


def _file_item(text: str, icon: str, address: str) -> ui.item:
    with ui.item().props(f'clickable tag=a download href="{address}"') as item:
        _item_text(text, icon)
    return item


def _item_text(text: str, icon: str) -> None:
    ui.icon(icon).props("aria-hidden=true").classes("q-mr-sm self-center")
    ui.label(text).classes("self-center")


def _link_series(links: dict[str, ui.item], name: str, wanted: Wanted) -> None:
    """Offer the files of the series that is shown, if it is one."""
    for ending, item in links.items():
        item.set_visibility(bool(wanted.key))
        item.props["href"] = file_address(name, ending, wanted.key)
        item.update()


def _delete_button(visitor: Visitor, arn: str, name: str, group: str) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the forecast {name}?", name=name)
        text = t("Its exports in this list go with it. Files in buckets stay.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=arn)
            ui.navigate.to(f"/groups/{quote(group)}")

    ui.button(t("Delete"), icon="delete", on_click=delete).props("flat no-caps")


async def _show_unfinished(
    visitor: Visitor, arn: str, forecast: dict[str, Any], group: str
) -> None:
    """A forecast in the making, or one that failed."""
    t = visitor.language
    with page_head(forecast["ForecastName"]):
        if visitor.may_change:
            _delete_button(visitor, arn, forecast["ForecastName"], group)

    async def read() -> dict[str, Any]:
        found = await visitor.call("DescribeForecast", ForecastArn=arn)
        return {
            "status": found["Status"],
            "message": found.get("Message"),
            "left": found.get("EstimatedTimeRemainingInMinutes"),
        }

    def show(found: dict[str, Any]) -> None:
        if found["status"] == _ACTIVE:
            ui.navigate.reload()
            return
        with panel():
            with ui.element("div").classes("line"):
                status_chip(t, found["status"])
                if found["left"] is not None:
                    left = t.duration(found["left"] * _MINUTE)
                    ui.label(t("about {duration} left", duration=left)).classes("hint")
            if found["status"] in UNFINISHED:
                ui.linear_progress(show_value=False).props(
                    f'indeterminate aria-label="{t("Forecasting")}"'
                )
                ui.label(t("The page shows the forecast as soon as it is there.")).classes("hint")
            if found["message"]:
                ui.label(found["message"]).classes("error-line")
            if found["status"].endswith(("FAILED", "STOPPED")) and visitor.may_change:
                action(t("Create a new forecast"), _new(group), icon="add", main=True)

    await live(visitor, read, show, lambda found: found["status"] in UNFINISHED)


def _show_unusable(
    visitor: Visitor, forecast: dict[str, Any], group: str, error: InputError
) -> None:
    """A forecast that is too old to be looked at."""
    t = visitor.language
    with page_head(forecast["ForecastName"]):
        pass
    error_panel(visitor, error)
    with empty(
        "history_toggle_off",
        t("This forecast cannot be shown any more"),
        t("Sales have gone on since it was made. A new one starts from the latest data."),
    ):
        if visitor.may_change:
            action(t("Create a new forecast"), _new(group), icon="add", main=True)
        action(t("To the dataset group"), f"/groups/{quote(group)}")


def _new(group: str) -> str:
    return f"/groups/{quote(group)}/forecast"

"""``/forecasts/{id}/what-if`` and ``/what-if/{id}``: what if the price falls?"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Query
from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.forecasts_exports import named_by_time
from forecastle.console.pages.what_if_exports import export_form
from forecastle.console.pages.what_if_form import scenario_form
from forecastle.console.pages.what_if_view import Shown, show_comparison
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.item_search import Choice, ItemSearch
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.reasons import message_text
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.what_if_views import (
    LEGACY,
    AnalysisView,
    Offer,
    compare,
    offer,
    series_of,
    view_analysis,
)

_ACTIVE = "ACTIVE"


@page("/forecasts/{name}/what-if", mark("What if?"))
async def show_offer(visitor: Visitor, name: str) -> None:
    """The way from a forecast to its scenarios."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.FORECAST, name)
    found = await visitor.do(offer, arn)
    crumbs(
        [
            (t("Forecasts"), "/"),
            (found.group, f"/groups/{quote(found.group)}"),
            (found.forecast, f"/forecasts/{quote(name)}"),
            (t("What if?"), None),
        ],
        t("Where this page lies"),
    )
    lead = t("See what the forecast would be with other prices or promotions.")
    with page_head(t("What if the price falls?"), lead):
        pass
    if found.obstacle:
        _show_obstacle(visitor, found)
        return
    _show_analyses(visitor, found)
    if visitor.may_change:
        _start(visitor, arn, found)


def _show_obstacle(visitor: Visitor, found: Offer) -> None:
    t = visitor.language
    if found.obstacle == LEGACY:
        text = t("The predictor of this forecast runs one algorithm alone. Train with AutoML.")
        heading, path, button = t("This needs AutoML"), "train", t("Train a predictor")
    else:
        text = t(
            "Add a related time series to the dataset group: prices or promotions per item and "
            "date, up to the end of the forecast. Then train again."
        )
        heading = t("There is nothing to change yet")
        path, button = "dataset?type=RELATED_TIME_SERIES", t("Add prices or promotions")
    with empty("sell", heading, text):
        if visitor.may_change:
            action(button, f"/groups/{quote(found.group)}/{path}", icon="add", main=True)


def _show_analyses(visitor: Visitor, found: Offer) -> None:
    t = visitor.language
    if not found.analyses:
        return
    with panel(t("Analyses of this forecast")):
        for identifier, name, status in found.analyses:
            with ui.element("div").classes("line"):
                ui.link(name, f"/what-if/{quote(identifier)}")
                status_chip(t, status)


def _start(visitor: Visitor, arn: str, found: Offer) -> None:
    t = visitor.language

    @guarded(visitor)
    async def start() -> None:
        button.props("loading")
        try:
            made = await visitor.call(
                "CreateWhatIfAnalysis",
                WhatIfAnalysisName=named_by_time(visitor, found.forecast),
                ForecastArn=arn,
            )
            ui.navigate.to(f"/what-if/{quote(id_of(made['WhatIfAnalysisArn']))}")
        finally:
            button.props(remove="loading")

    with panel(t("A new analysis")):
        ui.label(
            t(
                "First it learns from the history how sales answered when prices or promotions "
                "changed; that takes a moment. Then you try changes, as many as you like."
            )
        ).classes("hint")
        button = ui.button(t("Begin"), icon="play_arrow", on_click=start)
        button.props("unelevated no-caps").style("align-self: flex-start")


@page("/what-if/{name}", mark("What if?"))
async def show_analysis(
    visitor: Visitor,
    name: str,
    item: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
) -> None:
    """An analysis: scenarios beside the baseline."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.WHAT_IF_ANALYSIS, name)
    found = await visitor.do(view_analysis, arn)
    crumbs(
        [
            (t("Forecasts"), "/"),
            (found.group, f"/groups/{quote(found.group)}"),
            (found.forecast, f"/forecasts/{quote(found.forecast)}"),
            (t("What if?"), f"/forecasts/{quote(found.forecast)}/what-if"),
            (found.name, None),
        ],
        t("Where this page lies"),
    )
    with page_head(t("What if the price falls?"), found.name):
        if visitor.may_change:
            _delete_button(visitor, arn, found)
    if found.status != _ACTIVE:
        await _show_unfinished(visitor, arn)
        return
    await _show_ready(visitor, arn, name, found, tuple(item))


async def _show_ready(
    visitor: Visitor, arn: str, name: str, found: AnalysisView, key: tuple[str, ...]
) -> None:
    t = visitor.language
    with panel():
        with ui.element("div").classes("line"):
            _search(visitor, arn, name, key)

        async def read() -> Shown:
            newest = await visitor.do(view_analysis, arn)
            return Shown(newest, await visitor.do(compare, arn, key))

        look = await live(
            visitor,
            read,
            lambda shown: show_comparison(visitor, shown, key),
            lambda shown: any(each.status in UNFINISHED for each in shown.view.scenarios),
        )
    if found.message:
        ui.label(message_text(visitor.language, found.message)).classes("hint")
    if visitor.may_change:
        with panel(t("Try a change"), t("The forecast stays as it is.")):
            scenario_form(visitor, arn, found, key, look)
    await export_form(visitor, arn)


def _search(visitor: Visitor, arn: str, name: str, key: tuple[str, ...]) -> None:
    t = visitor.language
    path = f"/what-if/{quote(name)}"

    async def find(text: str) -> list[Choice]:
        every = [] if text else [Choice(t("All items together"), ())]
        return [
            *every,
            *(Choice(" / ".join(each), each) for each in await visitor.do(series_of, arn, text)),
        ]

    async def choose(choice: Choice) -> None:
        parts = choice.value if isinstance(choice.value, tuple) else ()
        query = "&".join(f"item={quote(part, safe='')}" for part in parts)
        ui.navigate.to(f"{path}?{query}" if query else path)

    shown = " / ".join(key) if key else t("All items together")
    ItemSearch(visitor, t("Item"), find, choose, shown)


def _delete_button(visitor: Visitor, arn: str, found: AnalysisView) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the analysis {name}?", name=found.name)
        if await confirm(visitor, question, t("Its scenarios go with it."), t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=arn)
            ui.navigate.to(f"/forecasts/{quote(found.forecast)}/what-if")

    ui.button(t("Delete"), icon="delete", on_click=delete).props("flat no-caps")


async def _show_unfinished(visitor: Visitor, arn: str) -> None:
    """An analysis in the making, or one that failed."""
    t = visitor.language

    def show(found: AnalysisView) -> None:
        if found.status == _ACTIVE:
            ui.navigate.reload()
            return
        with panel():
            status_chip(t, found.status)
            if found.status in UNFINISHED:
                ui.label(t("Learning how sales answer to changes.")).classes("hint")
            if found.message:
                ui.label(found.message).classes("error-line")

    await live(
        visitor,
        lambda: visitor.do(view_analysis, arn),
        show,
        lambda found: found.status in UNFINISHED,
    )

"""``/monitors`` and ``/monitors/{id}``: whether forecasts are still as good as they were."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.monitors_view import monitor_actions, show_accuracy
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import status_chip
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.monitor_views import MonitorView, monitor_view, monitor_views

_SECONDS = 5.0
_DELETABLE = ("ACTIVE", "ACTIVE_STOPPED", "CREATE_FAILED", "CREATE_STOPPED")


@page("/monitors", mark("Monitors"))
async def show_monitors(visitor: Visitor) -> None:
    """All monitors of the account."""
    t = visitor.language
    lead = t("A monitor tells whether forecasts turn out as good as the backtest promised.")
    with page_head(t("Monitors"), lead):
        pass

    def show(found: list[MonitorView]) -> None:
        if not found:
            text = t("Open a predictor and choose to watch its accuracy.")
            with empty("monitor_heart", t("There is no monitor yet"), text):
                action(t("To the forecasts"), "/")
        for each in found:
            _show_row(visitor, each)

    await live(visitor, lambda: visitor.do(monitor_views), show, lambda _: True, _SECONDS)


def _show_row(visitor: Visitor, view: MonitorView) -> None:
    t = visitor.language
    with panel():
        with ui.element("div").classes("panel-head"):
            with ui.element("h2"):
                ui.link(view.name, f"/monitors/{quote(id_of(view.arn))}").props("translate=no")
            status_chip(t, view.status)
        ui.label(t("Watches the predictor {name}", name=view.predictor_name))
        if view.has_fallen:
            ui.label(t("Accuracy has fallen")).classes("text-weight-bold")


@page("/monitors/{identifier}", mark("Monitor"))
async def show_monitor(visitor: Visitor, identifier: str) -> None:
    """One monitor."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.MONITOR, identifier)
    first = await visitor.do(monitor_view, arn)
    ui.page_title(f"{first.name} · Forecastle")
    crumbs([(t("Monitors"), "/monitors"), (first.name, None)], t("Where this page lies"))
    lead = t("Watches the predictor {name}", name=first.predictor_name)
    with page_head(first.name, lead):
        actions = ui.element("div").classes("line")
    shown: list[str] = []

    def show(view: MonitorView) -> None:
        if shown != [view.status]:
            shown[:] = [view.status]
            actions.clear()
            with actions:
                monitor_actions(visitor, view)
                if visitor.may_change and view.status in _DELETABLE:
                    _delete_button(visitor, view)
        with panel(t("How good its forecasts turned out")):
            show_accuracy(visitor, view)

    # An import may bring actuals at any time.
    await live(visitor, lambda: visitor.do(monitor_view, arn), show, lambda _: True, _SECONDS)


def _delete_button(visitor: Visitor, view: MonitorView) -> None:
    t = visitor.language

    async def delete() -> None:
        text = t("What the monitor {name} found goes with it for good.", name=view.name)
        if await confirm(visitor, t("Delete the monitor?"), text, t("Delete")):
            await visitor.call("DeleteMonitor", MonitorArn=view.arn)
            ui.navigate.to("/monitors")

    button = ui.button(icon="delete", on_click=guarded(visitor)(delete))
    button.props(f'flat round aria-label="{t("Delete")}"')

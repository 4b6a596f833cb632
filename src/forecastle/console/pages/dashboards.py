"""``/dashboards``: all of the account, and a new one; a starter is made with one click."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, empty, page_head, panel, title
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of
from forecastle.service.analysis_sources import list_choices, name_of
from forecastle.service.dashboard_tiles import View
from forecastle.service.dashboards import create_dashboard, list_dashboards, starter_dashboard
from forecastle.service.source_files import Source, SourceKind

_NONE = ""


@page("/dashboards", mark("Dashboards"))
async def show_dashboards(visitor: Visitor) -> None:
    """All dashboards."""
    t = visitor.language
    found = await visitor.do(list_dashboards)
    lead = t("Charts side by side that follow each new forecast.")
    with page_head(t("Dashboards"), lead):
        if found and visitor.may_change:
            action(t("New dashboard"), "/dashboards/new", icon="add", main=True)
    if not found:
        text = t(
            "A dashboard shows charts of your forecasts side by side and is always up to date. "
            "Begin with one that is made for you, or save charts of an analysis."
        )
        with empty("space_dashboard", t("There is no dashboard yet"), text):
            if visitor.may_change:
                action(t("New dashboard"), "/dashboards/new", icon="add", main=True)
            action(t("Analysis"), "/analysis", icon="query_stats")
        return
    with ui.element("div").classes("grid"):
        for each in found:
            _card(visitor, each)


def _card(visitor: Visitor, view: View) -> None:
    t, dashboard = visitor.language, view.dashboard
    count = t.plural("{count} visual", "{count} visuals", len(view.tiles))
    when = t.moment(dashboard.changed_at, visitor.zone)
    with ui.link(target=f"/dashboards/{dashboard.dashboard_id}").classes("panel card-link"):
        with ui.element("div").props("translate=no"):
            title(dashboard.name, 2)
        ui.label(count)
        changed = t("Changed by {name}, {moment}", name=dashboard.changed_by, moment=when)
        ui.label(changed).classes("hint")


@page("/dashboards/new", mark("New dashboard"))
async def new_dashboard(visitor: Visitor, group: str = "") -> None:
    """A name, and the dataset group whose forecasts it shows at first."""
    t = visitor.language
    choices = await visitor.do(list_choices, SourceKind.GROUP)
    groups = {each.source.value: each.name for each in choices}
    if group:
        arn = await visitor.do(arn_of, ResourceType.DATASET_GROUP, group)
        groups.setdefault(arn, name_of(Source(SourceKind.GROUP, arn)))
    with page_head(t("New dashboard")):
        pass
    with panel():
        name = ui.input(t("Name of the dashboard"), value=group)
        name.props("outlined maxlength=128 autofocus")
        start = ui.select(
            {_NONE: t("Empty: I add charts myself"), **groups},
            label=t("Begin with the forecasts of"),
            value=arn if group else next(iter(groups), _NONE),
        ).props("outlined")
        hint = t(
            "You get three charts of the newest export: all sales by day, the items that sell "
            "most, and each item by day."
        )
        ui.label(hint).classes("hint").bind_visibility_from(start, "value", bool)

        @guarded(visitor)
        async def create() -> None:
            button.props("loading")
            try:
                made = await _create(visitor, str(name.value or ""), str(start.value or _NONE))
            finally:
                button.props(remove="loading")
            ui.navigate.to(f"/dashboards/{made.dashboard.dashboard_id}")

        button = ui.button(t("Create"), icon="add", on_click=create)
        button.props("unelevated no-caps").classes("self-start")


async def _create(visitor: Visitor, name: str, group: str) -> View:
    t = visitor.language
    if group == _NONE:
        return await visitor.change("CreateDashboard", create_dashboard, name)
    titles = (t("Forecast by day"), t("Items that sell most"), t("Items by day"))
    return await visitor.change("CreateDashboard", starter_dashboard, group, name, titles)

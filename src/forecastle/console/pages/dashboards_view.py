"""``/dashboards/{id}``: visuals side by side that follow their data; and their layout."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.analysis_words import analysis_path
from forecastle.console.pages.dashboards_layout import TileTools
from forecastle.console.pages.dashboards_links import links_dialog
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import error_panel, guarded, unexpected_panel
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, title
from forecastle.console.widgets.visuals import follow_visual
from forecastle.core.errors import ForecastleError
from forecastle.service.analyses import VisualData
from forecastle.service.dashboard_tiles import Tile, View
from forecastle.service.dashboards import delete_dashboard, open_dashboard, run_tile

GRID = (
    "display: grid; gap: 16px; width: 100%; align-items: start; "
    "grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr))"
)
WIDE = "grid-column: 1 / -1"


@page("/dashboards/{dashboard_id}", mark("Dashboard"))
async def show_dashboard(visitor: Visitor, dashboard_id: str, edit: bool = False) -> None:
    """One dashboard; with ``edit`` its layout can be changed."""
    t = visitor.language
    view = await visitor.do(open_dashboard, dashboard_id)
    dashboard = view.dashboard
    edit = edit and visitor.may_change
    crumbs([(t("Dashboards"), "/dashboards"), (dashboard.name, None)], t("Path"))
    ui.page_title(f"{dashboard.name} · Forecastle")
    lead = t(
        "Changed by {name}, {moment}",
        name=dashboard.changed_by,
        moment=t.moment(dashboard.changed_at, visitor.zone),
    )
    looks: list[object] = []
    with page_head(dashboard.name, lead):
        _actions(visitor, view, edit, looks)
    if not view.tiles:
        text = t("Choose data, make a chart, and save it to this dashboard.")
        with empty("add_chart", t("This dashboard is empty"), text):
            action(t("Analysis"), "/analysis", icon="query_stats", main=True)
        return
    tools = TileTools(visitor, view) if edit else None
    with ui.element("div").style(GRID):
        for tile in view.tiles:
            looks.append(_show_tile(visitor, view, tile, tools))


def _actions(visitor: Visitor, view: View, edit: bool, looks: list[object]) -> None:
    t, path = visitor.language, f"/dashboards/{view.dashboard.dashboard_id}"

    @guarded(visitor)
    async def refresh() -> None:
        button.props("loading")
        for look in looks:
            if callable(look):
                await look()
        button.props(remove="loading")

    if edit:
        _delete_button(visitor, view)
        action(t("Done"), path, icon="check", main=True)
        return
    button = ui.button(t("Refresh"), icon="refresh", on_click=refresh).props("outline no-caps")
    if visitor.may_change:
        links = guarded(visitor)(partial(links_dialog, visitor, view))
        ui.button(t("Share"), icon="link", on_click=links).props("outline no-caps")
        action(t("Edit layout"), f"{path}?edit=true", icon="edit")


def _delete_button(visitor: Visitor, view: View) -> None:
    t, dashboard = visitor.language, view.dashboard

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the dashboard {name}?", name=dashboard.name)
        text = t("Links that share it show nothing any more. Forecasts and exports stay.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.change("DeleteDashboard", delete_dashboard, dashboard.dashboard_id)
            ui.navigate.to("/dashboards")

    ui.button(t("Delete"), icon="delete", on_click=delete).props("outline no-caps color=negative")


def _show_tile(visitor: Visitor, view: View, tile: Tile, tools: TileTools | None) -> object:
    async def read(before: VisualData | None) -> VisualData:
        identity = view.dashboard.dashboard_id
        return await visitor.do(run_tile, identity, tile.tile_id, before)

    def tell(error: Exception) -> None:
        if isinstance(error, ForecastleError):
            error_panel(visitor, error)
        else:
            unexpected_panel(visitor, error)

    box = ui.element("section").classes("panel").style(WIDE if tile.is_wide else "")
    with box:
        with ui.element("div").classes("panel-head"):
            title(tile.title, 2)
            if tools is None:
                path = analysis_path(tile.source, tile.visual)
                ui.link(visitor.language("Open in analysis"), path).classes("hint")
        if tools is not None:
            tools.show(tile)
        return follow_visual(visitor, tile.title, read, tell)

"""Saving a visual to a dashboard, one that is there or a new one."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.pages.analysis_words import SHAPES
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import title
from forecastle.service.context import Context
from forecastle.service.dashboard_tiles import View
from forecastle.service.dashboards import (
    add_visual,
    create_dashboard,
    list_dashboards,
    new_tile,
)
from forecastle.service.source_files import Source
from forecastle.service.visuals import Visual

_NEW = ""


async def save_dialog(visitor: Visitor, source: Source, visual: Visual) -> None:
    """Ask for title and dashboard, save, and go there."""
    t = visitor.language
    found = await visitor.do(list_dashboards)
    names = {each.dashboard.dashboard_id: each.dashboard.name for each in found}
    with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
        title(t("Save to dashboard"), 2)
        heading = ui.input(t("Title of the visual"), value=t(SHAPES[visual.shape][0]))
        heading.props("outlined dense autofocus maxlength=128")
        choice = ui.select(
            {**names, _NEW: t("A new dashboard")},
            label=t("Dashboard"),
            value=next(iter(names), _NEW),
        ).props("outlined dense")
        name = ui.input(t("Name of the new dashboard")).props("outlined dense maxlength=128")
        name.bind_visibility_from(choice, "value", value=_NEW)

        @guarded(visitor)
        async def save() -> None:
            wanted = (str(choice.value or _NEW), str(name.value or ""), str(heading.value or ""))
            saved = await visitor.change("ChangeDashboard", _save, *wanted, source, visual)
            dialog.close()
            ui.navigate.to(f"/dashboards/{saved.dashboard.dashboard_id}")

        with ui.element("div").classes("line self-end"):
            ui.button(t("Cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(t("Save"), icon="save", on_click=save).props("unelevated no-caps")
    dialog.on("hide", dialog.delete)


def _save(
    context: Context, dashboard_id: str, name: str, heading: str, source: Source, visual: Visual
) -> View:
    if dashboard_id != _NEW:
        return add_visual(context, dashboard_id, heading, source, visual)
    return create_dashboard(context, name, [new_tile(context, heading, source, visual)])

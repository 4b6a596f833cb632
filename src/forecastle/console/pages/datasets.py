"""``/datasets/{name}``: the columns of a dataset, what it holds, and its imports."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import (
    group_path,
    import_path,
    type_name,
)
from forecastle.console.pages.imports import MODES
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import action, crumbs, fact, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.schema_editor import TYPES
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.console.widgets.statistics import facts, statistics_table
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.dataset_views import DatasetView, view_dataset


@page("/datasets/{name}", mark("Dataset"))
async def show_dataset(visitor: Visitor, name: str) -> None:
    """A dataset."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.DATASET, name)
    first = await visitor.do(view_dataset, arn)
    trail: list[tuple[str, str | None]] = [(t("Forecasts"), "/")]
    trail += [(title, group_path(id_of(group))) for title, group in first.groups[:1]]
    crumbs([*trail, (first.name, None)], t("Where this page lies"))
    with page_head(first.name, f"{type_name(t, first.dataset_type)} · {first.domain}"):
        if visitor.may_change:
            _actions(visitor, first)

    async def read() -> DatasetView:
        return await visitor.do(view_dataset, arn)

    await live(
        visitor,
        read,
        lambda view: _show(visitor, view),
        lambda view: any(each.status in UNFINISHED for each in view.imports),
    )


def _show(visitor: Visitor, view: DatasetView) -> None:
    _holdings_panel(visitor, view)
    _imports_panel(visitor, view)
    _schema_panel(visitor, view)


def _holdings_panel(visitor: Visitor, view: DatasetView) -> None:
    t, held = visitor.language, view.holdings
    with panel(t("What it holds")):
        if held is None:
            ui.label(t("Nothing yet: import a file."))
            return
        with facts():
            fact(t("Rows"), t.number(held.rows))
            fact(t("Items"), t.number(held.items))
            if held.first is not None and held.last is not None:
                fact(t("First date"), t.date(held.first))
                fact(t("Last date"), t.date(held.last))
        current = next((each for each in view.imports if each.is_current), None)
        if current is not None and current.statistics:
            with ui.expansion(t("The columns in numbers")).classes("full-width"):
                statistics_table(visitor, current.statistics)


def _imports_panel(visitor: Visitor, view: DatasetView) -> None:
    t = visitor.language
    with panel(t("Imports")):
        if not view.imports:
            ui.label(t("There are none yet.")).classes("hint")
            return
        with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for heading in (t("Name"), t("State"), t("Began"), t("Rows"), t("Mode")):
                    with ui.element("th").props("scope=col"):
                        ui.label(heading)
            with ui.element("tbody"):
                for each in view.imports:
                    with ui.element("tr"):
                        with ui.element("td"):
                            ui.link(each.name, import_path(each.arn))
                        with ui.element("td"):
                            status_chip(t, each.status)
                        for text in (
                            t.moment(each.created_at, visitor.zone),
                            t.number(each.rows),
                            t(MODES[each.mode]),
                        ):
                            with ui.element("td"):
                                ui.label(text)


def _schema_panel(visitor: Visitor, view: DatasetView) -> None:
    t = visitor.language
    with panel(t("Columns")):
        if view.frequency is not None:
            fact(t("Frequency of the data"), frequency_text(t, view.frequency))
        with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for heading in (t("Attribute"), t("Type")):
                    with ui.element("th").props("scope=col"):
                        ui.label(heading)
            with ui.element("tbody"):
                for name, type_ in view.attributes:
                    with ui.element("tr"):
                        with ui.element("th").props("scope=row"):
                            ui.label(name).classes("mono")
                        with ui.element("td"):
                            ui.label(t(TYPES[type_]))


def _actions(visitor: Visitor, view: DatasetView) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the dataset {name}?", name=view.name)
        text = t("Its data and the list of its imports go. Files in buckets stay as they are.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=view.arn)
            group = group_path(id_of(view.groups[0][1])) if view.groups else "/"
            ui.navigate.to(group)

    if view.groups:
        group = id_of(view.groups[0][1])
        path = f"{group_path(group, 'import')}?dataset={quote(id_of(view.arn))}"
        action(t("Import data"), path, icon="upload_file", main=True)
    ui.button(t("Delete"), icon="delete", on_click=delete).props("outline no-caps color=negative")

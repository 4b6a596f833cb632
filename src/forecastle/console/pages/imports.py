"""``/imports/{dataset}/{name}``: how far an import is, what it found, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from nicegui import ui

from forecastle.catalog.status import ACTIVE
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import dataset_path, group_path, type_name
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, fact, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.sizes import size_text
from forecastle.console.widgets.states import BAD, BUSY, UNFINISHED, kind_of, status_chip
from forecastle.console.widgets.statistics import facts, statistics_table
from forecastle.core.names import ResourceType
from forecastle.series.domains import TARGET_TIME_SERIES
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.dataset_views import DatasetView, ImportView, view_dataset, view_import

_STEPS: Mapping[str, str] = {
    "fetching the files": mark("The files are being fetched"),
    "reading the files": mark("The files are being read"),
    "saving": mark("The data are being saved"),
}
MODES: Mapping[str, str] = {
    "FULL": mark("Replaces what was there"),
    "INCREMENTAL": mark("Adds to what was there"),
}


@page("/imports/{dataset}/{name}", mark("Import"))
async def show_import(visitor: Visitor, dataset: str, name: str) -> None:
    """An import, followed until it is over."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.DATASET_IMPORT_JOB, f"{dataset}/{name}")
    found = await visitor.do(view_import, arn)
    of = await visitor.do(view_dataset, found.dataset)
    trail: list[tuple[str, str | None]] = [(t("Forecasts"), "/")]
    trail += [(title, group_path(id_of(group))) for title, group in of.groups[:1]]
    crumbs([*trail, (of.name, dataset_path(of.arn)), (name, None)], t("Where this page lies"))
    with page_head(found.name, t("Import into {name}", name=of.name)):
        if visitor.may_change:
            _delete_button(visitor, found, dataset_path(of.arn))

    async def read() -> ImportView:
        return await visitor.do(view_import, arn)

    await live(
        visitor,
        read,
        lambda view: _show(visitor, view, of),
        lambda view: view.status in UNFINISHED,
    )


def _show(visitor: Visitor, view: ImportView, dataset: DatasetView) -> None:
    t = visitor.language
    with panel():
        with ui.element("div").classes("line"):
            status_chip(t, view.status)
            if view.step is not None:
                ui.label(t(_STEPS.get(view.step, view.step))).classes("hint")
        if kind_of(view.status) == BUSY:
            bar = ui.linear_progress(view.fraction or 0.0, show_value=False)
            bar.props(f'aria-label="{t("Progress")}"')
        if view.message and kind_of(view.status) == BAD:
            _show_failure(visitor, view, dataset)
        with facts():
            if view.rows is not None:
                fact(t("Rows"), t.number(view.rows))
            if view.size is not None:
                fact(t("Size"), size_text(t, view.size))
            fact(t("Began"), t.moment(view.created_at, visitor.zone))
            fact(t("Mode"), t(MODES[view.mode]))
        ui.label(view.path).classes("mono hint")
    if view.status == ACTIVE:
        _show_next(visitor, view, dataset)
        with panel(t("The columns in numbers")):
            statistics_table(visitor, view.statistics)


def _show_failure(visitor: Visitor, view: ImportView, dataset: DatasetView) -> None:
    t = visitor.language
    with ui.element("section").props("role=alert").classes("error-panel"):
        ui.label(t("Nothing was imported; the dataset is as it was.")).classes("error-heading")
        for line in (view.message or "").splitlines():
            ui.label(line).classes("error-line")
        if visitor.may_change and dataset.groups:
            group = id_of(dataset.groups[0][1])
            path = f"{group_path(group, 'import')}?dataset={quote(id_of(dataset.arn))}"
            action(t("Import another file"), path, icon="upload_file")


def _show_next(visitor: Visitor, view: ImportView, dataset: DatasetView) -> None:
    t = visitor.language
    with panel(t("What comes next")):
        if not view.is_current:
            ui.label(t("A newer import has replaced these data."))
        if not dataset.groups:
            ui.label(t("The dataset is in no dataset group yet; add it to one to train with it."))
            return
        is_target = dataset.dataset_type == TARGET_TIME_SERIES
        group = id_of(dataset.groups[0][1])
        ui.label(
            t("The data are there. Now train a predictor: it learns from them how sales go.")
            if is_target
            else t(
                "{kind}: the next training takes them in.", kind=type_name(t, dataset.dataset_type)
            )
        )
        with ui.element("div").classes("line"):
            if visitor.may_change:
                action(t("Train a predictor"), group_path(group, "train"), icon="school", main=True)
            action(t("Back to the group"), group_path(group), icon="arrow_back")


def _delete_button(visitor: Visitor, view: ImportView, after: str) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the import {name}?", name=view.name)
        text = t("Its record goes; data that the dataset holds now stay.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.call("DeleteDatasetImportJob", DatasetImportJobArn=view.arn)
            ui.navigate.to(after)

    ui.button(t("Delete"), icon="delete", on_click=delete).props("outline no-caps color=negative")

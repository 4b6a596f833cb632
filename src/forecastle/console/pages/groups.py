"""``/groups/{name}``: the guided way of a dataset group, and everything that is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import TYPES, dataset_path, type_name
from forecastle.console.pages.groups_guide import facts_text, show_progress, show_steps
from forecastle.console.pages.groups_things import show_things
from forecastle.console.pages.groups_words import DOMAINS, dataset_step_path, step_path, thing_path
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, page_head, panel, plain_text
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import status_chip
from forecastle.core.names import ResourceType
from forecastle.series.domains import ITEM_METADATA, RELATED_TIME_SERIES
from forecastle.service.addresses import arn_of
from forecastle.service.context import Context
from forecastle.service.group_overview import (
    GroupOverview,
    Step,
    Thing,
    describe_group,
    list_things,
)

Things = dict[ResourceType, tuple[Thing, ...]]


@page("/groups/{name}", mark("Dataset group"))
async def show_group(visitor: Visitor, name: str) -> None:
    """A dataset group."""
    t = visitor.language
    group = await visitor.do(_described, name)
    ui.page_title(f"{group.name} · Forecastle")
    crumbs([(t("Forecasts"), "/"), (group.name, None)], t("Where this page lies"))
    domain = DOMAINS[group.domain][0]
    with page_head(group.name, t("Dataset group · {domain}", domain=t(domain))):
        forecast = group.step(Step.FORECAST).usable
        if forecast is not None:
            action(t("See the forecast"), step_path(group, Step.EXPORT), icon="insights", main=True)
        if visitor.may_change:
            _delete_button(visitor, group)
    with panel(t("Your way to a forecast")):
        await live(
            visitor,
            lambda: visitor.do(_described, name),
            lambda found: show_steps(visitor, found),
            lambda found: found.is_busy,
        )
    with panel(t("Data that can make it better"), t("Optional: forecasts work without them.")):
        await live(
            visitor,
            lambda: visitor.do(_described, name),
            lambda found: _show_additions(visitor, found),
            lambda found: found.is_busy,
        )
    await _show_everything(visitor, name)


async def _show_everything(visitor: Visitor, name: str) -> None:
    look: list[Callable[[], Awaitable[None]]] = []

    async def changed() -> None:
        for each in look:
            await each()

    with panel(visitor.language("Everything in this dataset group")):
        look.append(
            await live(
                visitor,
                lambda: visitor.do(_listed, name),
                lambda found: show_things(visitor, found, changed),
                _something_goes_on,
            )
        )


def _something_goes_on(things: Things) -> bool:
    return any(each.is_unfinished for found in things.values() for each in found)


def _described(context: Context, name: str) -> GroupOverview:
    return describe_group(context, arn_of(context, ResourceType.DATASET_GROUP, name))


def _listed(context: Context, name: str) -> Things:
    return list_things(context, arn_of(context, ResourceType.DATASET_GROUP, name))


def _delete_button(visitor: Visitor, group: GroupOverview) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        question = t("Delete the dataset group {name}?", name=group.name)
        text = t(
            "Its predictors, forecasts and the records of its exports are deleted too. "
            "Its datasets and exported files stay."
        )
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=group.arn)
            ui.navigate.to("/")

    ui.button(t("Delete"), icon="delete", on_click=delete).props("outline no-caps")


def _show_additions(visitor: Visitor, group: GroupOverview) -> None:
    """Related time series and item metadata: there, or how they come."""
    with ui.element("div").classes("fields"):
        for dataset_type in (RELATED_TIME_SERIES, ITEM_METADATA):
            with ui.element("div").classes("stack"):
                with ui.element("h3"):
                    plain_text(type_name(visitor.language, dataset_type))
                _show_addition(visitor, group, dataset_type)


def _show_addition(visitor: Visitor, group: GroupOverview, dataset_type: str) -> None:
    t, dataset = visitor.language, group.datasets.get(dataset_type)
    if dataset is None:
        ui.label(t(TYPES[dataset_type][1])).classes("hint")
        if visitor.may_change:
            with ui.element("div").classes("line"):
                action(t("Add"), dataset_step_path(group, dataset_type), icon="add")
        return
    ui.link(dataset.name, dataset_path(dataset.arn))
    data = group.data.get(dataset_type)
    if data is None:
        ui.label(t("No data are imported yet.")).classes("hint")
    else:
        with ui.element("div").classes("line"):
            ui.link(data.name, thing_path(data))
            status_chip(t, data.status)
            ui.label(facts_text(visitor, data)).classes("hint")
        show_progress(t, data)
    if visitor.may_change:
        with ui.element("div").classes("line"):
            action(t("Import data"), f"/groups/{group.id}/import?dataset={dataset.id}")

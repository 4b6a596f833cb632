"""``/explanations/{id}``, and the way there from a predictor and a forecast: what drives sales?"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query
from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.explanations_exports import exports_panel
from forecastle.console.pages.explanations_view import show_scores
from forecastle.console.pages.forecasts_exports import named_by_time
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.core.names import Arn, ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.explainabilities import ALL_OF_ALL
from forecastle.service.explanation_views import (
    ExplanationView,
    explanation_for,
    explanation_view,
)

_ACTIVE = "ACTIVE"
_QUESTION = mark("What drives this forecast?")


@page("/predictors/{name}/explanation", _QUESTION)
async def explain_predictor(visitor: Visitor, name: str) -> None:
    """The explanation of a predictor, or the button that makes it."""
    await _lead(visitor, await visitor.do(arn_of, ResourceType.PREDICTOR, name))


@page("/forecasts/{name}/explanation", _QUESTION)
async def explain_forecast(visitor: Visitor, name: str) -> None:
    """The explanation of a forecast, or the button that makes it."""
    await _lead(visitor, await visitor.do(arn_of, ResourceType.FORECAST, name))


async def _lead(visitor: Visitor, resource: str) -> None:
    t = visitor.language
    found = await visitor.do(explanation_for, resource)
    if found is not None:
        ui.navigate.to(f"/explanations/{quote(id_of(found))}")
        return
    name = id_of(resource).partition("_01")[0]
    crumbs([(t("Forecasts"), "/"), _way_back(t(_QUESTION), resource)], t("Where this page lies"))
    with page_head(t(_QUESTION), id_of(resource)):
        pass

    @guarded(visitor)
    async def make() -> None:
        made = await visitor.call(
            "CreateExplainability",
            ExplainabilityName=named_by_time(visitor, name),
            ResourceArn=resource,
            ExplainabilityConfig=ALL_OF_ALL,
        )
        ui.navigate.to(f"/explanations/{quote(id_of(made['ExplainabilityArn']))}")

    with empty("insights", t("Nobody has asked yet"), _meaning(visitor)):
        if visitor.may_change:
            ui.button(t("Explain"), icon="insights", on_click=make).props("unelevated no-caps")


def _meaning(visitor: Visitor) -> str:
    return visitor.language(
        "An explanation tells by how many units prices, promotions, properties of items, holidays "
        "and the calendar raise or lower the forecast, for each item and step."
    )


def _way_back(text: str, resource: str) -> tuple[str, str]:
    parsed = Arn.parse(resource)
    kind = "forecasts" if parsed and parsed.type is ResourceType.FORECAST else "predictors"
    return text, f"/{kind}/{quote(id_of(resource))}"


@page("/explanations/{name}", _QUESTION)
async def show_explanation(
    visitor: Visitor,
    name: str,
    item: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
) -> None:
    """An explanation, of all items or of the one that the address names."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.EXPLAINABILITY, name)
    first = await visitor.do(explanation_view, arn, tuple(item))
    group = id_of(first.group)
    crumbs(
        [
            (t("Forecasts"), "/"),
            (group, f"/groups/{quote(group)}"),
            _way_back(id_of(first.of), first.of),
            (first.name, None),
        ],
        t("Where this page lies"),
    )
    made = t.moment(first.created_at, visitor.zone)
    with page_head(t(_QUESTION), t("Explained {moment}", moment=made)):
        if visitor.may_change:
            _delete_button(visitor, first)

    async def read() -> ExplanationView:
        return await visitor.do(explanation_view, arn, tuple(item))

    def show(found: ExplanationView) -> None:
        if found.status != _ACTIVE:
            _show_unfinished(visitor, found)
            return
        _choose_item(visitor, found)
        show_scores(visitor, found)
        exports_panel(visitor, found)

    await live(visitor, read, show, lambda found: found.status in UNFINISHED)


def _show_unfinished(visitor: Visitor, found: ExplanationView) -> None:
    t = visitor.language
    with panel():
        with ui.element("div").classes("line"):
            status_chip(t, found.status)
        if found.message:
            ui.label(found.message).classes("error-line")
        if found.status in UNFINISHED:
            bar = ui.linear_progress(show_value=False)
            bar.props(f'indeterminate aria-label="{t("Explaining")}"')
            ui.label(t("The page shows the explanation as soon as it is there.")).classes("hint")


def _choose_item(visitor: Visitor, found: ExplanationView) -> None:
    t = visitor.language
    options = {-1: t("All items")}
    options |= {number: " · ".join(key) for number, key in enumerate(found.keys)}

    def go(chosen: int) -> None:
        key = found.keys[chosen] if chosen >= 0 else ()
        query = urlencode([("item", part) for part in key])
        ui.navigate.to(f"/explanations/{quote(id_of(found.arn))}{'?' if query else ''}{query}")

    now = found.keys.index(found.key) if found.key else -1
    ui.select(
        options,
        label=t("Item"),
        value=now,
        with_input=True,
        on_change=lambda event: go(-1 if event.value is None else event.value),
    ).props("outlined").style("max-width: 28rem")


def _delete_button(visitor: Visitor, found: ExplanationView) -> None:
    t = visitor.language

    @guarded(visitor)
    async def delete() -> None:
        text = t("Its exports in this list go with it. Files in buckets stay.")
        if await confirm(visitor, t("Delete the explanation?"), text, t("Delete")):
            await visitor.call("DeleteResourceTree", ResourceArn=found.arn)
            ui.navigate.to(_way_back("", found.of)[1])

    ui.button(t("Delete"), icon="delete", on_click=delete).props("flat no-caps")

"""``/predictors/{id}``: a predictor, from its training to how good it is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.monitors_view import watched_panel
from forecastle.console.pages.predictors_backtests import BacktestPanel
from forecastle.console.pages.predictors_evaluation import show_evaluation, show_facts
from forecastle.console.pages.predictors_exports import export_button, exports_panel
from forecastle.console.pages.predictors_origin import retraining_text, trials_panel
from forecastle.console.pages.predictors_progress import show_progress
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.states import UNFINISHED, status_chip
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.backtests import LARGEST, Backtests, ItemErrors, backtests, items_by_error
from forecastle.service.evaluations import Evaluation, evaluate
from forecastle.service.monitor_views import MonitorView, monitor_of_predictor
from forecastle.service.training_state import TrainingState, training_state

_ACTIVE, _IN_PROGRESS = "ACTIVE", "CREATE_IN_PROGRESS"
_STOPPABLE = ("CREATE_PENDING", _IN_PROGRESS)


@dataclass(frozen=True)
class _Seen:
    """What the page shows; the parts behind the state are there once it is ACTIVE."""

    state: TrainingState
    evaluation: Evaluation | None = None
    tests: Backtests | None = None
    items: ItemErrors | None = None
    monitor: MonitorView | None = None


@page("/predictors/{identifier}", mark("Predictor"))
async def show_predictor(
    visitor: Visitor, identifier: str, series: int | None = None, order: str = LARGEST
) -> None:
    """A predictor; ``series`` is the one whose backtest is drawn, ``order`` that of the items."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.PREDICTOR, identifier)
    first = await visitor.do(training_state, arn)
    group = id_of(first.group)
    ui.page_title(f"{first.name} · Forecastle")
    trail = [(t("Forecasts"), "/"), (first.group_name, f"/groups/{quote(group)}")]
    crumbs([*trail, (first.name, None)], t("Where this page lies"))
    made = t.moment(first.created_at, visitor.zone)
    with page_head(first.name, t("Predictor, created {moment}", moment=made)):
        actions = ui.element("div").classes("line")
    shown: list[str] = []

    async def read() -> _Seen:
        return await _read(visitor, arn, series, order)

    def show(seen: _Seen) -> None:
        if shown != [seen.state.status]:
            shown[:] = [seen.state.status]
            actions.clear()
            with actions:
                _show_actions(visitor, seen.state)
        _show(visitor, seen, order)

    await live(visitor, read, show, lambda seen: seen.state.status in UNFINISHED)


async def _read(visitor: Visitor, arn: str, series: int | None, order: str) -> _Seen:
    state = await visitor.do(training_state, arn)
    if state.status != _ACTIVE:
        return _Seen(state)
    evaluation = await visitor.do(evaluate, arn)
    monitor = await visitor.do(monitor_of_predictor, arn)
    try:
        tests = await visitor.do(backtests, arn, series)
        items = await visitor.do(items_by_error, arn, order)
    except InputError:  # an earlier version kept no backtests, or the address has a wrong number
        return _Seen(state, evaluation, monitor=monitor)
    return _Seen(state, evaluation, tests, items, monitor)


def _show(visitor: Visitor, seen: _Seen, order: str) -> None:
    state = seen.state
    if seen.evaluation is None:
        _show_unready(visitor, state)
        return
    show_evaluation(visitor, state, seen.evaluation)
    trials_panel(visitor, seen.evaluation)
    if seen.tests is not None and seen.items is not None:
        BacktestPanel(visitor, state, seen.tests, seen.items, order)
    if state.is_auto:
        watched_panel(visitor, state, seen.monitor)
    show_facts(visitor, state, retraining_text(visitor.language, seen.evaluation))
    exports_panel(visitor, state.arn)


def _show_unready(visitor: Visitor, state: TrainingState) -> None:
    t = visitor.language
    if state.status in UNFINISHED:
        show_progress(visitor, state)
        return
    with panel():
        with ui.element("div").classes("line"):
            status_chip(t, state.status)
        if state.message:
            ui.label(state.message).classes("error-line")
        ui.label(_advice(visitor, state)).classes("hint")
        if visitor.may_change:
            with ui.element("div").classes("line"):
                action(t("Train anew"), f"/groups/{quote(id_of(state.group))}/train", main=True)


def _advice(visitor: Visitor, state: TrainingState) -> str:
    t = visitor.language
    if state.status == "CREATE_STOPPED":
        return t("The training was stopped; nothing came of it. It can be deleted.")
    return t("Mend what the message names, and train anew. This predictor can be deleted.")


def _show_actions(visitor: Visitor, state: TrainingState) -> None:
    """The buttons that fit the state."""
    t, identifier = visitor.language, quote(id_of(state.arn))
    group = quote(id_of(state.group))
    if not visitor.may_change:
        return
    if state.status == _ACTIVE:
        path = f"/groups/{group}/forecast?predictor={identifier}"
        action(t("New forecast"), path, icon="insights", main=True)
        action(t("What drives this forecast?"), f"/predictors/{identifier}/explanation")
        action(t("Train again"), f"/groups/{group}/train?reference={identifier}", icon="replay")
        export_button(visitor, state)
    if state.status in _STOPPABLE:
        _stop_button(visitor, state)
    elif state.status not in UNFINISHED:
        _delete_button(visitor, state)


def _stop_button(visitor: Visitor, state: TrainingState) -> None:
    t = visitor.language

    async def stop() -> None:
        text = t("What was trained so far is lost.")
        if await confirm(visitor, t("Stop the training?"), text, t("Stop")):
            await visitor.call("StopResource", ResourceArn=state.arn)

    ui.button(t("Stop"), icon="stop", on_click=guarded(visitor)(stop)).props("outline no-caps")


def _delete_button(visitor: Visitor, state: TrainingState) -> None:
    t = visitor.language

    async def delete() -> None:
        text = t("The predictor {name} and its backtests go for good.", name=state.name)
        if await confirm(visitor, t("Delete the predictor?"), text, t("Delete")):
            await visitor.call("DeletePredictor", PredictorArn=state.arn)
            ui.navigate.to(f"/groups/{quote(id_of(state.group))}")

    button = ui.button(icon="delete", on_click=guarded(visitor)(delete))
    button.props(f'flat round aria-label="{t("Delete")}"')

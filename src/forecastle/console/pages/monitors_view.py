"""How good forecasts turned out: the line of their losses beside the backtest's."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import (
    Options,
    Palette,
    as_table,
    base_options,
    chart,
    line,
    time_axis,
)
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, fact, panel
from forecastle.console.widgets.periods import time_text
from forecastle.console.widgets.states import status_chip
from forecastle.core.frequency import Frequency
from forecastle.service.addresses import id_of
from forecastle.service.monitor_views import MonitorView, Outcome, train_again
from forecastle.service.training_state import TrainingState

_PERCENT = 100
_FACTS = "grid-template-columns: repeat(auto-fill, minmax(min(100%, 160px), 1fr))"


def watched_panel(visitor: Visitor, state: TrainingState, view: MonitorView | None) -> None:
    """The panel of a predictor's page; without a monitor, the way to one."""
    t = visitor.language
    if view is not None:
        with panel(t("How good its forecasts turned out")):
            show_accuracy(visitor, view)
            address = f"/monitors/{quote(id_of(view.arn))}"
            ui.link(t("All about the monitor {name}", name=view.name), address)
        return
    if not visitor.may_change:
        return

    async def watch() -> None:
        await visitor.call("CreateMonitor", MonitorName=state.name, ResourceArn=state.arn)
        ui.navigate.reload()

    with panel(t("How good its forecasts turned out")):
        ui.label(
            t(
                "A monitor compares each forecast with what was sold, once an import brought it, "
                "and tells when accuracy has fallen."
            )
        ).classes("hint")
        button = ui.button(t("Watch its accuracy"), icon="monitor_heart")
        button.props("outline no-caps").on_click(guarded(visitor)(watch))


def show_accuracy(visitor: Visitor, view: MonitorView) -> None:
    """The state, what follows from it, and the line."""
    t = visitor.language
    with ui.element("div").classes("line"):
        status_chip(t, view.status)
    if view.has_fallen:
        _show_fallen(visitor, view)
    if view.message:
        ui.label(view.message).classes("error-line")
    _show_facts(t, view)
    shown = [each for each in view.outcomes if each.loss is not None]
    if not shown:
        ui.label(
            t(
                "Nothing was compared yet. As soon as an import reaches to the end of a forecast, "
                "the forecast is compared with what was sold."
            )
        ).classes("hint")
    elif view.frequency is not None:
        _show_line(visitor, view, shown, Frequency.parse(view.frequency))
    if view.outcomes and view.frequency is not None:
        _show_table(t, view, Frequency.parse(view.frequency))


def _show_fallen(visitor: Visitor, view: MonitorView) -> None:
    t = visitor.language

    async def again() -> None:
        made = await visitor.change("CreateAutoPredictor", train_again, view.arn)
        ui.navigate.to(f"/predictors/{quote(id_of(made))}")

    with ui.element("section").classes("warning-panel"):
        ui.label(t("Accuracy has fallen")).classes("error-heading")
        ui.label(
            t(
                "The loss of the latest forecast was {times} times that of the backtest. A "
                "predictor that is trained on the newest data may do better.",
                times=t.number(view.times or 0.0, 2),
            )
        )
        if visitor.may_change:
            with ui.element("div").classes("line"):
                button = ui.button(t("Train again")).props("unelevated no-caps")
                button.on_click(guarded(visitor)(again))


def _show_facts(t: Language, view: MonitorView) -> None:
    latest = next((each for each in reversed(view.outcomes) if each.loss is not None), None)
    with ui.element("div").classes("grid").style(_FACTS):
        fact(t("Expected from the backtest"), _percent(t, view.expected), t("Average wQL"))
        if latest is not None:
            fact(t("Latest forecast"), _percent(t, latest.loss), t("Average wQL"))
        fact(t("Forecasts compared"), t.number(sum(e.loss is not None for e in view.outcomes)))


def _show_line(
    visitor: Visitor, view: MonitorView, shown: list[Outcome], frequency: Frequency
) -> None:
    t, palette = visitor.language, Palette.of(visitor.dark)
    options: Options = base_options(visitor)
    time_axis(options, t, frequency.unit, [each.first for each in shown])
    losses = [round(_PERCENT * (each.loss or 0.0), 2) for each in shown]
    made = line(t("Forecasts (%)"), losses, palette.median)
    options["series"] = [{**made, "showSymbol": True, "symbolSize": 8}]
    if view.expected is not None:
        level = [round(_PERCENT * view.expected, 2)] * len(shown)
        options["series"].append(line(t("Backtest (%)"), level, palette.soft, dashed=True))
    chart(visitor, options, t("Average wQL of each forecast that was compared; smaller is better"))


def _show_table(t: Language, view: MonitorView, frequency: Frequency) -> None:
    columns = [
        t("Forecast"), t("From"), t("To"), t("Average wQL"), "WAPE", t("Series"), t("Remark"),
    ]  # fmt: skip
    rows = [
        [
            each.name,
            time_text(t, frequency, each.first),
            time_text(t, frequency, each.last),
            _percent(t, each.loss),
            _percent(t, each.wape),
            t.number(each.items),
            _remark(t, each),
        ]
        for each in reversed(view.outcomes)
    ]
    as_table(t("Every forecast that was compared"), columns, rows)


def _remark(t: Language, outcome: Outcome) -> str:
    if outcome.message is not None:
        return outcome.message
    return t("Of the predictor before") if outcome.is_inherited else ""


def _percent(t: Language, value: float | None) -> str:
    return "–" if value is None else t.percent(value, 1)


def monitor_actions(visitor: Visitor, view: MonitorView) -> None:
    """Pause or resume, and the way to the predictor."""
    t = visitor.language
    action(t("Predictor"), f"/predictors/{quote(id_of(view.predictor))}", icon="model_training")
    if not visitor.may_change:
        return

    async def pause() -> None:
        await visitor.call("StopResource", ResourceArn=view.arn)
        ui.navigate.reload()

    async def resume() -> None:
        await visitor.call("ResumeResource", ResourceArn=view.arn)
        ui.navigate.reload()

    if view.status in ("ACTIVE", "UPDATE_IN_PROGRESS"):
        button = ui.button(t("Pause"), icon="pause", on_click=guarded(visitor)(pause))
        button.props("outline no-caps")
    elif view.status == "ACTIVE_STOPPED":
        button = ui.button(t("Resume"), icon="play_arrow", on_click=guarded(visitor)(resume))
        button.props("outline no-caps")

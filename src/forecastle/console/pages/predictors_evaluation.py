"""How good a predictor is: the headline, the leaderboard, the blend, the facts."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import as_table
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import fact, panel, title
from forecastle.console.widgets.leaderboard import leaderboard, loss_chart, weight_chart
from forecastle.console.widgets.metrics import (
    METRICS,
    WAPE,
    algorithm_hint,
    algorithm_text,
    explanations,
    metric_text,
    quantile_name,
    skill_text,
)
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.console.widgets.reasons import message_text, reason_text
from forecastle.core.frequency import Frequency
from forecastle.service.addresses import id_of
from forecastle.service.evaluations import Evaluation
from forecastle.service.training_state import TrainingState

_SMALL_FACTS = "grid-template-columns: repeat(auto-fill, minmax(130px, 1fr))"


def show_evaluation(visitor: Visitor, state: TrainingState, evaluation: Evaluation) -> None:
    """The panels of an ACTIVE predictor, but for its backtests."""
    _show_headline(visitor, state, evaluation)
    if state.message:
        _show_message(visitor, state.message)
    _show_candidates(visitor, state, evaluation)


def _show_headline(visitor: Visitor, state: TrainingState, evaluation: Evaluation) -> None:
    t, kept = visitor.language, evaluation.kept
    with panel():
        title(_verdict(t, state, evaluation), 2)
        if not kept.is_naive:
            skill = skill_text(t, evaluation, kept.skill)
            if skill is not None:
                ui.label(skill).classes("text-weight-bold")
            ui.label(_meaning(t, evaluation))
        with ui.element("div").classes("grid").style(_SMALL_FACTS):
            fact(t("Average wQL"), t.percent(kept.errors.average, 1))
            for quantile in evaluation.quantiles:
                name = f"wQL {quantile_name(t, quantile)}"
                fact(name, t.percent(kept.errors.losses.get(quantile), 1))
            fact(t(METRICS[WAPE][0]), t.percent(kept.errors.wape, 1))


def _verdict(t: Language, state: TrainingState, evaluation: Evaluation) -> str:
    """Who won, in a sentence."""
    if evaluation.is_blend:
        return t.plural(
            "A blend of {count} algorithm forecasts best",
            "A blend of {count} algorithms forecasts best",
            len(evaluation.weights),
        )
    name = algorithm_text(t, evaluation.kept.name)
    if state.algorithm is not None:
        return t("{algorithm}, as you chose", algorithm=name)
    return t("{algorithm} forecasts best", algorithm=name)


def _meaning(t: Language, evaluation: Evaluation) -> str:
    """What the error is, against the yardstick."""
    ours, naive = evaluation.kept.errors.average, evaluation.naive.errors.average
    return t(
        "On the test windows its forecasts were off by {error} of what was sold, counted over all "
        "quantiles (the average wQL; smaller is better). Repeating the last season would have been "
        "off by {naive}.",
        error=t.percent(ours, 1),
        naive=t.percent(naive, 1),
    )


def _show_message(visitor: Visitor, message: str) -> None:
    t = visitor.language
    with ui.element("section").classes("warning-panel"):
        with ui.row().classes("items-center no-wrap"):
            ui.icon("info").props("aria-hidden=true")
            ui.label(t("Good to know")).classes("error-heading")
        ui.label(message_text(t, message)).classes("error-line")


def _show_candidates(visitor: Visitor, state: TrainingState, evaluation: Evaluation) -> None:
    t = visitor.language
    with panel(t("All algorithms side by side")):
        leaderboard(visitor, evaluation)
        explanations(t, evaluation)
        with ui.element("div").classes("split" if evaluation.is_blend else "stack"):
            with ui.element("div").classes("stack"):
                title(t("Average wQL; smaller is better"), 3)
                loss_chart(visitor, evaluation)
            if evaluation.is_blend:
                with ui.element("div").classes("stack"):
                    title(t("Weights in the blend"), 3)
                    weight_chart(visitor, evaluation)
        _show_windows(visitor, state, evaluation)
        _show_left_out(t, evaluation)


def _show_windows(visitor: Visitor, state: TrainingState, evaluation: Evaluation) -> None:
    """The average wQL by window: whether a good average hides a bad week."""
    t, step = visitor.language, Frequency.parse(state.frequency)
    windows = evaluation.kept.windows
    columns = [t("Algorithm"), *(time_text(t, step, window.first) for window in windows)]
    rows = [
        [
            algorithm_text(t, each.name),
            *(t.percent(window.errors.average, 1) for window in each.windows),
        ]
        for each in evaluation.candidates
    ]
    as_table(t("Average wQL by test window, by its first day"), columns, rows)


def _show_left_out(t: Language, evaluation: Evaluation) -> None:
    if not evaluation.left_out:
        return
    fold = ui.expansion(t("Algorithms that took no part")).classes("full-width")
    with fold, ui.element("dl").classes("stack"):
        for name, reason in evaluation.left_out.items():
            with ui.element("dt").classes("text-weight-bold"):
                ui.label(algorithm_text(t, name))
            with ui.element("dd").style("margin: 0"):
                ui.label(algorithm_hint(t, name)).classes("hint")
                ui.label(reason_text(t, reason))


def show_facts(visitor: Visitor, state: TrainingState, retraining: str | None) -> None:
    """What was asked for, how it was retrained, and the data that it was trained on."""
    t, step = visitor.language, Frequency.parse(state.frequency)
    with panel(t("What it was trained for")):
        with ui.element("div").classes("grid").style(_SMALL_FACTS):
            fact(t("Horizon"), periods_text(t, step, state.horizon))
            fact(t("Frequency"), frequency_text(t, state.frequency))
            fact(t("Quantiles"), ", ".join(quantile_name(t, each) for each in state.types))
            fact(t("Public holidays of"), _countries(t, state))
            fact(t("Error made small"), metric_text(t, state.metric))
            fact(t("Series"), t.number(state.series))
            if state.dimensions:
                fact(t("A forecast for each"), ", ".join(state.dimensions))
            if retraining is not None:
                fact(t("Algorithms and weights"), retraining)
            if state.seconds is not None:
                fact(t("Time taken"), t.duration(state.seconds))
        _show_origin(t, state)


def _show_origin(t: Language, state: TrainingState) -> None:
    """The data, and the predictor whose settings it took over."""
    with ui.element("div").classes("line"):
        for arn in state.import_jobs:
            identifier = id_of(arn)
            text = t("Data of the import {name}", name=identifier.rpartition("/")[2])
            ui.link(text, f"/imports/{quote(identifier)}")
        if state.reference is not None:
            identifier = id_of(state.reference)
            ui.link(t("Trained again from this predictor"), f"/predictors/{quote(identifier)}")


def _countries(t: Language, state: TrainingState) -> str:
    """Names of countries; a region of one, such as GB-SCT, keeps its code."""
    territories = t.locale.territories
    codes = ("GB" if code == "UK" else code for code in state.countries)
    return ", ".join(territories.get(code, code) for code in codes) or t("None")

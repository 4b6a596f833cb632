"""``/groups/{id}/train``: train a predictor, or train one again."""

from __future__ import annotations

from typing import Any

from babel.core import get_global
from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.training_form import TrainingForm
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import action, crumbs, empty, fact, page_head, panel
from forecastle.console.widgets.metrics import quantile_name
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.core.errors import InputError, ResourceInUse
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.context import Context
from forecastle.service.training_choices import TrainingChoices, training_choices
from forecastle.service.training_state import TrainingState, training_state
from forecastle.service.training_wish import retraining_operation, training_operation

_TITLE = mark("Train a predictor")


@page("/groups/{identifier}/train", _TITLE, role=Role.OPERATOR)
async def show_training(visitor: Visitor, identifier: str, reference: str = "") -> None:
    """The form; with a reference, that of training a predictor again."""
    t = visitor.language
    trail = [(t("Forecasts"), "/"), (identifier, f"/groups/{identifier}"), (t(_TITLE), None)]
    crumbs(trail, t("Where this page lies"))
    try:
        choices = await visitor.do(_choices, identifier)
    except (InputError, ResourceInUse) as error:
        with page_head(t(_TITLE)):
            pass
        with empty("hourglass_empty", t("There is nothing to train on yet"), str(error)):
            action(t("To the dataset group"), f"/groups/{identifier}", main=True)
        return
    if reference:
        await _show_again(visitor, choices, reference)
    else:
        _show_new(visitor, choices)


def _choices(context: Context, identifier: str) -> TrainingChoices:
    return training_choices(context, arn_of(context, ResourceType.DATASET_GROUP, identifier))


def _state(context: Context, identifier: str) -> TrainingState:
    return training_state(context, arn_of(context, ResourceType.PREDICTOR, identifier))


def _show_new(visitor: Visitor, choices: TrainingChoices) -> None:
    t = visitor.language
    step = Frequency.parse(choices.frequencies[0])
    lead = t(
        "A predictor learns from your history, from {first} to {last}, and then makes forecasts.",
        first=time_text(t, step, choices.first),
        last=time_text(t, step, choices.last),
    )
    with page_head(t(_TITLE), lead):
        pass
    form = TrainingForm(visitor, choices, _countries(visitor, choices))

    async def train() -> None:
        await _start(visitor, button, *training_operation(form.wish()))

    with ui.element("div").classes("line"):
        button = ui.button(t("Train"), icon="model_training", on_click=guarded(visitor)(train))
        button.props("unelevated no-caps")
        _show_duration(visitor, choices)


async def _show_again(visitor: Visitor, choices: TrainingChoices, reference: str) -> None:
    t = visitor.language
    earlier = await visitor.do(_state, reference)
    lead = t("The same settings, learned anew from all the data that are there now.")
    with page_head(t("Train {name} again", name=earlier.name), lead):
        pass
    with panel(t("What stays")):
        with ui.element("div").classes("grid"):
            step = Frequency.parse(earlier.frequency)
            fact(t("Horizon"), periods_text(t, step, earlier.horizon))
            fact(t("Frequency"), frequency_text(t, earlier.frequency))
            fact(t("Quantiles"), ", ".join(quantile_name(t, each) for each in earlier.types))
        if not earlier.is_auto:
            ui.label(
                t("It was made without AutoML. Trained again, all algorithms that fit are tried.")
            ).classes("hint")
    with panel(t("The new predictor")):
        name = ui.input(t("Name of the predictor"), value=choices.proposed_name).props("outlined")

    async def train() -> None:
        operation = retraining_operation((name.value or "").strip(), earlier.arn)
        await _start(visitor, button, *operation)

    with ui.element("div").classes("line"):
        button = ui.button(
            t("Train again"), icon="model_training", on_click=guarded(visitor)(train)
        )
        button.props("unelevated no-caps")
        action(t("Choose other settings"), f"/groups/{id_of(choices.group)}/train")
        _show_duration(visitor, choices)


async def _start(
    visitor: Visitor, button: ui.button, operation: str, parameters: dict[str, Any]
) -> None:
    button.props("loading")
    try:
        made = await visitor.call(operation, **parameters)
    finally:
        button.props(remove="loading")
    ui.navigate.to(f"/predictors/{id_of(made['PredictorArn'])}")


def _show_duration(visitor: Visitor, choices: TrainingChoices) -> None:
    """How long it took before; nothing where that is not known."""
    t = visitor.language
    seconds = next((each.seconds for each in choices.earlier if each.seconds), None)
    if seconds is not None:
        text = t("The latest training of this group took {time}.", time=t.duration(seconds))
        ui.label(text).classes("hint")


def _countries(visitor: Visitor, choices: TrainingChoices) -> list[str]:
    """Those of the latest predictor; for the first one, where the reader is."""
    if choices.earlier:
        codes = ["GB" if code == "UK" else code for code in choices.earlier[0].countries]
    else:
        codes = [str(get_global("zone_territories").get(str(visitor.zone)))]
    return [code for code in codes if code in choices.countries]

"""The form of a scenario: which attribute, which items, which dates, by how much."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

from nicegui import ui

from forecastle.console.pages.forecasts_exports import named_by_time
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.core.errors import InputError
from forecastle.service.what_if_views import AnalysisView, Feature

PERCENT, AMOUNT = "percent", "amount"
_MOMENT = "%Y-%m-%d %H:%M:%S"
_LONGEST_NAME = 63


def scenario_form(
    visitor: Visitor,
    arn: str,
    found: AnalysisView,
    key: tuple[str, ...],
    look: Callable[[], Awaitable[None]],
) -> None:
    """Fields for one change, and the button that makes its scenario.

    Args:
        visitor: who looks.
        arn: of the analysis.
        found: the analysis.
        key: of the series that is shown; the change is for it alone, without one for all.
        look: shows what has changed.
    """
    t = visitor.language
    features = {each.name: each for each in found.features}
    first = found.features[0]
    whose = (
        t("The change is for {item} alone. Choose another item above.", item=" / ".join(key))
        if key
        else t("The change is for all items. To change one alone, choose it above.")
    )
    ui.label(whose).classes("hint")
    with ui.element("div").classes("fields"):
        name = ui.select(list(features), label=t("What changes"), value=first.name)
        how = ui.select(
            {PERCENT: t("By percent"), AMOUNT: t("By an amount")},
            label=t("How"),
            value=PERCENT if first.is_elasticity else AMOUNT,
        )
        amount = ui.number(t("By how much"), value=-10 if first.is_elasticity else 1)
        start = ui.input(t("From"), value=f"{found.first:%Y-%m-%d}").props("type=date")
        end = ui.input(t("To"), value=f"{found.last:%Y-%m-%d}").props("type=date")
        label = ui.input(t("Name of the scenario"), value=named_by_time(visitor, first.name))
        for field in (name, how, amount, start, end, label):
            field.props("outlined")
        label.props(f"maxlength={_LONGEST_NAME}")
    effect = ui.label(_effect(visitor, first)).classes("hint")
    for fixed, _ in found.fixed:
        ui.label(
            t(
                "{name} cannot be changed: it never changed before, or is not known for the days "
                "of the forecast.",
                name=fixed,
            )
        ).classes("hint")

    def changed() -> None:
        feature = features[name.value]
        how.value = PERCENT if feature.is_elasticity else AMOUNT
        amount.value = -10 if feature.is_elasticity else 1
        label.value = named_by_time(visitor, feature.name)
        effect.text = _effect(visitor, feature)

    @guarded(visitor)
    async def create() -> None:
        conditions = _conditions(visitor, found, key, str(start.value), str(end.value))
        action = _action(visitor, name.value, how.value, amount.value)
        button.props("loading")
        try:
            await visitor.call(
                "CreateWhatIfForecast",
                WhatIfForecastName=label.value.strip(),
                WhatIfAnalysisArn=arn,
                TimeSeriesTransformations=[{"Action": action, "TimeSeriesConditions": conditions}],
            )
            label.value = named_by_time(visitor, name.value)
            await look()
        finally:
            button.props(remove="loading")

    name.on_value_change(changed)
    with ui.element("div").classes("line"):
        button = ui.button(t("Show the scenario"), icon="play_arrow", on_click=create)
        button.props("unelevated no-caps")


def _effect(visitor: Visitor, feature: Feature) -> str:
    """What the history says, in words."""
    t = visitor.language
    if feature.is_vague:
        return t("The history hardly tells how sales answer to this. Take it with care.")
    change = ("+" if feature.tenth > 1 else "") + t.percent(feature.tenth - 1)
    if feature.is_elasticity:
        return t(
            "In the history, 10 % less of this went with a change of sales of {change}.",
            change=change,
        )
    return t(
        "In the history, 1 more of this went with a change of sales of {change}.", change=change
    )


def _action(visitor: Visitor, name: str, how: str, amount: float | None) -> dict[str, Any]:
    t = visitor.language
    if amount is None:
        raise InputError(t("There is no number for the change; type one, such as -10."))
    if how == PERCENT:
        return {"AttributeName": name, "Operation": "MULTIPLY", "Value": 1 + amount / 100}
    return {"AttributeName": name, "Operation": "ADD", "Value": float(amount)}


def _conditions(
    visitor: Visitor, found: AnalysisView, key: tuple[str, ...], start: str, end: str
) -> list[dict[str, str]]:
    """The series, and the steps from the first day to the last, both with it."""
    chosen = [_is(name, "EQUALS", value) for name, value in zip(found.keys, key, strict=False)]
    after = datetime.combine(_day(visitor, start), datetime.min.time()) - timedelta(seconds=1)
    before = datetime.combine(_day(visitor, end), datetime.min.time()) + timedelta(days=1)
    return [
        *chosen,
        _is("timestamp", "GREATER_THAN", f"{after:{_MOMENT}}"),
        _is("timestamp", "LESS_THAN", f"{before:{_MOMENT}}"),
    ]


def _day(visitor: Visitor, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        t = visitor.language
        raise InputError(t("{day} is no date; choose a day.", day=text or "–")) from None


def _is(name: str, condition: str, value: str) -> dict[str, str]:
    return {"AttributeName": name, "Condition": condition, "AttributeValue": value}

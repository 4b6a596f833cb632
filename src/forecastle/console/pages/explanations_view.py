"""The charts and sentences of an explanation."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.console.widgets import charts
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.metrics import algorithm_text
from forecastle.console.widgets.reasons import message_text, reason_text
from forecastle.service.explanation_views import ExplanationView, Score
from forecastle.training.explanation import Kind
from forecastle.training.impact import Effect

_OWN: Mapping[str, str] = {
    "holidays": mark("Holidays"),
    "calendar": mark("Calendar"),
    "recent sales": mark("Recent sales"),
    "last year": mark("Last year's sales"),
}
_AS_SUBJECT: Mapping[Kind, str] = {
    Kind.HOLIDAYS: mark("The holiday"),
    Kind.CALENDAR: mark("The calendar"),
}
_DIGITS = 2


def attribute_text(t: Language, name: str, kind: Kind) -> str:
    """A column's name as the data have it; ours in the reader's language."""
    if kind in (Kind.RELATED, Kind.METADATA):
        return name
    return t(_OWN["holidays" if kind is Kind.HOLIDAYS else name])


def show_scores(visitor: Visitor, found: ExplanationView) -> None:
    """Everything that is told of an explanation."""
    t = visitor.language
    with panel(t("Impact of each attribute")):
        for effect in found.effects:
            ui.label(_sentence(t, found, effect))
        _bars(visitor, found)
        ui.label(
            t(
                "To the right what raises the forecast, to the left what lowers it, beside what "
                "the model would expect without knowing it. The strongest attribute has 1 or -1; "
                "twice the score is twice the effect. Scores tell what the model has learnt, not "
                "what would happen if you changed something: for that there is What if."
            )
        ).classes("hint")
    with panel(t("Step by step"), t("Units that each attribute adds to the forecast")):
        _steps(visitor, found)
    with panel(t("The algorithms behind the forecast")):
        _algorithms(t, found)
        if found.message:
            ui.label(message_text(t, found.message)).classes("hint")


def _sentence(t: Language, found: ExplanationView, effect: Effect) -> str:
    """``price lowers the forecast of bread by about 12 units a step.``"""
    kind = effect.attribute.kind
    values = {
        "name": t(_AS_SUBJECT[kind]) if kind in _AS_SUBJECT else effect.attribute.name,
        "item": " · ".join(found.key),
        "amount": t.number(abs(effect.at_peak if effect.is_of_few_steps else effect.mean), 1),
        "day": t.date(effect.peak.astype("datetime64[us]").item()),
    }
    if effect.is_of_few_steps:
        if effect.at_peak < 0:
            text = t(
                "{name} lowers the forecast of {item} by about {amount} units on {day}.", **values
            )
        else:
            text = t(
                "{name} raises the forecast of {item} by about {amount} units on {day}.", **values
            )
    elif effect.mean < 0:
        text = t("{name} lowers the forecast of {item} by about {amount} units a step.", **values)
    else:
        text = t("{name} raises the forecast of {item} by about {amount} units a step.", **values)
    return text


def _drivers(found: ExplanationView) -> list[Score]:
    return [each for each in found.scores if each.is_driver]


def _bars(visitor: Visitor, found: ExplanationView) -> None:
    """Impact per attribute, the largest on top; and everything as a table."""
    t, palette = visitor.language, charts.Palette.of(visitor.dark)
    listed = sorted(_drivers(found), key=lambda each: abs(each.impact))
    options = charts.base_options(visitor, legend=False)
    options["xAxis"], options["yAxis"] = options["yAxis"], options["xAxis"]
    options["xAxis"] |= {"min": -1, "max": 1}
    options["yAxis"]["data"] = [attribute_text(t, each.name, each.kind) for each in listed]
    bars = [
        {
            "value": round(each.impact, 3),
            "itemStyle": {"color": palette.bad if each.impact < 0 else palette.median},
        }
        for each in listed
    ]
    name = t("Impact score")
    options["series"] = [{"type": "bar", "name": name, "data": bars, "barMaxWidth": 28}]
    charts.chart(visitor, options, t("Impact of each attribute"))
    rows = [
        [
            attribute_text(t, each.name, each.kind),
            t.number(each.impact, _DIGITS) if each.is_driver else "–",
            t.number(each.raw, _DIGITS),
        ]
        for each in sorted(found.scores, key=lambda each: -abs(each.impact))
    ]
    charts.as_table(t("The scores as numbers"), [t("Attribute"), name, t("Units a step")], rows)


def _steps(visitor: Visitor, found: ExplanationView) -> None:
    """A stack per step: what raises above the line, what lowers below it."""
    t, palette = visitor.language, charts.Palette.of(visitor.dark)
    options = charts.base_options(visitor)
    charts.time_axis(options, t, found.unit, found.times)
    for number, each in enumerate(_drivers(found)):
        options["series"].append(
            {
                "type": "bar",
                "stack": "all",
                "name": attribute_text(t, each.name, each.kind),
                "data": [round(value, 4) for value in each.by_step],
                "itemStyle": {"color": palette.series[number % len(palette.series)]},
            }
        )
    charts.chart(visitor, options, t("Units that each attribute adds to the forecast"))


def _algorithms(t: Language, found: ExplanationView) -> None:
    """The weights of the blend, and why others took no part."""
    rows = [[algorithm_text(t, name), t.percent(share)] for name, share in found.weights.items()]
    charts.as_table(
        t("Shares of the blend"), [t("Algorithm"), t("Weight")], rows, open_at_once=True
    )
    if found.left_out:
        with ui.expansion(t("Algorithms that took no part")).classes("full-width"):
            for name, reason in found.left_out.items():
                ui.label(algorithm_text(t, name)).classes("text-weight-bold")
                ui.label(reason_text(t, reason)).classes("hint")

"""Scenarios beside their baseline: a chart, and what they add or take away."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets import charts
from forecastle.console.widgets.reasons import message_text
from forecastle.console.widgets.states import status_chip
from forecastle.service.what_if_views import AnalysisView, Comparison, Side

_BANDS = 2  # more of them hide each other


@dataclass(frozen=True)
class Shown:
    """What the page shows now."""

    view: AnalysisView
    comparison: Comparison


def show_comparison(visitor: Visitor, shown: Shown, key: tuple[str, ...]) -> None:
    """The chart and the table of one series, or of the total (no key)."""
    t = visitor.language
    hint = (
        t("The median, and the range from the lowest to the highest quantile.")
        if key
        else t("The sum of the expected sales of all items of the analysis.")
    )
    ui.label(hint).classes("hint")
    _draw(visitor, shown.comparison)
    _table(visitor, shown)


def _draw(visitor: Visitor, found: Comparison) -> None:
    t = visitor.language
    palette = charts.Palette.of(visitor.dark)
    options = charts.base_options(visitor)
    charts.time_axis(options, t, found.unit, found.times)
    sides = [(found.baseline, t("Baseline"), palette.history)]
    colours = palette.series
    sides += [
        (each, each.name, colours[number % len(colours)])
        for number, each in enumerate(found.scenarios)
    ]
    options["legend"]["data"] = [name for _, name, _ in sides]
    for number, (side, name, colour) in enumerate(sides):
        if side.low and number < _BANDS:
            names = (t("{name}, low", name=name), t("{name}, high", name=name))
            options["series"] += charts.band(names, side.low, side.high, colour, f"band{number}")
        options["series"].append(charts.line(name, side.middle, colour, width=2.5))
    charts.chart(visitor, options, t("The baseline and the scenarios"), "chart-tall")


def _table(visitor: Visitor, shown: Shown) -> None:
    t = visitor.language
    by_name = {each.name: each for each in shown.comparison.scenarios}
    baseline = shown.comparison.baseline
    with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
        with ui.element("tr"):
            for text in (t("Scenario"), t("State"), t("Expected sales"), t("Difference")):
                with ui.element("th").props("scope=col"):
                    ui.label(text)
        _row(visitor, t("Baseline"), "", "", baseline, None)
        for each in shown.view.scenarios:
            _row(
                visitor,
                each.name,
                each.status,
                message_text(visitor.language, each.message),
                by_name.get(each.name),
                baseline.total,
            )


def _row(
    visitor: Visitor, name: str, status: str, message: str, side: Side | None, base: float | None
) -> None:
    t = visitor.language
    with ui.element("tr"):
        with ui.element("td"):
            ui.label(name)
            if message:
                ui.label(message).classes("hint")
        with ui.element("td"):
            if status:
                status_chip(t, status)
        with ui.element("td"):
            ui.label("" if side is None else t.number(side.total))
        with ui.element("td"):
            ui.label("" if side is None or base is None else _difference(visitor, side.total, base))


def _difference(visitor: Visitor, total: float, base: float) -> str:
    t = visitor.language
    change = total - base
    sign = "+" if change > 0 else ""
    number = f"{sign}{t.number(change)}"
    return number if not base else f"{number} ({sign}{t.percent(change / base)})"

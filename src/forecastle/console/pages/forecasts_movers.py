"""A forecast in a sentence, and the items that a manager should look at first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from forecastle.console.pages.forecasts_view import key_text
from forecastle.console.pages.forecasts_words import amount_text
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import fact, panel, title
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.service.forecast_summary import Change, ForecastSummary
from forecastle.service.forecast_table import Key

_SMALL, _NOTHING = 0.1, 0.005
Show = Callable[[Key], Awaitable[None]]


def summary_facts(visitor: Visitor, found: ForecastSummary) -> None:
    """The headline, and what the forecast is."""
    t = visitor.language
    with panel():
        ui.label(headline_of(visitor, found)).style("font-size: 1.25rem; font-weight: 600")
        with (
            ui.element("div")
            .classes("grid")
            .style("grid-template-columns: repeat(auto-fill, minmax(min(100%, 150px), 1fr))")
        ):
            fact(t("Series"), t.number(found.n_series))
            fact(t("Length"), periods_text(t, found.frequency, found.horizon))
            fact(t("First step"), time_text(t, found.frequency, found.first))
            fact(t("Last step"), time_text(t, found.frequency, found.last))


def headline_of(visitor: Visitor, found: ForecastSummary) -> str:
    """``Next 7 days: about 1,240 units, 12% more than the last 7 days.``"""
    t = visitor.language
    period = periods_text(t, found.frequency, found.horizon)
    if not found.is_sum:
        return t("Forecast of the next {period}, item by item.", period=period)
    amount = t.number(found.expected, 0 if found.expected >= 10 else 2)
    if not found.before or found.compared is None:
        return t("Next {period}: about {amount} units in all.", period=period, amount=amount)
    change = found.expected / found.before - 1
    if found.compared.is_latest and abs(change) < _NOTHING:
        return t(
            "Next {period}: about {amount} units in all, as much as in the last {period}.",
            period=period,
            amount=amount,
        )
    values = {"period": period, "amount": amount, "percent": t.percent(abs(change))}
    if found.compared.is_latest:
        if change < 0:
            return t(
                "Next {period}: about {amount} units in all, {percent} less than in the last "
                "{period}.",
                **values,
            )
        return t(
            "Next {period}: about {amount} units in all, {percent} more than in the last {period}.",
            **values,
        )
    values["start"] = time_text(t, found.frequency, found.compared.first)
    if change < 0:
        return t(
            "Next {period}: about {amount} units in all, {percent} less than in the {period} from "
            "{start}.",
            **values,
        )
    return t(
        "Next {period}: about {amount} units in all, {percent} more than in the {period} from "
        "{start}.",
        **values,
    )


def movers_panel(visitor: Visitor, found: ForecastSummary, show: Show) -> None:
    """The items that sell most, rise most and fall most; nothing where there is only one.

    Args:
        visitor: who looks.
        found: of the forecast.
        show: shows a series in the chart.
    """
    t = visitor.language
    if found.n_series < 2 or not found.is_sum:
        return
    hint = None
    if found.compared is not None:
        hint = t(
            "Compared with the {period} from {start}",
            period=periods_text(t, found.frequency, found.horizon),
            start=time_text(t, found.frequency, found.compared.first),
        )
    with panel(t("Items to look at"), hint), ui.element("div").classes("grid"):
        _movers(visitor, t("Sell most"), found.largest, show)
        _movers(visitor, t("Rise most"), found.rising, show)
        _movers(visitor, t("Fall most"), found.falling, show)


def _movers(visitor: Visitor, heading: str, changes: Sequence[Change], show: Show) -> None:
    t = visitor.language
    with ui.element("div").classes("stack").style("gap: 4px"):
        title(heading, 3)
        if not changes:
            ui.label(t("None")).classes("hint")
        for each in changes:
            _mover(visitor, each, show)


def _mover(visitor: Visitor, change: Change, show: Show) -> None:
    t = visitor.language

    @guarded(visitor)
    async def choose() -> None:
        ui.run_javascript("window.scrollTo({top: 0, behavior: 'smooth'})")
        await show(change.key)

    with ui.element("div").classes("row items-center justify-between no-wrap full-width"):
        button = ui.button(key_text(change.key), on_click=choose)
        button.props("flat dense no-caps align=left").style("min-width: 0; flex: 1 1 auto")
        text = amount_text(t, change.expected)
        if change.before:
            difference = change.expected / change.before - 1
            percent = t.percent(abs(difference), 1 if abs(difference) < _SMALL else 0)
            text = f"{text} ({'+' if difference >= 0 else '−'}{percent})"
        ui.label(text).classes("number").style("white-space: nowrap")

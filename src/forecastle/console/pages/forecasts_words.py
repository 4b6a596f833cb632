"""What is said about a series or a total: in a sentence, in terms of stock, and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import as_table
from forecastle.console.widgets.forecast_chart import forecast_name, previous_values
from forecastle.console.widgets.periods import periods_text, time_text
from forecastle.core.quantiles import MEAN
from forecastle.service.forecast_views import Previous, SeriesView

_DIGITS = 2
_LARGE = 100  # what is larger is shown without decimals


def headline(visitor: Visitor, view: SeriesView) -> str:
    """How much is expected, and when."""
    t = visitor.language
    expected = sum(value for value in view.forecast[MEAN] if value is not None)
    return t(
        "{period} from {first} to {last}: {amount} expected in all.",
        period=periods_text(t, view.frequency, len(view.times)),
        first=time_text(t, view.frequency, view.times[0]),
        last=time_text(t, view.frequency, view.times[-1]),
        amount=amount_text(t, expected),
    )


def amount_text(language: Language, value: float | None) -> str:
    """A quantity, with as many digits as matter."""
    return language.number(value, 0 if value is None or abs(value) >= _LARGE else _DIGITS)


def show_inside(visitor: Visitor, view: SeriesView) -> None:
    """How many of the values that arrived since are where they were expected."""
    t = visitor.language
    known = [value for value in view.actuals if value is not None]
    if not known:
        return
    with ui.element("div").classes("line"):
        ui.icon("fact_check").props("aria-hidden=true")
        if view.inside is not None and view.bounds is not None:
            ui.label(
                t(
                    "{inside} of {known} actual values lie inside {low} to {high}.",
                    inside=t.number(view.inside[0]),
                    known=t.number(view.inside[1]),
                    low=view.bounds[0],
                    high=view.bounds[1],
                )
            )
        else:
            ui.label(
                t.plural(
                    "{count} actual value has arrived since.",
                    "{count} actual values have arrived since.",
                    len(known),
                )
            )


def tell_previous(visitor: Visitor, previous: Previous | None) -> None:
    """Which forecast this one is compared with."""
    t = visitor.language
    if previous is None:
        text = t("There is no earlier forecast of this dataset group to compare with.")
    else:
        text = t(
            "Previous forecast: {name}, made {moment}.",
            name=previous.name,
            moment=t.moment(previous.created_at, visitor.zone),
        )
    ui.label(text).classes("hint")


def explain(visitor: Visitor, view: SeriesView) -> None:
    """Quantiles in the reader's terms."""
    t = visitor.language
    if view.adds_quantiles:
        ui.label(
            t(
                "The total is the sum of the means, which add up. The sum of the items' p90 does "
                "not say how high the total may get: items rarely sell well all at once. It is an "
                "upper estimate, not the p90 of the total."
            )
        ).classes("hint")
        return
    if view.is_total:
        ui.label(
            t(
                "These are quantiles of the total itself, not sums of the items' quantiles: how "
                "items go up and down together was seen in the backtests."
            )
        ).classes("hint")
    if {"p10", "p50", "p90"} <= {*view.quantiles}:
        ui.label(
            t(
                "In 9 of 10 cases sales stay below p90: a good stock level when running out is "
                "expensive. p50 is the middle: sales are as often above as below. In 9 of 10 cases "
                "sales exceed p10: what you can count on."
            )
        ).classes("hint")
        return
    ui.label(
        t(
            "A quantile such as p90 is the value that sales stay below in 90 of 100 cases; the "
            "mean is what sells on average."
        )
    ).classes("hint")


def show_numbers(visitor: Visitor, view: SeriesView, previous: Previous | None) -> None:
    """The numbers of the chart as tables."""
    t = visitor.language
    columns = [*view.quantiles, MEAN]
    names = [t("Period"), *(forecast_name(t, view, name) for name in columns)]
    values = [view.forecast[name] for name in columns]
    if any(value is not None for value in view.actuals):
        names.append(t("Actual"))
        values.append(view.actuals)
    if previous is not None:
        names.append(t("Previous forecast"))
        values.append(tuple(previous_values(view, previous)[len(view.history) :]))
    as_table(t("Forecast as a table"), names, _rows(visitor, view, view.times, values))
    if view.history:
        rows = _rows(visitor, view, view.history_times, [view.history])
        as_table(t("History as a table"), [t("Period"), t("History")], rows[::-1])


def _rows(
    visitor: Visitor,
    view: SeriesView,
    times: Sequence[datetime],
    columns: Sequence[Sequence[float | None]],
) -> list[list[str]]:
    t = visitor.language
    return [
        [
            time_text(t, view.frequency, time),
            *(t.number(column[k], _DIGITS) for column in columns),
        ]
        for k, time in enumerate(times)
    ]

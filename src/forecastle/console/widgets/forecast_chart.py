"""The chart of a forecast: what was sold, and the band in which sales are expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import (
    Options,
    Palette,
    Values,
    band,
    base_options,
    line,
    mark_line,
    time_axis,
)
from forecastle.console.widgets.periods import time_text
from forecastle.core.quantiles import MEAN
from forecastle.service.forecast_views import Previous, SeriesView

_MEDIAN = "p50"
_POINT = 5
_BEYOND_LINES = 3000


def forecast_options(visitor: Visitor, view: SeriesView, previous: Previous | None) -> Options:
    """The options of the chart.

    Args:
        visitor: who looks.
        view: one series, or a total.
        previous: the forecast before, if it is to be drawn.
    """
    t, palette = visitor.language, Palette.of(visitor.dark)
    before = [None] * len(view.history)
    after = [None] * len(view.times)
    history = line(t("History"), [*view.history, *after], palette.history)
    history["connectNulls"] = False
    drawn = [history, *_forecast_lines(t, palette, view, before)]
    if any(value is not None for value in view.actuals):
        drawn.append(_actuals(t, palette, [*before, *view.actuals]))
    if previous is not None:
        drawn.append(_previous(t, palette, view, previous))
    beginning = view.times[0].isoformat()
    drawn[0]["markLine"] = mark_line(beginning, t("Forecast"), palette.ink)
    if len(view.history) > _BEYOND_LINES:
        drawn[0]["sampling"] = "lttb"
    options = base_options(visitor, zoom=True)
    options["series"] = drawn
    options["legend"] |= _legend(t, view, [each["name"] for each in drawn if each["name"]])
    times = [*view.history_times, *view.times]
    return time_axis(options, t, view.frequency.unit, times)


def forecast_name(language: Language, view: SeriesView, column: str) -> str:
    """What a column is called: where quantiles are added up, what it is a sum of."""
    if column == MEAN:
        return language("Total (sum of the means)") if view.adds_quantiles else language("Mean")
    if view.adds_quantiles:
        return language("Sum of the items' {quantile}", quantile=column)
    return column


def forecast_label(visitor: Visitor, view: SeriesView, name: str) -> str:
    """What the chart shows, in a sentence: for who listens."""
    t = visitor.language
    means = [value for value in view.forecast[MEAN] if value is not None]
    return t(
        "Chart of {name}: history and forecast from {first} to {last}, {amount} expected in all. "
        "The numbers are in the table below.",
        name=name,
        first=time_text(t, view.frequency, view.times[0]),
        last=time_text(t, view.frequency, view.times[-1]),
        amount=t.number(sum(means), 1),
    )


def _forecast_lines(
    t: Language, palette: Palette, view: SeriesView, before: Sequence[None]
) -> list[dict[str, Any]]:
    def padded(column: str) -> Values:
        return [*before, *view.forecast[column]]

    bounds = None if view.adds_quantiles else view.bounds
    drawn: list[dict[str, Any]] = []
    if bounds is not None:
        drawn += band(bounds, padded(bounds[0]), padded(bounds[1]), palette.band)
    middle = MEAN if view.adds_quantiles or _MEDIAN not in view.quantiles else _MEDIAN
    drawn.append(line(forecast_name(t, view, middle), padded(middle), palette.median, width=3))
    # More sums of quantiles than two would only be in the way.
    named = view.quantiles if not view.adds_quantiles else view.bounds or ()
    others = [name for name in named if name not in (*(bounds or ()), middle)]
    colours = (*palette.series[1:3], *palette.series[4:])
    for number, column in enumerate([*others, *([MEAN] if middle != MEAN else [])]):
        colour = colours[number % len(colours)]
        name = forecast_name(t, view, column)
        drawn.append(line(name, padded(column), colour, dashed=True, width=1.5))
    return drawn


def _legend(t: Language, view: SeriesView, names: list[str]) -> Options:
    """Names in the order of the quantiles; the mean of a series is drawn when it is asked for."""
    ordered = [forecast_name(t, view, column) for column in (*view.quantiles, MEAN)]
    first, *others = names
    known = [name for name in ordered if name in others]
    shown = view.adds_quantiles or not view.quantiles
    selected = {} if shown else {forecast_name(t, view, MEAN): False}
    rest = [name for name in others if name not in known]
    return {"data": [first, *known, *rest], "selected": selected}


def _actuals(t: Language, palette: Palette, values: Values) -> dict[str, Any]:
    return {
        **line(t("Actual"), values, palette.ink, width=2),
        "showSymbol": True,
        "symbol": "circle",
        "symbolSize": _POINT,
        "z": 5,
    }


def _previous(
    t: Language, palette: Palette, view: SeriesView, previous: Previous
) -> dict[str, Any]:
    values = previous_values(view, previous)
    return line(t("Previous forecast"), values, palette.series[3], dashed=True, width=2)


def previous_values(view: SeriesView, previous: Previous) -> Values:
    """What the forecast before said, for all periods of the chart."""
    known: Mapping[Any, float] = previous.values
    return [known.get(time) for time in (*view.history_times, *view.times)]

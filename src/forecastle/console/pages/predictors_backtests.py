"""The backtests of a predictor, drawn over what happened, and the items it knows best and worst."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import (
    Options,
    Palette,
    Values,
    as_table,
    band,
    base_options,
    chart,
    line,
    mark_line,
    time_axis,
)
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.item_search import Choice, ItemSearch
from forecastle.console.widgets.layout import panel, title
from forecastle.console.widgets.periods import time_text
from forecastle.core.frequency import Frequency
from forecastle.service.addresses import id_of
from forecastle.service.backtests import (
    BEST,
    LARGEST,
    WORST,
    Backtests,
    BacktestWindow,
    ItemError,
    ItemErrors,
    Series,
    backtests,
    items_by_error,
)
from forecastle.service.training_state import TrainingState

_FOUND = 20
_ORDERS = {
    LARGEST: mark("Most of the error"),
    WORST: mark("Worst forecast"),
    BEST: mark("Best forecast"),
}
_BOUNDS = ("p10", "p90")
_MIDDLE = "vertical-align: middle"


class BacktestPanel:
    """The chart of the windows and the table of the items; a click in the table draws the item.

    Args:
        visitor: who looks.
        state: of the predictor.
        tests: what is drawn at first.
        items: what is listed at first.
        order: of these.
    """

    def __init__(
        self,
        visitor: Visitor,
        state: TrainingState,
        tests: Backtests,
        items: ItemErrors,
        order: str,
    ) -> None:
        self._visitor, self._state = visitor, state
        self._order = order if order in _ORDERS else LARGEST
        self._row = None if tests.series is None else tests.series.row
        t = visitor.language
        hint = t("What it would have forecast, without knowing what came, beside what happened.")
        with panel(t("Forecasts of the test windows"), hint):
            with ui.element("div").classes("line"):
                self._search = ItemSearch(
                    visitor, t("Search an item"), self._find, self._chosen, _name(t, tests.series)
                )
                self._all = ui.button(
                    t("All items together"), on_click=guarded(visitor)(self._draw_all)
                ).props("outline no-caps")
            self._box = ui.element("div").classes("stack")
        with self._box:
            self._show(tests)
        with panel(t("Items by error")):
            ui.toggle(
                {name: t(text) for name, text in _ORDERS.items()},
                value=self._order,
                on_change=guarded(visitor)(self._reorder),
            ).props(f'no-caps unelevated aria-label="{t("Items by error")}"')
            self._list = ui.element("div").classes("stack")
        with self._list:
            self._show_items(items)

    async def _find(self, text: str) -> Sequence[Choice]:
        wanted = "" if text == _name(self._visitor.language, None) else text
        found = await self._visitor.do(
            items_by_error, self._state.arn, LARGEST, _FOUND, wanted.strip()
        )
        t = self._visitor.language
        return [
            Choice(_name(t, each.series), each.series.row, t.percent(each.error, 1))
            for each in found.items
        ]

    async def _chosen(self, choice: Choice) -> None:
        await self._draw(int(str(choice.value)))

    async def _draw_all(self) -> None:
        await self._draw(None)

    async def _draw(self, row: int | None) -> None:
        """Draw another series, and put it into the address."""
        tests = await self._visitor.do(backtests, self._state.arn, row)
        self._row = row
        self._search.show(_name(self._visitor.language, tests.series))
        self._box.clear()
        with self._box:
            self._show(tests)
        self._keep_address()

    async def _reorder(self, event: Any) -> None:
        self._order = event.value
        items = await self._visitor.do(items_by_error, self._state.arn, self._order)
        self._list.clear()
        with self._list:
            self._show_items(items)
        self._keep_address()

    def _keep_address(self) -> None:
        query: dict[str, object] = {} if self._row is None else {"series": self._row}
        query |= {} if self._order == LARGEST else {"order": self._order}
        path = f"/predictors/{id_of(self._state.arn)}"
        address = f"{path}?{urlencode(query)}" if query else path
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")

    def _show(self, tests: Backtests) -> None:
        t, name = self._visitor.language, _name(self._visitor.language, tests.series)
        title(name, 3)
        step = Frequency.parse(self._state.frequency)
        label = t("Chart of {name}: what was sold, and the forecasts of the past", name=name)
        chart(self._visitor, _options(self._visitor, step, tests), label)
        if tests.series is None:
            ui.label(
                t(
                    "The band adds up the p10 and the p90 of the items; it is wider than that of "
                    "the total, because items rarely all sell little, or much, at the same time."
                )
            ).classes("hint")
        _show_numbers(t, step, tests)

    def _show_items(self, items: ItemErrors) -> None:
        t = self._visitor.language
        headings = (
            t("Item"),
            t("Sold"),
            t("Average wQL"),
            t("Too high or too low"),
            t("Share of all error"),
        )
        with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for number, heading in enumerate(headings):
                    with ui.element("th").props("scope=col").classes("number" if number else ""):
                        ui.label(heading)
            with ui.element("tbody"):
                for item in items.items:
                    self._show_item(item)
        ui.label(
            t.plural(
                "{count} item was measured. Sold: in the test windows.",
                "{count} items were measured. Sold: in the test windows.",
                items.total,
            )
        ).classes("hint")

    def _show_item(self, item: ItemError) -> None:
        t = self._visitor.language
        row = item.series.row

        async def draw() -> None:
            await self._draw(row)
            ui.run_javascript(f"getHtmlElement({self._box.id}).scrollIntoView({{block: 'center'}})")

        values = (
            t.number(item.sold, 1),
            t.percent(item.error, 1),
            _bias(t, item.bias),
            t.percent(item.share, 1),
        )
        with ui.element("tr"):
            with ui.element("td").style("min-width: 120px"):
                button = ui.button(_name(t, item.series), on_click=guarded(self._visitor)(draw))
                button.props("flat dense no-caps align=left")
            for value in values:
                with ui.element("td").classes("number").style(_MIDDLE):
                    ui.label(value)


def _name(t: Language, series: Series | None) -> str:
    """``tea · London`` for an item of a store."""
    return t("All items together") if series is None else " · ".join(series.keys)


def _bias(t: Language, bias: float | None) -> str:
    if bias is None:
        return "–"
    share = t.percent(abs(bias), 1)
    if round(abs(bias), 3) == 0:
        return t("neither")
    return t("{share} too high", share=share) if bias > 0 else t("{share} too low", share=share)


def _options(visitor: Visitor, step: Frequency, tests: Backtests) -> Options:
    """Actuals, and for each window its band and its middle; a dotted line where each begins."""
    t, palette = visitor.language, Palette.of(visitor.dark)
    actual = line(t("Actual"), _actual(tests), palette.history)
    actual["markLine"] = _beginnings(t, palette, tests)
    drawn = [actual]
    for number, window in enumerate(tests.windows):
        drawn += _window_lines(t, palette, tests, window, f"band{number}")
    options = base_options(visitor, zoom=True)
    options["series"] = drawn
    names = dict.fromkeys(each["name"] for each in drawn if each["name"])
    options["legend"]["data"] = list(names)
    return time_axis(options, t, step.unit, tests.times)


def _window_lines(
    t: Language, palette: Palette, tests: Backtests, window: BacktestWindow, stack: str
) -> list[Options]:
    """The band and the middle of a window; every window's lines have the same names."""
    is_total = tests.series is None

    def placed(values: Values) -> Values:
        known = dict(zip(window.times, values, strict=True))
        return [known.get(time) for time in tests.times]

    low, high = (_bound(t, name, is_total=is_total) for name in _BOUNDS)
    middle = t("Total (sum of the means)") if is_total else "p50"
    values = window.mean if is_total else window.p50
    return [
        *band((low, high), placed(window.p10), placed(window.p90), palette.band, stack),
        line(middle, placed(values), palette.median, width=3),
    ]


def _bound(t: Language, name: str, *, is_total: bool) -> str:
    return t("Sum of the items' {quantile}", quantile=name) if is_total else name


def _beginnings(t: Language, palette: Palette, tests: Backtests) -> dict[str, Any]:
    """A line where each window begins; the first one says what it is."""
    first, *others = tests.windows
    found = dict(mark_line(first.times[0].isoformat(), t("Test window"), palette.ink))
    positions = [{"xAxis": each.times[0].isoformat(), "label": {"show": False}} for each in others]
    return {**found, "data": [*found["data"], *positions]}


def _actual(tests: Backtests) -> Values:
    """What was sold; where the dataset is gone, what the windows remember."""
    if tests.history:
        return tests.history
    known = {
        time: value
        for window in tests.windows
        for time, value in zip(window.times, window.actual, strict=True)
    }
    return [known.get(time) for time in tests.times]


def _show_numbers(t: Language, step: Frequency, tests: Backtests) -> None:
    is_total = tests.series is None
    low, high = (_bound(t, name, is_total=is_total) for name in _BOUNDS)
    middle = t("Total (sum of the means)") if is_total else "p50"
    rows = [
        [
            time_text(t, step, time),
            *(t.number(value, 2) for value in values),
        ]
        for window in tests.windows
        for time, *values in zip(
            window.times,
            window.actual,
            window.p10,
            window.mean if is_total else window.p50,
            window.p90,
            strict=True,
        )
    ]
    columns = [t("Period"), t("Actual"), low, middle, high]
    as_table(t("The numbers of the chart"), columns, rows)

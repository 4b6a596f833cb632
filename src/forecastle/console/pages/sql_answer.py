"""The answer to a query: a table page by page, a chart, a file."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import polars as pl
import polars.selectors as cs
from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import Options, Palette, base_options, chart, line
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import panel
from forecastle.pipelines.sql_answers import as_csv

_ON_A_PAGE = 50
_DIGITS = 4
_FILE = "answer.csv"


class AnswerView:
    """Shows answers; the browser gets the rows of one page at a time.

    Args:
        visitor: who looks.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._answer = pl.DataFrame()
        self._page = 0

    def show(self, answer: pl.DataFrame) -> None:
        """Build it where the caller is."""
        self._answer, self._page = answer, 0
        t = self._visitor.language
        with panel(t("Answer")):
            count = t.plural("{count} row", "{count} rows", answer.height)
            with ui.element("div").classes("line justify-between full-width"):
                ui.label(count)
                with ui.element("div").classes("line"):
                    self._show_switch()
                    button = ui.button(t("Download CSV"), icon="download")
                    button.props("outline no-caps").on_click(guarded(self._visitor)(self._send))
            self._chart_box = ui.element("div").classes("stack")
            self._table_box = ui.element("div").classes("stack")
        self._show_page()

    def _show_switch(self) -> None:
        """For answers that can be drawn: numbers beside a first column."""
        columns = self._answer.select(cs.numeric()).columns
        drawn = [name for name in columns if name != self._answer.columns[0]]
        if not drawn or not self._answer.height:
            return
        switch = ui.switch(self._visitor.language("As a chart"))
        switch.on_value_change(lambda event: self._draw(drawn, on=bool(event.value)))

    def _draw(self, columns: list[str], *, on: bool) -> None:
        self._chart_box.clear()
        if not on:
            return
        t, first = self._visitor.language, self._answer.columns[0]
        label = t(
            "Chart of the answer: {columns} by {first}", columns=", ".join(columns), first=first
        )
        with self._chart_box:
            chart(self._visitor, self._options(columns), label)

    def _options(self, columns: list[str]) -> Options:
        palette = Palette.of(self._visitor.dark)
        first = self._answer.to_series(0)
        options = base_options(self._visitor, zoom=self._answer.height > _ON_A_PAGE)
        options["xAxis"]["data"] = [self._cell(value) for value in first]
        for number, name in enumerate(columns):
            colour = palette.series[number % len(palette.series)]
            values = [_finite(value) for value in self._answer[name].to_list()]
            if first.dtype.is_temporal():
                series = line(name, values, colour)
            else:
                series = {
                    "name": name, "type": "bar", "data": values, "itemStyle": {"color": colour},
                }  # fmt: skip
            options["series"].append(series)
        return options

    def _show_page(self) -> None:
        start = self._page * _ON_A_PAGE
        self._table_box.clear()
        with self._table_box:
            self._show_table(self._answer.slice(start, _ON_A_PAGE))
            if self._answer.height > _ON_A_PAGE:
                self._show_pager(start)

    def _show_table(self, rows: pl.DataFrame) -> None:
        numbers = [kind.is_numeric() for kind in rows.dtypes]
        box = ui.element("div").classes("scroll").props("tabindex=0 translate=no")
        with box, ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for name, is_number in zip(rows.columns, numbers, strict=True):
                    with ui.element("th").classes("number" if is_number else ""):
                        ui.label(name)
            with ui.element("tbody"):
                for row in rows.iter_rows():
                    with ui.element("tr"):
                        for value, is_number in zip(row, numbers, strict=True):
                            with ui.element("td").classes("number" if is_number else ""):
                                ui.label(self._cell(value))

    def _show_pager(self, start: int) -> None:
        t = self._visitor.language
        last = min(start + _ON_A_PAGE, self._answer.height)
        with ui.element("div").classes("line"):
            back = ui.button(icon="chevron_left", on_click=lambda: self._go(-1))
            back.props(f'flat round aria-label="{t("Previous rows")}"').set_enabled(start > 0)
            ui.label(
                t(
                    "Rows {first} to {last} of {count}",
                    first=t.number(start + 1),
                    last=t.number(last),
                    count=t.number(self._answer.height),
                )
            )
            on = ui.button(icon="chevron_right", on_click=lambda: self._go(1))
            on.props(f'flat round aria-label="{t("Next rows")}"')
            on.set_enabled(last < self._answer.height)

    def _go(self, pages: int) -> None:
        self._page += pages
        self._show_page()

    def _cell(self, value: Any) -> str:
        """As the reader writes numbers and days; whole numbers may be years or codes."""
        t = self._visitor.language
        if value is None:
            return "–"
        if isinstance(value, float):
            return t.number(value, _DIGITS) if math.isfinite(value) else str(value)
        if isinstance(value, datetime):
            return (
                t.date(value)
                if value.time() == datetime.min.time()
                else f"{value:%Y-%m-%d %H:%M:%S}"
            )
        return t.date(value) if isinstance(value, date) else str(value)

    async def _send(self) -> None:
        text = await self._visitor.house.in_thread(as_csv, self._answer)
        ui.download.content(text.encode(), _FILE, "text/csv")


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None

"""``/sql``: questions to forecasts, history and accuracy, in DuckDB's SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.sql_answer import AnswerView
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.code_editor import CodeEditor
from forecastle.console.widgets.errors import error_panel, guarded
from forecastle.console.widgets.layout import page_head, panel
from forecastle.core.errors import InputError
from forecastle.pipelines.sql_answers import NUMBER, ON_A_PAGE, TEXT, TIME, ask, describe_tables

# A longer address is cut off by some programs that pass links on.
_LONGEST_LINK = 4000
_TABLES: Mapping[str, str] = {
    "forecasts": mark("A row for each forecast, item and step"),
    "totals": mark("A row for each forecast, step and group of items: honest quantiles of sums"),
    "history": mark("A row for each dataset, item and period: what was sold"),
    "accuracy": mark("A row for each predictor, algorithm, backtest window and metric"),
    "predictors": mark("A row for each predictor"),
}
_TYPES = {TEXT: mark("text"), TIME: mark("date and time"), NUMBER: mark("number")}
_EXAMPLES: Mapping[str, str] = {
    mark("What is expected to sell most"): """\
SELECT item_id, sum(mean) AS expected
FROM forecasts
WHERE forecast_arn = (SELECT arg_max(forecast_arn, created) FROM forecasts)
GROUP BY ALL ORDER BY expected DESC LIMIT 20""",
    mark("The latest forecast"): """\
SELECT timestamp, item_id, p10, p50, p90
FROM forecasts
WHERE forecast_arn = (SELECT arg_max(forecast_arn, created) FROM forecasts)
ORDER BY item_id, timestamp LIMIT 1000""",
    mark("What is needed in all"): """\
SELECT timestamp, p10, p50, p90
FROM totals
WHERE grouped_by IS NULL
  AND forecast_arn = (SELECT arg_max(forecast_arn, created) FROM forecasts)
ORDER BY timestamp NULLS LAST""",
    mark("Each forecast beside what came in"): """\
SELECT f.timestamp, f.forecast, f.item_id, h.demand, f.p10, f.p50, f.p90
FROM forecasts f JOIN history h USING (item_id, timestamp)
LIMIT 1000""",
    mark("Sales per week"): """\
SELECT date_trunc('week', timestamp) AS week, sum(demand) AS demand
FROM history GROUP BY ALL ORDER BY week""",
    mark("The accuracy of every training"): """\
SELECT p.created, p.blend, a.value AS average_wql
FROM predictors p JOIN accuracy a USING (predictor_arn)
WHERE a.evaluation = 'SUMMARY' AND a.metric = 'average_wql'
ORDER BY p.created""",
}


@page("/sql", mark("SQL"))
async def show_sql(visitor: Visitor, q: str = "") -> None:
    """An editor and its answer."""
    _SqlPage(visitor, q).build()


class _SqlPage:
    """The page.

    Args:
        visitor: who asks.
        query: that the address brought; it runs only when somebody says so.
    """

    def __init__(self, visitor: Visitor, query: str) -> None:
        self._visitor, self._query = visitor, query
        self._answer = AnswerView(visitor)

    def build(self) -> None:
        """Everything but the tables, which are read afterwards."""
        t = self._visitor.language
        lead = t("Ask forecasts, history and accuracy anything, in DuckDB's SQL. It only reads.")
        with page_head(t("SQL"), lead):
            pass
        with ui.element("div").classes("split"):
            with ui.element("div").classes("stack").style("gap: 20px"):
                self._show_editor()
                self._place = ui.element("div").classes("stack").props('aria-live="polite"')
            with ui.element("div").classes("stack").style("gap: 20px"):
                self._show_examples()
                with panel(t("Tables")) as tables:
                    spinner = ui.spinner(size="lg")

        async def list_tables() -> None:
            found = await self._visitor.do(describe_tables)
            spinner.delete()
            with tables:
                for number, name in enumerate(_TABLES):
                    columns = next(each.columns for each in found if each.name == name)
                    self._show_table(name, columns, is_open=number == 0)

        ui.timer(0, guarded(self._visitor)(list_tables), once=True)

    def _show_editor(self) -> None:
        t = self._visitor.language
        run = guarded(self._visitor)(self._run)
        with panel():
            if self._query:
                with ui.element("section").classes("warning-panel"):
                    text = t("This query came with the link. Read it, then run it.")
                    ui.label(text)
            text = self._query or next(iter(_EXAMPLES.values()))
            label = t("The query (SQL)")
            self._editor = CodeEditor(self._visitor, "SQL", text, label, "220px", on_run=run)
            with ui.element("div").classes("line"):
                self._button = ui.button(t("Run"), icon="play_arrow", on_click=run)
                self._button.props("unelevated no-caps")
                ui.label(t("or press Ctrl+Enter")).classes("hint")
            limits = t(
                "An answer has at most {rows} rows, and a query at most {seconds} seconds.",
                rows=t.number(ON_A_PAGE.rows),
                seconds=t.number(ON_A_PAGE.seconds),
            )
            ui.label(limits).classes("hint")

    def _show_examples(self) -> None:
        t = self._visitor.language
        with panel(t("Examples")), ui.element("div").classes("stack").style("gap: 0"):
            for name, query in _EXAMPLES.items():
                button = ui.button(t(name), on_click=lambda query=query: self._use(query))
                button.props("flat no-caps align=left")

    def _use(self, query: str) -> None:
        self._editor.text = query

    def _show_table(
        self, name: str, columns: tuple[tuple[str, str], ...], *, is_open: bool
    ) -> None:
        t = self._visitor.language
        with (
            ui.expansion(name, value=is_open)
            .classes("full-width")
            .props("dense translate=no header-class=mono")
        ):
            ui.label(t(_TABLES[name])).classes("hint").props(f"lang={t.code}")
            with ui.element("ul").style("margin: 8px 0; padding-left: 20px"):
                for column, kind in columns:
                    with ui.element("li"):
                        ui.label(column).classes("mono").style("display: inline")
                        ui.label(f" {t(_TYPES[kind])}").classes("hint").style("display: inline")

    async def _run(self) -> None:
        query = self._editor.text.strip()
        self._button.props("loading")
        self._remember(query)
        try:
            found = await self._visitor.do(ask, query)
        except InputError as error:
            self._place.clear()
            with self._place:
                error_panel(self._visitor, error)
            return
        finally:
            self._button.props(remove="loading")
        self._place.clear()
        with self._place:
            self._answer.show(found)

    def _remember(self, query: str) -> None:
        """In the address, so that the query can be sent."""
        address = f"/sql?{urlencode({'q': query})}"
        if len(address) > _LONGEST_LINK:
            address = "/sql"
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")

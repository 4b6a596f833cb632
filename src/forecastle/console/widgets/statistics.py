"""What data hold: facts in a row, and the statistics of an import as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor

_DIGITS = 2


def facts() -> ui.element:
    """A row for facts, as many beside each other as there is room for."""
    columns = "grid-template-columns: repeat(auto-fill, minmax(min(100%, 150px), 1fr))"
    return ui.element("div").classes("grid").style(columns)


def statistics_table(visitor: Visitor, statistics: Mapping[str, Mapping[str, Any]]) -> None:
    """A line for each field.

    Args:
        visitor: who looks.
        statistics: as FieldStatistics of DescribeDatasetImportJob.
    """
    t = visitor.language
    headings = (
        t("Filled cells"),
        t("Empty cells"),
        t("Different values"),
        t("Smallest"),
        t("Largest"),
        t("Average"),
    )
    with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
        with ui.element("thead"), ui.element("tr"):
            with ui.element("th").props("scope=col"):
                ui.label(t("Attribute"))
            for heading in headings:
                with ui.element("th").props("scope=col").classes("number"):
                    ui.label(heading)
        with ui.element("tbody"):
            for name, found in statistics.items():
                _line(t, name, found)


def _line(t: Language, name: str, found: Mapping[str, Any]) -> None:
    texts = (
        t.number(found.get("CountLong")),
        t.number(found.get("CountNullLong", 0) + found.get("CountNanLong", 0)),
        t.number(found.get("CountDistinctLong")),
        _value(t, found.get("Min")),
        _value(t, found.get("Max")),
        t.number(found.get("Avg"), _DIGITS),
    )
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.label(name)
        for text in texts:
            with ui.element("td").classes("number"):
                ui.label(text)


def _value(t: Language, text: str | None) -> str:
    """A number or a timestamp, which the service tells as text."""
    if text is None:
        return "–"
    try:
        return t.number(float(text), _DIGITS)
    except ValueError:
        return t.date(datetime.fromisoformat(text))

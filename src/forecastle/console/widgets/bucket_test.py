"""What a test of a bucket found: list, read, write, each with its reason."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.core.errors import ForecastleError
from forecastle.storage.buckets import Tried


def show_tried(visitor: Visitor, tried: Tried) -> None:
    """Three lines."""
    t = visitor.language
    with ui.element("ul").style("list-style: none; padding: 0; margin: 0"):
        _show(t("Files can be listed"), t("Files cannot be listed"), tried.listing)
        _show(t("Files can be read"), t("Files cannot be read"), tried.reading)
        _show(
            t("Files can be written and deleted"),
            t("Files cannot be written: data can be imported, but nothing can be exported here"),
            tried.writing,
        )


def _show(good: str, bad: str, error: ForecastleError | None) -> None:
    with ui.element("li").classes("row no-wrap q-py-xs").style("gap: 10px"):
        icon = ui.icon("check_circle" if error is None else "cancel").props("aria-hidden=true")
        icon.style(f"font-size: 22px; color: var(--{'good' if error is None else 'bad'})")
        with ui.element("div").style("min-width: 0"):
            ui.label(good if error is None else bad)
            if error is not None:
                ui.label(str(error)).classes("hint")

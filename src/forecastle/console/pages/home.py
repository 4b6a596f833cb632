"""``/``: the dataset groups, and what to do next."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor


@page("/", mark("Forecasts"))
async def home(visitor: Visitor) -> None:
    """All dataset groups."""
    answer = await visitor.call("ListDatasetGroups")
    ui.label(f"{answer}")

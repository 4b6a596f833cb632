"""``/analysis``: choose data, choose a visual, see it, keep it on a dashboard."""

from __future__ import annotations

import json
from typing import Any

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.analysis_choice import choose_source
from forecastle.console.pages.analysis_editor import edit_visual
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import error_panel
from forecastle.console.widgets.layout import page_head
from forecastle.core.errors import ForecastleError, InputError
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of
from forecastle.service.source_files import Source, SourceKind
from forecastle.service.visuals import Visual

_TYPES = {
    SourceKind.EXPORT: ResourceType.FORECAST_EXPORT_JOB,
    SourceKind.GROUP: ResourceType.DATASET_GROUP,
    SourceKind.BACKTEST: ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB,
    SourceKind.ACCURACY: ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB,
}


@page("/analysis", mark("Analysis"))
async def show_analysis(
    visitor: Visitor,
    source: str = "",
    visual: str = "",
    export: str = "",
    group: str = "",
    backtest: str = "",
    accuracy: str = "",
    pipeline: str = "",
    path: str = "",
    manifest: str = "",
) -> None:
    """Data by ``source`` (as this page writes it) or by one of the short forms that follow it."""
    short = {
        SourceKind.EXPORT: export,
        SourceKind.GROUP: group,
        SourceKind.BACKTEST: backtest,
        SourceKind.ACCURACY: accuracy,
        SourceKind.PIPELINE: pipeline,
        SourceKind.PATH: path,
        SourceKind.MANIFEST: manifest,
    }
    chosen = await _source(visitor, source, short)
    if chosen is None:
        with page_head(
            visitor.language("Analysis"),
            visitor.language("Choose the data that you want to look at."),
        ):
            pass
        choose_source(visitor)
        return
    wanted = Visual.from_json(_read(visual)) if visual else None
    place = ui.element("div").classes("stack")
    with place:
        ui.spinner(size="lg").props(f'aria-label="{visitor.language("The data are being read")}"')

    async def begin() -> None:
        """The page is shown before the data are read: those of a bucket may take their time."""
        try:
            await edit_visual(visitor, place, chosen, wanted)
        except ForecastleError as error:
            place.clear()
            with place:
                error_panel(visitor, error)
                choose_source(visitor)

    ui.timer(0, begin, once=True)


async def _source(visitor: Visitor, text: str, short: dict[SourceKind, str]) -> Source | None:
    if text:
        return Source.from_json(_read(text))
    for kind, value in short.items():
        if value and kind in _TYPES:
            return Source(kind, await visitor.do(arn_of, _TYPES[kind], value))
        if value:
            return Source(kind, value)
    return None


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError("this address is damaged; choose the data anew under Analysis") from error

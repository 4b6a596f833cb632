"""The words of analyses, and their addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from forecastle.console.language import Language, mark
from forecastle.service.analysis_sources import name_of
from forecastle.service.source_files import Source, SourceKind
from forecastle.service.visuals import Aggregate, Grain, Shape, Sort, Visual

SHAPES: Mapping[Shape, tuple[str, str]] = {
    Shape.LINE: (mark("Line chart"), "show_chart"),
    Shape.BAR: (mark("Bar chart"), "bar_chart"),
    Shape.AREA: (mark("Area chart"), "area_chart"),
    Shape.TABLE: (mark("Table"), "table_rows"),
    Shape.HEAT_MAP: (mark("Heat map"), "grid_on"),
}
GRAINS: Mapping[Grain, str] = {
    Grain.HOUR: mark("By hour"),
    Grain.DAY: mark("By day"),
    Grain.WEEK: mark("By week"),
    Grain.MONTH: mark("By month"),
}
AGGREGATES: Mapping[Aggregate, str] = {
    Aggregate.SUM: mark("Sum"),
    Aggregate.AVERAGE: mark("Average"),
    Aggregate.MINIMUM: mark("Minimum"),
    Aggregate.MAXIMUM: mark("Maximum"),
}
SORTS: Mapping[Sort, str] = {
    Sort.LARGEST: mark("Largest first"),
    Sort.SMALLEST: mark("Smallest first"),
    Sort.NAME: mark("By name"),
}
_SOURCES: Mapping[SourceKind, str] = {
    SourceKind.GROUP: mark("Always the newest export of dataset group {name}"),
    SourceKind.PIPELINE: mark("Always the newest export of pipeline {name}"),
    SourceKind.EXPORT: mark("Export {name}"),
    SourceKind.BACKTEST: mark("Backtest forecasts of {name}"),
    SourceKind.ACCURACY: mark("Backtest accuracy of {name}"),
    SourceKind.MANIFEST: mark("QuickSight manifest {name}"),
    SourceKind.PATH: mark("File {name}"),
}


def source_text(t: Language, source: Source) -> str:
    """What the data are, in a line."""
    name = name_of(source)
    return t(_SOURCES[source.kind], name=name if not name.startswith("QuickSight") else "")


def analysis_path(source: Source, visual: Visual | None = None) -> str:
    """The address of an analysis."""
    query = {"source": json.dumps(source.to_json(), ensure_ascii=False)}
    if visual is not None:
        query["visual"] = json.dumps(visual.to_json(), ensure_ascii=False)
    return f"/analysis?{urlencode(query)}"

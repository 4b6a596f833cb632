"""Analyses: a visual over a source, computed with the rights of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from forecastle.catalog.access_keys import Role
from forecastle.service.analysis_sources import Table, open_table
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.service.source_files import Source, find_files
from forecastle.service.visual_data import Points, compute, find_texts
from forecastle.service.visuals import Grain, Shape, Value, Visual
from forecastle.storage.prepared import Field, Kind

_MOST_TEXTS = 50
_DATES = ("date", "timestamp")
_USUAL = ("p10", "p50", "p90")


@dataclass(frozen=True)
class VisualData:
    """What a visual shows, and of which data.

    Attributes:
        visual: it.
        points: what it shows.
        name: of the data, for people.
        version: the same as long as the data are the same.
        made_at: when the data were made; seconds since 1970.
    """

    visual: Visual
    points: Points
    name: str
    version: str
    made_at: float


def describe_source(context: Context, source: Source) -> Table:
    """The fields of a source, with its data made ready.

    Raises:
        ForecastleError: as `analysis_sources.open_table`.
    """
    require(context, Role.VIEWER, "DescribeAnalysisSource")
    return open_table(context, source)


def run_visual(context: Context, source: Source, visual: Visual) -> VisualData:
    """Compute a visual.

    Raises:
        InputError: the visual does not fit the data.
        ForecastleError: as `analysis_sources.open_table`.
    """
    require(context, Role.VIEWER, "RunVisual")
    table = open_table(context, source)
    points = compute(_scan(table), table.fields, visual)
    return VisualData(visual, points, table.name, table.version, table.made_at)


def run_again(
    context: Context, source: Source, visual: Visual, before: VisualData | None
) -> VisualData:
    """As `run_visual`; what was computed before where neither data nor visual have changed."""
    require(context, Role.VIEWER, "RunVisual")
    is_same = before is not None and before.visual == visual
    if before is not None and is_same and before.version == find_files(context, source).version:
        return before
    return run_visual(context, source, visual)


def find_values(context: Context, source: Source, field: str, search: str) -> list[str]:
    """Up to 50 texts of a field that contain ``search``, for whoever chooses a filter."""
    require(context, Role.VIEWER, "FindAnalysisValues")
    table = open_table(context, source)
    if field not in {each.name for each in table.fields}:
        return []
    return find_texts(_scan(table), field, search, _MOST_TEXTS)


def first_visual(fields: tuple[Field, ...]) -> Visual:
    """What to begin with: the usual quantiles by day, else the first number by whatever is there.

    Without numbers it has no values, which is said when it is computed.
    """
    numbers = [each.name for each in fields if each.kind is Kind.NUMBER]
    dates = [each.name for each in fields if each.kind is Kind.DATE]
    texts = [each.name for each in fields if each.kind is Kind.TEXT]
    usual = [name for name in _USUAL if name in numbers]
    values = tuple(Value(name) for name in (usual or numbers[:1]))
    x = next((name for name in _DATES if name in dates), next(iter([*dates, *texts, *numbers]), ""))
    return Visual(Shape.LINE if dates else Shape.BAR, x, values, Grain.DAY)


def _scan(table: Table) -> pl.LazyFrame:
    return pl.scan_parquet(table.path, glob=False)

"""Profile: what there is to know about the data of an import before they are imported.

Everything is told from the stored form that the import itself makes of the files. Gaps, closing
days and unusual values are looked for in the series that sell most, as many as fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.series.alignment import (
    Alignment,
    default_alignment,
    infer_alignment,
    period_start,
    period_starts,
)
from forecastle.series.building import build_panel
from forecastle.series.closed_weekdays import DAILY, closed_weekdays, weekdays_of
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_statistics import Statistics
from forecastle.series.dataset_table import DatasetTable
from forecastle.series.dataset_target import EXACT, LEAST, target_observations
from forecastle.series.inference import infer_frequency
from forecastle.series.panel import Bools, Panel
from forecastle.series.quality import unusual_values
from forecastle.series.recipe import DataRecipe
from forecastle.series.summing import COUNT

_MOST_CELLS = 3_000_000
_UNUSUAL_SHOWN = 20
_WORST_SHOWN = 3
_MOST_POINTS = 2_000


@dataclass(frozen=True)
class UnusualValue:
    """A value far from what is usual for its series: the series, when, how much, and the usual."""

    series: str
    at: datetime
    value: float
    usual: float


@dataclass(frozen=True)
class SeriesProfile:
    """What only a look at whole series tells.

    Attributes:
        looked_at: how many series were looked at, those with the largest totals.
        periods: between each series' first value and the end of the data.
        missing: of these, without a row, on days that are no weekly closing days.
        missing_series: how many series they are in.
        most_missing: the series with most of them, and how many.
        closed: ``[7]`` for each weekday, Monday first, how many series never sell on it.
        unusual: how many values are unusual.
        examples: the farthest of them.
    """

    looked_at: int
    periods: int
    missing: int
    missing_series: int
    most_missing: tuple[tuple[str, int], ...]
    closed: tuple[int, ...]
    unusual: int
    examples: tuple[UnusualValue, ...]


@dataclass(frozen=True)
class Profile:
    """What an import would make of its files.

    Attributes:
        rows: with content.
        items: distinct items.
        series: distinct items and dimensions.
        first: first timestamp; None in metadata.
        last: last timestamp.
        frequency: of the data, as the schema says or else as they are; None in metadata.
        totals: sum of all series per period, the latest 2,000 periods; of a target.
        periods: of all series, with a value.
        merged_rows: rows that were added to another one of the same series and period.
        repeated_rows: of these, rows at the very same moment as another.
        returns: periods with a value below zero.
        negative: of these, periods whose sum is below zero.
        zeros: periods whose sum is zero.
        empty: rows without a value.
        statistics: of the fields, as DescribeDatasetImportJob tells them.
        details: of the series; None where there is no target, or no value of it.
    """

    rows: int
    items: int
    series: int
    first: datetime | None
    last: datetime | None
    frequency: str | None
    totals: tuple[tuple[datetime, float], ...] = ()
    periods: int = 0
    merged_rows: int = 0
    repeated_rows: int = 0
    returns: int = 0
    negative: int = 0
    zeros: int = 0
    empty: int = 0
    statistics: Statistics = field(default_factory=dict)
    details: SeriesProfile | None = None


def profile(table: DatasetTable, schema: DatasetSchema) -> Profile:
    """The profile of what an import would store."""
    rows = table.rows
    series_keys = [key for key in schema.keys if key != TIMESTAMP]
    times = None if schema.is_metadata else rows[TIMESTAMP]
    plain = Profile(
        rows=table.n_rows,
        items=rows[ITEM].n_unique(),
        series=rows.select(series_keys).n_unique(),
        first=None if times is None else _moment(times.min()),
        last=None if times is None else _moment(times.max()),
        frequency=None if times is None else str(_frequency(times, schema)),
        statistics=table.statistics,
    )
    return _of_target(plain, rows, schema) if schema.is_target else plain


def _of_target(plain: Profile, rows: pl.DataFrame, schema: DatasetSchema) -> Profile:
    alignment = _alignment(rows[TIMESTAMP], schema)
    values = pl.col(COUNT)
    facts = rows.select(
        periods=(values > 0).sum(),
        merged_rows=(values - 1).clip(0).sum(),
        repeated_rows=pl.when(EXACT).then((values - 1).clip(0)).sum(),
        returns=(pl.col(LEAST) < 0).sum(),
        negative=(pl.col(DEMAND) < 0).sum(),
        zeros=(pl.col(DEMAND) == 0).sum(),
        empty=plain.rows - values.sum(),
    ).row(0, named=True)
    counts: dict[str, Any] = {name: int(value or 0) for name, value in facts.items()}
    return replace(
        plain,
        **counts,
        totals=_totals(rows, alignment),
        details=_series(rows, schema, alignment) if facts["periods"] else None,
    )


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _distinct(times: pl.Series) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    return np.asarray(times.unique().sort().to_numpy().astype("datetime64[s]"))


def _frequency(times: pl.Series, schema: DatasetSchema) -> Frequency:
    return schema.frequency or infer_frequency(_distinct(times))


def _alignment(times: pl.Series, schema: DatasetSchema) -> Alignment:
    frequency = _frequency(times, schema)
    distinct = _distinct(times)
    return infer_alignment(distinct, frequency) if distinct.size else default_alignment(frequency)


def _totals(rows: pl.DataFrame, alignment: Alignment) -> tuple[tuple[datetime, float], ...]:
    """By day where the periods are shorter: a chart has no room for more."""
    shown = default_alignment(DAILY) if alignment.frequency.unit in ("min", "H") else alignment
    totals = (
        rows.lazy()
        .group_by(period_start(pl.col(TIMESTAMP), shown))
        .agg(pl.col(DEMAND).sum())
        .sort(TIMESTAMP)
        .tail(_MOST_POINTS)
        .collect()
    )
    return tuple(totals.iter_rows())


def _series(rows: pl.DataFrame, schema: DatasetSchema, alignment: Alignment) -> SeriesProfile:
    panel = _panel(rows, schema, alignment)
    closed = closed_weekdays(panel)
    begun = np.arange(panel.n_time) >= panel.start[:, None]
    missing: Bools = begun & ~panel.observed
    if panel.frequency == DAILY:
        missing &= ~closed[:, weekdays_of(panel.times)]
    unusual = unusual_values(panel)
    return SeriesProfile(
        looked_at=panel.n_series,
        periods=int(begun.sum()),
        missing=int(missing.sum()),
        missing_series=int(missing.any(axis=1).sum()),
        most_missing=_most(panel, missing),
        closed=tuple(int(count) for count in closed.sum(axis=0)),
        unusual=int(unusual.cells.sum()),
        examples=tuple(
            UnusualValue(
                _name(panel, row),
                panel.times[column].astype("datetime64[us]").item(),
                float(panel.target[row, column]),
                float(unusual.usual[row, column]),
            )
            for row, column in unusual.first(_UNUSUAL_SHOWN)
        ),
    )


def _panel(rows: pl.DataFrame, schema: DatasetSchema, alignment: Alignment) -> Panel:
    """The series with the largest totals, no more cells than `_MOST_CELLS`."""
    keys = [ITEM, *schema.dimensions]
    times = _distinct(rows[TIMESTAMP])
    first = period_starts(times[:1], alignment)[0]
    steps = int(alignment.frequency.steps_between(first, times[-1:])[0])
    most = max(1, _MOST_CELLS // (steps + 1))
    largest = rows.group_by(keys).agg(pl.col(DEMAND).sum()).sort(DEMAND, *keys, descending=True)
    chosen = rows.join(largest.head(most).select(keys), on=keys, how="semi")
    observed = target_observations(chosen, schema, alignment, dimensions=schema.dimensions)
    recipe = DataRecipe(alignment, dimensions=schema.dimensions, domain=schema.domain)
    return build_panel(observed, recipe, 1).panel


def _most(panel: Panel, cells: Bools) -> tuple[tuple[str, int], ...]:
    counts = cells.sum(axis=1)
    order: Sequence[int] = np.argsort(-counts, kind="stable")[:_WORST_SHOWN].tolist()
    return tuple((_name(panel, row), int(counts[row])) for row in order if counts[row])


def _name(panel: Panel, row: int) -> str:
    return " · ".join(panel.keys.row(row))

"""The stored form of a target: what is enough to aggregate it later in any of the five ways.

Sales are stored by series and *stored period*: a minute, an hour or a day, whichever the frequency
of the dataset needs. Each row holds the sum, the number, the least, largest and first of the
values in it. All five aggregations to any coarser period follow from these, exactly, so that a
file of a hundred million transactions is read once and need not be kept.

A row whose raw timestamps all are the start of its period is *exact*: it is a value that the user
gave for the period, rather than what transactions add up to. Newer data replace exact rows and add
to the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series import cells
from forecastle.series.aggregation import DEFAULT_AGGREGATION, check_aggregation
from forecastle.series.alignment import (
    Alignment,
    default_alignment,
    infer_alignment,
    period_start,
)
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.portions import portions
from forecastle.series.summing import COUNT, LARGEST, SUM, exact_sums

LEAST, FIRST, FIRST_AT, EXACT = "least value", "first value", "time of the first", "is exact"

_STORED = (DEMAND, COUNT, LEAST, LARGEST, FIRST, FIRST_AT, EXACT)
_MOMENT, _ORDER, _TOTAL = "raw timestamp", "order of rows", "count of all values"
# A day has fewer than 2^37 microseconds: times this they still are whole numbers of 64 bits.
_MOST_RECORDS = 2**26


def condensed(rows: pl.LazyFrame, schema: DatasetSchema) -> pl.LazyFrame:
    """Rows of sales in their stored form, sorted by key and time.

    Args:
        rows: ``item_id``, the dimensions, ``timestamp`` and ``demand``, null where missing.
        schema: the dimensions and the stored periods.

    Returns:
        The keys, ``timestamp`` (the start of the stored period), ``demand`` (the sum), `COUNT`,
        `LEAST`, `LARGEST`, `FIRST` (the earliest value, and the first in the files among those),
        `FIRST_AT` (its raw timestamp) and `EXACT`. Where all values are missing, they are null.
    """
    keys = list(schema.keys)
    stamp, demand = pl.col(TIMESTAMP), pl.col(DEMAND)
    # One number orders the rows of a period by time and, within a moment, as they stand in the
    # files: a group needs no order of its own, which would keep all its rows in memory.
    within = pl.col(_MOMENT).cast(pl.Int64) - stamp.cast(pl.Int64)
    order = within * _MOST_RECORDS + pl.col(cells.RECORD)
    starts = period_start(stamp, default_alignment(schema.resolution))
    timed = rows.with_row_index(cells.RECORD).select(
        *keys[:-1], DEMAND, cells.RECORD, stamp.alias(_MOMENT), starts
    )
    periods = timed.select(
        *keys, DEMAND, _MOMENT, pl.when(demand.is_not_null()).then(order).alias(_ORDER)
    )
    grouped = exact_sums(
        periods,
        keys,
        DEMAND,
        demand.min().alias(LEAST),
        demand.min_by(_ORDER).alias(FIRST),
        pl.col(_ORDER).min(),
        pl.col(_MOMENT).max(),
    )
    return grouped.select(
        *keys,
        pl.col(SUM).alias(DEMAND),
        pl.col(COUNT).cast(pl.Int64),
        LEAST,
        LARGEST,
        FIRST,
        (stamp + pl.duration(microseconds=pl.col(_ORDER) // _MOST_RECORDS)).alias(FIRST_AT),
        (pl.col(_MOMENT) == stamp).alias(EXACT),
    ).sort(keys)


def merged_target(stored: pl.DataFrame, newer: pl.DataFrame, schema: DatasetSchema) -> pl.DataFrame:
    """Stored rows with newer ones: of one key and period, exact rows are replaced, others added."""
    keys = list(schema.keys)
    both = stored.join(newer, on=keys, how="full", coalesce=True, suffix=_NEWER)
    return both.select(*keys, *(_merged(name) for name in _STORED)).sort(keys)


_NEWER = " of the newer import"


def _merged(name: str) -> pl.Expr:
    """One stored column after a full join of old and new."""
    old, new = pl.col(name), pl.col(name + _NEWER)
    no_old, no_new = (pl.col(column).is_null() for column in (EXACT, EXACT + _NEWER))
    replaces = no_old | (pl.col(EXACT) & pl.col(EXACT + _NEWER))
    earlier = pl.col(FIRST_AT + _NEWER) < pl.col(FIRST_AT)
    is_first = (earlier | pl.col(FIRST_AT).is_null()).fill_null(False)
    added = {
        DEMAND: pl.coalesce(old + new, old, new),
        COUNT: old + new,
        LEAST: pl.min_horizontal(old, new),
        LARGEST: pl.max_horizontal(old, new),
        FIRST: pl.when(is_first).then(new).otherwise(old),
        FIRST_AT: pl.when(is_first).then(new).otherwise(old),
        EXACT: pl.lit(False),
    }[name]
    return pl.when(no_new).then(old).when(replaces).then(new).otherwise(added).alias(name)


def stored_alignment(rows: pl.DataFrame | pl.LazyFrame, frequency: Frequency) -> Alignment:
    """The periods of a frequency that stored data already have, else the default ones."""
    distinct = rows.lazy().select(pl.col(TIMESTAMP).unique().sort()).collect(engine="streaming")
    return infer_alignment(distinct.to_series().to_numpy().astype("datetime64[s]"), frequency)


def target_observations(
    rows: pl.DataFrame | pl.LazyFrame,
    schema: DatasetSchema,
    alignment: Alignment,
    aggregation: str = DEFAULT_AGGREGATION,
    dimensions: Sequence[str] = (),
) -> pl.DataFrame:
    """Stored rows as `build_panel` takes them; of very many items, some items at a time.

    ``first`` is the earliest value of a period; among series that are joined because their
    dimension is left out, at one moment, the one whose key comes first.

    Args:
        rows: as `condensed` gives them.
        schema: of the dataset.
        alignment: the periods of the forecast.
        aggregation: sum, avg, first, min or max.
        dimensions: the forecast dimensions; over the others, values are aggregated too.

    Returns:
        ``item_id`` and the dimensions, ``timestamp`` and ``demand`` (null where all values are
        missing), sorted.

    Raises:
        InputError: the periods are finer than the data, or a dimension is not one of the dataset.
    """
    check_aggregation(aggregation)
    check_dimensions(schema, dimensions)
    _check_alignment(schema, alignment)
    keys = [ITEM, *dimensions, TIMESTAMP]
    parts = []
    for portion in portions(rows.lazy(), alignment.frequency):
        periods = rows.lazy().filter(portion)
        aligned = periods.with_columns(period_start(pl.col(TIMESTAMP), alignment))
        found = _aggregated(aligned, schema, keys, aggregation)
        parts.append(found.sort(keys).collect())
    return pl.concat(parts)


def _aggregated(
    periods: pl.LazyFrame, schema: DatasetSchema, keys: list[str], aggregation: str
) -> pl.LazyFrame:
    """``keys`` and the demand of each."""
    if aggregation in ("sum", "avg"):
        total = pl.col(COUNT).sum().alias(_TOTAL)
        sums = exact_sums(periods.drop(LARGEST), keys, DEMAND, total)
        demand = pl.col(SUM) if aggregation == "sum" else pl.col(SUM) / pl.col(_TOTAL)
        return sums.select(*keys, demand.alias(DEMAND))
    if aggregation == "first":
        order = [pl.col(FIRST_AT), *schema.keys]
        ordered = periods.sort(order, nulls_last=True)
        return ordered.unique(keys, keep="first", maintain_order=True).select(
            *keys, pl.col(FIRST).alias(DEMAND)
        )
    value = pl.col(LEAST).min() if aggregation == "min" else pl.col(LARGEST).max()
    return periods.group_by(keys).agg(value.alias(DEMAND))


def check_dimensions(schema: DatasetSchema, dimensions: Sequence[str]) -> None:
    """Refuse forecast dimensions that the target does not have.

    Raises:
        InputError: names the dimension and those that there are.
    """
    for name in dimensions:
        if name not in schema.dimensions:
            known = ", ".join(schema.dimensions) or "none"
            raise InputError(
                f"ForecastDimensions: '{name}' is no dimension of the TARGET_TIME_SERIES dataset; "
                f"its dimensions are: {known}"
            )


def _check_alignment(schema: DatasetSchema, alignment: Alignment) -> None:
    frequency, own = alignment.frequency, schema.frequency
    if own is not None and frequency.is_finer_than(own):
        raise InputError(
            f"ForecastFrequency {frequency} is finer than the DataFrequency of the dataset, "
            f"{own}; use {own} or a coarser one"
        )
    if int(alignment.anchor.astype(np.int64)) % schema.resolution.seconds:
        raise InputError(
            f"TimeAlignmentBoundary: {alignment} cannot be told from a dataset of DataFrequency "
            f"{own}, which is kept by {schema.resolution}; leave the boundary out, or import the "
            "data with DataFrequency H"
        )

"""Reading sales: a file, a folder or a frame becomes one row per series and period.

Transactions are validated and summed in one streaming pass, so a file may be larger than memory;
only when something in it is broken is it read again, to say on which line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.core.frequency import Frequency, Times
from forecastle.series import cells
from forecastle.series.aggregation import DEFAULT_AGGREGATION, aggregate, check_aggregation
from forecastle.series.alignment import (
    Alignment,
    default_alignment,
    infer_alignment,
    period_start,
)
from forecastle.series.columns import (
    DEMAND,
    ITEM,
    ROLES,
    TIMESTAMP,
    Columns,
    positional_names,
    recognise,
)
from forecastle.series.conventions import has_decimal_comma, timestamp_format
from forecastle.series.inference import infer_frequency
from forecastle.series.parts import MARKS, Part, refuse_problems
from forecastle.series.portions import portions
from forecastle.series.summing import COUNT, LARGEST, MEAN, SUM, exact_sums
from forecastle.series.tables import Table, open_tables, read_or_repair
from forecastle.series.timestamps import TimestampFormat

_COUNTS = ("n_rows", "negative_rows")
_TAKEN = (*ROLES, *_COUNTS, "missing_rows")
_FEWEST_TIMES = 3  # as in inference: from fewer timestamps no frequency can be told
_MOST_ROWS_COMPARED = 1_000_000  # beyond it, looking for repeated rows would double the time


@dataclass(frozen=True)
class ReadOptions:
    """How sales are to be read; whatever is None is recognised.

    Attributes:
        columns: names of the columns by position (file without header), or which columns hold
            item_id, timestamp and demand (file with header, frame).
        dimensions: forecast dimensions, each a column.
        frequency: the frequency to sum to.
        aggregation: sum, avg, first, min or max.
        alignment: the periods of a trained predictor, to read newer data alike.
        timestamp_format: in Amazon Forecast's letters, such as ``dd/MM/yyyy``.
    """

    columns: tuple[str, ...] | None = None
    dimensions: tuple[str, ...] = ()
    frequency: Frequency | None = None
    aggregation: str = DEFAULT_AGGREGATION
    alignment: Alignment | None = None
    timestamp_format: str | None = None

    def __post_init__(self) -> None:
        check_aggregation(self.aggregation)
        for name in self.dimensions:
            if name in _TAKEN or self.dimensions.count(name) > 1:
                raise InputError(f"dimension '{name}' is taken; name other columns as dimensions")


@dataclass(frozen=True)
class ReadFacts:
    """What was found while reading, for the data-quality report.

    Attributes:
        files: files read (1 for a frame).
        rows: rows with content.
        items: distinct item ids.
        first: start of the first period.
        last: start of the last period.
        merged_rows: rows that joined another row of their series and period.
        repeated_rows: rows equal to an earlier row in every column; None if not looked for.
        negative_rows: rows of negative demand: returns.
        missing_rows: rows without demand.
        blank_rows: empty lines that were skipped.
    """

    files: int
    rows: int
    items: int
    first: np.datetime64
    last: np.datetime64
    merged_rows: int
    repeated_rows: int | None
    negative_rows: int
    missing_rows: int
    blank_rows: int


@dataclass(frozen=True, eq=False)
class TargetTable:
    """Sales, one row per series and period.

    Attributes:
        observations: ``item_id`` and the dimensions (String), ``timestamp`` (Datetime("us"), the
            start of the period), ``demand`` (Float64, null where missing), ``n_rows`` and
            ``negative_rows``; sorted by key and time.
        frequency: the step of the periods.
        alignment: where the periods start.
        columns: role → source column.
        timestamp_format: how timestamps were written; None where they came typed.
        facts: what was found while reading.
    """

    observations: pl.DataFrame
    frequency: Frequency
    alignment: Alignment
    columns: Mapping[str, str]
    timestamp_format: str | None
    facts: ReadFacts


def read_target(source: Any, options: ReadOptions | None = None) -> TargetTable:
    """Read sales from a path (CSV or Parquet, gzipped or not, or a folder of them) or a frame.

    Raises:
        InputError: the source is missing, or the options do not fit it.
        DataError: names every cell that cannot be used, the first ten in full.
    """
    options = options or ReadOptions()
    names = partial(positional_names, given=options.columns, dimensions=options.dimensions)
    with ExitStack() as stack:
        tables = open_tables(source, stack, lambda n_columns, file: names(n_columns, file=file))
        return read_or_repair(tables, stack, lambda whole: _read(whole, options))


def _read(tables: Sequence[Table], options: ReadOptions) -> TargetTable:
    columns = [recognise(t.names, options.columns, options.dimensions, t.name) for t in tables]
    written = _written(tables, columns, options)
    parts = [_part(table, found, written) for table, found in zip(tables, columns, strict=True)]
    rows = pl.concat(part.rows for part in parts)
    alignment = options.alignment or _alignment(rows, options.frequency, tables[0].name)
    grouped = _grouped(rows, alignment, options)
    blank_rows = refuse_problems(parts) if grouped[cells.ODD].any() else 0
    has_all = not grouped[TIMESTAMP].null_count()  # a filter would copy it all for nothing
    filled = grouped if has_all else grouped.filter(pl.col(TIMESTAMP).is_not_null())
    if filled.is_empty():
        name = tables[0].name
        raise DataError.of(name, "the file has no rows of sales; give one sale per line")
    if options.alignment is None and _is_simple(alignment.frequency):
        _refuse_finer(_moments(filled[TIMESTAMP].unique()), alignment.frequency, tables[0].name)
    return TargetTable(
        observations=filled.select(ITEM, *options.dimensions, TIMESTAMP, DEMAND, *_COUNTS),
        frequency=alignment.frequency,
        alignment=alignment,
        columns=columns[0].as_roles(),
        timestamp_format=written.letters if _has_text_times(tables, columns) else None,
        facts=_facts(tables, filled, blank_rows),
    )


_EXACT = {"sum": SUM, "avg": MEAN}


def _written(
    tables: Sequence[Table], columns: Sequence[Columns], options: ReadOptions
) -> TimestampFormat:
    if options.timestamp_format is not None:
        return TimestampFormat.from_letters(options.timestamp_format)
    return timestamp_format([(t, c.timestamp) for t, c in zip(tables, columns, strict=True)])


def _has_text_times(tables: Sequence[Table], columns: Sequence[Columns]) -> bool:
    return any(
        cells.is_text(table.schema[found.timestamp])
        for table, found in zip(tables, columns, strict=True)
    )


def _part(table: Table, columns: Columns, written: TimestampFormat) -> Part:
    keys = {} if columns.item is None else {ITEM: columns.item}
    comma = has_decimal_comma(table, columns.demand)
    used: tuple[cells.Cell, ...] = (
        *(
            cells.KeyCell(table, name, role)
            for role, name in {**keys, **columns.dimensions}.items()
        ),
        cells.TimeCell(table, columns.timestamp, written),
        cells.NumberCell(table, columns.demand, DEMAND, decimal_comma=comma),
    )
    rows = cells.read_cells(table, used)
    if columns.item is None:
        rows = rows.with_columns(pl.lit(table.series).alias(ITEM))
    return Part(table, used, rows.select(ITEM, *columns.dimensions, TIMESTAMP, DEMAND, *MARKS))


def _alignment(rows: pl.LazyFrame, asked: Frequency | None, name: str) -> Alignment:
    if asked is not None and _is_simple(asked):
        return default_alignment(asked)  # the same for all data: saves a pass
    times = _distinct_times(rows)
    if asked is not None:
        _refuse_finer(times, asked, name)
    return infer_alignment(times, asked or infer_frequency(times))


def _is_simple(frequency: Frequency) -> bool:
    """Whether periods are single days, hours or minutes, which have no phase of their own."""
    return frequency.count == 1 and frequency.unit in ("min", "H", "D")


def _distinct_times(rows: pl.LazyFrame) -> Times:
    """Sorted distinct timestamps, all seconds of a minute as one second.

    No frequency is finer than a minute, and this bounds the memory by the time span of the data.
    """
    stamp = pl.col(TIMESTAMP)
    seconds = (stamp != stamp.dt.truncate("1m")).cast(pl.Int64)
    coarse = stamp.dt.truncate("1m") + pl.duration(seconds=seconds)
    return _moments(rows.select(coarse.unique()).collect(engine="streaming").to_series())


def _grouped(rows: pl.LazyFrame, alignment: Alignment, options: ReadOptions) -> pl.DataFrame:
    """One row per key and period, sorted; rows without a time come under null.

    `ODD` says whether any row needs a second look, which `refuse_problems` takes: to count
    here what is hardly ever there would cost a fifth of the time.
    """
    keys = [ITEM, *options.dimensions, TIMESTAMP]
    counts = (
        pl.len().alias("n_rows"),
        (pl.col(DEMAND) < 0).sum().alias("negative_rows"),
        pl.col(DEMAND).null_count().alias("missing_rows"),
        pl.col(cells.ODD).any(),
    )
    how = options.aggregation
    source = rows.with_row_index(cells.RECORD) if how == "first" else rows
    found = []
    for portion in portions(rows, alignment.frequency):
        periods = source.filter(portion).with_columns(period_start(pl.col(TIMESTAMP), alignment))
        if how in _EXACT:
            sums = exact_sums(periods, keys, DEMAND, *counts).drop(COUNT, LARGEST)
            grouped = sums.rename({_EXACT[how]: DEMAND})
        else:
            demand = pl.col(DEMAND).sort_by(cells.RECORD) if how == "first" else pl.col(DEMAND)
            grouped = periods.group_by(keys).agg(aggregate(demand, how).alias(DEMAND), *counts)
        found.append(grouped.sort(keys).collect(engine="streaming"))
    return pl.concat(found)


def _moments(stamps: pl.Series) -> Times:
    return np.asarray(stamps.drop_nulls().sort().to_numpy().astype("datetime64[s]"))


def _refuse_finer(times: Times, frequency: Frequency, name: str) -> None:
    """Refuse a frequency finer than the data: most of its periods would be empty."""
    if times.size < _FEWEST_TIMES:
        return
    own = infer_frequency(times)
    within_a_day = frequency.unit in ("min", "H")
    grid = int(np.gcd.reduce(np.diff(times).astype(np.int64)))
    if frequency.is_finer_than(own) and (not within_a_day or grid > frequency.seconds):
        raise DataError.of(
            name, f"frequency {frequency} is finer than the data, which are {own}; use {own}"
        )


def _facts(tables: Sequence[Table], filled: pl.DataFrame, blank_rows: int) -> ReadFacts:
    rows = int(filled["n_rows"].sum())
    ends = pl.Series([filled[TIMESTAMP].min(), filled[TIMESTAMP].max()], dtype=pl.Datetime("us"))
    first, last = ends.to_numpy().astype("datetime64[s]")
    return ReadFacts(
        files=len(tables),
        rows=rows,
        items=filled[ITEM].n_unique(),
        first=first,
        last=last,
        merged_rows=rows - filled.height,
        repeated_rows=_repeated_rows(tables) if rows <= _MOST_ROWS_COMPARED else None,
        negative_rows=int(filled["negative_rows"].sum()),
        missing_rows=int(filled["missing_rows"].sum()),
        blank_rows=blank_rows,
    )


def _repeated_rows(tables: Sequence[Table]) -> int:
    """Rows equal to an earlier one of their table in every column that can be compared."""
    repeated = 0
    for table in tables:
        plain = [name for name, dtype in table.schema.items() if not dtype.is_nested()]
        filled = table.rows.select(plain).filter(pl.any_horizontal(pl.all().is_not_null()))
        counts = filled.select(rows=pl.len(), distinct=pl.struct(pl.all()).n_unique()).collect(
            engine="streaming"
        )
        repeated += int(counts["rows"][0] - counts["distinct"][0])
    return repeated

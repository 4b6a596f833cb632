"""Reading what stands beside the sales: related time series and item metadata.

Neither is ever aggregated: two rows for one place in the table are an error (guide:
related-time-series-datasets, item-metadata-datasets).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, Problem
from forecastle.series import cells, conventions
from forecastle.series.alignment import Alignment, period_start
from forecastle.series.columns import ITEM, TIMESTAMP, existing, given_names, role_column
from forecastle.series.parts import TABLE
from forecastle.series.tables import Table, open_tables, read_or_repair
from forecastle.series.timestamps import TimestampFormat


def read_related(
    source: Any,
    *,
    dimensions: Sequence[str] = (),
    alignment: Alignment | None = None,
    item: str | None = None,
    columns: Sequence[str] | None = None,
    timestamp_format: str | None = None,
) -> pl.DataFrame:
    """Read a related time series from a path or frame.

    Args:
        source: as for `read_target`.
        dimensions: the forecast dimensions of the target; those that are columns here are keys.
        alignment: the periods of the forecast; timestamps become the start of theirs.
        item: the item id of all rows if there is no column for it (the target is one series).
        columns: names by position for a file without a header.
        timestamp_format: in Amazon Forecast's letters; recognised if None.

    Returns:
        ``item_id`` and dimensions (String), ``timestamp`` (Datetime("us")) and every other column
        as Float64, null where missing; sorted by key and time.

    Raises:
        DataError: a column is not numeric, a cell cannot be read, a period comes twice.
    """
    return _opened(
        source,
        columns,
        lambda table: _related(table, dimensions, alignment, item, timestamp_format),
    )


def read_metadata(source: Any, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read item metadata from a path or frame.

    Args:
        source: as for `read_target`.
        columns: names by position for a file without a header.

    Returns:
        ``item_id`` (String) and every other column: Float64 where all its cells are numbers, else
        String; null where empty; sorted by item.

    Raises:
        DataError: there is no item column, an item is empty or comes twice.
    """
    return _opened(source, columns, _metadata)


def _opened(
    source: Any, columns: Sequence[str] | None, read: Callable[[Table], pl.DataFrame]
) -> pl.DataFrame:
    with ExitStack() as stack:
        tables = open_tables(source, stack, lambda n, file: given_names(n, columns, file))
        if len(tables) > 1:
            names = ", ".join(table.name for table in tables[:PROBLEMS_SHOWN])
            raise DataError.of(names, "related data and metadata are one file each; join them")
        return read_or_repair(tables, stack, lambda whole: read(whole[0]))


def _related(
    table: Table,
    dimensions: Sequence[str],
    alignment: Alignment | None,
    item: str | None,
    letters: str | None,
) -> pl.DataFrame:
    item_column = role_column(ITEM, table.names)
    if item_column is None and item is None:
        raise _no_column(table, ITEM)
    time_column = role_column(TIMESTAMP, table.names)
    if time_column is None:
        raise _no_column(table, TIMESTAMP)
    keys = {} if item_column is None else {ITEM: item_column}
    keys |= {name: column for name in dimensions if (column := existing(name, table.names))}
    used = {*keys.values(), time_column}
    features = [name for name in table.names if name not in used]
    _refuse_words(table, features)
    written = (
        conventions.timestamp_format([(table, time_column)])
        if letters is None
        else TimestampFormat.from_letters(letters)
    )
    read: tuple[cells.Cell, ...] = (
        *(cells.KeyCell(table, column, role) for role, column in keys.items()),
        cells.TimeCell(table, time_column, written),
        *(_feature(table, name) for name in features),
    )
    rows = _checked(table, read)
    if item_column is None:
        rows = rows.with_columns(pl.lit(item).alias(ITEM))
        keys = {ITEM: ITEM, **keys}
    if alignment is not None:
        rows = rows.with_columns(period_start(pl.col(TIMESTAMP), alignment))
    refuse_repeats([table], rows, (*keys, TIMESTAMP))
    return rows.select(*keys, TIMESTAMP, *features).sort(*keys, TIMESTAMP)


def _feature(table: Table, name: str) -> cells.NumberCell:
    comma = conventions.has_decimal_comma(table, name)
    return cells.NumberCell(table, name, name, decimal_comma=comma, flags=True)


def _metadata(table: Table) -> pl.DataFrame:
    item_column = role_column(ITEM, table.names)
    if item_column is None:
        raise _no_column(table, ITEM)
    attributes = [name for name in table.names if name != item_column]
    rows = _checked(table, (cells.KeyCell(table, item_column, ITEM),), attributes)
    refuse_repeats([table], rows, (ITEM,))
    return rows.select(ITEM, *(_attribute(rows[name]) for name in attributes)).sort(ITEM)


def _attribute(values: pl.Series) -> pl.Series:
    """Numbers where all cells are numbers, else text; empty cells are null."""
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_nan(None)
    text = values.cast(pl.String).str.strip_chars().replace("", None)
    numbers = text.cast(pl.Float64, strict=False)
    all_numbers = numbers.null_count() == text.null_count() and numbers.is_finite().all()
    return numbers if all_numbers and text.null_count() < len(text) else text


def _checked(table: Table, read: Sequence[cells.Cell], kept: Sequence[str] = ()) -> pl.DataFrame:
    """The cells of all rows with content, with their record numbers; broken ones are refused."""
    rows = cells.read_cells(table, read, table.rows.with_row_index(cells.RECORD), kept).collect(
        engine="streaming"
    )
    if rows[cells.OPEN_END].any():
        table.check_lines()
    count = int(rows[cells.BAD].sum())
    if count:
        raise DataError(cells.find_problems(table, read)[:PROBLEMS_SHOWN], count)
    filled = rows.filter(pl.col(cells.BLANK).not_())
    if filled.is_empty():
        raise DataError.of(table.name, "the file has no rows; give one row per line")
    return filled.with_columns(pl.lit(0).alias(TABLE))


def _refuse_words(table: Table, features: Sequence[str]) -> None:
    """Refuse columns in which no cell is a number, as Amazon Forecast does."""
    words = []
    for name in features:
        cell = cells.NumberCell(table, name, name, decimal_comma=True, flags=True)
        source = cells.content(table, name)
        is_word = cell.value(source).is_null() & cells.is_empty(source.cast(pl.String)).not_()
        has_number = cell.value(source).is_not_null()
        counts = table.rows.select(word=is_word.any(), number=has_number.any())
        row = counts.collect(engine="streaming").row(0)
        if row == (True, False):
            words.append(name)
    if words:
        raise DataError.of(
            table.name,
            f"the attribute(s) [{', '.join(words)}] should be numeric; leave them out, write "
            "numbers, or name them as forecast dimensions with --dimensions",
        )


def refuse_repeats(tables: Sequence[Table], rows: pl.DataFrame, keys: Sequence[str]) -> None:
    """Refuse rows whose key came before.

    Args:
        tables: what the rows were read from.
        rows: the keys, the record numbers and which table each is from.
        keys: what may not come twice.

    Raises:
        DataError: names the rows, the first ten in full.
    """
    later = rows.sort(TABLE, cells.RECORD).filter(pl.struct(keys).is_first_distinct().not_())
    if later.is_empty():
        return
    shown = later.head(PROBLEMS_SHOWN).partition_by(TABLE, maintain_order=True)
    problems = [
        problem for rows in shown for problem in _repeats(tables[rows[TABLE][0]], rows, keys)
    ]
    raise DataError(problems, later.height)


def _repeats(table: Table, rows: pl.DataFrame, keys: Sequence[str]) -> list[Problem]:
    places = table.places(rows[cells.RECORD].to_list())
    return [
        Problem(table.name, f"{where}{_words(row, keys)} comes twice; keep one row", line)
        for (line, where), row in zip(places, rows.iter_rows(named=True), strict=True)
    ]


def _words(row: dict[str, Any], keys: Sequence[str]) -> str:
    return ", ".join(f"{key} '{row[key]}'" for key in keys)


def _no_column(table: Table, role: str) -> DataError:
    found = ", ".join(table.names)
    return DataError.of(table.name, f"no column recognised as {role} among: {found}; rename one")

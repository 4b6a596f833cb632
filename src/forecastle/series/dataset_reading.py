"""Reading a dataset: files and a schema become a stored table and its statistics.

Every cell is validated. A target is read in one streaming pass, whatever its size; related data
and metadata, which are not aggregated, are held in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import polars as pl

from forecastle.core.errors import DataError
from forecastle.series import cells
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_cells import dataset_cells
from forecastle.series.dataset_files import data_files, open_files
from forecastle.series.dataset_options import ImportOptions, check_import
from forecastle.series.dataset_statistics import (
    aggregations,
    field_statistics,
    is_number,
    n_rows,
    nan_flag,
)
from forecastle.series.dataset_table import DatasetTable
from forecastle.series.dataset_target import condensed
from forecastle.series.parts import MARKS, TABLE, Part, refuse_problems
from forecastle.series.portions import portions
from forecastle.series.side_tables import refuse_repeats
from forecastle.series.tables import Table, read_or_repair
from forecastle.storage.files import SourceFile

_GIGABYTE = 2**30
_COUNTED_BYTES = 1 << 28
"""In files larger than this in all, distinct numbers and timestamps are estimated."""


def read_dataset(
    files: Sequence[SourceFile], schema: DatasetSchema, options: ImportOptions | None = None
) -> DatasetTable:
    """Read the files of one import.

    Args:
        files: the files; their order does not matter.
        schema: their columns, checked by `check_schema`.
        options: how they are written.

    Raises:
        InputError: there are no files, or the options do not fit the schema.
        DataError: names every cell that cannot be used with file and line, the first ten in full;
            or rows of related data or metadata that come twice.
    """
    options = options or ImportOptions()
    check_import(schema, options)
    size = sum(file.path.stat().st_size for file in data_files(files))
    with ExitStack() as stack:
        tables = open_files(files, schema, options, stack)
        return read_or_repair(tables, stack, lambda whole: _read(whole, schema, options, size))


def _read(
    tables: Sequence[Table], schema: DatasetSchema, options: ImportOptions, size: int
) -> DatasetTable:
    asked = aggregations(schema, is_large=size > _COUNTED_BYTES)
    parts = _parts(tables, schema, options, trims=False)
    rows, found = _passed(parts, schema, asked)
    blank = 0
    if found[cells.ODD]:
        parts = _parts(tables, schema, options, trims=True)
        blank = refuse_problems(parts)
        if found[cells.BROKEN] > blank:  # only by spaces around cells, or it were refused
            rows, found = _passed(parts, schema, asked)
    n_filled = n_rows(found, blank)
    if n_filled == 0:
        raise DataError.of(tables[0].name, "the file has no rows; give one row per line")
    if not schema.is_target:
        rows = _distinct(tables, rows, schema)
    statistics = field_statistics(found, rows, schema, blank)
    return DatasetTable(rows, statistics, n_filled, size / _GIGABYTE)


def _parts(
    tables: Sequence[Table], schema: DatasetSchema, options: ImportOptions, *, trims: bool
) -> list[Part]:
    """The rows of each table: attributes by their names, finite numbers, where they are NaN."""
    numbers = [field.name for field in schema.attributes if is_number(field, schema)]
    columns = [*schema.names, *map(nan_flag, numbers), *MARKS]
    parts = []
    for number, table in enumerate(tables):
        used = dataset_cells(table, schema, options)
        # Only where rows may not come twice is it asked which one they are.
        indexed = None if schema.is_target else table.rows.with_row_index(cells.RECORD)
        rows = (
            cells.read_cells(table, used, indexed, trims=trims)
            .with_columns(pl.col(name).is_finite().not_().alias(nan_flag(name)) for name in numbers)
            .with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in numbers)
        )
        if indexed is None:
            parts.append(Part(table, used, rows.select(columns)))
        else:
            place = pl.lit(number).alias(TABLE)
            parts.append(Part(table, used, rows.select(*columns, cells.RECORD, place)))
    return parts


def _passed(
    parts: Sequence[Part], schema: DatasetSchema, asked: Sequence[pl.Expr]
) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """The rows to be stored, and the answers: whether a row is `ODD`, how many are `BROKEN`."""
    marks = (pl.col(cells.ODD).any(), pl.col(cells.BROKEN).sum())
    rows = pl.concat(part.rows for part in parts)
    if schema.is_target:
        return _target(rows, schema, [*asked, *marks])
    held = rows.collect(engine="streaming")
    found = held.select(*asked, *marks).row(0, named=True)
    # A broken row is blank, or will be refused.
    return held.filter(pl.col(cells.BROKEN).not_()), found


def _target(
    rows: pl.LazyFrame, schema: DatasetSchema, asked: Sequence[pl.Expr]
) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """The stored form and the answers, both from one pass over the files; of very many items,
    from a pass for some items at a time.
    """
    kept = rows.select(pl.col(name).alias(schema.stored_name(name)) for name in schema.names)
    # A row without a timestamp is blank, or will be refused.
    parts = [
        condensed(kept.filter(portion), schema).filter(pl.col(TIMESTAMP).is_not_null())
        for portion in portions(kept, schema.resolution)
    ]
    first, found = pl.collect_all([parts[0], rows.select(asked)], engine="streaming")
    others = [part.collect(engine="streaming") for part in parts[1:]]
    return pl.concat([first, *others]), found.row(0, named=True)


def _distinct(tables: Sequence[Table], rows: pl.DataFrame, schema: DatasetSchema) -> pl.DataFrame:
    """Rows of related data or metadata as they are stored, sorted by their keys.

    Raises:
        DataError: a key comes twice.
    """
    names = {schema.stored_name(name): name for name in schema.names}
    keys = [names[key] for key in schema.keys]
    ordered = rows.sort(keys)
    if ordered.select(pl.all_horizontal(pl.col(keys) == pl.col(keys).shift()).any()).item():
        refuse_repeats(tables, rows, keys)
    return ordered.select(pl.col(name).alias(stored) for stored, name in names.items()).select(
        *schema.keys, pl.exclude(schema.keys)
    )

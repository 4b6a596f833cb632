"""A copy of a file as an import takes it: UTF-8 CSV with the attributes of the schema as columns.

An import takes what Amazon Forecast took: the schema's columns and no others, separated by commas.
Files of shops have further columns, names of their own, semicolons, decimal commas. The copy has
the same rows in the same order, so that the lines that messages name are those of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path

import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.series import cells
from forecastle.series.conventions import has_decimal_comma
from forecastle.series.dataset import NUMBERS, DatasetSchema
from forecastle.series.domains import Field
from forecastle.series.file_layout import FileLayout, open_table
from forecastle.series.tables import Table, read_or_repair
from forecastle.storage.encodings import UTF8
from forecastle.storage.files import SourceFile

ONE_SERIES = "all"
"""The item of a file that has no column for it."""

Mapped = Mapping[str, str | None]
"""Attribute → column of the file; None where the file has none."""


class CopyReason(StrEnum):
    """Why an import would not take the file itself."""

    ENCODING = "it is not written in UTF-8"
    SEPARATOR = "its columns are not separated by commas"
    NAMES = "its columns have other names than the attributes"
    COLUMNS = "it has other columns than the attributes"


def copy_reasons(layout: FileLayout, mapped: Mapped) -> tuple[CopyReason, ...]:
    """Why an import would not take a file as it is; empty if it would.

    Args:
        layout: of the file.
        mapped: what is to be imported, in the order of the schema.
    """
    used = [column for column in mapped.values() if column is not None]
    reasons = []
    if layout.encoding != UTF8:
        reasons.append(CopyReason.ENCODING)
    if layout.delimiter not in (",", None):
        reasons.append(CopyReason.SEPARATOR)
    if len(used) < len(mapped) or set(used) != set(layout.names):
        reasons.append(CopyReason.COLUMNS)
    elif layout.has_header and any(name != column for name, column in mapped.items()):
        reasons.append(CopyReason.NAMES)
    elif not layout.has_header and tuple(used) != layout.names:
        reasons.append(CopyReason.COLUMNS)
    return tuple(reasons)


def write_copy(file: SourceFile, schema: DatasetSchema, mapped: Mapped, target: Path) -> None:
    """Write the columns that are to be imported.

    Args:
        file: as it is.
        schema: of the dataset.
        mapped: where each attribute is found.
        target: the new CSV file.

    Raises:
        InputError: an attribute has no column.
        DataError: the file is broken, or numbers read in two ways.
    """
    absent = [a for a in schema.names if mapped.get(a) is None and a != schema.item]
    if absent:
        raise InputError(
            f"{file.name}: no column is chosen for {', '.join(absent)}; choose one, or take the "
            "attribute out of the dataset"
        )
    with ExitStack() as stack:
        _, table = open_table(file, stack, is_metadata=schema.is_metadata)
        read_or_repair([table], stack, lambda whole: _written(whole, schema, mapped, target))


def _written(tables: Sequence[Table], schema: DatasetSchema, mapped: Mapped, target: Path) -> None:
    [table] = tables
    for column in mapped.values():
        if column is not None and column not in table.schema:
            raise DataError.of(
                table.name,
                f"no column '{column}'; the columns are: {', '.join(table.names)}",
            )
    table.check_lines()
    columns = [_cell(table, field, mapped[field.name]) for field in schema.attributes]
    table.rows.select(columns).sink_csv(target)


def _cell(table: Table, field: Field, column: str | None) -> pl.Expr:
    if column is None:
        # A blank line stays blank.
        is_filled = pl.any_horizontal(pl.all().is_not_null())
        return pl.when(is_filled).then(pl.lit(ONE_SERIES)).alias(field.name)
    if not cells.is_text(table.schema[column]):
        return _typed(table.schema[column], pl.col(column)).alias(field.name)
    text = cells.trimmed(table, column)
    if field.type in NUMBERS and has_decimal_comma(table, column):
        text = text.str.replace(",", ".", literal=True)
    return text.alias(field.name)


def _typed(dtype: pl.DataType, column: pl.Expr) -> pl.Expr:
    """A typed column as text that reads as the same value; see `proposal.TYPED_TIMES`."""
    if isinstance(dtype, pl.Datetime):
        return column.dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(dtype, pl.Date):
        return column.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M:%S")
    return column

"""How a file is laid out, before anybody says what it holds: format, separator, header, encoding.

More is read here than an import takes: what is separated by semicolons or written in Korean by
Excel is understood, so that `dataset_copy` can write it as an import takes it.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecastle.series import cells
from forecastle.series.columns import ITEM, header_names, is_header, role_column
from forecastle.series.dataset_options import CSV, PARQUET
from forecastle.series.tables import WHOLE_FRAME, Table, parquet_table, text_table
from forecastle.storage import delimited
from forecastle.storage.beginnings import beginning
from forecastle.storage.encodings import UTF8, as_utf8, encoding_of
from forecastle.storage.files import OpenedFile, SourceFile, opened

SAMPLE_ROWS = 2_000

_HEAD_BYTES = 1 << 20


@dataclass(frozen=True)
class FileLayout:
    """How a file is laid out.

    Attributes:
        name: of the file.
        format: CSV or PARQUET.
        encoding: one of `storage.encodings`.
        delimiter: of CSV; None for Parquet.
        has_header: whether line 1 names the columns; Parquet always names them.
        names: the columns in file order; ``column 1`` … where there is no header.
    """

    name: str
    format: str
    encoding: str
    delimiter: str | None
    has_header: bool
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FileHead:
    """The beginning of a file.

    Attributes:
        layout: how the file is laid out.
        table: what was read of it.
        sample: its first rows, `SAMPLE_ROWS` at most, as trimmed text; null where empty.
    """

    layout: FileLayout
    table: Table
    sample: pl.DataFrame

    def texts(self, column: str) -> list[str]:
        """The filled cells of a column's sample."""
        return [str(text) for text in self.sample[column].drop_nulls()]


def open_head(file: SourceFile, stack: ExitStack, *, is_metadata: bool = False) -> FileHead:
    """Look at the beginning of a file.

    Args:
        file: CSV or Parquet, gzipped or not.
        stack: temporary copies live as long as it.
        is_metadata: rows may be words alone, so that only a known name of the item's column makes
            the first line a header.

    Raises:
        DataError: the file is empty, binary, a workbook, or has no columns.
    """
    folder = _temporary(stack)
    head = beginning(file.path, _HEAD_BYTES, folder)
    layout, table = open_table(SourceFile(file.name, head), stack, is_metadata=is_metadata)
    text = (
        pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in table.names
    )
    plain = [name for name, dtype in table.schema.items() if not dtype.is_nested()]
    rows = table.rows.select(plain).head(SAMPLE_ROWS).collect(engine="streaming")
    nested = [pl.lit(None, pl.String).alias(name) for name in table.names if name not in plain]
    sample = rows.with_columns(nested).select(text)
    return FileHead(layout, table, sample.filter(pl.any_horizontal(pl.all().is_not_null())))


def open_table(
    file: SourceFile, stack: ExitStack, *, is_metadata: bool = False
) -> tuple[FileLayout, Table]:
    """Open a whole file, however it is laid out. As `open_head`, but for the sample."""
    content = stack.enter_context(opened(file.path))
    if content.is_parquet:
        table = parquet_table(OpenedFile(file.name, content.path, is_parquet=True), WHOLE_FRAME)
        return FileLayout(file.name, PARQUET, UTF8, None, True, tuple(table.names)), table
    encoding, path = encoding_of(content.path), content.path
    if encoding != UTF8:
        path = as_utf8(path, _temporary(stack) / "content", encoding)
    sample = delimited.sample(path, file.name)
    first = sample.records[0]
    has_header = is_header(first) and (not is_metadata or role_column(ITEM, first) is not None)
    names = (
        header_names(first, file.name)
        if has_header
        else [f"column {number}" for number in range(1, sample.n_columns + 1)]
    )
    text = OpenedFile(file.name, path, is_parquet=False)
    table = text_table(text, WHOLE_FRAME, sample, names, has_header=has_header)
    layout = FileLayout(file.name, CSV, encoding, sample.delimiter, has_header, tuple(names))
    return layout, table


def is_time(head: FileHead, column: str) -> bool:
    """Whether a column was typed as dates or moments."""
    return isinstance(head.table.schema[column], pl.Date | pl.Datetime)


def is_typed_number(head: FileHead, column: str) -> bool:
    """Whether a column was typed as numbers with a fraction."""
    dtype = head.table.schema[column]
    return dtype.is_numeric() and not cells.is_text(dtype)


def _temporary(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forecastle-")))

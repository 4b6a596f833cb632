"""A file beside a dataset that is there already: which column goes where, and does it fit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from forecastle.series.column_matching import match_columns
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.domains import domain
from forecastle.series.file_layout import FileLayout, open_head
from forecastle.series.proposal import column_formats, shown_rows
from forecastle.storage.files import SourceFile


@dataclass(frozen=True)
class FileMatch:
    """How a file fits a schema.

    Attributes:
        layout: how the file is laid out.
        columns: attribute → column, in the order of the schema; None where no name tells.
        timestamp_formats: as in `proposal.Proposal`.
        rows: the first rows, by the layout's names.
    """

    layout: FileLayout
    columns: tuple[tuple[str, str | None], ...]
    timestamp_formats: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def match_file(
    file: SourceFile, schema: DatasetSchema, wished: Mapping[str, str | None] | None = None
) -> FileMatch:
    """Find the attributes of a schema among the columns of a file.

    Args:
        file: CSV or Parquet.
        schema: of the dataset.
        wished: attribute → column as somebody chose; it counts where it fits schema and file.

    Raises:
        DataError: the file cannot be read as a table.
    """
    with ExitStack() as stack:
        head = open_head(file, stack, is_metadata=schema.is_metadata)
        layout = head.layout
        own = domain(schema.domain)
        found = match_columns(layout.names, schema, own, has_header=layout.has_header)
        if wished is not None and _fits(wished, found, layout):
            found = {name: wished[name] for name in found}
        time = found.get(TIMESTAMP)
        formats = () if time is None else column_formats(head, time)
        return FileMatch(
            layout,
            tuple(found.items()),
            tuple(str(each) for each in formats),
            shown_rows(head.sample),
        )


def _fits(
    wished: Mapping[str, str | None], found: Mapping[str, str | None], layout: FileLayout
) -> bool:
    columns = (column for column in wished.values() if column is not None)
    return set(wished) == set(found) and all(column in layout.names for column in columns)

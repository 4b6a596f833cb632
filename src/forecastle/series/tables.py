"""Tables: files and data frames opened for reading, all in one shape.

A table is a lazy frame that knows its name and, for text files, on which line each record stands.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.series.columns import header_names, is_header
from forecastle.storage import delimited
from forecastle.storage.files import OpenedFile, list_files, opened

NameColumns = Callable[[int, str], list[str]]
"""Names for a file without a header, from its number of columns and its name."""

FRAME = "data frame"
WHOLE_FRAME = "all"

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class TextFile:
    """Where the records of a delimited file stand.

    Attributes:
        path: the UTF-8 text that the user's lines are counted in.
        sample: its dialect.
        skip: records before the data.
    """

    path: Path
    sample: delimited.Sample
    skip: int


@dataclass(frozen=True)
class Table:
    """Rows to read.

    Attributes:
        name: how messages call it.
        series: the item id of its rows if it has no column for that.
        rows: every column; of text files as text, empty fields as null.
        schema: column → type.
        text: the text file behind it, if there is one.
    """

    name: str
    series: str
    rows: pl.LazyFrame
    schema: Mapping[str, pl.DataType]
    text: TextFile | None = None

    @property
    def names(self) -> list[str]:
        """The columns in the order of the table."""
        return list(self.schema)

    def places(self, records: Sequence[int]) -> list[tuple[int | None, str]]:
        """For each record (counted from 0): its line, and the words that say where otherwise."""
        if self.text is None:
            return [(None, f"row {record + 1}: ") for record in records]
        skip = self.text.skip
        lines = delimited.line_numbers(
            self.text.path, self.text.sample.delimiter, [record + skip for record in records]
        )
        return [(lines.get(record + skip), "") for record in records]

    def check_lines(self) -> None:
        """Refuse lines that are too short, which read like lines that end in empty fields.

        Raises:
            DataError: the first broken lines; all are counted.
        """
        if self.text is not None:
            sample = self.text.sample
            width = len(self.schema)
            if not delimited.is_plainly_regular(self.text.path, sample.delimiter, width):
                self._check_structure(self.text)

    def _check_structure(self, text: TextFile) -> None:
        delimited.check_structure(text.path, self.name, text.sample.delimiter, len(self.schema))

    def repaired(self, stack: ExitStack) -> Table:
        """The table again after its rows could not be read: text with its quotes put in order.

        Raises:
            DataError: says what is broken.
        """
        if self.text is None:
            return self
        self._check_structure(self.text)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forecastle-")))
        delimiter = self.text.sample.delimiter
        delimited.rewrite(self.text.path, folder / "content", delimiter)
        rows = delimited.scan(folder / "content", delimiter, self.names, self.text.skip)
        return replace(self, rows=rows)


def open_tables(source: Any, stack: ExitStack, name_columns: NameColumns) -> list[Table]:
    """Open a path (file or folder) or a pandas or Polars frame.

    Temporary copies of compressed files live as long as ``stack``.

    Raises:
        InputError: the source is of another kind or missing.
        DataError: a file cannot be read.
    """
    if isinstance(source, str | Path):
        files = list_files(Path(source))
        if len(files) == 1:
            return [_file_table(files[0], stack, name_columns)]
        return _folder_tables(files, stack, name_columns)
    return [_frame_table(source)]


def _folder_tables(files: list[Path], stack: ExitStack, name: NameColumns) -> list[Table]:
    """The tables of the files that have rows; exports hold parts with nothing but a header."""
    tables = [_file_table(file, stack, name) for file in files]
    filled = [table for table in tables if table.text or len(table.rows.head(1).collect())]
    return filled or tables[:1]


def _file_table(path: Path, stack: ExitStack, name_columns: NameColumns) -> Table:
    file = stack.enter_context(opened(path))
    series = path.name.split(".")[0] or WHOLE_FRAME
    if file.is_parquet:
        return parquet_table(file, series)
    sample = delimited.sample(file.path, file.name)
    has_header = is_header(sample.records[0])
    names = (
        header_names(sample.records[0], file.name)
        if has_header
        else name_columns(sample.n_columns, file.name)
    )
    return text_table(file, series, sample, names, has_header=has_header)


def text_table(
    file: OpenedFile, series: str, sample: delimited.Sample, names: list[str], *, has_header: bool
) -> Table:
    """The table of a delimited file whose columns are called ``names``."""
    data = sample.positions[int(has_header) :]
    schema = dict.fromkeys(names, pl.String())
    if not data:
        return Table(file.name, series, pl.LazyFrame(schema=schema), schema)
    return Table(
        name=file.name,
        series=series,
        rows=delimited.scan(file.path, sample.delimiter, names, data[0]),
        schema=schema,
        text=TextFile(file.path, sample, data[0]),
    )


def parquet_table(file: OpenedFile, series: str) -> Table:
    """The table of a Parquet file.

    Raises:
        DataError: the file is damaged.
    """
    try:
        rows = pl.scan_parquet(file.path, glob=False)
        schema = rows.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file.name, error) from error
    return Table(file.name, series, rows, schema)


def read_or_repair(
    tables: Sequence[Table], stack: ExitStack, read: Callable[[Sequence[Table]], _Read]
) -> _Read:
    """Read tables; where their rows cannot be read, once more with their quotes put in order.

    Raises:
        DataError: says what is broken.
    """
    try:
        return read(tables)
    except pl.exceptions.PolarsError:
        repaired = [table.repaired(stack) for table in tables]
    try:
        return read(repaired)
    except pl.exceptions.PolarsError as error:
        raise unreadable(tables[0].name, error) from error


def unreadable(name: str, error: Exception) -> DataError:
    """The error for a table that broke while its rows were read."""
    reason = str(error).partition("\n")[0]
    return DataError.of(name, f"the file is damaged or cut off ({reason}); write it again")


def _frame_table(source: Any) -> Table:
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        rows = source.lazy()
    elif type(source).__module__.startswith("pandas") and hasattr(source, "columns"):
        rows = _from_pandas(source).lazy()
    else:
        raise InputError(
            f"sales of type {type(source).__name__} cannot be read; "
            "give a path, or a pandas or Polars frame"
        )
    return Table(FRAME, WHOLE_FRAME, rows, rows.collect_schema())


def _from_pandas(frame: Any) -> pl.DataFrame:
    """A Polars frame; an index that carries data (dates, names) becomes columns."""
    is_plain = type(frame.index).__name__ == "RangeIndex" or (
        frame.index.name is None and frame.index.dtype.kind in "iu"
    )
    whole = frame if is_plain else frame.reset_index()
    return pl.from_pandas(whole.rename(columns=str))

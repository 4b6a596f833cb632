"""Prepared tables: files of any make become one Parquet file whose columns are typed.

What a column holds is told from all of its values, not from its name or its beginning: a column is
a number or a date only if every value is one. Numbers that begin with a zero are names, such as
``007``, and so are the numbers of items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from forecastle.core.errors import DataError, InputError
from forecastle.storage.atomic import atomic_file
from forecastle.storage.delimited import DELIMITERS, check_structure, sample, scan
from forecastle.storage.files import OpenedFile, SourceFile, opened

MOST_ROWS = 20_000_000

_NAMES = frozenset({"item_id"})
_ZEROS = r"^0\d"
_MOMENT = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?$"
_FRACTION_OR_ZONE = r"(?:\.\d+)?Z?$"
_TIME = pl.Datetime("us")


class Kind(StrEnum):
    """What a column holds."""

    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """A column of a table."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Dialect:
    """How delimited files are written.

    Attributes:
        delimiter: one of `DELIMITERS`; None: told from the file.
        has_header: whether the first line names the columns.
    """

    delimiter: str | None = None
    has_header: bool = True


def prepare(files: Sequence[SourceFile], target: Path, dialect: Dialect) -> None:
    """Write all rows of the files as one Parquet file.

    Args:
        files: Parquet or delimited text, with the same columns.
        target: appears whole or not at all.
        dialect: of those that are text.

    Raises:
        DataError: a file is no table, or has other columns than the first.
        InputError: there are too many rows.
    """
    with ExitStack() as stack:
        plain = [stack.enter_context(opened(file.path)) for file in files]
        frames = [_frame(each, dialect) for each in plain]
        _check_alike(files, frames)
        table = pl.concat(frames)
        try:
            typed = _typed(table)
            with atomic_file(target) as temporary:
                typed.sink_parquet(temporary)
        except pl.exceptions.PolarsError as error:
            raise _told(files, plain, dialect, error) from error


def fields_of(path: Path) -> tuple[Field, ...]:
    """The columns of a prepared table."""
    schema = pl.read_parquet_schema(path)
    return tuple(Field(name, _kind(dtype)) for name, dtype in schema.items())


def _kind(dtype: pl.DataType | type[pl.DataType]) -> Kind:
    if dtype == pl.Float64:
        return Kind.NUMBER
    return Kind.DATE if dtype == _TIME else Kind.TEXT


def _frame(file: OpenedFile, dialect: Dialect) -> pl.LazyFrame:
    if file.is_parquet:
        return _of_parquet(pl.scan_parquet(file.path, glob=False))
    delimiters = tuple(DELIMITERS) if dialect.delimiter is None else (dialect.delimiter,)
    found = sample(file.path, file.name, delimiters, fewest=1)
    names = found.records[0]
    if not dialect.has_header:
        names = [f"column {number}" for number in range(1, found.n_columns + 1)]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise DataError.of(file.name, f"column '{doubled}' is there twice; rename one", line=1)
    skip = found.positions[0] + int(dialect.has_header)
    return scan(file.path, found.delimiter, names, skip)


def _of_parquet(table: pl.LazyFrame) -> pl.LazyFrame:
    """Numbers, times and texts; columns of lists and the like are left out."""
    columns = []
    for name, dtype in table.collect_schema().items():
        column = pl.col(name)
        if name in _NAMES or dtype in (pl.String, pl.Categorical, pl.Boolean):
            columns.append(column.cast(pl.String))
        elif dtype.is_numeric():
            columns.append(column.cast(pl.Float64))
        elif dtype == pl.Date or isinstance(dtype, pl.Datetime):
            local = column.cast(pl.Datetime("us", "UTC")) if _has_zone(dtype) else column
            columns.append(local.cast(_TIME))
    return table.select(columns)


def _has_zone(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None


def _check_alike(files: Sequence[SourceFile], frames: Sequence[pl.LazyFrame]) -> None:
    first = frames[0].collect_schema()
    for file, frame in zip(files, frames, strict=True):
        if frame.collect_schema() != first:
            raise DataError.of(
                file.name,
                f"has other columns than {files[0].name}: {', '.join(frame.collect_schema())} "
                f"instead of {', '.join(first)}; take files of one kind",
            )


def _typed(table: pl.LazyFrame) -> pl.LazyFrame:
    """The table with dates and numbers where all texts of a column are such."""
    texts = [name for name, dtype in table.collect_schema().items() if dtype == pl.String]
    counts = table.select(
        pl.len().alias("rows"),
        *(pl.col(name).is_not_null().sum().alias(f"filled:{name}") for name in texts),
        *(_as_number(name).is_not_null().sum().alias(f"numbers:{name}") for name in texts),
        *(_as_moment(name).is_not_null().sum().alias(f"dates:{name}") for name in texts),
    )
    found = counts.collect(engine="streaming").row(0, named=True)
    if found["rows"] > MOST_ROWS:
        raise InputError(
            f"{found['rows']:,} rows are more than an analysis takes ({MOST_ROWS:,}); choose fewer "
            "files, or use SQL"
        )
    typed = []
    for name in texts:
        filled = found[f"filled:{name}"]
        if filled and found[f"dates:{name}"] == filled:
            typed.append(_as_moment(name))
        elif filled and found[f"numbers:{name}"] == filled and name not in _NAMES:
            typed.append(_as_number(name))
    return table.with_columns(typed)


def _as_number(name: str) -> pl.Expr:
    """The number that a text is; null for any other text."""
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite() & ~text.str.contains(_ZEROS)).then(number)


def _as_moment(name: str) -> pl.Expr:
    """The moment that a text is, in ISO 8601; null for any other text."""
    text = pl.col(name)
    plain = text.str.replace("T", " ", literal=True).str.replace(_FRACTION_OR_ZONE, "")
    moment = pl.coalesce(
        plain.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False),
        plain.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us", strict=False),
        plain.str.to_date("%Y-%m-%d", strict=False).cast(_TIME),
    )
    return pl.when(text.str.contains(_MOMENT)).then(moment)


def _told(
    files: Sequence[SourceFile],
    plain: Sequence[OpenedFile],
    dialect: Dialect,
    error: pl.exceptions.PolarsError,
) -> InputError:
    """The file and line at fault, where looking closer finds them."""
    for file in plain:
        if not file.is_parquet:
            given = tuple(DELIMITERS) if dialect.delimiter is None else (dialect.delimiter,)
            found = sample(file.path, file.name, given, fewest=1)
            try:
                check_structure(file.path, file.name, found.delimiter, found.n_columns)
            except DataError as problem:
                return problem
    reason = re.sub(r"\s+", " ", str(error))[:200]
    return DataError.of(files[0].name, f"cannot be read as a table ({reason}); write it again")

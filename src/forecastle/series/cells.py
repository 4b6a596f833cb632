"""Cells: text and typed columns become keys, times and numbers; broken cells are found again.

Everything is an expression, so a file larger than memory streams through. A pass over the data
only counts what is broken; the lines are looked up afterwards, when the count is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, Problem
from forecastle.series.tables import Table
from forecastle.series.timestamps import TimestampFormat

LARGEST = 1e15
"""Demand beyond this magnitude is refused: a double no longer tells cents apart there."""

EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)

RECORD = "record number"
BLANK = "is blank"
BAD = "bad cells"
BROKEN = "is blank or has bad cells"
OPEN_END = "ends in an empty field"
ODD = "needs a second look"
_LAST = "last field"


class Cell(Protocol):
    """The cells of one column, on their way from the table to a role."""

    @property
    def table(self) -> Table:
        """The table."""

    @property
    def column(self) -> str:
        """The column of the table."""

    @property
    def role(self) -> str:
        """The column that the values go to."""

    @property
    def needs_trim(self) -> bool:
        """Whether spaces around a cell would go unnoticed; elsewhere they make it bad."""

    def value(self, source: pl.Expr) -> pl.Expr:
        """The value of a cell, from its trimmed text or typed content; null if there is none."""

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether the cell cannot be used; never null."""

    def describe(self, text: str) -> str:
        """What is wrong with a bad cell that holds ``text``."""


@dataclass(frozen=True)
class KeyCell:
    """An item id or dimension: text that may not be empty."""

    table: Table
    column: str
    role: str
    needs_trim: ClassVar[bool] = True

    def value(self, source: pl.Expr) -> pl.Expr:
        """Text; whole numbers that came as floats lose their ``.0``."""
        dtype = self.table.schema[self.column]
        text = source.cast(pl.String)
        return text.str.strip_suffix(".0") if dtype.is_float() else text

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether it is empty."""
        return is_empty(value)

    def describe(self, text: str) -> str:
        """The cell is empty."""
        return f"{self.role} is empty; name it"


@dataclass(frozen=True)
class TimeCell:
    """A timestamp: Datetime("us") in local time, from 1900 to 2199.

    Attributes:
        table: the table.
        column: the column of the table.
        written: how timestamps are written.
        option: where the user names their format.

    Raises:
        DataError: the type of the column holds no timestamps.
    """

    table: Table
    column: str
    written: TimestampFormat
    option: str = "--timestamp-format"
    role: ClassVar[str] = "timestamp"
    needs_trim: ClassVar[bool] = False

    def __post_init__(self) -> None:
        dtype = self.table.schema[self.column]
        if not is_text(dtype) and not isinstance(dtype, pl.Date | pl.Datetime):
            raise DataError.of(
                self.table.name,
                f"column '{self.column}' holds {dtype}, not timestamps; write dates there",
            )

    def value(self, source: pl.Expr) -> pl.Expr:
        """The moment; null where the text does not match the format."""
        dtype = self.table.schema[self.column]
        if is_text(dtype):
            return self.written.parse(source)
        local = source.dt.replace_time_zone(None) if isinstance(dtype, pl.Datetime) else source
        return local.cast(pl.Datetime("us"))

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether there is no timestamp, or it lies outside the years that are taken."""
        return value.is_between(EARLIEST, LATEST, closed="left").fill_null(False).not_()

    def describe(self, text: str) -> str:
        """The cell is empty, or does not match."""
        if not text:
            return "timestamp is empty; every row needs one"
        is_typed = not is_text(self.table.schema[self.column])
        if is_typed or pl.select(self.written.parse(pl.lit(text))).item() is not None:
            return f"timestamp '{text}' lies outside the years 1900 to 2199; correct it"
        remedy = f"write all timestamps alike, or name their format with {self.option}"
        return f"timestamp '{text}' does not match {self.written}; {remedy}"


@dataclass(frozen=True)
class NumberCell:
    """A number: Float64, finite and at most 1e15 in magnitude; an empty cell is a missing value.

    NaN counts as missing in typed columns, where pandas means it so; in text it is refused.

    Attributes:
        table: the table.
        column: the column of the table.
        role: the column that the values go to.
        decimal_comma: 1,5 is one and a half.
        flags: the words true and false are 1 and 0.

    Raises:
        DataError: the type of the column holds no numbers.
    """

    table: Table
    column: str
    role: str
    decimal_comma: bool = False
    flags: bool = False
    needs_trim: ClassVar[bool] = False

    def __post_init__(self) -> None:
        dtype = self.table.schema[self.column]
        if not (is_text(dtype) or dtype.is_numeric() or dtype == pl.Boolean):
            raise DataError.of(
                self.table.name, f"column '{self.column}' holds {dtype}, not numbers"
            )

    def value(self, source: pl.Expr) -> pl.Expr:
        """The number; null where the cell is empty or holds none."""
        if not is_text(self.table.schema[self.column]):
            return source.cast(pl.Float64).fill_nan(None)
        text = source.str.replace(",", ".", literal=True) if self.decimal_comma else source
        numbers = text.cast(pl.Float64, strict=False)
        if not self.flags:
            return numbers
        words = source.str.to_lowercase()
        return (
            pl.when(words == "true").then(1.0).when(words == "false").then(0.0).otherwise(numbers)
        )

    def bad(self, source: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Whether the number is too large, not a number, or the text holds none."""
        beyond = (value.abs() <= LARGEST).not_().fill_null(False)  # NaN is not <= either
        if not is_text(self.table.schema[self.column]):
            return beyond
        return beyond | (value.is_null() & is_empty(source).not_())

    def describe(self, text: str) -> str:
        """The number is too large, or it is none."""
        if _is_beyond(text):
            return f"{self.role} '{text}' is infinite or beyond 1e15 in magnitude; correct it"
        return f"{self.role} '{text}' is not a number; leave the cell empty where it is missing"


def _is_beyond(text: str) -> bool:
    try:
        return abs(float(text)) > LARGEST
    except ValueError:
        return False


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column is read as text: strings, and whole numbers such as 20240131."""
    is_named = isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null)
    return is_named or dtype.is_integer()


def is_empty(text: pl.Expr) -> pl.Expr:
    """Whether trimmed text is empty or null."""
    return text.is_null() | (text == "")


def trimmed(table: Table, column: str) -> pl.Expr:
    """A column as text without spaces around it."""
    return _as_text(table, column).str.strip_chars()


def _as_text(table: Table, column: str) -> pl.Expr:
    """A column with whole numbers as text, else as it is."""
    dtype = table.schema[column]
    is_other = is_text(dtype) and dtype != pl.String
    return pl.col(column).cast(pl.String) if is_other else pl.col(column)


def read_cells(
    table: Table,
    cells: Sequence[Cell],
    rows: pl.LazyFrame | None = None,
    kept: Sequence[str] = (),
    *,
    trims: bool = True,
) -> pl.LazyFrame:
    """Every cell's value under its role, and what is wrong with each row.

    Adds `BLANK` (nothing in the row), `BAD` (number of bad cells, 0 in blank rows), `BROKEN`
    (either), `OPEN_END` (the last field is null: a line that is too short looks so) and `ODD` (any
    of these). Every step is a select of its own, so that no cell is parsed twice; whoever asks for
    `ODD` and `BROKEN` alone, as a pass over sound data does, pays for no more.

    Args:
        table: the table.
        cells: what to read; their columns need not differ.
        rows: the table's rows with `RECORD` beside them, which is kept.
        kept: columns of the table to keep as they are.
        trims: take spaces around timestamps and numbers away. To leave them saves a tenth of the
            time: where there are some, the cell is then bad, and the rows are to be read again.
    """
    sources = {
        _source(cell): content(table, cell.column)
        if trims or cell.needs_trim
        else _as_text(table, cell.column)
        for cell in cells
    }
    last = pl.col(table.names[-1])
    own = [*kept] if rows is None else [RECORD, *kept]
    read = (table.rows if rows is None else rows).select(
        *own, **sources, **{OPEN_END: last.is_null(), _LAST: last.cast(pl.String).str.strip_chars()}
    )
    read = read.with_columns(**{cell.role: cell.value(pl.col(_source(cell))) for cell in cells})
    read = read.with_columns(
        **{_bad(cell): cell.bad(pl.col(_source(cell)), pl.col(cell.role)) for cell in cells},
        **{BLANK: is_empty(pl.col(_LAST)) & pl.all_horizontal(_is_absent(c) for c in cells)},
    )
    bad = [pl.col(_bad(cell)) for cell in cells]
    count = pl.sum_horizontal(flag.cast(pl.UInt32) for flag in bad)
    return read.with_columns(
        **{
            BAD: pl.when(pl.col(BLANK)).then(0).otherwise(count),
            # A blank row has no timestamp or key, so it is among those with bad cells.
            BROKEN: pl.any_horizontal(bad),
            ODD: pl.any_horizontal(*bad, OPEN_END),
        }
    )


def content(table: Table, column: str) -> pl.Expr:
    """A column as cells read it: trimmed text, or typed."""
    return trimmed(table, column) if is_text(table.schema[column]) else pl.col(column)


def _is_absent(cell: Cell) -> pl.Expr:
    source = pl.col(_source(cell))
    return is_empty(source) if is_text(cell.table.schema[cell.column]) else source.is_null()


def _source(cell: Cell) -> str:
    return f"source of {cell.role}"


def _bad(cell: Cell) -> str:
    return f"{cell.role} is bad"


def find_problems(table: Table, cells: Sequence[Cell]) -> list[Problem]:
    """The bad cells of the first ten rows that hold any, in the order of the table."""
    flagged = (
        read_cells(table, cells, table.rows.with_row_index(RECORD))
        .filter(pl.col(BAD) > 0)
        .select(
            RECORD,
            bad=pl.concat_list(_bad(cell) for cell in cells),
            text=pl.concat_list(
                pl.col(_source(cell)).cast(pl.String).fill_null("") for cell in cells
            ),
        )
        .bottom_k(PROBLEMS_SHOWN, by=RECORD)
        .collect(engine="streaming")
        .sort(RECORD)
    )
    places = table.places(flagged[RECORD].to_list())
    return [
        Problem(table.name, where + cell.describe(text), line)
        for (line, where), bad, texts in zip(places, flagged["bad"], flagged["text"], strict=True)
        for cell, is_bad, text in zip(cells, bad, texts, strict=True)
        if is_bad
    ]

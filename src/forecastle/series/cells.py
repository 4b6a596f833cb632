"""Cells: text and typed columns become keys, times and numbers; broken cells are found again.

Everything is an expression, so a file larger than memory streams through. A pass over the data
only counts what is broken; the lines are looked up afterwards, when the count is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, Problem
from forecastle.series.tables import Table
from forecastle.series.timestamps import EARLIEST, LATEST, TimestampFormat

LARGEST = 1e15
"""Demand beyond this magnitude is refused: a double no longer tells cents apart there."""


RECORD = "record number"


@dataclass(frozen=True)
class Check:
    """What may be wrong with the cells of a column.

    Attributes:
        bad: Boolean, never null: whether the cell cannot be used.
        value: the cell as text, for the message.
        describe: the message for the text of a bad cell (empty text for an empty cell).
    """

    bad: pl.Expr
    value: pl.Expr
    describe: Callable[[str], str]


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column is read as text: strings, and whole numbers such as 20240131."""
    return dtype == pl.String or dtype.is_integer() or isinstance(dtype, pl.Categorical | pl.Enum)


def trimmed(table: Table, column: str) -> pl.Expr:
    """A column as text without spaces around it."""
    cell = pl.col(column)
    return (cell if table.schema[column] == pl.String else cell.cast(pl.String)).str.strip_chars()


def is_empty(text: pl.Expr) -> pl.Expr:
    """Whether trimmed text is empty or null."""
    return text.is_null() | (text == "")


def key(table: Table, column: str) -> pl.Expr:
    """A key column as text; whole numbers that came as floats lose their ``.0``."""
    text = trimmed(table, column)
    return text.str.strip_suffix(".0") if table.schema[column].is_float() else text


def key_check(table: Table, column: str, role: str) -> Check:
    """Keys may not be empty."""
    text = key(table, column)
    return Check(is_empty(text), text, lambda _: f"{role} is empty; name it")


def time(table: Table, column: str, written: TimestampFormat) -> pl.Expr:
    """A column of timestamps as Datetime("us") in local time; null where it cannot be read.

    Raises:
        DataError: the type of the column holds no timestamps.
    """
    dtype = table.schema[column]
    if is_text(dtype):
        return written.parse(trimmed(table, column))
    if not isinstance(dtype, pl.Date | pl.Datetime):
        raise DataError.of(
            table.name, f"column '{column}' holds {dtype}, not timestamps; write dates there"
        )
    cell = pl.col(column)
    local = cell.dt.replace_time_zone(None) if isinstance(dtype, pl.Datetime) else cell
    stamps = local.cast(pl.Datetime("us"))
    return pl.when(stamps.is_between(EARLIEST, LATEST, closed="left")).then(stamps)


def time_check(table: Table, column: str, written: TimestampFormat) -> Check:
    """Timestamps must be there and match the format."""

    def describe(value: str) -> str:
        if not value:
            return "timestamp is empty; every row needs one"
        remedy = "write all timestamps alike, or name their format with --timestamp-format"
        return f"timestamp '{value}' does not match {written}; {remedy}"

    return Check(time(table, column, written).is_null(), trimmed(table, column), describe)


def number(table: Table, column: str, *, decimal_comma: bool = False) -> pl.Expr:
    """A column of numbers as Float64; null where it is empty or cannot be read.

    NaN counts as missing in typed columns, where pandas means it so; in text it is refused.

    Raises:
        DataError: the type of the column holds no numbers.
    """
    dtype = table.schema[column]
    if dtype.is_numeric() or dtype == pl.Boolean:
        return pl.col(column).cast(pl.Float64).fill_nan(None)
    if not is_text(dtype):
        raise DataError.of(table.name, f"column '{column}' holds {dtype}, not numbers")
    text = trimmed(table, column)
    return (text.str.replace(",", ".", literal=True) if decimal_comma else text).cast(
        pl.Float64, strict=False
    )


def number_check(table: Table, column: str, role: str, *, decimal_comma: bool = False) -> Check:
    """Numbers must be finite and at most 1e15 in magnitude; an empty cell is a missing value."""
    values = number(table, column, decimal_comma=decimal_comma)
    bad = (values.abs() <= LARGEST).not_().fill_null(False)  # NaN and infinity are not <= either
    if not table.schema[column].is_numeric():
        bad = bad | (values.is_null() & is_empty(trimmed(table, column)).not_())

    def describe(value: str) -> str:
        try:
            too_large = abs(float(value)) > LARGEST
        except ValueError:
            too_large = False
        if too_large:
            return f"{role} '{value}' is infinite or beyond 1e15 in magnitude; correct it"
        return f"{role} '{value}' is not a number; leave the cell empty where the value is missing"

    return Check(bad, trimmed(table, column), describe)


def count_of(checks: Sequence[Check]) -> pl.Expr:
    """How many of a row's cells are bad."""
    return pl.sum_horizontal(check.bad.cast(pl.UInt32) for check in checks)


def find_problems(table: Table, checks: Sequence[Check], unless: pl.Expr) -> list[Problem]:
    """The first bad cells of a table in its order, at most ten.

    Args:
        table: the table.
        checks: what may be wrong.
        unless: rows where nothing is checked, such as blank lines.
    """
    flagged = (
        table.rows.with_row_index(RECORD)
        .filter(unless.not_() & (count_of(checks) > 0))
        .select(
            RECORD,
            bad=pl.concat_list(check.bad for check in checks),
            value=pl.concat_list(check.value.fill_null("") for check in checks),
        )
        .bottom_k(PROBLEMS_SHOWN, by=RECORD)
        .collect(engine="streaming")
        .sort(RECORD)
    )
    places = table.places(flagged[RECORD].to_list())
    problems = [
        Problem(table.name, where + check.describe(value), line)
        for (line, where), bad, values in zip(places, flagged["bad"], flagged["value"], strict=True)
        for check, is_bad, value in zip(checks, bad, values, strict=True)
        if is_bad
    ]
    return problems[:PROBLEMS_SHOWN]

"""Conventions: what only the whole of a file tells: day or month first, decimal comma or point.

Nothing is guessed. Where all cells read both ways the file is refused with the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from forecastle.core.errors import DataError
from forecastle.series import cells
from forecastle.series.tables import Table
from forecastle.series.timestamps import TimestampFormat, most_common_formats

_SAMPLE = 1_000
_ISO = TimestampFormat("yyyy-MM-dd")

Column = tuple[Table, str]


def timestamp_format(
    columns: Sequence[Column], option: str = "--timestamp-format"
) -> TimestampFormat:
    """The format of the timestamps, the same for all tables of a source.

    Args:
        columns: the timestamp column of each table.
        option: where the user names the format.

    Raises:
        DataError: the format is not recognised, or day and month cannot be told apart.
    """
    written = [(table, column) for table, column in columns if cells.is_text(table.schema[column])]
    samples = [text for table, column in written for text in _sample(table, column)]
    if not samples:
        return _ISO
    formats = most_common_formats(samples)
    if not formats:
        table, column = written[0]
        raise _first_cell_error(
            table,
            column,
            "timestamp '{value}' is not recognised; write yyyy-MM-dd or yyyy-MM-dd HH:mm:ss, "
            f"or name the format with {option}",
        )
    return formats[0] if len(formats) == 1 else _day_or_month_first(written, option, *formats)


def _sample(table: Table, column: str) -> Iterator[str]:
    text = cells.trimmed(table, column)
    found = table.rows.select(text).head(_SAMPLE).collect(engine="streaming")
    yield from found.to_series().drop_nulls()


def _day_or_month_first(
    columns: Sequence[Column],
    option: str,
    day_first: TimestampFormat,
    month_first: TimestampFormat,
) -> TimestampFormat:
    """The order in which more dates can be read; the others are then refused by their lines."""
    only_day = only_month = 0
    for table, column in columns:
        text = cells.trimmed(table, column)
        by_day = day_first.parse(text).is_not_null()
        by_month = month_first.parse(text).is_not_null()
        counts = table.rows.select(
            day=(by_day & by_month.not_()).sum(), month=(by_month & by_day.not_()).sum()
        ).collect(engine="streaming")
        only_day += counts["day"][0]
        only_month += counts["month"][0]
    if only_day == only_month == 0:
        raise _first_cell_error(
            *columns[0],
            f"timestamp '{{value}}' and all others read as {day_first} and as {month_first}; "
            f"say which with {option}",
        )
    return day_first if only_day >= only_month else month_first


def has_decimal_comma(table: Table, column: str) -> bool:
    """Whether the numbers of a column are written 1,5 for one and a half.

    Only in text whose columns are not separated by commas, and only if no number has a point.

    Raises:
        DataError: every comma is followed by three digits, so it may separate thousands.
    """
    if table.text is None or table.text.sample.delimiter == ",":
        return False
    text = cells.trimmed(table, column)
    comma = text.str.contains(",", literal=True)
    counts = table.rows.select(
        comma=comma.sum(),
        point=text.str.contains(".", literal=True).sum(),
        decimal=(comma & text.str.contains(r"^[-+]?\d{1,3}(,\d{3})+$").not_()).sum(),
    ).collect(engine="streaming")
    if counts["comma"][0] == 0 or counts["point"][0] > 0:
        return False
    if counts["decimal"][0] == 0:
        raise _first_cell_error(
            table,
            column,
            f"{column} '{{value}}': the comma may be a decimal sign or separate thousands; "
            "write numbers with a decimal point",
            comma,
        )
    return True


def _first_cell_error(
    table: Table, column: str, message: str, where: pl.Expr | None = None
) -> DataError:
    """The error that shows the first filled cell of a column, or the first one ``where``."""
    text = cells.trimmed(table, column)
    chosen = cells.is_empty(text).not_() if where is None else where
    found = (
        table.rows.with_row_index(cells.RECORD)
        .filter(chosen)
        .select(cells.RECORD, value=text)
        .bottom_k(1, by=cells.RECORD)
        .collect(engine="streaming")
    )
    [(line, place)] = table.places(found[cells.RECORD].to_list())
    return DataError.of(table.name, place + message.format(value=found["value"][0]), line)

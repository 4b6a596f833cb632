"""A forecast as one file for the reader's own machine: the columns of an export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from forecastle.series.columns import ITEM
from forecastle.service.context import Context
from forecastle.service.forecast_table import ForecastTable, open_table
from forecastle.service.queries import series_rows
from forecastle.storage.exports import forecast_layout, without_formulas


def write_csv(context: Context, path: Path, arn: str, key: Sequence[str] = ()) -> None:
    """Write a forecast as an export's CSV has it.

    Args:
        context: who asks.
        path: the file to be written.
        arn: of the forecast.
        key: of one series; empty for all.

    Raises:
        ForecastleError: as `forecast_table.open_table` and `queries.series_rows` do.
    """
    table = open_table(context, arn)
    names = pl.col(ITEM, *table.dimensions)
    rows = _rows(context, table, key).with_columns(without_formulas(names))
    rows.sink_csv(path, line_terminator="\n")


def write_parquet(context: Context, path: Path, arn: str, key: Sequence[str] = ()) -> None:
    """`write_csv`, as an export's Parquet has it."""
    _rows(context, open_table(context, arn), key).sink_parquet(path)


def _rows(context: Context, table: ForecastTable, key: Sequence[str]) -> pl.LazyFrame:
    rows = table.scan()
    if key:
        rows = series_rows(context, table.resource, table.named(key)).lazy()
    return forecast_layout(rows, table.dimensions, table.resource.details["columns"])

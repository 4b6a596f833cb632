"""Exports in Amazon Forecast's layouts (guide: howitworks-forecast export, howitworks-predictor).

Byte for byte the same for the same values: floats are written with the fewest digits that read
back equal. Names that a spreadsheet would run as a formula get a leading apostrophe; numbers
never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from forecastle.storage.atomic import atomic_file

ITEM, TIMESTAMP, DATE, TARGET = "item_id", "timestamp", "date", "target_value"
WINDOW_START, WINDOW_END = "backtestwindow_start_time", "backtestwindow_end_time"

_MOMENT = "%Y-%m-%dT%H:%M:%S"
_FORMULA = r"^([=+\-@\t\r])"


def write_forecast_csv(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> None:
    """Write ``item_id,date,[dimensions],p10,p50,p90``; dates as ``2019-02-01T00:00:00Z``.

    Args:
        frame: ``item_id``, the dimensions, ``timestamp`` (Datetime) and the forecast columns.
        path: the file; it appears whole or not at all.
        dimensions: columns that follow the date.
        forecast_types: the forecast columns in their order: ``p10`` … or ``mean``.
    """
    _write(
        frame.select(
            _safe(ITEM),
            _moment(TIMESTAMP, zone="Z").alias(DATE),
            *(_safe(name) for name in dimensions),
            *forecast_types,
        ),
        path,
    )


def write_backtest_csv(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> None:
    """Write the forecasted-values layout of a predictor backtest export.

    ``item_id,timestamp,[dimensions],target_value,backtestwindow_start_time,
    backtestwindow_end_time,mean,p10,…``: timestamps with Z, window times without, the end of a
    window inclusive.

    Args:
        frame: ``item_id``, the dimensions, ``timestamp``, ``target_value`` (null where missing),
            the two window times (Datetime) and the forecast columns.
        path: the file; it appears whole or not at all.
        dimensions: columns that follow the timestamp.
        forecast_types: the forecast columns in their order: ``mean``, ``p10`` …
    """
    _write(
        frame.select(
            _safe(ITEM),
            _moment(TIMESTAMP, zone="Z"),
            *(_safe(name) for name in dimensions),
            TARGET,
            _moment(WINDOW_START),
            _moment(WINDOW_END),
            *forecast_types,
        ),
        path,
    )


def _write(frame: pl.DataFrame, path: Path) -> None:
    with atomic_file(path) as temporary:
        frame.write_csv(temporary, line_terminator="\n")


def _moment(column: str, zone: str = "") -> pl.Expr:
    return pl.col(column).dt.strftime(_MOMENT + zone)


def _safe(column: str) -> pl.Expr:
    """Names behind an apostrophe where a spreadsheet would take them for a formula."""
    return pl.col(column).str.replace(_FORMULA, "'${1}")

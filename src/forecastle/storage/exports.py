"""Exports in Amazon Forecast's layouts (guide: howitworks-forecast export, howitworks-predictor).

CSV is byte for byte the same for the same values: floats are written with the fewest digits that
read back equal. Names that a spreadsheet would run as a formula get a leading apostrophe; numbers
never do.

Parquet has the same columns. Times in it are the same texts as in CSV: a client that changes the
format reads the same values, with no unit or time zone to guess, and sorts and filters them as
before. Names are as they are: no spreadsheet opens Parquet and runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import polars as pl

from forecastle.storage.atomic import atomic_file

ITEM, TIMESTAMP, DATE, TARGET = "item_id", "timestamp", "date", "target_value"
WINDOW_START, WINDOW_END = "backtestwindow_start_time", "backtestwindow_end_time"
BACKTEST_WINDOW, COMPUTED, SUMMARY = "backtest_window", "Computed", "Summary"

_MOMENT = "%Y-%m-%dT%H:%M:%S"
_FORMULA = r"^([=+\-@\t\r])"

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)


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
    _write_csv(forecast_layout(frame, dimensions, forecast_types), path, dimensions)


def write_forecast_parquet(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> None:
    """As `write_forecast_csv`, to Parquet."""
    _write_parquet(forecast_layout(frame, dimensions, forecast_types), path)


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
    _write_csv(_backtest_layout(frame, dimensions, forecast_types), path, dimensions)


def write_backtest_parquet(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> None:
    """As `write_backtest_csv`, to Parquet."""
    _write_parquet(_backtest_layout(frame, dimensions, forecast_types), path)


def write_accuracy_csv(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], metrics: Sequence[str]
) -> None:
    """Write the accuracy-metrics-values layout of a predictor backtest export.

    ``item_id,[dimensions],backtest_window,backtestwindow_start_time,backtestwindow_end_time,
    wQL[0.1],…,Average wQL,RMSE,WAPE,MAPE,MASE``: window times without Z, the end inclusive, empty
    in a summary.

    Args:
        frame: ``item_id``, the dimensions, ``backtest_window``, the two window times (Datetime,
            null in a summary) and the metrics (null where an item has none).
        path: the file; it appears whole or not at all.
        dimensions: columns that follow the item.
        metrics: the metric columns in their order.
    """
    _write_csv(_accuracy_layout(frame, dimensions, metrics), path, dimensions)


def write_accuracy_parquet(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], metrics: Sequence[str]
) -> None:
    """As `write_accuracy_csv`, to Parquet."""
    _write_parquet(_accuracy_layout(frame, dimensions, metrics), path)


def write_explanation_csv(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], scores: Sequence[str]
) -> None:
    """Write ``item_id,date,[dimensions],price-NormalizedImpactScore,price-RawImpactScore,…``.

    Args:
        frame: those columns; item, dimensions and date (a text) are ``Aggregate`` where a row sums
            them up.
        path: the file; it appears whole or not at all.
        dimensions: columns that follow the date.
        scores: the columns of scores in their order.
    """
    _write_csv(frame.select(ITEM, DATE, *dimensions, *scores), path, dimensions)


def write_explanation_parquet(
    frame: pl.DataFrame, path: Path, dimensions: Sequence[str], scores: Sequence[str]
) -> None:
    """As `write_explanation_csv`, to Parquet."""
    _write_parquet(frame.select(ITEM, DATE, *dimensions, *scores), path)


def forecast_layout(
    frame: _Frame, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> _Frame:
    """The columns of `write_forecast_csv`."""
    return frame.select(
        ITEM, _moment(TIMESTAMP, zone="Z").alias(DATE), *dimensions, *forecast_types
    )


def _backtest_layout(
    frame: pl.DataFrame, dimensions: Sequence[str], forecast_types: Sequence[str]
) -> pl.DataFrame:
    return frame.select(
        ITEM,
        _moment(TIMESTAMP, zone="Z"),
        *dimensions,
        TARGET,
        _moment(WINDOW_START),
        _moment(WINDOW_END),
        *forecast_types,
    )


def _accuracy_layout(
    frame: pl.DataFrame, dimensions: Sequence[str], metrics: Sequence[str]
) -> pl.DataFrame:
    return frame.select(
        ITEM, *dimensions, BACKTEST_WINDOW, _moment(WINDOW_START), _moment(WINDOW_END), *metrics
    )


def without_formulas(texts: pl.Expr) -> pl.Expr:
    """Texts, behind an apostrophe where a spreadsheet would run them."""
    return texts.str.replace(_FORMULA, "'${1}")


def _write_csv(layout: pl.DataFrame, path: Path, dimensions: Sequence[str]) -> None:
    """Names behind an apostrophe where a spreadsheet would take them for a formula."""
    safe = layout.with_columns(without_formulas(pl.col(ITEM, *dimensions)))
    with atomic_file(path) as temporary:
        safe.write_csv(temporary, line_terminator="\n")


def _write_parquet(layout: pl.DataFrame, path: Path) -> None:
    with atomic_file(path) as temporary:
        layout.write_parquet(temporary)


def _moment(column: str, zone: str = "") -> pl.Expr:
    return pl.col(column).dt.strftime(_MOMENT + zone)

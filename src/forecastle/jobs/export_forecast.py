"""CreateForecastExportJob: a forecast becomes files in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from forecastle.core.errors import InputError
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.export_files import ROWS_PER_PART, Export
from forecastle.jobs.forecast import FILE
from forecastle.storage.exports import write_forecast_csv, write_forecast_parquet


def export_forecast(context: JobContext) -> Outcome:
    """Write ``item_id,date,[dimensions],p10,…`` in parts directly under the destination.

    Raises:
        InputError: the forecast is gone, or the bucket is not the account's.
        StorageError: the bucket cannot be written to.
    """
    arn = context.resource.request["ForecastArn"]
    forecast = context.catalog.resources.find(arn, context.resource.account)
    if forecast is None or "artifact" not in forecast.details:
        raise InputError(f"the forecast {arn} does not exist any more; create it again")
    path = context.stores.artifacts.open(forecast.details["artifact"]) / FILE
    Export(context).put(
        _parts(path, context),
        write_forecast_csv,
        write_forecast_parquet,
        forecast.details["dimensions"],
        forecast.details["columns"],
    )
    return Outcome()


def _parts(path: Path, context: JobContext) -> Iterator[pl.DataFrame]:
    """The table part by part; only one is in memory."""
    table = pl.scan_parquet(path, glob=False)
    rows = table.select(pl.len()).collect().item()
    for first in range(0, max(rows, 1), ROWS_PER_PART):
        context.tell(first / max(rows, 1), "writing")
        yield table.slice(first, ROWS_PER_PART).collect()

"""CreateWhatIfForecastExport: a baseline and its scenarios, side by side, become files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.export_files import Export, in_parts
from forecastle.jobs.forecast import FILE
from forecastle.jobs.what_if import made
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.storage.exports import write_forecast_csv, write_forecast_parquet

BASELINE = "Baseline"


def export_what_if(context: JobContext) -> Outcome:
    """Write ``item_id,date,[dimensions],Baseline_p50,<what-if>_p50,…`` under the destination.

    Raises:
        InputError: a what-if forecast is gone, or the bucket is not the account's.
        StorageError: the bucket cannot be written to.
    """
    scenarios = [made(context, arn) for arn in context.resource.request["WhatIfForecastArns"]]
    analysis = made(context, scenarios[0].request["WhatIfAnalysisArn"])
    forecast = made(context, analysis.request["ForecastArn"])
    dimensions, columns = forecast.details["dimensions"], forecast.details["columns"]
    keys = [ITEM, *dimensions, TIMESTAMP]
    table = _scan(context, scenarios[0]).select(keys)
    for name, each in ((BASELINE, forecast), *((one.name, one) for one in scenarios)):
        named = (pl.col(column).alias(f"{name}_{column}") for column in columns)
        table = table.join(
            _scan(context, each).select(*keys, *named), on=keys, how="left", maintain_order="left"
        )
    frame = table.collect()
    values = [name for name in frame.columns if name not in keys]
    Export(context).put(
        in_parts(frame), write_forecast_csv, write_forecast_parquet, dimensions, values
    )
    return Outcome()


def _scan(context: JobContext, resource: Resource) -> pl.LazyFrame:
    folder: Path = context.stores.artifacts.open(resource.details["artifact"])
    return pl.scan_parquet(folder / FILE, glob=False)

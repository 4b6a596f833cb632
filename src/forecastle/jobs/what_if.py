"""CreateWhatIfAnalysis and CreateWhatIfForecast: what a forecast would be if prices changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.quantiles import MEAN
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.forecast import FILE, latest_series
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.selection import selected_series
from forecastle.jobs.train import configuration, load_recipe, sentences
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.alignment import Alignment
from forecastle.series.columns import ITEM
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_options import CSV, ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.series.dataset_table import related_rows
from forecastle.series.domains import RELATED_TIME_SERIES, domain
from forecastle.series.panel import Integers, Panel
from forecastle.series.recipe import DataRecipe
from forecastle.series.scenario import replaced, transformed
from forecastle.storage.buckets import source_files
from forecastle.storage.locations import Location
from forecastle.training.what_if import WhatIf, prepare_what_if, scenario_of

REPLACEMENTS = "TimeSeriesReplacementsDataSource"
_FORECAST_DETAILS = (
    "forecast_types",
    "columns",
    "item",
    "dimensions",
    "frequency",
    "first",
    "last",
)


def create_what_if_analysis(context: JobContext) -> Outcome:
    """Learn how the series answer to their features, and keep their known future.

    Raises:
        InputError: the forecast is gone, or its predictor knows no feature of the future.
    """
    forecast = made(context, context.resource.request["ForecastArn"])
    predictor = made(context, forecast.request["PredictorArn"])
    artifacts = context.stores.artifacts
    recipe = load_recipe(artifacts.open(predictor.details["artifact"]))
    fixed = _fixed_attributes(context, predictor, recipe)
    if not recipe.known:
        raise InputError(_nothing_to_change(fixed))
    context.tell(0.05, "reading the data")
    horizon = int(predictor.details["horizon"])
    built = latest_series(context, predictor, recipe, horizon)
    panel = _as_forecast(built.panel, forecast, horizon)
    rows, unknown = _chosen(context, panel, recipe, artifacts.open(forecast.details["artifact"]))
    context.tell(0.3, "learning the effects")
    what_if = prepare_what_if(panel, horizon, rows, domain(recipe.domain).item, fixed)
    what_if.save(context.workspace)
    details = {
        "features": what_if.facts(),
        "fixed": fixed,
        "metadata": list(what_if.columns.metadata),
        "alignment": recipe.alignment.to_json(),
        "domain": recipe.domain,
        **{name: forecast.details[name] for name in _FORECAST_DETAILS},
        "series": len(rows),
    }
    return Outcome(details, " ".join([*sentences(what_if.messages), *unknown]) or None)


def create_what_if_forecast(context: JobContext) -> Outcome:
    """Change the known future of an analysis, and multiply its baseline by the effect.

    The artifact is a table like that of a forecast (`jobs.forecast`).

    Raises:
        InputError: the analysis is gone, or the change cannot be made.
    """
    request = context.resource.request
    analysis = made(context, request["WhatIfAnalysisArn"])
    forecast = made(context, analysis.request["ForecastArn"])
    artifacts = context.stores.artifacts
    what_if = WhatIf.load(artifacts.open(analysis.details["artifact"]))
    context.tell(0.2, "changing the known future")
    if REPLACEMENTS in request:
        rows = _replacements(context, request[REPLACEMENTS], analysis.details)
        path = request[REPLACEMENTS]["S3Config"]["Path"]
        after = replaced(what_if.future, rows, what_if.columns, path)
    else:
        after = transformed(what_if.future, request["TimeSeriesTransformations"], what_if.columns)
    ratios, messages = what_if.ratios(after)
    context.tell(0.5, "multiplying the baseline")
    baseline = pl.read_parquet(artifacts.open(forecast.details["artifact"]) / FILE, glob=False)
    values = dict.fromkeys((*forecast.details["columns"], MEAN))
    table = scenario_of(baseline, ratios, what_if.columns.keys, tuple(values))
    table.write_parquet(context.workspace / FILE, row_group_size=20_000, statistics=True)
    details = {name: analysis.details[name] for name in (*_FORECAST_DETAILS, "series")}
    return Outcome(details, " ".join(sentences((*messages, *what_if.messages))) or None)


def made(context: JobContext, arn: str) -> Resource:
    """The finished resource of that ARN.

    Raises:
        InputError: it is gone.
    """
    found = context.catalog.resources.find(arn, context.resource.account)
    if found is None or "artifact" not in found.details:
        raise InputError(f"{arn} does not exist any more; create it again")
    return found


def _fixed_attributes(
    context: JobContext, predictor: Resource, recipe: DataRecipe
) -> dict[str, str]:
    """Why attributes of the related data cannot be changed, by name."""
    request = TrainingRequest.read(configuration(predictor.request, predictor.details))
    data = GroupData.of(context.catalog, context.stores, predictor.account, request.group)
    names = () if data.related is None else data.related.schema.features
    ended = (
        "its rows end with the history; import rows up to the end of the horizon and train again"
    )
    constant = "it never changed in the history, so its effect cannot be known"
    return {
        name: ended if name in (recipe.past or ()) else constant
        for name in names
        if name not in (recipe.known or ())
    }


def _nothing_to_change(fixed: Mapping[str, str]) -> str:
    if fixed:
        told = "; ".join(f"'{name}': {reason}" for name, reason in fixed.items())
        return f"no attribute of the related time series can be changed: {told}"
    return (
        "the predictor was trained without related time series; import one that reaches to the end "
        "of the horizon, such as prices, and train again"
    )


def _as_forecast(panel: Panel, forecast: Resource, horizon: int) -> Panel:
    """The panel as it stood at the forecast: newer data may have come since.

    Raises:
        InputError: the data were replaced by older ones.
    """
    first = np.array([forecast.details["first"]], dtype="datetime64[s]")
    n_time = int(panel.frequency.steps_between(panel.origin, first)[0])
    if not 0 < n_time <= panel.n_time:
        raise InputError(
            f"the data do not reach to {forecast.details['first']}, where the forecast "
            f"{forecast.arn} begins; create a new forecast"
        )
    return panel.until(n_time, horizon)


def _chosen(
    context: JobContext, panel: Panel, recipe: DataRecipe, forecast: Path
) -> tuple[Integers, list[str]]:
    """The series of the forecast that the analysis selects, and what is to be said of others."""
    there = pl.scan_parquet(forecast / FILE, glob=False).select(panel.keys.columns).unique()
    numbered = panel.keys.with_row_index("row")
    common = numbered.join(there.collect(), on=panel.keys.columns, how="semi")["row"]
    selected, unknown = selected_series(context, panel.keys, recipe)
    rows = common.cast(pl.Int64).to_numpy()
    if selected is not None:
        rows = np.intersect1d(rows, selected)
    if not len(rows):
        raise InputError("none of the selected series is in the forecast; select others")
    return np.sort(rows), unknown


def _replacements(
    context: JobContext, source: Mapping[str, Any], analysis: Mapping[str, Any]
) -> pl.DataFrame:
    """The replacement rows: key columns, ``timestamp`` and features.

    Raises:
        InputError: the file cannot be read.
        DataError: a row comes twice, or a cell is not what the Schema says.
    """
    schema = DatasetSchema.from_request(
        analysis["domain"], RELATED_TIME_SERIES, source["Schema"]["Attributes"]
    )
    location = Location.parse(source["S3Config"]["Path"])
    bucket = context.stores.bucket(context.resource.account, location)
    options = ImportOptions(source.get("TimestampFormat"), format=source.get("Format") or CSV)
    with source_files(bucket, location) as files:
        rows = read_dataset(files, schema, options).rows
    alignment = Alignment.from_json(analysis["alignment"])
    aligned = related_rows(rows, schema, alignment, analysis["dimensions"])
    return aligned.select(ITEM, pl.exclude(ITEM))

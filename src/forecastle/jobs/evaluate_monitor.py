"""The job of a monitor: earlier forecasts are compared with what was sold since."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.evaluations import FAILURE, SUCCESS, Evaluation
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, StorageError
from forecastle.core.names import ResourceType
from forecastle.evaluation.accuracy import Metrics
from forecastle.evaluation.comparison import compare
from forecastle.evaluation.metrics import OPTIMIZATION_METRICS
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.forecast import FILE
from forecastle.jobs.group_data import DATA, schema_of
from forecastle.jobs.monitoring import RETRAINED_FROM, Comparison, due
from forecastle.jobs.train import load_recipe
from forecastle.series.building import build_panel
from forecastle.series.dataset_table import DatasetTable
from forecastle.series.dataset_target import target_observations
from forecastle.series.panel import Panel

_MOST_INHERITED = 10_000


def evaluate_monitor(context: JobContext) -> Outcome:
    """Compare every forecast that is due; a new monitor first takes over its history.

    Raises:
        InputError: the predictor was not trained.
        StorageError: an artifact cannot be read.
    """
    catalog, monitor = context.catalog, context.resource
    predictor = _predictor(catalog, monitor)
    is_new = monitor.status == life.CREATE_IN_PROGRESS
    found = _inherited(catalog, predictor) if is_new else []
    comparisons = due(catalog, monitor)
    if comparisons:
        context.tell(0.05, "reading the data")
        panel = _actuals(context, comparisons[0])
        for number, each in enumerate(comparisons):
            context.tell(0.3 + 0.7 * number / len(comparisons), f"comparing {each.forecast.name}")
            found.append(_compared(context, each, panel))
    failed = [each.message for each in found[-len(comparisons) :] if each.state == FAILURE]
    message = failed[-1] if comparisons and failed else None
    return Outcome(evaluations=[each.to_json() for each in found], message=message)


def metric_values(metrics: Metrics) -> dict[str, float]:
    """The metrics of an evaluation by their names; those that are not defined are left out."""
    values = {name: metrics.of(name) for name in sorted(OPTIMIZATION_METRICS)}
    return {name: float(value) for name, value in values.items() if isfinite(value)}


def _predictor(catalog: Catalog, monitor: Resource) -> Resource:
    arn = monitor.request["ResourceArn"]
    found = catalog.resources.find(arn, monitor.account)
    if found is None or "artifact" not in found.details:
        state = "is gone" if found is None else f"is {found.status}"
        raise InputError(f"the predictor {arn} {state}; create a monitor for one that is ACTIVE")
    return found


def _inherited(catalog: Catalog, predictor: Resource) -> list[Evaluation]:
    """What the monitor of the predictor that was retrained has found."""
    reference = predictor.request.get(RETRAINED_FROM)
    if reference is None:
        return []
    monitors = [
        each
        for each in catalog.resources.children(reference)
        if each.type is ResourceType.MONITOR and each.account == predictor.account
    ]
    return [
        each
        for monitor in monitors
        for each in catalog.evaluations.page(monitor.arn, limit=_MOST_INHERITED)
    ]


def _actuals(context: JobContext, comparison: Comparison) -> Panel:
    """The target time series as it is now, in the periods of the predictor."""
    artifacts, dataset = context.stores.artifacts, comparison.dataset
    recipe = load_recipe(artifacts.open(comparison.predictor.details["artifact"]))
    rows = DatasetTable.scan(artifacts.open(dataset.details[DATA]))
    observations = target_observations(
        rows, schema_of(dataset), recipe.alignment, recipe.aggregation, recipe.dimensions
    )
    alone = replace(recipe, known=(), past=(), metadata={})
    return build_panel(observations, alone, horizon=1).panel


def _compared(context: JobContext, comparison: Comparison, panel: Panel) -> Evaluation:
    """One evaluation; what goes wrong with it does not stop the others."""
    details = comparison.forecast.details
    try:
        table = pl.read_parquet(
            context.stores.artifacts.open(details["artifact"]) / FILE, glob=False
        )
        metrics, items = compare(table, details["forecast_types"], panel)
    except (InputError, StorageError) as error:
        return comparison.evaluation(FAILURE, message=str(error))
    return comparison.evaluation(SUCCESS, metrics=metric_values(metrics), items=items)

"""CreateForecast: a predictor forecasts what comes after the latest data."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.executor import SerialExecutor
from forecastle.core.quantiles import MEAN, column_name, parse_forecast_types
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.forecast_totals import DEPENDENCE, write_totals
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.selection import selected_series
from forecastle.jobs.train import configuration, load_predictor, sentences
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.building import BuiltPanel, build_panel
from forecastle.series.domains import domain
from forecastle.series.forecast import Forecast
from forecastle.series.frames import forecast_frame
from forecastle.series.recipe import DataRecipe
from forecastle.training.predictor import TrainedPredictor

FILE = "forecast.parquet"
_ROWS_PER_GROUP = 20_000
_FEW_SERIES = 20  # are forecast before processes would have started


def create_forecast(context: JobContext) -> Outcome:
    """Forecast, without training anew, and keep the table as the artifact.

    `FILE` has ``item_id``, the dimensions, ``timestamp``, a column per forecast type and always
    ``mean`` (means of series add up to the mean of their total, which quantiles do not), sorted by
    series and time, in row groups small enough to find one series quickly. Beside it lie the totals
    (`forecast_totals.write_totals`).

    Raises:
        InputError: the predictor is gone, or the latest data do not fit it.
    """
    predictor = find_predictor(context)
    trained, recipe = load_predictor(context.stores.artifacts.open(predictor.details["artifact"]))
    context.tell(0.05, "reading the data")
    built = latest_series(context, predictor, recipe, trained.spec.horizon)
    context.tell(0.3, "forecasting")
    forecast, messages = _forecast(context, trained, built)
    types = _types(context, trained)
    context.tell(0.9, "saving")
    stored = types if MEAN in types else (*types, MEAN)
    forecast_frame(forecast, stored).write_parquet(
        context.workspace / FILE, row_group_size=_ROWS_PER_GROUP, statistics=True
    )
    context.tell(0.93, "adding up")
    dependence = write_totals(context.workspace, trained, built.panel, forecast, stored)
    details = _details(forecast, types, recipe)
    if dependence is not None:
        details[DEPENDENCE] = dependence.to_json()
    return Outcome(details, " ".join(messages) or None)


def find_predictor(context: JobContext) -> Resource:
    """The predictor that a request names.

    Raises:
        InputError: it is gone.
    """
    arn = context.resource.request["PredictorArn"]
    found = context.catalog.resources.find(arn, context.resource.account)
    if found is None or "artifact" not in found.details:
        raise InputError(f"the predictor {arn} does not exist any more; create it again")
    return found


def latest_series(
    context: JobContext, predictor: Resource, recipe: DataRecipe, horizon: int
) -> BuiltPanel:
    """The series of a predictor as they are now.

    Raises:
        InputError: the latest data do not fit the predictor.
    """
    request = TrainingRequest.read(configuration(predictor.request, predictor.details))
    data = GroupData.of(context.catalog, context.stores, predictor.account, request.group)
    tables = data.load().tables(recipe)
    return build_panel(tables.target, recipe, horizon, tables.related, tables.metadata)


def _forecast(
    context: JobContext, trained: TrainedPredictor, built: BuiltPanel
) -> tuple[Forecast, list[str]]:
    """The forecast of all series, or of those that are selected, and what is to be said.

    What is selected is taken from the forecast of all: on which days a shop is closed, and how a
    new item sells, the other series tell too.
    """
    messages, keys = sentences(built.messages), built.panel.keys
    chosen, unknown = selected_series(context, keys, built.recipe)
    few = built.panel.n_series <= _FEW_SERIES
    with nullcontext(SerialExecutor()) if few else context.executor() as executor:
        forecast = trained.forecast(built.panel, executor)
    if chosen is None:
        return forecast, messages
    rows = replace(forecast, keys=keys[chosen], quantiles=forecast.quantiles[chosen])
    return rows, [*messages, *unknown]


def _types(context: JobContext, trained: TrainedPredictor) -> tuple[str, ...]:
    """The forecast types that are asked for; else those of the predictor."""
    asked = context.resource.request.get("ForecastTypes")
    return parse_forecast_types(asked) if asked else trained.spec.forecast_types


def _details(forecast: Forecast, types: Sequence[str], recipe: DataRecipe) -> dict[str, Any]:
    """What queries and exports need to know of a forecast; times without zone, inclusive."""
    times = [str(time) for time in forecast.times.astype("datetime64[s]")]
    return {
        "forecast_types": list(types),
        "columns": [column_name(kind) for kind in types],
        "item": domain(recipe.domain).item,
        "dimensions": list(recipe.dimensions),
        "frequency": str(forecast.frequency),
        "first": times[0],
        "last": times[-1],
        "series": len(forecast.keys),
    }

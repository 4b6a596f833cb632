"""The steps "train", "forecast" and "export"."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from forecastle.catalog.pipelines import SKIPPED
from forecastle.catalog.resources import Filter, Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.export_files import part_prefix
from forecastle.pipelines.importing import GROUP
from forecastle.pipelines.requests import is_auto, predictor_request, source
from forecastle.pipelines.reuse import MONITOR, NAME, Choice, choose
from forecastle.pipelines.work import Done, Wanted, Work

PREDICTOR, FORECAST, EXPORT, PARTS = "predictor", "forecast", "export", "parts"

_LATEST = 100


def train(work: Work) -> Done:
    """Train a predictor, or take one that is good enough and was asked for alike.

    Raises:
        InputError: the data cannot be trained on, or the training failed.
    """
    group = work.results["import"][GROUP]
    request = predictor_request(work.pipeline, group)
    wanted = _predictor(work, group, request)
    if wanted.find() is not None:
        choice = Choice()
    else:
        choice = choose(work, _predictors(work, group), request)
    if choice.again is not None:
        return Done(choice.reason, {PREDICTOR: choice.again.arn}, SKIPPED)
    predictor = work.make(replace(wanted, parameters={**wanted.parameters, **choice.parameters}))
    told = predictor.message or "trained"
    message = f"{choice.reason}; {told}" if choice.reason else told
    return Done(message, {PREDICTOR: predictor.arn})


def forecast(work: Work) -> Done:
    """Forecast from the latest import.

    Raises:
        InputError: the forecast failed.
    """
    request = {
        "ForecastName": work.name,
        "PredictorArn": work.results["train"][PREDICTOR],
        "ForecastTypes": list(work.pipeline.training.forecast_types),
    }
    arn = work.arn(ResourceType.FORECAST, work.name)
    made = work.make(Wanted("CreateForecast", request, partial(work.find, arn)))
    return Done(made.message or "forecast made", {FORECAST: made.arn})


def export(work: Work) -> Done:
    """Export the forecast; ``parts`` is what the keys of its parts begin with.

    Raises:
        InputError: the bucket cannot be used.
        StorageError: the bucket failed.
    """
    to = work.pipeline.export
    url = f"s3://{to.bucket}/{to.prefix}"
    request = {
        "ForecastExportJobName": work.name,
        "ForecastArn": work.results["forecast"][FORECAST],
        "Destination": source(work, url),
        "Format": to.format,
    }
    arn = work.arn(ResourceType.FORECAST_EXPORT_JOB, f"{work.name}/{work.name}")
    made = work.make(Wanted("CreateForecastExportJob", request, partial(work.find, arn)))
    files = f"{to.prefix}{part_prefix(made)}_part"
    return Done(f"s3://{to.bucket}/{files}*", {EXPORT: made.arn, PARTS: files})


def _predictor(work: Work, group: str, request: dict[str, Any]) -> Wanted:
    watched = work.pipeline.training.drift_factor is not None
    monitor = {MONITOR: {"MonitorName": work.name}} if watched else {}
    named = {NAME: work.name, **monitor, **request}
    if is_auto(work.pipeline):
        # The ARNs of AutoPredictors end in chance.
        return Wanted("CreateAutoPredictor", named, partial(_latest, work, group, work.name))
    arn = work.arn(ResourceType.PREDICTOR, work.name)
    return Wanted("CreatePredictor", named, partial(work.find, arn))


def _latest(work: Work, group: str, name: str) -> Resource | None:
    """The latest predictor of that name."""
    return next((each for each in _predictors(work, group) if each.name == name), None)


def _predictors(work: Work, group: str) -> list[Resource]:
    """The latest predictors of the group, newest first."""
    return work.service.catalog.resources.page(
        work.run.account,
        ResourceType.PREDICTOR,
        [Filter("DatasetGroupArn", group)],
        limit=_LATEST,
    )

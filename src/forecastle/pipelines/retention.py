"""Retention: what old runs made goes, and the runs themselves, where a pipeline says so.

A run's files in the bucket, its export, forecast and import jobs go when it is old; so does its
predictor, unless newer runs use it. Of what is refused because others need it the run is kept, and
looked at again later. The newest run that made a forecast stays with all that it made.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import RUNNING, SUCCEEDED, PipelineRecord, Run
from forecastle.catalog.resources import Resource
from forecastle.core.errors import (
    ForecastleError,
    InputError,
    ResourceInUse,
    ResourceNotFound,
)
from forecastle.core.names import ResourceType
from forecastle.pipelines.forecasting import FORECAST, PARTS, PREDICTOR
from forecastle.pipelines.names import run_name
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.running import REPORT
from forecastle.service.context import Caller, Context, Service
from forecastle.service.operations import call
from forecastle.storage.locations import Location

_DAY = 86_400.0
_MOST_RUNS = 1_000_000
_DELETIONS: Mapping[ResourceType, tuple[str, str]] = {
    ResourceType.FORECAST_EXPORT_JOB: ("DeleteForecastExportJob", "ForecastExportJobArn"),
    ResourceType.FORECAST: ("DeleteForecast", "ForecastArn"),
    ResourceType.MONITOR: ("DeleteMonitor", "MonitorArn"),
    ResourceType.PREDICTOR: ("DeletePredictor", "PredictorArn"),
    ResourceType.DATASET_IMPORT_JOB: ("DeleteDatasetImportJob", "DatasetImportJobArn"),
}
"""What runs make, in the order in which it goes."""

_log = logging.getLogger(__name__)


def clean_up(service: Service) -> list[str]:
    """Remove the old runs of all pipelines that keep them for a time; the runs that are gone."""
    gone: list[str] = []
    for record in service.catalog.pipelines.all():
        with suppress(InputError):  # a text that cannot be read any more keeps its runs
            pipeline = read_pipeline(record.text, record.name)
            if pipeline.retention_days is not None:
                gone += _clean_up(service, record, pipeline.retention_days)
    return gone


def _clean_up(service: Service, record: PipelineRecord, days: float) -> list[str]:
    runs = service.catalog.pipelines.runs(record.account, record.name, limit=_MOST_RUNS)
    old = _old(runs, service.clock() - days * _DAY)
    if not old:
        return []
    kept = [run for run in runs if run not in old]
    used = {arn for run in kept if (arn := _predictor(service, run)) is not None}
    made = _made(service, old)
    return [run.run_id for run in old if _remove(service, run, made[run.run_id], used)]


def _old(runs: Sequence[Run], before: float) -> list[Run]:
    """Of the runs, newest first, those that may go."""
    with_forecast = (
        run for run in runs if run.status == SUCCEEDED and FORECAST in run.details.get("arns", {})
    )
    newest = next(with_forecast, None)
    return [
        run
        for run in runs
        if run is not newest
        and run.status != RUNNING
        and run.ended_at is not None
        and run.ended_at < before
    ]


def _predictor(service: Service, run: Run) -> str | None:
    """The predictor that a run forecast with, or is about to."""
    steps = service.catalog.pipelines.steps(run.run_id)
    return next((step.results[PREDICTOR] for step in steps if PREDICTOR in step.results), None)


def _made(service: Service, runs: Sequence[Run]) -> dict[str, list[Resource]]:
    """What each of the runs made; it all has the run's own name, with a number or without."""
    made: dict[str, list[Resource]] = {run.run_id: [] for run in runs}
    names = {(run.account, run_name(run.pipeline, run.run_id)): run.run_id for run in runs}
    lengths = {len(name) for _, name in names}
    for each in service.catalog.resources.all_of(list(_DELETIONS)):
        for length in lengths:
            run_id = names.get((each.account, each.name[:length]))
            if run_id is not None and each.name[length : length + 1] in ("", "_"):
                made[run_id].append(each)
    return made


def _remove(service: Service, run: Run, made: Sequence[Resource], used: set[str]) -> bool:
    """Remove what a run made, and the run; whether all of it may go."""
    try:
        _remove_files(service, run)
        refused = [
            each
            for kind in _DELETIONS
            for each in made
            if each.type is kind and (_is_used(each, used) or not _delete(service, run, each))
        ]
    except ForecastleError as error:
        _log.warning("run %s is not removed yet: %s", run.run_id, error)
        return False
    if refused:
        return False
    service.catalog.pipelines.remove_run(run.run_id)
    _log.info("pipeline %s: run %s is removed, it is too old", run.pipeline, run.run_id)
    return True


def _is_used(resource: Resource, used: set[str]) -> bool:
    """Whether it is one of some predictors, or watches one."""
    return resource.arn in used or resource.request.get("ResourceArn") in used


def _remove_files(service: Service, run: Run) -> None:
    """Delete the parts of the export, and the run's own report."""
    steps = service.catalog.pipelines.steps(run.run_id)
    found = {name: value for step in steps for name, value in step.results.items()}
    to = read_pipeline(run.text, run.pipeline).export
    bucket = service.stores.bucket(run.account, Location(to.bucket, to.prefix))
    parts = list(bucket.list(found[PARTS])) if PARTS in found else []
    for info in parts:
        bucket.delete(info.key)
    if found.get(REPORT):
        bucket.delete(Location.parse(found[REPORT]).key)


def _delete(service: Service, run: Run, resource: Resource) -> bool:
    """Delete a resource; False if it is at work or others need it."""
    operation, member = _DELETIONS[resource.type]
    caller = Caller(run.account, Role.OPERATOR, run.region, f"pipeline {run.pipeline}")
    delete = partial(call, Context(service, caller), operation, {member: resource.arn})
    try:
        delete()
    except ResourceNotFound:
        return True
    except ResourceInUse:
        return False
    return True

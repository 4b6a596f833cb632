"""What people do with runs: start one, list them, look into one, retry it, cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import CANCELLED, FAILED, RUNNING, Run, Step, Upload
from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.pipelines.access import find, read
from forecastle.pipelines.names import run_name
from forecastle.pipelines.noticing import Watched, begin, is_source, source_bucket, upload_of
from forecastle.service.context import Context
from forecastle.service.operations import call
from forecastle.service.records import new_ulid
from forecastle.service.rights import require
from forecastle.storage.buckets import ObjectInfo

PERSON = "person"
"""The trigger of runs that somebody asks for."""

_MADE_BY_RUNS = (
    ResourceType.DATASET_IMPORT_JOB,
    ResourceType.PREDICTOR,
    ResourceType.FORECAST,
    ResourceType.FORECAST_EXPORT_JOB,
)


@dataclass(frozen=True)
class RunDescription:
    """A run with its files and its steps; the files are forgotten with the pipeline."""

    run: Run
    uploads: Sequence[Upload]
    steps: Sequence[Step]


def start_run(context: Context, name: str, keys: Sequence[str] | None, trigger: str) -> str:
    """Start a run; its identifier.

    Args:
        context: who asks.
        name: of the pipeline; it may be one that files do not start (``enabled: false``).
        keys: of objects in the source bucket; None: the latest file of each dataset. A file that
            had a run before gets another one.
        trigger: what asks for it, such as ``person`` or ``schedule``.

    Raises:
        ResourceNotFound: there is no such pipeline.
        InputError: there is no such file, or none at all.
        ResourceInUse: others start runs on the same files at this very moment.
    """
    require(context, Role.OPERATOR, "StartPipelineRun")
    record = find(context, name)
    watched = Watched(record, read(record))
    objects = _latest(context, watched) if keys is None else _objects(context, watched, keys)
    uploads = [upload_of(context.service, watched, info, trigger) for info in objects]
    for _ in range(2):  # at the second try, what another run took in between is known
        run_id = begin(context.service, record, _free(context, uploads), trigger)
        if run_id is not None:
            return run_id
    raise ResourceInUse(f"pipeline '{name}': another run takes the same files now; try again")


def list_runs(context: Context, name: str | None = None, limit: int = 100) -> list[RunDescription]:
    """The latest runs of a pipeline, or of all of the account's, newest first; without steps.

    Raises:
        ResourceNotFound: there is no such pipeline, and there are no runs that it left.
    """
    require(context, Role.VIEWER, "ListPipelineRuns")
    pipelines = context.service.catalog.pipelines
    runs = pipelines.runs(context.caller.account, name, limit)
    if name is not None and not runs:
        find(context, name)
    return [RunDescription(run, _uploads(context, run), ()) for run in runs]


def describe_run(context: Context, which: str) -> RunDescription:
    """One run with all that is known of it.

    Args:
        context: who asks.
        which: the identifier of a run, or the name of a pipeline: its latest run.

    Raises:
        ResourceNotFound: there is no such run.
    """
    require(context, Role.VIEWER, "DescribePipelineRun")
    latest = context.service.catalog.pipelines.runs(context.caller.account, which, limit=1)
    run = latest[0] if latest else _run(context, which)
    steps = context.service.catalog.pipelines.steps(run.run_id)
    return RunDescription(run, _uploads(context, run), steps)


def retry_run(context: Context, run_id: str) -> Run:
    """Go on with a run that failed or was cancelled, from the step that did not succeed.

    Raises:
        ResourceNotFound: there is no such run.
        InputError: it succeeded, or is still at work.
    """
    require(context, Role.OPERATOR, "RetryPipelineRun")
    run = _run(context, run_id)
    changes: dict[str, Any] = {
        "status": RUNNING,
        "ended_at": None,
        "message": None,
        "attempt": run.attempt + 1,
        "dispatched": False,
    }
    pipelines = context.service.catalog.pipelines
    can_go_on = run.status in (FAILED, CANCELLED)
    if not can_go_on or not pipelines.change_run(run_id, changes, status=run.status):
        raise InputError(
            f"run {run_id} is {_run(context, run_id).status}; only runs that are {FAILED} or "
            f"{CANCELLED} can be retried, `forecastle pipeline run {run.pipeline}` starts a new one"
        )
    return _run(context, run_id)


def cancel_run(context: Context, run_id: str) -> Run:
    """Stop a run, and what it is making.

    Raises:
        ResourceNotFound: there is no such run.
        InputError: it is over.
    """
    require(context, Role.OPERATOR, "CancelPipelineRun")
    run = _run(context, run_id)
    changes = {
        "status": CANCELLED,
        "ended_at": context.service.clock(),
        "message": f"cancelled by {context.caller.name}",
    }
    if not context.service.catalog.pipelines.change_run(run_id, changes):
        status = _run(context, run_id).status
        raise InputError(f"run {run_id} is {status}; only a run that is {RUNNING} can be cancelled")
    for arn in _unfinished(context, run):
        with suppress(InputError):  # it has ended by itself
            call(context, "StopResource", {"ResourceArn": arn})
    return _run(context, run_id)


def _run(context: Context, run_id: str) -> Run:
    run = context.service.catalog.pipelines.run(run_id, context.caller.account)
    if run is None:
        raise ResourceNotFound(f"run '{run_id}' is not there; `forecastle pipeline runs` shows all")
    return run


def _uploads(context: Context, run: Run) -> list[Upload]:
    pipelines = context.service.catalog.pipelines
    return pipelines.uploads(run.account, run.pipeline, run_id=run.run_id)


def _unfinished(context: Context, run: Run) -> list[str]:
    """ARNs of what a run is making; it all has the run's own name."""
    name = run_name(run.pipeline, run.run_id)
    found = context.service.catalog.resources.all_of(_MADE_BY_RUNS, life.UNFINISHED)
    return [each.arn for each in found if (each.account, each.name) == (run.account, name)]


def _latest(context: Context, watched: Watched) -> list[ObjectInfo]:
    """The newest file of each dataset."""
    pipeline = watched.pipeline
    source = pipeline.source
    newest: dict[str, ObjectInfo] = {}
    for info in source_bucket(context.service, watched).list(source.prefix):
        if info.size and is_source(pipeline, source.bucket, info.key):
            kind = pipeline.dataset_of(info.key).type
            newest[kind] = max(newest.get(kind, info), info, key=lambda each: each.modified)
    if not newest:
        raise InputError(
            f"pipeline '{pipeline.name}': there is no file under s3://{source.bucket}/"
            f"{source.prefix} that ends in {', '.join(source.suffixes) or 'anything'}; put one "
            "there"
        )
    return list(newest.values())


def _objects(context: Context, watched: Watched, keys: Sequence[str]) -> list[ObjectInfo]:
    """The files of some keys."""
    bucket = source_bucket(context.service, watched)
    found = {key: bucket.find(key) for key in dict.fromkeys(keys)}
    missing = [key for key, info in found.items() if info is None]
    if missing or not found:
        raise InputError(
            f"pipeline '{watched.pipeline.name}': s3://{bucket.name}/{''.join(missing[:1])} is "
            "not there; give the key of a file in the source bucket"
        )
    return [info for info in found.values() if info is not None]


def _free(context: Context, uploads: Sequence[Upload]) -> list[Upload]:
    """The uploads, noticed and taken by no run: those that a run had before are noticed anew."""
    pipelines = context.service.catalog.pipelines
    return [each if pipelines.notice(each) else _again(context, each) for each in uploads]


def _again(context: Context, upload: Upload) -> Upload:
    """An upload that waits for its run as it is; one that had it, once more beside the first."""
    pipelines = context.service.catalog.pipelines
    waiting = pipelines.uploads(upload.account, upload.pipeline)
    known = [each for each in waiting if each.identity == upload.identity]
    if known:
        return known[0]
    repeated = replace(upload, etag=f"{upload.etag}#{new_ulid(context)}")
    pipelines.notice(repeated)
    return repeated

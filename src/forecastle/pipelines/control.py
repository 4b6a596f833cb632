"""What people do with pipelines: apply, list, show, delete; what they do with runs is beside."""

from __future__ import annotations

from dataclasses import replace

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import RUNNING, PipelineRecord
from forecastle.core.errors import ResourceInUse
from forecastle.pipelines.access import find, read
from forecastle.pipelines.cron import next_due
from forecastle.pipelines.existing import note_existing
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.run_control import cancel_run as cancel_run
from forecastle.pipelines.run_control import describe_run as describe_run
from forecastle.pipelines.run_control import list_runs as list_runs
from forecastle.pipelines.run_control import retry_run as retry_run
from forecastle.pipelines.run_control import start_run as start_run
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.storage.locations import Location


def apply_pipeline(context: Context, text: str, file: str) -> PipelineRecord:
    """Make a pipeline, or change the one of that name; a running service sees it at once.

    Folder buckets that it names are made, with their folders. Of the files that are there already
    the newest start a run, the others none.

    Args:
        context: who applies it; it works in the caller's account.
        text: the YAML.
        file: what messages call it.

    Raises:
        DataError: the file cannot be used; every problem with its line.
        InputError: a bucket is not the account's, or is not there.
        AccessDenied: the caller's role is not enough.
    """
    require(context, Role.OPERATOR, "ApplyPipeline")
    pipeline = read_pipeline(text, file)
    service, caller = context.service, context.caller
    now = service.clock()
    for place in (pipeline.source, pipeline.export):
        service.stores.make(caller.account, Location(place.bucket, place.prefix), now)
    before = service.catalog.pipelines.find(caller.account, pipeline.name)
    record = PipelineRecord(
        account=caller.account,
        name=pipeline.name,
        text=text,
        region=caller.region,
        created_at=now if before is None else before.created_at,
        changed_at=now,
        due_at=None if pipeline.schedule is None else next_due(pipeline.schedule, now),
    )
    if before is None or read(before).source != pipeline.source:
        note_existing(service, record, pipeline)
    elif read(before).schedule == pipeline.schedule:
        # What is due at this moment is not put off.
        record = replace(record, due_at=before.due_at)
    service.catalog.pipelines.apply(record)
    return record


def list_pipelines(context: Context) -> list[PipelineRecord]:
    """The account's pipelines, by name."""
    require(context, Role.VIEWER, "ListPipelines")
    return context.service.catalog.pipelines.all(context.caller.account)


def show_pipeline(context: Context, name: str) -> PipelineRecord:
    """One of the account's pipelines.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    require(context, Role.VIEWER, "DescribePipeline")
    return find(context, name)


def delete_pipeline(context: Context, name: str) -> None:
    """Forget a pipeline. Its runs, and all that they made, stay.

    Raises:
        ResourceNotFound: there is none of that name.
        ResourceInUse: a run of it is at work.
    """
    require(context, Role.OPERATOR, "DeletePipeline")
    record = find(context, name)
    pipelines = context.service.catalog.pipelines
    running = [
        run
        for run in pipelines.running()
        if (run.account, run.pipeline) == (record.account, record.name)
    ]
    if running:
        raise ResourceInUse(
            f"pipeline '{name}' has {len(running)} run(s) that are {RUNNING}, such as "
            f"{running[0].run_id}; wait, or stop them with `forecastle pipeline cancel RUN`"
        )
    pipelines.delete(record.account, name)

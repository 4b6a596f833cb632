"""Pipelines as people look at them: what each says, and how its last run went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import PipelineRecord, Run
from forecastle.core.errors import InputError
from forecastle.pipelines.access import find, read
from forecastle.pipelines.noticing import Watched, is_source, source_bucket
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.webhook import webhook_path
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.storage.buckets import ObjectInfo


@dataclass(frozen=True)
class PipelineOverview:
    """A pipeline and its last run.

    Attributes:
        name: of the pipeline.
        text: its YAML.
        pipeline: what the text says; None if it cannot be read any more.
        problem: why it cannot be read; else None.
        due_at: when its schedule starts it next, in seconds since 1970; None without one, and
            while it is not enabled.
        last: its newest run; None if there is none.
    """

    name: str
    text: str
    pipeline: Pipeline | None
    problem: str | None
    due_at: float | None
    last: Run | None


def list_overviews(context: Context) -> list[PipelineOverview]:
    """The account's pipelines, by name."""
    require(context, Role.VIEWER, "ListPipelines")
    records = context.service.catalog.pipelines.all(context.caller.account)
    return [_overview(context, record) for record in records]


def overview(context: Context, name: str) -> PipelineOverview:
    """One of the account's pipelines.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    require(context, Role.VIEWER, "DescribePipeline")
    return _overview(context, find(context, name))


def source_files(
    context: Context, name: str, search: str = "", limit: int = 20
) -> Sequence[ObjectInfo]:
    """The files that a pipeline can run on, the newest first.

    Args:
        context: who asks.
        name: of the pipeline.
        search: what their keys contain, in any case.
        limit: how many.

    Raises:
        ResourceNotFound: there is no such pipeline.
        StorageError: the bucket failed.
    """
    require(context, Role.OPERATOR, "StartPipelineRun")
    record = find(context, name)
    watched = Watched(record, read(record))
    source = watched.pipeline.source
    found = [
        info
        for info in source_bucket(context.service, watched).list(source.prefix)
        if is_source(watched.pipeline, source.bucket, info.key)
        and search.lower() in info.key.lower()
    ]
    return sorted(found, key=lambda info: (info.modified, info.key), reverse=True)[:limit]


def webhook_address(context: Context) -> str:
    """Where other programs post that a file is new, with the account's token."""
    require(context, Role.ADMIN, "ShowWebhook")
    service = context.service
    return f"{service.settings.address()}{webhook_path(service, context.caller.account)}"


def _overview(context: Context, record: PipelineRecord) -> PipelineOverview:
    pipeline, problem = None, None
    try:
        pipeline = read(record)
    except InputError as error:
        problem = str(error)
    runs = context.service.catalog.pipelines.runs(record.account, record.name, limit=1)
    enabled = pipeline is not None and pipeline.enabled
    return PipelineOverview(
        name=record.name,
        text=record.text,
        pipeline=pipeline,
        problem=problem,
        due_at=record.due_at if enabled else None,
        last=runs[0] if runs else None,
    )

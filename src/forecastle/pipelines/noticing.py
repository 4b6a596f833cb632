"""Noticing uploads: whichever trigger tells of an object first starts the run, the others nothing.

An upload is known by bucket, key and ETag *as the bucket tells it*, so it does not matter what a
message says of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from forecastle.catalog.pipelines import RUNNING, PipelineRecord, Run, Upload
from forecastle.core.errors import InputError
from forecastle.core.names import ulid
from forecastle.pipelines.pipeline import Pipeline, Source
from forecastle.pipelines.reading import read_pipeline
from forecastle.service.context import Service
from forecastle.storage.buckets import Bucket, ObjectInfo
from forecastle.storage.locations import Location

_log = logging.getLogger(__name__)
_EMPTY_TIMES = 10
_PARSED = 1024


@dataclass(frozen=True)
class Watched:
    """A pipeline that files start: its row, and what its text says."""

    record: PipelineRecord
    pipeline: Pipeline


def watched(service: Service, account: str | None = None) -> list[Watched]:
    """The pipelines that files start, of an account or of all."""
    records = service.catalog.pipelines.all(account)
    read = ((record, _read(record.text, record.name)) for record in records)
    return [Watched(record, pipeline) for record, pipeline in read if pipeline and pipeline.enabled]


def notice(service: Service, account: str | None, bucket: str, key: str, trigger: str) -> list[str]:
    """An object is said to be new: start what waits for it.

    A file of a folder bucket that was written a moment ago is left to those that watch the folder:
    they know when it stands still.

    Args:
        service: with the pipelines.
        account: whose pipelines are meant; None: everybody's.
        bucket: its name.
        key: of the object.
        trigger: who said it.

    Returns:
        The runs that began. None begin where the object was noticed before, where nobody waits for
        it, and where more files are gathered.

    Raises:
        StorageError: the bucket cannot be asked; say it again.
    """
    begun: list[str] = []
    for each in watched(service, account):
        if is_source(each.pipeline, bucket, key):
            info = _find(service, each, key)
            if info is not None:
                begun += notice_object(service, each, info, trigger)
    return begun


def notice_object(service: Service, watched: Watched, info: ObjectInfo, trigger: str) -> list[str]:
    """Remember an object that is whole, and start its run unless more files are gathered."""
    upload = upload_of(service, watched, info, trigger)
    if not service.catalog.pipelines.notice(upload) or watched.pipeline.gather_seconds:
        return []
    run_id = begin(service, watched.record, [upload], trigger)
    return [] if run_id is None else [run_id]


def begin(
    service: Service, record: PipelineRecord, uploads: Sequence[Upload], trigger: str
) -> str | None:
    """Begin a run; None if another one has taken one of the uploads."""
    now = service.clock()
    run = Run(
        run_id=ulid(int(now * 1000), service.random(80)),
        account=record.account,
        pipeline=record.name,
        text=record.text,
        region=record.region,
        trigger=trigger,
        status=RUNNING,
        started_at=now,
    )
    if not service.catalog.pipelines.start(run, uploads):
        return None
    _log.info(
        "pipeline %s: run %s begins (%s): %s",
        record.name,
        run.run_id,
        trigger,
        ", ".join(upload.url for upload in uploads),
    )
    return run.run_id


def upload_of(service: Service, watched: Watched, info: ObjectInfo, trigger: str) -> Upload:
    """An object as a pipeline's upload, noticed now."""
    return Upload(
        account=watched.record.account,
        pipeline=watched.record.name,
        bucket=watched.pipeline.source.bucket,
        key=info.key,
        etag=info.etag.strip('"'),
        size=info.size,
        trigger=trigger,
        noticed_at=service.clock(),
    )


def is_source(pipeline: Pipeline, bucket: str, key: str) -> bool:
    """Whether an object is one of the files that a pipeline waits for; not what it exports."""
    source, export = pipeline.source, pipeline.export
    exported = (
        bucket == export.bucket
        and len(export.prefix) > len(source.prefix)
        and key.startswith(export.prefix)
    )
    return bucket == source.bucket and source.takes(key) and not exported


def patience(source: Source, size: int) -> float:
    """Seconds that a file in a folder must stand still; one without content, longer.

    Many programs make a file first and fill it later; one that stays empty is a mistake that
    somebody has to be told of.
    """
    return source.quiet_seconds * (1 if size else _EMPTY_TIMES)


def source_bucket(service: Service, watched: Watched) -> Bucket:
    """The bucket that a pipeline's files land in."""
    source = watched.pipeline.source
    return service.stores.bucket(watched.record.account, Location(source.bucket, source.prefix))


def _find(service: Service, watched: Watched, key: str) -> ObjectInfo | None:
    """The object as its bucket knows it, if it is there and whole."""
    record, source = watched.record, watched.pipeline.source
    try:
        info = source_bucket(service, watched).find(key)
        folder = service.stores.folder(record.account, source.bucket)
    except InputError as error:
        _log.warning("pipeline %s: %s", record.name, error)
        return None
    if info is None or folder is None:
        return info
    age = service.clock() - info.modified.timestamp()
    return info if age >= patience(source, info.size) else None


@lru_cache(_PARSED)
def _read(text: str, name: str) -> Pipeline | None:
    """A pipeline that was applied by a version with other rules may be unreadable: said once."""
    try:
        return read_pipeline(text, name)
    except InputError as error:
        _log.error("pipeline %s does not run: %s", name, error)
        return None

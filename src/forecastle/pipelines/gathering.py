"""Gathering: uploads that wait for more files, or that a crash left without their run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from forecastle.catalog.pipelines import Upload
from forecastle.pipelines.existing import EXISTING
from forecastle.pipelines.noticing import begin, watched
from forecastle.service.context import Service

# Whoever notices an upload starts its run at once; only what is older was left behind.
_LEFT_SECONDS = 2.0


def start_waiting(service: Service) -> list[str]:
    """Begin the runs of uploads that have waited long enough; what began.

    With gathering, the first upload opens a window, and the run takes all that was noticed until
    its end; without, each upload is a run. Several workers may do this at once.
    """
    waiting: dict[tuple[str, str], list[Upload]] = defaultdict(list)
    for upload in service.catalog.pipelines.waiting():
        waiting[upload.account, upload.pipeline].append(upload)
    if not waiting:
        return []
    now = service.clock()
    begun: list[str | None] = []
    for each in watched(service):
        uploads = waiting.get((each.record.account, each.record.name), [])
        for batch in _batches(uploads, each.pipeline.gather_seconds, now):
            begun.append(begin(service, each.record, batch, batch[0].trigger))
    return [run_id for run_id in begun if run_id is not None]


def _batches(uploads: Sequence[Upload], seconds: float, now: float) -> Iterator[list[Upload]]:
    """The uploads of each run that is due; ``uploads`` are sorted by time."""
    existing = [upload for upload in uploads if upload.trigger == EXISTING]
    landed = [upload for upload in uploads if upload.trigger != EXISTING]
    if existing:
        yield existing
    if seconds and landed and landed[0].noticed_at + seconds <= now:
        yield landed
    elif not seconds:
        yield from ([upload] for upload in landed if upload.noticed_at + _LEFT_SECONDS <= now)

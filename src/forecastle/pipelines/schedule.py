"""Schedules: at the times of a cron expression (UTC), a run on the latest files."""

from __future__ import annotations

import logging
from dataclasses import replace

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError, StorageError
from forecastle.pipelines.control import start_run
from forecastle.pipelines.cron import next_due
from forecastle.pipelines.noticing import Watched, watched
from forecastle.service.context import Caller, Context, Service

SCHEDULE = "schedule"
_AGAIN_SECONDS = 60.0
_log = logging.getLogger(__name__)


def start_due(service: Service) -> list[str]:
    """Begin the runs that are due; what began.

    Of several workers exactly one begins each. What was due while none ran is made up for once.
    """
    now = service.clock()
    due = [
        each
        for each in watched(service)
        if each.record.due_at is not None and each.record.due_at <= now
    ]
    begun = [_start(service, each, now) for each in due]
    return [run_id for run_id in begun if run_id is not None]


def _start(service: Service, each: Watched, now: float) -> str | None:
    record, schedule = each.record, each.pipeline.schedule
    following = None if schedule is None else next_due(schedule, now)
    if not service.catalog.pipelines.take_due(record, following) or schedule is None:
        return None
    caller = Caller(record.account, Role.OPERATOR, record.region, f"pipeline/{record.name}")
    try:
        return start_run(Context(service, caller), record.name, None, SCHEDULE)
    except InputError as error:
        _log.warning("pipeline %s: nothing to do on schedule: %s", record.name, error)
    except StorageError as error:
        _log.warning("pipeline %s: tried again in a minute: %s", record.name, error)
        taken = replace(record, due_at=following)
        service.catalog.pipelines.take_due(taken, now + _AGAIN_SECONDS)
    return None

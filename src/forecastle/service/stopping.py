"""StopResource and ResumeResource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.service.context import Context
from forecastle.service.records import Parameters, Result, find

_STOPPED = (life.CREATE_STOPPING, life.CREATE_STOPPED)


def stop_resource(context: Context, parameters: Parameters) -> Result:
    """StopResource: what is being made, and what is being made from it, will not be made.

    A job that no worker has begun is stopped at once; one at work within seconds. To ask again is
    no error.

    Raises:
        InputError: nothing is being made.
    """
    resource = find(context, parameters["ResourceArn"])
    resources = context.service.catalog.resources
    tree = (*resources.descendants(resource.arn), resource)
    unfinished = [each for each in tree if each.status in life.UNFINISHED]
    if not unfinished and resource.status not in _STOPPED:
        raise InputError(
            f"{resource.arn} is {resource.status}; only what is being created can be stopped"
        )
    now = context.service.clock()
    resources.change_together({each.arn: _stopping(now, each.nonce) for each in unfinished})
    return {}


def resume_resource(context: Context, parameters: Parameters) -> Result:
    """ResumeResource: only monitors can be resumed, and there are none yet.

    Raises:
        InputError: the resource is no monitor.
    """
    resource = find(context, parameters["ResourceArn"])
    raise InputError(
        f"{resource.arn} is a {resource.type.words}; only monitors can be resumed, "
        "create the resource again"
    )


def _stopping(now: float, nonce: str) -> Callable[[Resource], Resource | None]:
    def change(found: Resource) -> Resource | None:
        if found.nonce != nonce or found.status not in life.UNFINISHED:
            return None
        if found.status == life.CREATE_PENDING:
            return replace(found, status=life.CREATE_STOPPED, modified_at=now, dispatched=True)
        if found.status == life.CREATE_STOPPING:
            return None
        return replace(found, status=life.CREATE_STOPPING, modified_at=now)

    return change

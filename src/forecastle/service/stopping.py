"""StopResource and ResumeResource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceInUse
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.records import Parameters, Result, find

_PAUSES = {life.ACTIVE: life.ACTIVE_STOPPED, life.UPDATE_IN_PROGRESS: life.ACTIVE_STOPPING}
_PAUSABLE = (life.ACTIVE, *life.UPDATING, life.ACTIVE_STOPPED)
_STOPPED = (life.CREATE_STOPPING, life.CREATE_STOPPED)


def stop_resource(context: Context, parameters: Parameters) -> Result:
    """StopResource: what is being made, and what is being made from it, will not be made.

    A job that no worker has begun is stopped at once; one at work within seconds. To ask again is
    no error. A monitor is paused: it compares nothing until it is resumed.

    Raises:
        InputError: nothing is being made.
    """
    resource = find(context, parameters["ResourceArn"])
    if resource.type is ResourceType.MONITOR and resource.status in _PAUSABLE:
        return _pause(context, resource)
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
    """ResumeResource: a paused monitor goes on, also with what came meanwhile.

    To resume one that is not paused is no error.

    Raises:
        InputError: the resource is no monitor, or one that was never finished.
        ResourceInUse: it is being paused.
    """
    resource = find(context, parameters["ResourceArn"])
    if resource.type is not ResourceType.MONITOR:
        raise InputError(
            f"{resource.arn} is a {resource.type.words}; only monitors can be resumed, "
            "create the resource again"
        )
    now = context.service.clock()

    def resumed(found: Resource) -> Resource | None:
        if found.status == life.ACTIVE_STOPPING:
            raise ResourceInUse(f"{found.arn} is {found.status}; wait until it is ACTIVE_STOPPED")
        if found.status not in _PAUSABLE:
            raise InputError(
                f"{found.arn} is {found.status}; only a monitor that is ACTIVE_STOPPED can be "
                "resumed, create it again"
            )
        is_paused = found.status == life.ACTIVE_STOPPED
        return replace(found, status=life.ACTIVE, modified_at=now) if is_paused else None

    context.service.catalog.resources.change(resource.arn, resumed)
    return {}


def _pause(context: Context, monitor: Resource) -> Result:
    """At once, or within seconds where it is comparing."""
    now = context.service.clock()

    def paused(found: Resource) -> Resource | None:
        if found.nonce != monitor.nonce or found.status not in _PAUSES:
            return None
        return replace(found, status=_PAUSES[found.status], modified_at=now)

    context.service.catalog.resources.change(monitor.arn, paused)
    return {}


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

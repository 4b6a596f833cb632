"""What dead workers left behind is taken up, and what broke down is told of."""

from __future__ import annotations

import logging
import os
import platform
from dataclasses import replace
from pathlib import Path

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.steps import Steps
from forecastle.jobs.workflows import Kind, Workflows, identity

_NAMESPACE = Path("/proc/self/ns/pid")
_BROKEN = (
    "the job broke down; this is a fault of Forecastle: the worker's log tells more. Delete the "
    "resource and create it again"
)
_log = logging.getLogger(__name__)


def bury_the_dead(catalog: Catalog, timeout: float) -> None:
    """Take out the workers that fell silent, and those of this machine whose process is gone."""
    silent = set(catalog.workers.silent(timeout))
    for worker in catalog.workers.list():
        gone = worker.host == this_host() and not _is_running(worker.process)
        if (gone or worker.worker in silent) and catalog.workers.leave(worker.worker):
            _log.warning("worker %s is dead; its jobs go to others", worker.worker)


def take_over(catalog: Catalog, workflows: Workflows) -> int:
    """Put the jobs of workers that are gone back into the queue; how many there were.

    A job's worker registered before it took the job, and this reads the jobs first: whoever is
    not registered now is gone. It does no harm if several workers do this at once.
    """
    at_work = workflows.executors_at_work()
    gone = at_work - {worker.worker for worker in catalog.workers.list()}
    return workflows.recover(gone) if gone else 0


def mend(catalog: Catalog, workflows: Workflows, steps: Steps) -> None:
    """End what waits for a job that broke down; begin a job anew that the queue has lost."""
    waiting = {identity(each, _kind(each)): each for each in _waiting(catalog)}
    standings = workflows.standings(waiting) if waiting else {}
    for name, resource in waiting.items():
        if name not in standings:
            catalog.resources.change(resource.arn, _anew)
        elif standings[name]:
            _log.error("%s: its job is over, but it is %s", resource.arn, resource.status)
            _end(resource, steps)


def this_host() -> str:
    """The machine and, on it, the space in which process ids count: containers have their own."""
    space = _NAMESPACE.readlink() if _NAMESPACE.is_symlink() else ""
    return f"{platform.node()} {space}".strip()


def _waiting(catalog: Catalog) -> list[Resource]:
    found = catalog.resources.all_of(list(ResourceType), (*life.UNFINISHED, *life.DELETING))
    changed = catalog.resources.all_of([ResourceType.MONITOR], life.UPDATING)
    return [each for each in (*found, *changed) if each.dispatched]


def _end(resource: Resource, steps: Steps) -> None:
    if _kind(resource) is Kind.DELETE:
        steps.remove(resource.arn, resource.nonce)
    else:
        steps.commit(resource.arn, resource.nonce, {"failure": _BROKEN})


def _kind(resource: Resource) -> Kind:
    if resource.status in life.UPDATING:
        return Kind.UPDATE
    return Kind.DELETE if resource.status in life.DELETING else Kind.CREATE


def _anew(found: Resource) -> Resource | None:
    """Telling the queue once more does no harm, whichever resource of that name it is."""
    return replace(found, dispatched=False)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

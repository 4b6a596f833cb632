"""Telling the job queue of what clients asked for.

Clients' requests only write into the catalog; every worker looks there for what the queue does not
know of yet. To tell it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource, Resources
from forecastle.core.names import ResourceType
from forecastle.jobs.queues import Queue
from forecastle.jobs.workflows import Kind

_AT_A_TIME = 1000


class Enqueue(Protocol):
    """See `Workflows.enqueue`."""

    def __call__(self, resource: Resource, kind: Kind, queue: Queue) -> None:
        """Let a workflow wait for its turn."""


class Dispatcher:
    """Moves what is due from the catalog to the queue.

    Args:
        resources: where to look.
        enqueue: tells the queue.
        queues: the queue of each type of job.
    """

    def __init__(
        self, resources: Resources, enqueue: Enqueue, queues: Mapping[ResourceType, Queue]
    ) -> None:
        self._resources, self._enqueue, self._queues = resources, enqueue, queues

    def dispatch(self) -> int:
        """Tell the queue of all that is due; how many there were."""
        due = [each for each in self._resources.undispatched(_AT_A_TIME) if not self._waits(each)]
        for resource in due:
            if resource.status in life.UNFINISHED:
                self._enqueue(resource, Kind.CREATE, self._queues[resource.type])
            elif resource.status in life.UPDATING:
                self._enqueue(resource, Kind.UPDATE, self._queues[resource.type])
            elif resource.status in life.DELETING:
                self._enqueue(resource, Kind.DELETE, Queue.DELETION)
            self._resources.mark_dispatched(resource)
        return len(due)

    def _waits(self, resource: Resource) -> bool:
        """Whether something else must come first."""
        if resource.status in life.DELETING:
            return bool(self._resources.children(resource.arn, owned=True, statuses=life.DELETING))
        if resource.type is ResourceType.DATASET_IMPORT_JOB and resource.status in life.UNFINISHED:
            return self._is_behind_another_import(resource)
        if resource.type is ResourceType.MONITOR and resource.status in life.UNFINISHED:
            predictor = self._resources.find(str(resource.request["ResourceArn"]))
            return predictor is not None and predictor.status in life.UNFINISHED
        return False

    def _is_behind_another_import(self, resource: Resource) -> bool:
        """A dataset takes one import after the other, in the order in which they were asked for."""
        dataset = str(resource.request["DatasetArn"])
        place = (resource.created_at, resource.arn)
        return any(
            other.arn != resource.arn
            and other.type is ResourceType.DATASET_IMPORT_JOB
            and (other.dispatched or (other.created_at, other.arn) < place)
            for other in self._resources.children(dataset, statuses=life.UNFINISHED)
        )

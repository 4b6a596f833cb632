"""The durable jobs: which steps follow each other, checkpointed by DBOS.

A workflow's id is the resource's ARN, its nonce and the kind of work, so that telling the queue
twice starts it once. Checkpoints are JSON (DBOS's default is pickle), and the application version
is pinned, so that a newer Forecastle takes up what an older one left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, StepOptions

from forecastle.catalog.resources import Resource
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.monitoring import UPDATES
from forecastle.jobs.queues import Queue
from forecastle.jobs.steps import Steps

_NAME, _VERSION = "forecastle", "1"
_POLLING_SECONDS = 0.5
_DELETIONS_AT_ONCE = 4

AGAIN = StepOptions(retries_allowed=True, interval_seconds=0.5, backoff_rate=2, max_attempts=10)
"""For steps that only the database can stop: one that is away for minutes does not lose a job."""


class Kind(StrEnum):
    """What is done to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Workflows:
    """The durable jobs in this process; there is one such object in it.

    Args:
        settings: the database, and how many jobs run at a time.
        steps: what the workflows do.
        worker: this worker's own id, under which its jobs are recovered.
    """

    def __init__(self, settings: ServiceSettings, steps: Steps, worker: str) -> None:
        self._settings = settings
        self._config = DBOSConfig(
            name=_NAME,
            system_database_url=settings.jobs_database,
            executor_id=worker,
            application_version=_VERSION,
            serializer=DBOSPortableJSONSerializer(),
            log_level="WARNING",
        )
        self._workflows = _register(steps)

    def launch(self) -> None:
        """Begin to take jobs."""
        DBOS(config=self._config)
        DBOS.launch()
        at_once = {
            Queue.TRAINING: self._settings.trainings_per_worker,
            Queue.DATA: self._settings.jobs_per_worker,
            Queue.DELETION: _DELETIONS_AT_ONCE,
        }
        for queue, number in at_once.items():
            DBOS.register_queue(
                queue,
                worker_concurrency=number,
                polling_interval_sec=_POLLING_SECONDS,
                on_conflict="always_update",
            )

    def enqueue(self, resource: Resource, kind: Kind, queue: Queue) -> None:
        """Let a workflow wait for its turn; nothing happens if it did so before."""
        with SetWorkflowID(identity(resource, kind)):
            DBOS.enqueue_workflow(queue, self._workflows[kind], resource.arn, resource.nonce)

    def executors_at_work(self) -> set[str]:
        """The workers that have a workflow in hand, dead or alive."""
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {each.executor_id for each in pending if each.executor_id is not None}

    def recover(self, workers: Collection[str]) -> int:
        """Put the workflows of dead workers back into their queues; how many there were."""
        return len(DBOS._recover_pending_workflows(sorted(workers)))

    def standings(self, identities: Collection[str]) -> dict[str, bool]:
        """Which of some workflows there are, and whether each is over, well or not."""
        found = DBOS.list_workflows(
            workflow_ids=sorted(identities), load_input=False, load_output=False
        )
        waiting = {"PENDING", "ENQUEUED", "DELAYED"}
        return {each.workflow_id: each.status not in waiting for each in found}


def _register(steps: Steps) -> dict[Kind, Callable[[str, str], None]]:
    """Tell DBOS of the workflows, as functions: it marks them, which methods do not allow."""

    @DBOS.workflow(name=Kind.CREATE, max_recovery_attempts=None)
    def create(arn: str, nonce: str) -> None:
        if DBOS.run_step({**AGAIN, "name": "begin"}, steps.begin, arn, nonce):
            result = DBOS.run_step({"name": "perform"}, steps.perform, arn, nonce)
            DBOS.run_step({**AGAIN, "name": "commit"}, steps.commit, arn, nonce, result)

    @DBOS.workflow(name=Kind.UPDATE, max_recovery_attempts=None)
    def update(arn: str, nonce: str) -> None:
        result = DBOS.run_step({"name": "perform"}, steps.perform, arn, nonce)
        DBOS.run_step({**AGAIN, "name": "commit"}, steps.commit, arn, nonce, result)

    @DBOS.workflow(name=Kind.DELETE, max_recovery_attempts=None)
    def delete(arn: str, nonce: str) -> None:
        if DBOS.run_step({**AGAIN, "name": "begin"}, steps.begin_deletion, arn, nonce):
            DBOS.run_step({**AGAIN, "name": "remove"}, steps.remove, arn, nonce)

    return {Kind.CREATE: create, Kind.UPDATE: update, Kind.DELETE: delete}


def identity(resource: Resource, kind: Kind) -> str:
    """The workflow's id; a resource that is changed again and again counts the times."""
    times = f"#{resource.details.get(UPDATES, 0)}" if kind is Kind.UPDATE else ""
    return f"{resource.arn}#{resource.nonce}#{kind}{times}"

"""The durable run: a DBOS workflow that does the steps of a run, one after the other.

Its id is the run and the attempt, so that telling the queue twice starts it once, and a retry is
another workflow.
"""

from __future__ import annotations

from collections.abc import Callable

from dbos import DBOS, SetWorkflowID

from forecastle.catalog.pipelines import Run
from forecastle.jobs.workflows import AGAIN
from forecastle.pipelines.running import NOTIFY, Runs

_NAME, _QUEUE = "pipeline-run", "pipelines"
_POLLING_SECONDS = 0.25
# A run mostly waits for jobs, which have queues of their own.
_RUNS_AT_ONCE = 16

RunWorkflow = Callable[[str, int], None]


def register(runs: Runs) -> RunWorkflow:
    """Tell DBOS of the workflow, before it is launched."""

    @DBOS.workflow(name=_NAME, max_recovery_attempts=None)
    def run_pipeline(run_id: str, attempt: int) -> None:
        for step in runs.actions:
            if not DBOS.run_step({**AGAIN, "name": step}, runs.perform, run_id, attempt, step):
                break
        DBOS.run_step({**AGAIN, "name": NOTIFY}, runs.close, run_id, attempt)

    return run_pipeline


def open_queue() -> None:
    """Take runs from their queue."""
    DBOS.register_queue(
        _QUEUE,
        worker_concurrency=_RUNS_AT_ONCE,
        polling_interval_sec=_POLLING_SECONDS,
        on_conflict="always_update",
    )


def enqueue(workflow: RunWorkflow, run: Run) -> None:
    """Let a run wait for its turn; nothing happens if this attempt did so before."""
    with SetWorkflowID(identity(run)):
        DBOS.enqueue_workflow(_QUEUE, workflow, run.run_id, run.attempt)


def identity(run: Run) -> str:
    """The workflow's id."""
    return f"{run.run_id}#{run.attempt}"

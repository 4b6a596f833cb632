"""Which runs may begin, and what became of those that did.

Runs of one dataset group follow each other in the order of their uploads, also those of different
pipelines: each forecast belongs to its own file, and the newest file is imported last. A run that
is behind another one is not in the queue, so it takes nobody's place there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from forecastle.catalog.pipelines import FAILED, Run
from forecastle.core.errors import InputError
from forecastle.jobs.workflows import Workflows
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.workflow import RunWorkflow, enqueue, identity
from forecastle.service.context import Service

_log = logging.getLogger(__name__)


def dispatch(service: Service, workflow: RunWorkflow) -> int:
    """Tell the queue of the runs that may begin; how many there were."""
    pipelines = service.catalog.pipelines
    if not pipelines.undispatched():
        return 0
    due = those_next(pipelines.running())
    for run in due:
        enqueue(workflow, run)
        pipelines.change_run(run.run_id, {"dispatched": True})
    return len(due)


def those_next(running: Iterable[Run]) -> list[Run]:
    """Of runs that are not over: the oldest of each dataset group that none of it is ahead of."""
    groups: dict[tuple[str, str, str], list[Run]] = {}
    for run in running:
        groups.setdefault((run.account, run.region, _group(run)), []).append(run)
    idle = (group for group in groups.values() if not any(run.dispatched for run in group))
    return [min(group, key=_place) for group in idle]


def mend(service: Service, workflows: Workflows) -> None:
    """End the runs whose workflow broke down; begin anew those that the queue has lost."""
    pipelines = service.catalog.pipelines
    begun = {identity(run): run for run in pipelines.running() if run.dispatched}
    standings = workflows.standings(begun) if begun else {}
    for name, run in begun.items():
        if name not in standings:
            pipelines.change_run(run.run_id, {"dispatched": False})
        elif standings[name]:
            _end(service, run)


def _end(service: Service, run: Run) -> None:
    """The run, if it is not over by now: it was read before its workflow."""
    found = service.catalog.pipelines.run(run.run_id)
    if found is None or found.attempt != run.attempt:
        return
    message = (
        "the run broke down; this is a fault of Forecastle: the worker's log tells more. Go on "
        f"with forecastle pipeline retry {run.run_id}"
    )
    ended = {"status": FAILED, "message": message, "ended_at": service.clock()}
    if service.catalog.pipelines.change_run(run.run_id, ended):
        _log.error("run %s: its workflow is over, but it was not", run.run_id)


def _place(run: Run) -> tuple[float, str]:
    return run.started_at, run.run_id


def _group(run: Run) -> str:
    """The dataset group; a text that cannot be read any more fails in the run's first step."""
    try:
        return read_pipeline(run.text, run.pipeline).group_name
    except InputError:
        return run.pipeline

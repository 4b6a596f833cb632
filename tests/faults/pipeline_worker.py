"""The worker process of the fault tests of pipelines: it can be told to kill itself.

``python -m tests.faults.pipeline_worker [before|after WHAT]``: WHAT is an operation such as
``CreateForecast``, a step with its status such as ``"train SUCCEEDED"``, or ``"run SUCCEEDED"``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from forecastle.catalog.pipelines import Pipelines
from forecastle.core.names import ResourceType
from forecastle.core.settings import load_settings
from forecastle.jobs.queues import Queue
from forecastle.jobs.worker import Worker
from forecastle.pipelines.extension import PipelineExtension
from forecastle.pipelines.work import Work

CHILD = (sys.executable, "-m", "tests.faults.pipeline_child")


def make_mortal(owner: type, method: str, what: Callable[..., str]) -> None:
    """Let the process die beside one call of a method."""
    original = getattr(owner, method)

    def mortal(self: Any, *arguments: Any, **options: Any) -> Any:
        when, death = sys.argv[1:] or ("never", "")
        is_its_time = what(*arguments) == death
        if is_its_time and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *arguments, **options)
        if is_its_time and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, mortal)


def _publish(*_arguments: Any) -> dict[str, Any]:
    return {"total_p50": 1.0}


if __name__ == "__main__":
    make_mortal(Work, "call", lambda operation, _parameters: operation)
    make_mortal(Pipelines, "put_step", lambda step: f"{step.step} {step.status}")
    make_mortal(Pipelines, "change_run", lambda _run, news: f"run {news.get('status')}")
    settings, _ = load_settings(os.environ)
    extension = partial(PipelineExtension, publish=_publish)
    queues = dict.fromkeys(ResourceType, Queue.DATA)
    Worker(settings, queues, CHILD, extensions=[extension]).run(lambda: print("ready", flush=True))

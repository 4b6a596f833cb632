"""The worker process of the fault tests: it can be told to kill itself beside a step of one job.

``python -m tests.faults.stub_worker [before|after STEP NAME]``: NAME is the resource's.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from forecastle.core.names import ResourceType
from forecastle.core.settings import load_settings
from forecastle.jobs.queues import Queue
from forecastle.jobs.steps import Steps
from forecastle.jobs.worker import Worker

CHILD = (sys.executable, "-m", "tests.faults.stub_child")


class MortalSteps(Steps):
    """Steps in the midst of which the worker dies."""

    def __getattribute__(self, called: str) -> Any:
        found = super().__getattribute__(called)
        when, step, name = sys.argv[1:] or ("never", "", "")
        if called != step:
            return found

        def mortal(arn: str, *arguments: Any) -> Any:
            if when == "before" and arn.endswith(f"/{name}"):
                os.kill(os.getpid(), signal.SIGKILL)
            result = found(arn, *arguments)
            if when == "after" and arn.endswith(f"/{name}"):
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return mortal


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    settings, _ = load_settings(os.environ)
    queues = dict.fromkeys(ResourceType, Queue.DATA)
    Worker(settings, queues, CHILD, MortalSteps).run(lambda: print("ready", flush=True))

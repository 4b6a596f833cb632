"""The child process of the fault tests: the jobs are tiny, and misbehave when told to.

What a job does stands in the tags of its request: ``{"Does": "work"}``.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time

from forecastle.core.errors import ForecastleError, StorageError
from forecastle.core.names import ResourceType
from forecastle.jobs.child import main
from forecastle.jobs.context import JobContext, Outcome


def job(context: JobContext) -> Outcome:
    """Count this run, do what the request says, leave a file."""
    runs = context.settings.data_dir / "runs"
    runs.mkdir(exist_ok=True)
    (runs / f"{context.resource.name}-{os.getpid()}").touch()
    match context.resource.request.get("Does", "work"):
        case "fail":
            raise ForecastleError("sales.csv, line 3: demand 'abc' is no number; correct it")
        case "away":
            raise StorageError("s3://shop/sales.csv: the server does not answer; try again")
        case "break":
            raise RuntimeError("a fault that nobody thought of")
        case "vanish":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            for step in range(10_000):
                context.tell(min(0.5, step / 20), "hanging")
                time.sleep(0.05)
        case "nap":
            time.sleep(1)
    content = context.resource.request.get("Content", context.resource.name)
    (context.workspace / "made.txt").write_text(str(content), encoding="utf-8")
    if context.resource.request.get("Does") == "overflow":
        _fill_the_disk(context)
    details = {"rows": 7}
    parents = {}
    if context.resource.type is ResourceType.DATASET_IMPORT_JOB:
        dataset = context.resource.request["DatasetArn"]
        parents = {dataset: {"data": context.resource.nonce}}
    return Outcome(details, "made", parents)


def _fill_the_disk(context: JobContext) -> None:
    """Leave a file that is larger than any that may be written from now on."""
    (context.workspace / "large.txt").write_bytes(bytes(200_000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict.fromkeys(ResourceType, job)))

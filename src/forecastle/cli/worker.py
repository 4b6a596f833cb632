"""``forecastle worker``: one process that does the jobs and runs the pipelines."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.jobs.worker import Worker


def worker(
    data_dir: DataDir = None,
    leash: Annotated[
        bool, typer.Option("--leash", hidden=True, help="End with standard input")
    ] = False,
) -> None:
    """Do the jobs of the service: imports, trainings, forecasts, exports. Runs until stopped."""
    from forecastle.core.logs import configure_logging
    from forecastle.core.settings import load_settings
    from forecastle.jobs.queues import QUEUES
    from forecastle.jobs.worker import Worker
    from forecastle.pipelines.extension import PipelineExtension

    settings, _ = load_settings(os.environ, data_dir=data_dir)
    configure_logging(settings)
    process = Worker(settings, QUEUES, extensions=[PipelineExtension])
    if leash:
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
    process.run()


def _end_with_input(process: Worker) -> None:
    sys.stdin.buffer.read()
    process.end()

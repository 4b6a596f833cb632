"""A Dask cluster of processes on this machine, and tasks for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from forecastle.series.panel import Panel

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class PanelTask:
    """A task that shares a panel with others."""

    number: int
    panel: Panel


def total(task: PanelTask) -> float:
    return float(task.number * task.panel.target.sum())


def square(number: int) -> int:
    return number * number


def divide(number: int) -> float:
    return 1 / number


def fail_to_read(_: int) -> None:
    raise OSError("the disk is full")


def die(_: int) -> None:
    os._exit(1)


@dataclass(frozen=True)
class Errand:
    """Say who runs it, and take a while."""

    number: int
    folder: str
    panel: Panel


def slow(errand: Errand) -> tuple[int, float]:
    (Path(errand.folder) / f"{errand.number}-{os.getpid()}").touch()
    time.sleep(0.2)
    return errand.number, float(errand.panel.target.sum())


def wait_until(condition, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@dataclass(frozen=True)
class Cluster:
    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]


def start(name: str, *arguments: str, log: Path, tries: int = 3) -> subprocess.Popen:
    with log.open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{name}", *arguments],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(tries),
            },
            stdout=file,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def running_cluster(n_workers: int, tries: int = 3):
    """A scheduler and workers of one thread each; a task may cost ``tries`` of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, log = folder / "scheduler.json", folder / "scheduler.log"
        local = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
        processes = [
            start(
                "dask_scheduler",
                *local,
                "--port",
                "0",
                "--scheduler-file",
                str(file),
                log=log,
                tries=tries,
            )
        ]
        try:
            assert wait_until(file.exists), log.read_text()
            logs = [folder / f"worker{k}.log" for k in range(n_workers)]
            options = ("--no-nanny", "--nthreads", "1", "--local-directory", name)
            processes += [
                start("dask_worker", "--scheduler-file", str(file), *local, *options, log=each)
                for each in logs
            ]
            assert wait_until(lambda: all("Registered to" in each.read_text() for each in logs))
            yield Cluster(json.loads(file.read_text())["address"], *processes[:1], processes[1:])
        finally:
            for process in reversed(processes):
                process.kill()
            for process in processes:
                process.wait(30)

"""Running a job in a child process that can be killed at any moment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from forecastle.core.settings import ServiceSettings
from forecastle.jobs.exchange import PROGRESS, RESULT, read_json

CHILD = (sys.executable, "-m", "forecastle.jobs.child")

STOPPED: Mapping[str, Any] = {"stopped": True}

_LOOK_SECONDS = 0.4
_WAIT_SECONDS = 0.1
_FIRST_ESTIMATE = 0.02

Report = Callable[[Mapping[str, Any] | None], bool]
"""Told the progress when it is new, else None; False if the job is to stop."""


class Runner:
    """Starts the children of one worker.

    Args:
        settings: handed on to the children.
        folder: for their work; it goes with the worker.
        command: begins a child; ARN, nonce and folder follow.
    """

    def __init__(
        self, settings: ServiceSettings, folder: Path, command: Sequence[str] = CHILD
    ) -> None:
        self._environment = {**os.environ, **settings.environment()}
        self._folder, self._command = folder, tuple(command)
        self._closing = threading.Event()
        self._children: set[int] = set()

    def run(self, arn: str, nonce: str, report: Report) -> Mapping[str, Any]:
        """Run one job to its end.

        Returns:
            The child's result (`forecastle.jobs.child`), `STOPPED`, or a failure.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            with self._child(arn, nonce, folder) as process:
                if not self._attend(process, folder, report):
                    return STOPPED
            return _result(process.returncode, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Kill all children; the jobs at work never return from `run`."""
        self._closing.set()
        for process in tuple(self._children):
            _kill(process)

    @contextmanager
    def _child(self, arn: str, nonce: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A child in a process group of its own that ends, all of it, with this block.

        The child's standard input is a leash: it ends when this process dies, however it dies.
        """
        leash, held = os.pipe()
        try:
            process = subprocess.Popen(
                [*self._command, arn, nonce, str(folder)],
                stdin=leash,
                stdout=sys.stderr.fileno() if sys.stderr else subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )
        finally:
            os.close(leash)
        self._children.add(process.pid)
        try:
            yield process
        finally:
            _kill(process.pid)
            process.wait()
            self._children.discard(process.pid)
            os.close(held)

    def _attend(self, process: subprocess.Popen[bytes], folder: Path, report: Report) -> bool:
        """Wait for the child's end, telling of its progress; False if it is to stop."""
        progress = _Progress(folder / PROGRESS, time.monotonic())
        look_at = time.monotonic()
        while True:
            if self._closing.is_set():
                _wait_for_the_end()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_WAIT_SECONDS)
                return True
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + _LOOK_SECONDS
                if not report(progress.news()):
                    return False


class _Progress:
    """What the child tells of itself, with an estimate of the time left."""

    def __init__(self, path: Path, started: float) -> None:
        self._path, self._started = path, started
        self._last: Mapping[str, Any] | None = None

    def news(self) -> Mapping[str, Any] | None:
        """The progress, if it is another than before."""
        told = read_json(self._path)
        if told is None or told == self._last:
            return None
        self._last = told
        return {**told, "minutes_left": self._minutes_left(told["fraction"])}

    def _minutes_left(self, fraction: float) -> int | None:
        """At the pace so far; None while there is none."""
        if fraction < _FIRST_ESTIMATE:
            return None
        passed = time.monotonic() - self._started
        return round(passed * (1 - fraction) / fraction / 60)


def _result(code: int, folder: Path) -> Mapping[str, Any]:
    result = read_json(folder / RESULT)
    if result is not None:
        return result
    if code == -signal.SIGKILL:
        return {
            "failure": "the job's process was killed, most often because memory ran out; use "
            "fewer items, a coarser frequency, a lower FORECASTLE_PROCESSES or more memory"
        }
    return {
        "failure": f"the job's process ended without a result (exit code {code}); "
        "the worker's log tells more"
    }


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def _wait_for_the_end() -> NoReturn:
    """This worker is ending: nothing may be recorded any more, the job runs again elsewhere."""
    while True:
        time.sleep(3600)

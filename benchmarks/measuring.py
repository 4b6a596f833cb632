"""What a command costs: seconds, processor seconds and memory, of all its processes together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROCESSES = Path("/proc")
_PAUSE = 0.1  # seconds between two looks at the processes


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    Attributes:
        seconds: wall clock, from the start of the process to its end.
        processor_seconds: user and system time of the process and its descendants.
        peak_megabytes: the largest sum of the resident memory of all its processes at one time;
            where the system has no /proc, the largest single process.
        exit_code: the command's.
    """

    seconds: float
    processor_seconds: float
    peak_megabytes: float
    exit_code: int


def measure(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run ``command`` to its end, its output going to ``log``."""
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else {**os.environ, **environment},
        )
        watch = _Watch(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
            watch.stop()
    return Cost(
        seconds=seconds,
        processor_seconds=max(usage.ru_utime + usage.ru_stime, watch.processor_seconds),
        # The system's own record is a second choice: it begins with what this process held when it
        # started the command.
        peak_megabytes=watch.peak_megabytes or usage.ru_maxrss / 1024,
        exit_code=process.returncode,
    )


class _Watch:
    """Looks at a process and its descendants ten times a second.

    The system adds a descendant's processor time to the process only if somebody waited for its
    end; the watch remembers what it saw of each.
    """

    def __init__(self, root: int) -> None:
        self.peak_megabytes = 0.0
        self._root = root
        self._processor: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def processor_seconds(self) -> float:
        return sum(self._processor.values())

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            seen = _family(self._root, _all_processes())
            memory = sum(process.megabytes for process in seen)
            self.peak_megabytes = max(self.peak_megabytes, memory)
            self._processor.update((each.identity, each.processor_seconds) for each in seen)
            ended = self._ended.wait(_PAUSE)


@dataclass(frozen=True)
class _Process:
    identity: int
    parent: int
    processor_seconds: float
    megabytes: float


def _all_processes() -> list[_Process]:
    if not _PROCESSES.exists():
        return []
    names = (path.name for path in _PROCESSES.iterdir() if path.name.isdecimal())
    return [found for name in names if (found := _read(name)) is not None]


def _read(name: str) -> _Process | None:
    """One line of /proc/PID/stat (proc(5)); None if the process has just ended."""
    try:
        text = (_PROCESSES / name / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int(fields[21])
    return _Process(
        identity=int(name),
        parent=int(fields[1]),
        processor_seconds=ticks / os.sysconf("SC_CLK_TCK"),
        megabytes=pages * os.sysconf("SC_PAGE_SIZE") / 1024**2,
    )


def _family(root: int, processes: list[_Process]) -> list[_Process]:
    """The process ``root`` and its descendants."""
    children: dict[int, list[_Process]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found = [process for process in processes if process.identity == root]
    for process in found:  # grows while it is walked through
        found.extend(children.get(process.identity, ()))
    return found

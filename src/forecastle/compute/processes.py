"""A pool of spawned processes on this machine: can be killed, nothing to install."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self, TypeVar

from forecastle.core.errors import ForecastleError, InputError

Task = TypeVar("Task")
Result = TypeVar("Result")

# Read by OpenMP (LightGBM), the BLAS libraries, Numba and Polars when they are first imported.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


class ProcessExecutor:
    """Runs tasks in spawned processes; use it in a ``with`` statement.

    The processes start with the first `map` and serve all later ones. They end with the ``with``
    block, at once when it is left by an error or Ctrl-C, and also when this process is killed.
    In a script, the code that uses it belongs under ``if __name__ == "__main__":``.

    Args:
        workers: number of processes; default the number of cores that this process may use.
    """

    def __init__(self, workers: int | None = None) -> None:
        cores = available_cores()
        if workers is not None and workers < 1:
            raise InputError(f"workers: {workers} is out of range; use 1 or more")
        self._workers = workers or cores
        self._threads = max(1, cores // self._workers)
        self._pool: ProcessPoolExecutor | None = None
        self._leash: Connection | None = None

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""
        return self._workers

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`.

        Few tasks are handed out ahead, so ``tasks`` may be a generator of large ones.

        Raises:
            ForecastleError: a process was killed from outside, for example for want of memory.
        """
        waiting = enumerate(tasks)
        running: dict[Future[Result], int] = {}
        try:
            while True:
                self._top_up(function, waiting, running)
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=running.__getitem__):
                    yield running.pop(future), future.result()
        except BrokenProcessPool as error:
            self.close()
            raise ForecastleError(
                "a worker process ended unexpectedly; most often memory ran out: "
                "use fewer workers (--workers 1) or fewer items"
            ) from error
        finally:
            for future in running:
                future.cancel()

    def _top_up(
        self,
        function: Callable[[Task], Result],
        waiting: Iterator[tuple[int, Task]],
        running: dict[Future[Result], int],
    ) -> None:
        """Hand out tasks until each worker has one at work and one in reserve."""
        pool = self._started()
        while len(running) < 2 * self._workers:
            following = next(waiting, None)
            if following is None:
                return
            index, task = following
            with _undisturbed():
                running[pool.submit(function, task)] = index

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            leash_end, self._leash = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self._workers, context, _begin, (leash_end, self._threads)
            )
        return self._pool

    def close(self, *, kill: bool = True) -> None:
        """End the processes: at once, or after the tasks handed out so far."""
        pool, leash = self._pool, self._leash
        self._pool = self._leash = None
        if pool is None or leash is None:
            return
        if kill:
            leash.close()
        pool.shutdown(wait=True, cancel_futures=kill)
        leash.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(kill=kind is not None)


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and requests to end wait.

    A process whose parent is cut off while starting it complains on stderr.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are handled in the main thread
        return
    received: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in handlers:
        signal.signal(number, lambda which, _: received.append(which))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for which in received:
            signal.raise_signal(which)


def _begin(leash: Any, threads: int) -> None:
    """Prepare a fresh worker: its share of threads, and an end when the leash is let go."""
    for name in _THREAD_VARIABLES:
        os.environ[name] = str(threads)
    # Threads that wait for each other sleep: on a busy machine spinning doubles the time.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    if sys.platform != "win32":
        # A group of its own: Ctrl-C in a terminal reaches the parent alone, and programs that the
        # worker started (Prophet's optimiser) can be ended together with it.
        os.setpgrp()
    threading.Thread(target=_end_with_parent, args=(leash,), daemon=True).start()


def _end_with_parent(leash: Connection) -> None:
    """Wait until the parent lets go of its end of the pipe, by ``close`` or by dying."""
    try:
        leash.recv()
    except (EOFError, OSError):
        if sys.platform == "win32":
            os._exit(1)
        os.killpg(0, signal.SIGKILL)

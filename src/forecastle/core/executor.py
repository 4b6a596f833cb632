"""How training hands out work without knowing where it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Executor(Protocol):
    """Runs independent tasks somewhere: here, in processes, on a cluster."""

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[int, Result]]:
        """Run ``function`` on every task; yields ``(index, result)`` as each is done, in any order.

        ``function`` must be importable by name and tasks must be plain data. The first error that
        a task raises is raised here; the rest are cancelled.
        """


class SerialExecutor:
    """Runs tasks one after the other in this process."""

    workers = 1

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[int, Result]]:
        """See `Executor.map`; the order is the order of the tasks."""
        for index, task in enumerate(tasks):
            yield index, function(task)

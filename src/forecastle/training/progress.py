"""How far a training is and how long it will take, from the seconds of the tasks so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from forecastle.core.budget import (
    DONE,
    DROPPED,
    WAITING,
    WORKING,
    Clock,
    Part,
    Progress,
    ProgressListener,
)


class Meter:
    """Counts the tasks of a training, each weighed by the seconds that such tasks took.

    A task that is still to come is expected to take as long as those of its algorithm did, or of
    all algorithms as long as none of its own is done.

    Args:
        tasks: how many tasks each algorithm has: backtests, and the last fit.
        listener: told after every task.
        clock: in seconds.
    """

    def __init__(self, tasks: Mapping[str, int], listener: ProgressListener, clock: Clock) -> None:
        self._open, self._planned = dict(tasks), dict(tasks)
        self._total = sum(tasks.values())
        self._dropped: set[str] = set()
        self._queue: Sequence[str] = ()
        self._begun = 0
        self._listener, self._clock, self._started = listener, clock, clock()
        self._seconds: dict[str, float] = defaultdict(float)
        self._done: dict[str, int] = defaultdict(int)
        self._windows: dict[str, str] = {}
        self._furthest = 0.0

    def begin(self, algorithms: Sequence[str], workers: int) -> None:
        """Tasks are handed out in this order, an algorithm each, so many at a time."""
        self._queue, self._begun = algorithms, workers
        self._tell("", "")

    def finished(self, algorithm: str, seconds: float | None = None, window: str = "") -> None:
        """One task is done, in ``seconds``; None: not measured, so taken for a usual one."""
        self._begun += 1
        self._seconds[algorithm] += self._usual(algorithm) if seconds is None else seconds
        self._done[algorithm] += 1
        self._open[algorithm] -= 1
        if window:
            self._windows[algorithm] = window
        self._tell(algorithm, window)

    def drop(self, algorithm: str) -> None:
        """Nothing more will come of an algorithm."""
        self._open[algorithm] = 0
        self._dropped.add(algorithm)

    def forgo(self, algorithm: str, count: int) -> None:
        """So many tasks of an algorithm are not needed."""
        self._open[algorithm] -= count

    def keep(self, algorithms: Collection[str]) -> None:
        """Nothing more will come of any but these, which have their last fit to come."""
        self._open = {name: int(name in algorithms) for name in self._open}

    def _tell(self, algorithm: str, window: str) -> None:
        left = sum(self._open.values())
        done = sum(self._seconds.values())
        to_come = sum(count * self._usual(name) for name, count in self._open.items())
        fraction = done / (done + to_come) if done + to_come > 0 else 1 - left / self._total
        self._furthest = 1.0 if left == 0 else max(self._furthest, fraction)
        elapsed = self._clock() - self._started
        seconds_left = elapsed * (1 - fraction) / fraction if fraction > 0 else None
        self._listener(
            Progress(
                done=self._total - left,
                total=self._total,
                algorithm=algorithm,
                window=window,
                fraction=self._furthest,
                seconds_left=seconds_left if left else 0.0,
                parts=tuple(self._part(name) for name in self._planned),
            )
        )

    def _part(self, name: str) -> Part:
        return Part(
            name=name,
            state=self._state(name),
            done=self._done[name],
            total=self._planned[name],
            seconds=self._seconds[name],
            window=self._windows.get(name, ""),
        )

    def _state(self, name: str) -> str:
        if name in self._dropped:
            return DROPPED
        if not self._open[name]:
            return DONE
        return WORKING if name in self._queue[: self._begun] else WAITING

    def _usual(self, algorithm: str) -> float:
        """Seconds of a task of ``algorithm``."""
        if self._done[algorithm]:
            return self._seconds[algorithm] / self._done[algorithm]
        count = sum(self._done.values())
        return sum(self._seconds.values()) / count if count else 0.0

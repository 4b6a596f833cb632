"""A time budget and the progress of long work, both handed in by the caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Clock = Callable[[], float]

_BEGAN = "began"
WAITING, WORKING, DONE, DROPPED = "waiting", "working", "done", "dropped"


@dataclass(frozen=True)
class Budget:
    """How much time is left for a piece of work, and how much of the machine it may use.

    ``limit`` is in seconds from creation; None means no limit, and then nothing in a result
    depends on the clock. ``threads`` is 0 for as many as the process may use; no result depends
    on it.
    """

    limit: float | None = None
    clock: Clock = time.monotonic
    started: float = field(default=-1.0)
    threads: int = 0

    def __post_init__(self) -> None:
        if self.started < 0:
            object.__setattr__(self, "started", self.clock())

    def __getstate__(self) -> dict[str, Any]:
        """With the time of day at which it began: another machine's own clock began elsewhere."""
        state = dict(self.__dict__)
        if self.clock is time.monotonic:
            state[_BEGAN] = time.time() - self.elapsed
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Go on where it was handed over, the time on the way included."""
        state = dict(state)
        began = state.pop(_BEGAN, None)
        if began is not None:
            state["started"] = time.monotonic() - (time.time() - began)
        self.__dict__.update(state)

    @property
    def elapsed(self) -> float:
        """Seconds since the budget began."""
        return self.clock() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left; infinity without a limit, never negative."""
        return float("inf") if self.limit is None else max(0.0, self.limit - self.elapsed)

    def allows(self, seconds: float) -> bool:
        """Whether work that is expected to take ``seconds`` still fits."""
        return seconds <= self.remaining


@dataclass(frozen=True)
class Part:
    """Where one algorithm's share of long work stands.

    Attributes:
        name: of the algorithm.
        state: `WAITING`, `WORKING`, `DONE` or `DROPPED`: nothing more will come of it.
        done: tasks that are over.
        total: all its tasks.
        seconds: that its tasks took so far.
        window: the first day of the latest backtest window that is done; empty before.
    """

    name: str
    state: str
    done: int
    total: int
    seconds: float
    window: str = ""


@dataclass(frozen=True)
class Progress:
    """Where long work stands, for a progress bar.

    ``done`` of ``total`` are units of work (tasks); ``algorithm`` and ``window`` name the latest.
    Tasks differ in length: ``fraction``, from 0 to 1, is how much of the time of all is over as
    far as can be told, and ``seconds_left`` what is still to come; None where nothing is known.
    ``parts`` tells the same of each algorithm, in the order in which they were planned.
    """

    done: int
    total: int
    algorithm: str = ""
    window: str = ""
    fraction: float = 0.0
    seconds_left: float | None = None
    parts: tuple[Part, ...] = ()


ProgressListener = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """Listen to nothing."""

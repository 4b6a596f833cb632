"""What a worker does beside the jobs, for layers that the jobs do not know: pipelines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.workflows import Workflows


@dataclass(frozen=True)
class Duty:
    """Something to be done again and again, in a thread of its own.

    Attributes:
        seconds: between the end of one time and the next.
        action: what; if it fails, the log tells, and it is done again.
    """

    seconds: float
    action: Callable[[], None]


class Extension(Protocol):
    """One extension of a worker.

    It tells DBOS of its workflows when it is made; they are recovered as the jobs are.
    """

    def launch(self, workflows: Workflows) -> Sequence[Duty]:
        """Begin, now that DBOS runs; the duties are the worker's from now on."""

    def end(self) -> None:
        """The worker ends: begin nothing more."""


MakeExtension = Callable[[ServiceSettings, Catalog], Extension]

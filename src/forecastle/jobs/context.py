"""What a job is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.executor import Executor
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores


class TellProgress(Protocol):
    """Takes progress."""

    def __call__(self, fraction: float, step: str, parts: Sequence[Mapping[str, Any]] = ()) -> None:
        """Say how far it is.

        Args:
            fraction: that is done, 0 to 1.
            step: the present one, in words.
            parts: plain values of what goes on side by side, such as the algorithms of a training.
        """


@dataclass(frozen=True)
class JobContext:
    """Everything a job may use. A job reads the catalog; it never writes to it.

    Attributes:
        resource: what is to be made; its request holds the parameters.
        catalog: to read other resources.
        settings: of the service.
        stores: buckets and artifacts.
        workspace: an empty folder; what is left in it becomes the resource's artifact.
        tell: takes progress.
        executor: opens the executor for heavy work.
    """

    resource: Resource
    catalog: Catalog
    settings: ServiceSettings
    stores: Stores
    workspace: Path
    tell: TellProgress
    executor: Callable[[], AbstractContextManager[Executor]]


@dataclass(frozen=True)
class Outcome:
    """What a job made.

    Attributes:
        details: join the resource's details.
        message: what the user should know.
        parent_details: per ARN, details that join those of another resource: an import tells its
            dataset where the data are.
        evaluations: what a monitor found, each as `catalog.evaluations.Evaluation.to_json` has it.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    parent_details: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    evaluations: Sequence[Mapping[str, Any]] = ()


Job = Callable[[JobContext], Outcome]
"""Runs in a process of its own, which may be killed at any moment and run again.

Raises `ForecastleError` for what the user can understand; its text is the resource's message.
"""

"""A run as people look at it: all its steps in order, also those to come, and what each made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from forecastle.catalog.pipelines import RUNNING, Run, Step, Upload
from forecastle.core.errors import InputError
from forecastle.pipelines.forecasting import FORECAST, PARTS, PREDICTOR
from forecastle.pipelines.importing import GROUP, JOBS
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.run_control import describe_run
from forecastle.pipelines.running import NOTIFY, REPORT
from forecastle.pipelines.steps import STEPS
from forecastle.service.context import Context

WAITING, NOT_REACHED = "WAITING", "NOT_REACHED"
"""Of a step that has not begun: of a run that is at work, and of one that is over."""

IMPORT, FILES = "import", "files"
"""Kinds of things that runs make, beside the keys of the steps' results."""


@dataclass(frozen=True)
class Made:
    """Something that a step made.

    Attributes:
        kind: `GROUP`, `IMPORT`, `PREDICTOR`, `FORECAST`, `FILES` or `REPORT`.
        place: its ARN, or its ``s3://`` URL; of `FILES` what their URLs begin with.
    """

    kind: str
    place: str


@dataclass(frozen=True)
class StepView:
    """A step of a run.

    Attributes:
        name: of the step.
        status: as of runs, or SKIPPED, `WAITING` or `NOT_REACHED`.
        started_at: seconds since 1970; None if it has not begun.
        ended_at: the same; None while it is at work.
        attempts: how often it was tried.
        message: what came of it, or how far it is.
        made: what can be looked at.
    """

    name: str
    status: str
    started_at: float | None = None
    ended_at: float | None = None
    attempts: int = 0
    message: str | None = None
    made: tuple[Made, ...] = ()

    @property
    def seconds(self) -> float | None:
        """From its begin to its end."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at


@dataclass(frozen=True)
class RunView:
    """A run, its files, and all its steps in order."""

    run: Run
    files: tuple[Upload, ...]
    steps: tuple[StepView, ...]


def look_at_run(context: Context, run_id: str) -> RunView:
    """One run.

    Raises:
        ResourceNotFound: there is no such run.
    """
    found = describe_run(context, run_id)
    begun = {step.step: step for step in found.steps}
    later = WAITING if found.run.status == RUNNING else NOT_REACHED
    steps = (
        _view(found.run, begun[name]) if name in begun else StepView(name, later)
        for name in (*STEPS, NOTIFY)
    )
    return RunView(found.run, tuple(found.uploads), tuple(steps))


def _view(run: Run, step: Step) -> StepView:
    return StepView(
        name=step.step,
        status=step.status,
        started_at=step.started_at,
        ended_at=step.ended_at,
        attempts=step.attempts,
        message=step.message or None,
        made=tuple(_made(run, step.results)),
    )


def _made(run: Run, results: Mapping[str, Any]) -> Sequence[Made]:
    made = [Made(IMPORT, arn) for arn in results.get(JOBS, ())]
    made += [
        Made(kind, results[kind])
        for kind in (GROUP, PREDICTOR, FORECAST, REPORT)
        if results.get(kind)
    ]
    if PARTS in results:
        with suppress(InputError):  # of a version whose texts cannot be read any more
            bucket = read_pipeline(run.text, run.pipeline).export.bucket
            made.append(Made(FILES, f"s3://{bucket}/{results[PARTS]}"))
    return made

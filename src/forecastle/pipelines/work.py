"""Work: what the steps of a run work with, and how they make things once.

A run makes everything through the operations that any client calls, as its pipeline's account.
Whatever it makes has the run's own name: a step that is done again, because its worker died, finds
what it made before and waits for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import CANCELLED, RUNNING, SUCCEEDED, Run, Upload
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceAlreadyExists, StorageError
from forecastle.core.names import Arn, ResourceType
from forecastle.jobs.exchange import TRANSIENT
from forecastle.pipelines.names import run_name
from forecastle.pipelines.pipeline import Pipeline
from forecastle.service.context import Caller, Context, Service
from forecastle.service.operations import call

Results = Mapping[str, Any]
Tell = Callable[[str], None]

_LOOK_SECONDS, _SLOW_LOOK_SECONDS, _SOON_SECONDS = 0.1, 0.5, 30.0
_TELL_SECONDS = 1.0
_FAILED = (life.CREATE_FAILED, life.CREATE_STOPPED)


class Abandoned(Exception):
    """Nothing more is to be done for the run here.

    Attributes:
        is_cancelled: else it is gone, or retried elsewhere.
    """

    def __init__(self, *, is_cancelled: bool) -> None:
        super().__init__()
        self.is_cancelled = is_cancelled


@dataclass(frozen=True)
class Done:
    """What came of a step.

    Attributes:
        message: for people.
        results: ARNs and facts for later steps.
        status: SUCCEEDED, or SKIPPED where nothing had to be made.
        ends_run: whether no further step has anything to do.
    """

    message: str
    results: Results = field(default_factory=dict)
    status: str = SUCCEEDED
    ends_run: bool = False


@dataclass(frozen=True)
class Wanted:
    """Something that a job is to make.

    Attributes:
        operation: that asks for it.
        parameters: of the operation.
        find: looks for what was made of it before.
    """

    operation: str
    parameters: Results
    find: Callable[[], Resource | None]


@dataclass(frozen=True)
class Work:
    """One try of one step.

    Attributes:
        service: what operations work with.
        run: the run.
        pipeline: what its YAML said when the run began.
        uploads: its files, oldest first.
        results: of the steps before, by their names.
        renews: whether what failed before is made anew; else it fails the step.
        tell: takes a message for people, while the step is at work.
    """

    service: Service
    run: Run
    pipeline: Pipeline
    uploads: Sequence[Upload]
    results: Mapping[str, Results]
    renews: bool = False
    tell: Tell = lambda _message: None

    @property
    def name(self) -> str:
        """Of all that the run makes."""
        return run_name(self.run.pipeline, self.run.run_id)

    @property
    def context(self) -> Context:
        """The pipeline as a client."""
        run = self.run
        caller = Caller(run.account, Role.OPERATOR, run.region, f"pipeline {run.pipeline}")
        return Context(self.service, caller)

    def call(self, operation: str, parameters: Results) -> Results:
        """Call an operation."""
        return call(self.context, operation, dict(parameters))

    def arn(self, kind: ResourceType, path: str) -> str:
        """The ARN of a resource of the account."""
        return str(Arn(self.run.region, self.run.account, kind, path))

    def find(self, arn: str) -> Resource | None:
        """The resource, if it is there."""
        return self.service.catalog.resources.find(arn, self.run.account)

    def existing(self, arn: str) -> Resource:
        """The resource, which an earlier step made.

        Raises:
            InputError: somebody deleted it.
        """
        found = self.find(arn)
        if found is None:
            raise InputError(
                f"{arn} was deleted while the run needed it; start a new run: "
                f"forecastle pipeline run {self.run.pipeline}"
            )
        return found

    def make(self, wanted: Wanted) -> Resource:
        """What is wanted, ACTIVE: as it was made before, else made now.

        Raises:
            InputError: its job failed, in the job's own words, or was stopped.
            StorageError: its job failed, but may succeed when it is tried again.
            Abandoned: the run is not to go on; the job is stopped if the run was cancelled.
        """
        found = wanted.find()
        if found is not None and (found.status in life.DELETING or self._is_to_go(found)):
            self.discard(found)
            found = None
        if found is not None:
            return self._active(found.arn)
        try:
            [arn] = self.call(wanted.operation, wanted.parameters).values()
        except ResourceAlreadyExists:  # made by a worker that was taken for dead
            found = wanted.find()
            if found is None:
                raise
            arn = found.arn
        return self._active(arn)

    def discard(self, resource: Resource) -> None:
        """Delete a resource, and wait until its name is free."""
        if resource.status not in life.DELETING:
            self.call("DeleteResourceTree", {"ResourceArn": resource.arn})
        self._wait(resource.arn, lambda found: found is None or found.nonce != resource.nonce)

    def check_wanted(self) -> None:
        """Whether the run is to go on.

        Raises:
            Abandoned: it is not.
        """
        found = self.service.catalog.pipelines.run(self.run.run_id)
        if found is None or found.status != RUNNING or found.attempt != self.run.attempt:
            raise Abandoned(is_cancelled=found is not None and found.status == CANCELLED)

    def pause(self, seconds: float) -> None:
        """Wait, but not for a run that is not to go on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check_wanted()
            time.sleep(min(_SLOW_LOOK_SECONDS, max(0.0, until - time.monotonic())))

    def _is_to_go(self, found: Resource) -> bool:
        """Whether it failed, and is to be made anew; one that is stopping fails in a moment."""
        if not self.renews or found.status not in (*_FAILED, life.CREATE_STOPPING):
            return False
        self._wait(found.arn, _is_over)
        return True

    def _active(self, arn: str) -> Resource:
        """The resource when its job is over.

        Raises:
            InputError, StorageError, Abandoned: see `make`.
        """
        found = self._wait(arn, _is_over)
        if found is None:
            return self.existing(arn)
        if found.status == life.ACTIVE:
            return found
        self.check_wanted()
        what = f"{found.type.words} {found.name}"
        if found.status == life.CREATE_FAILED:
            message = found.message or f"{what} failed; the worker's log tells more"
            raise StorageError(message) if found.details.get(TRANSIENT) else InputError(message)
        raise InputError(
            f"{what} is {found.status}: somebody stopped or deleted it; go on with "
            f"forecastle pipeline retry {self.run.run_id}"
        )

    def _wait(self, arn: str, is_over: Callable[[Resource | None], bool]) -> Resource | None:
        """Wait for a resource, telling of its progress."""
        started = told_at = time.monotonic()
        while not is_over(found := self.find(arn)):
            if time.monotonic() - told_at > _TELL_SECONDS:
                told_at = time.monotonic()
                self.tell(_progress(found))
            try:
                self.check_wanted()
            except Abandoned as error:
                if error.is_cancelled:
                    self.stop(arn)
                raise
            soon = time.monotonic() - started < _SOON_SECONDS
            time.sleep(_LOOK_SECONDS if soon else _SLOW_LOOK_SECONDS)
        return found

    def stop(self, arn: str) -> None:
        """Stop what is being made, if it still is."""
        with suppress(InputError):
            self.call("StopResource", {"ResourceArn": arn})


def _is_over(found: Resource | None) -> bool:
    return found is None or found.status not in life.UNFINISHED


def _progress(found: Resource | None) -> str:
    """How far a job is, in words; nothing while nothing is known."""
    if found is None or found.progress is None:
        return ""
    left = found.progress.get("minutes_left")
    rest = f", about {left:.0f} min left" if left else ""
    return f"{found.progress['step']} ({found.progress['fraction']:.0%}{rest})"

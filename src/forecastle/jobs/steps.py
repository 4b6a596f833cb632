"""What a durable job does to its resource, step by step.

Every step may run twice, and may be cut off anywhere: it looks at what stands in the catalog and
does what is left to do. A resource with another nonce is another resource, whatever its name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.exchange import TRANSIENT
from forecastle.jobs.monitoring import found_by
from forecastle.jobs.runner import STOPPED, Runner

Change = Callable[[Resource], Resource | None]
ParentChange = Callable[[Resource, Resource], Resource]
"""Given the parent and the job's resource as it will be."""

_AT_WORK = (life.CREATE_IN_PROGRESS, life.CREATE_STOPPING)
_RUNNING = (life.CREATE_IN_PROGRESS, life.UPDATE_IN_PROGRESS)
_log = logging.getLogger(__name__)


class Steps:
    """The steps of all jobs.

    Args:
        catalog: the resources.
        runner: runs what is heavy.
        clock: seconds since 1970.
    """

    def __init__(self, catalog: Catalog, runner: Runner, clock: Callable[[], float]) -> None:
        self._catalog, self._runner, self._clock = catalog, runner, clock

    def begin(self, arn: str, nonce: str) -> bool:
        """CREATE_IN_PROGRESS; False if there is nothing to do any more."""

        def begun(found: Resource) -> Resource | None:
            if found.status != life.CREATE_PENDING:
                return None
            now = self._clock()
            return replace(found, status=life.CREATE_IN_PROGRESS, modified_at=now, dispatched=True)

        self._change(arn, nonce, begun, _being_updated)
        found = self._find(arn, nonce)
        return found is not None and found.status in _AT_WORK

    def perform(self, arn: str, nonce: str) -> dict[str, Any]:
        """Do the work in a child process; what came of it, failures too."""
        found = self._find(arn, nonce)
        if found is None or found.status not in _RUNNING:
            return dict(STOPPED)
        try:
            return dict(self._runner.run(arn, nonce, lambda news: self._report(arn, nonce, news)))
        except OSError as error:
            _log.exception("%s: the job could not be started", arn)
            failure = f"the job could not be started: {error.strerror}; try again"
            return {"failure": failure, TRANSIENT: True}

    def commit(self, arn: str, nonce: str, result: Mapping[str, Any]) -> None:
        """ACTIVE, CREATE_FAILED or CREATE_STOPPED, and what its parents are to know, at once."""
        outcome = result.get("outcome") or {}
        parents: Mapping[str, Mapping[str, Any]] = outcome.get("parent_details", {})

        def updated(parent: Resource, job: Resource) -> Resource:
            news = parents.get(parent.arn, {}) if job.status == life.ACTIVE else {}
            return replace(parent, status=life.ACTIVE, details={**parent.details, **news})

        job = self._find(arn, nonce)
        if job is not None and job.type is ResourceType.MONITOR:
            self._catalog.evaluations.add(arn, found_by(self._catalog, job, result, self._clock()))
        self._change(arn, nonce, lambda found: self._ended(found, result), updated, parents)

    def begin_deletion(self, arn: str, nonce: str) -> bool:
        """DELETE_IN_PROGRESS; False if there is nothing to delete."""

        def begun(found: Resource) -> Resource | None:
            if found.nonce != nonce or found.status != life.DELETE_PENDING:
                return None
            return replace(found, status=life.DELETE_IN_PROGRESS, dispatched=True)

        self._catalog.resources.change(arn, begun)
        found = self._find(arn, nonce)
        return found is not None and found.status == life.DELETE_IN_PROGRESS

    def remove(self, arn: str, nonce: str) -> None:
        """The record goes; its artifact follows when artifacts are collected."""
        self._catalog.resources.remove(arn, nonce)

    def _ended(self, found: Resource, result: Mapping[str, Any]) -> Resource | None:
        """The resource when its job is over, if it was at work."""
        if found.type is ResourceType.MONITOR and found.status in life.UPDATING:
            return self._updated(found, result)
        if found.status not in (*_AT_WORK, life.CREATE_PENDING):
            return None
        over = replace(found, modified_at=self._clock(), progress=None)
        if found.status == life.CREATE_STOPPING:
            return replace(over, status=life.CREATE_STOPPED)
        outcome = result.get("outcome")
        if outcome is None:
            details = {**found.details, **({TRANSIENT: True} if result.get(TRANSIENT) else {})}
            failure = result.get("failure")
            return replace(over, status=life.CREATE_FAILED, message=failure, details=details)
        details = {**found.details, **outcome["details"], **_artifact(result)}
        return replace(over, status=life.ACTIVE, details=details, message=outcome["message"])

    def _updated(self, found: Resource, result: Mapping[str, Any]) -> Resource:
        """A monitor when it has compared what there was, or could not, or was paused."""
        paused = found.status == life.ACTIVE_STOPPING
        outcome = result.get("outcome") or {}
        return replace(
            found,
            status=life.ACTIVE_STOPPED if paused else life.ACTIVE,
            modified_at=self._clock(),
            progress=None,
            message=outcome.get("message") or result.get("failure"),
        )

    def _change(
        self, arn: str, nonce: str, how: Change, parent: ParentChange, parents: Iterable[str] = ()
    ) -> None:
        """Change a resource and with it its parents, an import's dataset among them: all or none.

        A parent is left alone if the resource is, or if it is not there to be updated.
        """
        resource = self._find(arn, nonce)
        if resource is None:
            return
        wanted: dict[str, Resource | None] = {}

        def only_this(found: Resource) -> Resource | None:
            wanted[arn] = how(found) if found.nonce == nonce else None
            return wanted[arn]

        def along(found: Resource) -> Resource | None:
            job = wanted[arn]
            if job is None or found.status not in (life.ACTIVE, life.UPDATE_IN_PROGRESS):
                return None
            return parent(found, job)

        above = set(parents)
        if resource.type is ResourceType.DATASET_IMPORT_JOB:
            above.add(str(resource.request["DatasetArn"]))
        changes: dict[str, Change] = {arn: only_this, **dict.fromkeys(sorted(above), along)}
        self._catalog.resources.change_together(changes)

    def _find(self, arn: str, nonce: str) -> Resource | None:
        found = self._catalog.resources.find(arn)
        return found if found is not None and found.nonce == nonce else None

    def _report(self, arn: str, nonce: str, news: Mapping[str, Any] | None) -> bool:
        """Record progress; False if the job is to stop. A database that is away stops nothing."""
        try:
            if news is not None:
                self._catalog.resources.tell_progress(arn, nonce, news)
            found = self._find(arn, nonce)
        except SQLAlchemyError as error:
            _log.warning("%s: progress could not be recorded (%s)", arn, error)
            return True
        return found is not None and found.status in _RUNNING


def _being_updated(parent: Resource, _job: Resource) -> Resource:
    return replace(parent, status=life.UPDATE_IN_PROGRESS)


def _artifact(result: Mapping[str, Any]) -> dict[str, str]:
    """The resource's own artifact; data that a dataset takes over are the dataset's."""
    artifact = result.get("artifact")
    parents = result["outcome"]["parent_details"].values()
    if artifact is None or any(details.get("data") == artifact for details in parents):
        return {}
    return {"artifact": artifact}

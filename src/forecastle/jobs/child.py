"""The process in which one job runs: ``python -m forecastle.jobs.child ARN NONCE FOLDER``.

It leaves ``result.json`` in FOLDER for the worker that started it, and publishes what the job put
into its workspace. The outcome lies in the artifact too: a job that is run again, because its
worker died after the publication, finds its work done, and two that ran at once agree.
"""

from __future__ import annotations

import dataclasses
import errno
import logging
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.compute.choose import executor_for
from forecastle.core.errors import ForecastleError, StorageError
from forecastle.core.logs import configure_logging
from forecastle.core.names import ResourceType
from forecastle.core.settings import ServiceSettings, load_settings
from forecastle.jobs.context import Job, JobContext, Outcome
from forecastle.jobs.exchange import (
    PROGRESS,
    RESULT,
    TRANSIENT,
    WORKSPACE,
    read_json,
    write_json,
)
from forecastle.jobs.stores import Stores
from forecastle.storage.artifacts import ArtifactStore

OUTCOME = "outcome.json"

_NICENESS = 10
_TELL_SECONDS = 0.2
_log = logging.getLogger(__name__)


def main(arguments: Sequence[str], jobs: Mapping[ResourceType, Job]) -> int:
    """Run one job; 0 whenever there is a result, a failure among them."""
    arn, nonce, name = arguments
    folder = Path(name)
    _end_with_worker()
    os.nice(_NICENESS)
    settings, _ = load_settings(os.environ)
    configure_logging(settings)
    try:
        catalog = Catalog.open(settings)
        resource = catalog.resources.find(arn)
    except OperationalError as error:
        write_json(folder / RESULT, _away(error))
        return 0
    if resource is None or resource.nonce != nonce:
        return 0
    write_json(folder / RESULT, _result(resource, jobs[resource.type], catalog, settings, folder))
    return 0


def _result(
    resource: Resource, job: Job, catalog: Catalog, settings: ServiceSettings, folder: Path
) -> dict[str, Any]:
    """``{"outcome": …, "artifact": …}`` or ``{"failure": text}``, marked where it may pass."""
    try:
        stores = Stores.open(settings, catalog)
        done = _published(stores.artifacts, resource.nonce)
        return done or _run(resource, job, catalog, settings, stores, folder)
    except StorageError as error:
        return {"failure": str(error), TRANSIENT: True}
    except ForecastleError as error:
        return {"failure": str(error)}
    except OperationalError as error:
        return _away(error)
    except MemoryError:
        return {"failure": "memory ran out; use fewer items, a coarser frequency or fewer columns"}
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return {"failure": "the worker's disk is full; free space and create it again"}
        reference = uuid.uuid4().hex[:12]
        _log.exception("%s failed unexpectedly (ref %s)", resource.arn, reference)
        return {
            "failure": f"the job failed unexpectedly (ref {reference}); this is a fault of "
            "Forecastle: the worker's log tells more under that reference"
        }


def _away(error: OperationalError) -> dict[str, Any]:
    _log.error("the database could not be reached: %s", error)
    return {"failure": "the database could not be reached; try again", TRANSIENT: True}


def _run(
    resource: Resource,
    job: Job,
    catalog: Catalog,
    settings: ServiceSettings,
    stores: Stores,
    folder: Path,
) -> dict[str, Any]:
    workspace = folder / WORKSPACE
    workspace.mkdir()
    context = JobContext(
        resource=resource,
        catalog=catalog,
        settings=settings,
        stores=stores,
        workspace=workspace,
        tell=_Teller(folder / PROGRESS),
        executor=lambda: executor_for(settings.scheduler, settings.processes or None),
    )
    outcome = job(context)
    if not any(workspace.iterdir()):
        return {"outcome": _as_dict(outcome), "artifact": None}
    write_json(workspace / OUTCOME, _as_dict(outcome))
    stores.artifacts.publish(workspace, resource.nonce)
    published = _published(stores.artifacts, resource.nonce)
    if published is None:
        raise ForecastleError(
            f"artifact {resource.nonce} vanished after its publication; create the resource again"
        )
    return published


def _published(artifacts: ArtifactStore, nonce: str) -> dict[str, Any] | None:
    """The result of an earlier run of the same job, if it came as far as its publication."""
    if not artifacts.exists(nonce):
        return None
    outcome = read_json(artifacts.open(nonce) / OUTCOME)
    return None if outcome is None else {"outcome": outcome, "artifact": nonce}


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    return dataclasses.asdict(outcome)


class _Teller:
    """Writes progress where the worker looks for it, not more often than it looks."""

    def __init__(self, path: Path) -> None:
        self._path, self._next = path, 0.0

    def __call__(self, fraction: float, step: str, parts: Sequence[Mapping[str, Any]] = ()) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _TELL_SECONDS
        told = {"fraction": min(1.0, max(0.0, fraction)), "step": step}
        write_json(self._path, {**told, **({"parts": list(parts)} if parts else {})})


def _end_with_worker() -> None:
    """Kill this process and all that it starts when the worker closes its end, also by dying."""
    threading.Thread(target=_hold_leash, daemon=True).start()


def _hold_leash() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    from forecastle.jobs.registry import JOBS

    sys.exit(main(sys.argv[1:], JOBS))

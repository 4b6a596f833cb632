"""A service without its web process: a catalog that is written to, and workers beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.names import Arn, ResourceType
from forecastle.core.settings import ServiceSettings

ACCOUNT = "000000000000"
_PATIENCE_SECONDS = 90
_ROOT = Path(__file__).parents[2]


class Site:
    """The catalog, and the worker processes that a test starts."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self.catalog = Catalog.open(settings, migrate=True)
        self.workers: list[subprocess.Popen[str]] = []

    def start_worker(self, *death: str, program: str = "stub_worker") -> subprocess.Popen[str]:
        """Start a worker (see `stub_worker`) and wait until it takes jobs."""
        worker = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{program}", *death],
            cwd=_ROOT,
            env={**os.environ, **self.settings.environment()},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() in ("ready\n", "")
        return worker

    def close(self) -> None:
        """End what the test left."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()
        self.catalog.close()

    def create(
        self, name: str, kind: ResourceType = ResourceType.PREDICTOR, **request: object
    ) -> str:
        """What the service does at a Create operation; the ARN."""
        arn = str(Arn("us-east-1", ACCOUNT, kind, name))
        now = time.time()
        parent = request.get("DatasetArn")
        resource = Resource(
            arn=arn,
            account=ACCOUNT,
            type=kind,
            name=name.rpartition("/")[2],
            status=life.ACTIVE if kind is ResourceType.DATASET else life.CREATE_PENDING,
            created_at=now,
            modified_at=now,
            nonce=os.urandom(8).hex(),
            request=request,
            dispatched=kind is ResourceType.DATASET,
        )
        self.catalog.resources.add(resource, [Edge(str(parent))] if parent else [])
        return arn

    def move(self, arn: str, status: str, *, dispatched: bool = True) -> None:
        """What the service does at a Stop or Delete operation."""
        self.catalog.resources.change(
            arn, lambda found: replace(found, status=status, dispatched=dispatched)
        )

    def find(self, arn: str) -> Resource:
        """The resource, which is there."""
        found = self.catalog.resources.find(arn)
        assert found is not None, arn
        return found

    def wait_for(self, arn: str, *statuses: str) -> Resource:
        """Wait until the resource has one of the statuses."""
        wait_until(lambda: self.find(arn).status in statuses, lambda: str(self.find(arn)))
        return self.find(arn)

    def wait_until_gone(self, arn: str) -> None:
        """Wait until the resource is deleted."""
        wait_until(lambda: self.catalog.resources.find(arn) is None, lambda: str(self.find(arn)))

    def runs(self, name: str) -> list[int]:
        """The processes that did the job of that name."""
        found = (self.settings.data_dir / "runs").glob(f"{name}-*")
        return [int(path.name.rpartition("-")[2]) for path in found]

    def made(self, arn: str) -> str:
        """What the job left in its artifact."""
        artifact = self.find(arn).details["artifact"]
        return (self.settings.artifacts_dir / artifact / "made.txt").read_text()


def wait_until(condition: Callable[[], bool], story: Callable[[], str] = lambda: "") -> None:
    """Wait for a condition, and fail with a story if it does not come."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, story()
        time.sleep(0.05)


def is_running(process: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

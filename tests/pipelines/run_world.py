"""Runs without a worker: their steps are done here, and the jobs that they ask for end at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.pipelines import PipelineRecord, Run, Step, Upload
from forecastle.catalog.resources import Resource, Resources
from forecastle.core.names import ResourceType
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.exchange import TRANSIENT
from forecastle.pipelines.noticing import begin
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.running import Runs
from forecastle.pipelines.steps import step_actions
from forecastle.storage.locations import Location
from tests.service.service_world import REGION, World

SALES = "item_id,timestamp,demand\na,2024-01-01,1\na,2024-01-02,2\n"
HANGS = "hangs"


@dataclass(frozen=True)
class Fails:
    """How a job ends that does not succeed."""

    message: str
    transient: bool = False


class PlayedResources(Resources):
    """Jobs end as soon as they are asked for: well, or as ``script`` says; deletions too.

    Attributes:
        script: per type of job, how the next ones end: `Fails`, `HANGS` or None for well.
    """

    script: dict[ResourceType, list[Any]]

    def add(self, resource, edges=(), tags=None):
        super().add(resource, edges, tags)
        if not resource.dispatched:
            ends = self.script.get(resource.type, [])
            end = ends.pop(0) if ends else None
            if end != HANGS:
                self.finish(resource, end)

    def finish(self, resource: Resource, end: Fails | None = None) -> None:
        """End a job."""
        begun = {"status": life.CREATE_IN_PROGRESS, "dispatched": True}
        self.change(resource.arn, lambda found: replace(found, **begun))
        over: dict[str, Any] = {"status": life.ACTIVE, "details": {**resource.details, "rows": 2}}
        if end is not None:
            over = {"status": life.CREATE_FAILED, "message": end.message}
            over["details"] = {TRANSIENT: True} if end.transient else {}
        elif resource.type is ResourceType.DATASET_IMPORT_JOB:
            self._keep_import(resource)
        self.change(resource.arn, lambda found: replace(found, **over))

    def change(self, arn, how, edges=None):
        changed = super().change(arn, how, edges)
        self._let_go([arn])
        return changed

    def change_together(self, changes):
        super().change_together(changes)
        self._let_go(changes)

    def _let_go(self, arns):
        for arn in arns:
            found = self.find(arn)
            if found is not None and found.status == life.DELETE_PENDING:
                self.remove(arn, found.nonce)

    def _keep_import(self, job: Resource) -> None:
        """The dataset holds what was imported."""
        request = job.request
        is_newer = request["ImportMode"] == "INCREMENTAL"
        written = {
            "format": request["Format"],
            "timestamp_format": request.get("TimestampFormat"),
            "time_zone": None,
            "geolocation_format": None,
        }

        def kept(dataset: Resource) -> Resource:
            jobs = dataset.details.get("import_jobs", []) if is_newer else []
            news = {
                "data": job.nonce,
                "import_jobs": [*jobs, job.arn],
                "import_format": written,
            }
            return replace(dataset, details={**dataset.details, **news})

        self.change(request["DatasetArn"], kept)


@dataclass
class RunWorld:
    """An account with a bucket and pipelines.

    Attributes:
        world: the service as the account sees it.
        runs: does the steps.
        published: the ARNs of each run whose results were published.
        told: what people were told: the run, its steps, whether it succeeded.
        undelivered: what notifications answer.
    """

    world: World
    resources: PlayedResources
    published: list[Mapping[str, str]] = field(default_factory=list)
    told: list[tuple[Run, list[str], bool]] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    pauses: tuple[float, ...] = (0.001, 0.001)

    @classmethod
    @contextmanager
    def at(cls, folder: Path) -> Iterator[RunWorld]:
        """A new one over SQLite."""
        settings = ServiceSettings(data_dir=folder, account="999999999999")
        catalog = Catalog.open(settings, migrate=True)
        resources = PlayedResources(catalog.engine)
        resources.script = {}
        world = World.open(replace(catalog, resources=resources), settings)
        world.service = replace(world.service, clock=lambda: _tick(world))
        yield cls(world, resources)
        catalog.close()

    @property
    def runs(self) -> Runs:
        actions = step_actions(self._publish)
        return Runs(self.world.service, actions, self._notify, self.pauses)

    @property
    def pipelines(self):
        return self.world.service.catalog.pipelines

    def text(self, **changes: Any) -> str:
        """The YAML of a pipeline."""
        content = {
            "name": "uk_sales",
            "source": {"bucket": self.world.bucket, "prefix": "input/"},
            "frequency": "D",
            "horizon": 7,
            "export": {"bucket": self.world.bucket, "prefix": "output/"},
        }
        return yaml.safe_dump(content | changes, sort_keys=False)

    def bucket(self):
        return self.world.service.stores.bucket(self.world.account, Location(self.world.bucket))

    def begin(self, files: Mapping[str, str | bytes] | None = None, **changes: Any) -> Run:
        """A pipeline, files under ``input/``, and the run that they start."""
        text = self.text(**changes)
        name = read_pipeline(text, "uk.yaml").name
        account, now = self.world.account, self.world.now
        record = PipelineRecord(account, name, text, REGION, now, now)
        self.pipelines.apply(record)
        uploads = []
        for key, content in ({"sales.csv": SALES} if files is None else files).items():
            data = content if isinstance(content, bytes) else content.encode()
            self.bucket().write(f"input/{key}", data)
            info = self.bucket().find(f"input/{key}")
            number = len(uploads) / 1000
            upload = Upload(
                account,
                name,
                self.world.bucket,
                info.key,
                f"{info.etag}{now}",
                info.size,
                "folder",
                now + number,
            )
            assert self.pipelines.notice(upload)
            uploads.append(upload)
        run_id = begin(self.world.service, record, uploads, "folder")
        assert run_id is not None
        return self.find(run_id)

    def go(self, run: Run) -> Run:
        """Do what the workflow does; the run as it is then."""
        for step in self.runs.actions:
            if not self.runs.perform(run.run_id, run.attempt, step):
                break
        self.runs.close(run.run_id, run.attempt)
        return self.find(run.run_id)

    def retry(self, run: Run) -> Run:
        """Ask for another attempt, and do it."""
        again = {"status": "RUNNING", "attempt": run.attempt + 1, "ended_at": None}
        assert self.pipelines.change_run(run.run_id, again, status=run.status)
        return self.go(self.find(run.run_id))

    def find(self, run_id: str) -> Run:
        found = self.pipelines.run(run_id)
        assert found is not None
        return found

    def steps(self, run: Run) -> dict[str, Step]:
        """What is written of the steps, by their names."""
        return {step.step: step for step in self.pipelines.steps(run.run_id)}

    def made(self, kind: ResourceType) -> list[Resource]:
        """The account's resources of a type, oldest first."""
        found = self.resources.page(self.world.account, kind)
        return list(reversed(found))

    def _publish(self, service, pipeline, run, arns):
        self.published.append(arns)
        return {"total_p50": 12.0, "first": "2024-01-03T00:00:00", "last": "2024-01-09T00:00:00"}

    def _notify(self, service, pipeline, run, steps, results, /, *, succeeded):
        self.told.append((run, [step.step for step in steps], succeeded))
        return self.undelivered


def _tick(world: World) -> float:
    """A clock that moves whenever it is looked at."""
    world.now += 0.001
    return world.now

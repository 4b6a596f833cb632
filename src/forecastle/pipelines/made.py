"""What a run made, as its results are published: resources, files, totals, the forecast before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from forecastle.catalog import status as life
from forecastle.catalog.pipelines import SUCCEEDED, Run
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.core.names import Arn, ResourceType
from forecastle.jobs.export_files import part_prefix
from forecastle.jobs.forecast import FILE
from forecastle.pipelines.names import run_name
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.totals import StepTotals
from forecastle.service.context import Service
from forecastle.storage.buckets import Bucket
from forecastle.storage.locations import Location


@dataclass(frozen=True)
class Made:
    """What a run made; everything is looked up when it is first asked for.

    Raises:
        InputError: something is gone, or the bucket is not the account's.
        StorageError: the bucket failed.
    """

    service: Service
    pipeline: Pipeline
    run: Run
    arns: Mapping[str, str]

    @cached_property
    def predictor(self) -> Resource:
        """The predictor, trained or used again."""
        return self._resource("predictor")

    @cached_property
    def forecast(self) -> Resource:
        """The forecast."""
        return self._resource("forecast")

    @cached_property
    def export(self) -> Resource:
        """The export job."""
        return self._resource("export")

    @cached_property
    def place(self) -> Location:
        """The export's destination."""
        return Location.parse(self.export.request["Destination"]["S3Config"]["Path"])

    @cached_property
    def bucket(self) -> Bucket:
        """The export's bucket."""
        return self.service.stores.bucket(self.run.account, self.place)

    @cached_property
    def parts(self) -> list[str]:
        """The keys of the export's files."""
        start = self.key(f"{part_prefix(self.export)}_part")
        found = [info.key for info in self.bucket.list(start) if info.size]
        if not found:
            raise InputError(
                f"s3://{self.place.bucket}/{start}: the files of the export are gone; run the "
                f"pipeline again: forecastle pipeline run {self.run.pipeline}"
            )
        return found

    @cached_property
    def totals(self) -> StepTotals:
        """Of the forecast."""
        return StepTotals.of(self.forecast, self.table(self.forecast))

    @cached_property
    def previous(self) -> Resource | None:
        """The forecast of the last successful run before this one that still has it."""
        runs = self.service.catalog.pipelines.runs(self.run.account, self.run.pipeline)
        for each in runs:
            if each.status == SUCCEEDED and each.started_at < self.run.started_at:
                name = run_name(each.pipeline, each.run_id)
                arn = Arn(each.region, each.account, ResourceType.FORECAST, name)
                found = self.service.catalog.resources.find(str(arn), self.run.account)
                if found is not None and found.status == life.ACTIVE and self._is_alike(found):
                    return found
        return None

    @cached_property
    def previous_totals(self) -> StepTotals | None:
        """Of `previous`."""
        found = self.previous
        return None if found is None else StepTotals.of(found, self.table(found))

    def table(self, forecast: Resource) -> Path:
        """The table of a forecast."""
        return self.service.stores.artifacts.open(forecast.details["artifact"]) / FILE

    def key(self, name: str) -> str:
        """Of an object under the export's prefix."""
        return "/".join(part for part in (self.place.key.strip("/"), name) if part)

    def url(self, name: str) -> str:
        """Of an object under the export's prefix."""
        return f"s3://{self.place.bucket}/{self.key(name)}"

    def _is_alike(self, other: Resource) -> bool:
        alike = ("frequency", "dimensions")
        return all(other.details[name] == self.forecast.details[name] for name in alike)

    def _resource(self, kind: str) -> Resource:
        arn = self.arns[kind]
        found = self.service.catalog.resources.find(arn, self.run.account)
        if found is None or found.status != life.ACTIVE:
            raise ResourceNotFound(
                f"{arn} is gone; run the pipeline again: "
                f"forecastle pipeline run {self.run.pipeline}"
            )
        return found

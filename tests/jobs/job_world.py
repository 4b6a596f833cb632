"""A service without processes: jobs run here, and their outcome is kept as a worker keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.executor import SerialExecutor
from forecastle.core.names import Arn, ResourceType
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.context import JobContext
from forecastle.jobs.monitoring import found_by
from forecastle.jobs.registry import JOBS
from forecastle.jobs.stores import Stores

ACCOUNT = "000000000000"
CREATED = 1_700_000_000.0  # 2023-11-14T22:13:20Z
ROLE = "arn:aws:iam::000000000000:role/any"

SALES = (("item_id", "string"), ("timestamp", "timestamp"), ("demand", "float"))
PRICES = (("item_id", "string"), ("timestamp", "timestamp"), ("price", "float"))
ITEMS = (("item_id", "string"), ("category", "string"))


def arn(kind: ResourceType, path: str) -> str:
    """The ARN of a resource of the world's account."""
    return str(Arn("us-east-1", ACCOUNT, kind, path))


def s3(path: str) -> dict[str, Any]:
    """A DataSource or a Destination."""
    return {"S3Config": {"Path": path, "RoleArn": ROLE}}


@dataclass
class World:
    """A catalog on SQLite, a folder bucket ``retail``, and jobs that run at once."""

    folder: Path
    settings: ServiceSettings
    catalog: Catalog
    stores: Stores
    told: list[tuple[float, str]] = field(default_factory=list)
    count: int = 0

    @classmethod
    def at(cls, folder: Path, **settings: Any) -> World:
        """A new one in an empty folder."""
        chosen = ServiceSettings(data_dir=folder / "data", **settings)
        catalog = Catalog.open(chosen, migrate=True)
        world = cls(folder, chosen, catalog, Stores.open(chosen, catalog))
        (chosen.buckets_dir / "retail").mkdir(parents=True)
        return world

    def upload(self, key: str, content: str | pl.DataFrame) -> str:
        """Put a file into the bucket; its ``s3://`` path."""
        path = self.settings.buckets_dir / "retail" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        elif path.suffix == ".parquet":
            content.write_parquet(path)
        else:
            content.write_csv(path)
        return f"s3://retail/{key}"

    def exported(self, folder: str) -> dict[str, Path]:
        """The files under a folder of the bucket, by their names there."""
        place = self.settings.buckets_dir / "retail" / folder
        files = (path for path in place.rglob("*") if path.is_file())
        return {path.relative_to(place).as_posix(): path for path in sorted(files)}

    def add(
        self, kind: ResourceType, name: str, request: Mapping[str, Any], status: str = life.ACTIVE
    ) -> Resource:
        """A resource without a job."""
        self.count += 1
        resource = Resource(
            arn=arn(kind, name),
            account=ACCOUNT,
            type=kind,
            name=name.rsplit("/", 1)[-1],
            status=status,
            created_at=CREATED,
            modified_at=CREATED,
            nonce=f"nonce{self.count}",
            request=request,
        )
        self.catalog.resources.add(resource)
        return resource

    def dataset(
        self,
        name: str,
        attributes: Sequence[tuple[str, str]] = SALES,
        *,
        kind: str = "TARGET_TIME_SERIES",
        domain: str = "RETAIL",
        frequency: str | None = "D",
    ) -> Resource:
        """A dataset without data."""
        schema = [{"AttributeName": n, "AttributeType": t} for n, t in attributes]
        request = {
            "Domain": domain,
            "DatasetType": kind,
            "Schema": {"Attributes": schema},
            **({} if frequency is None else {"DataFrequency": frequency}),
        }
        return self.add(ResourceType.DATASET, name, request)

    def group(self, *datasets: Resource, domain: str = "RETAIL") -> Resource:
        """A dataset group."""
        arns = [dataset.arn for dataset in datasets]
        return self.add(
            ResourceType.DATASET_GROUP, "group", {"Domain": domain, "DatasetArns": arns}
        )

    def import_data(self, dataset: Resource, path: str, name: str, **request: Any) -> Resource:
        """Import into a dataset."""
        return self.run(
            ResourceType.DATASET_IMPORT_JOB,
            f"{dataset.name}/{name}",
            {
                "DatasetArn": dataset.arn,
                "DataSource": s3(path),
                "TimestampFormat": "yyyy-MM-dd",
                **request,
            },
        )

    def sales(self, content: str | pl.DataFrame, **dataset: Any) -> Resource:
        """A target dataset with data, and a group around it."""
        made = self.dataset("sales", **dataset)
        self.import_data(made, self.upload("sales/sales.csv", content), "first")
        return self.group(made, domain=made.request["Domain"])

    def run(self, kind: ResourceType, name: str, request: Mapping[str, Any]) -> Resource:
        """Make a resource by its job, and keep the outcome."""
        resource = self.add(kind, name, request, life.CREATE_IN_PROGRESS)
        workspace = self.folder / "work" / resource.nonce
        workspace.mkdir(parents=True)
        context = JobContext(
            resource=resource,
            catalog=self.catalog,
            settings=self.settings,
            stores=self.stores,
            workspace=workspace,
            tell=lambda fraction, step, parts=(): self.told.append((fraction, step)),
            executor=lambda: nullcontext(SerialExecutor()),
        )
        outcome = JOBS[kind](context)
        details = dict(outcome.details)
        if any(workspace.iterdir()):
            self.stores.artifacts.publish(workspace, resource.nonce)
            details["artifact"] = resource.nonce
        for parent, news in outcome.parent_details.items():
            self._join(parent, news)
        told = {"outcome": {"evaluations": outcome.evaluations}}
        found_now = found_by(self.catalog, resource, told, CREATED)
        self.catalog.evaluations.add(resource.arn, found_now)
        changed = self.catalog.resources.change(
            resource.arn,
            lambda found: replace(
                found, status=life.ACTIVE, details=details, message=outcome.message
            ),
        )
        assert changed is not None
        return changed

    def find(self, arn: str) -> Resource:
        """A resource as it is now."""
        found = self.catalog.resources.find(arn)
        assert found is not None
        return found

    def artifact(self, resource: Resource) -> Path:
        """What a job left in its workspace."""
        return self.stores.artifacts.open(resource.nonce)

    def _join(self, arn: str, news: Mapping[str, Any]) -> None:
        self.catalog.resources.change(
            arn, lambda found: replace(found, details={**found.details, **news})
        )


def auto(group: Resource, horizon: int = 3, **request: Any) -> dict[str, Any]:
    """The parameters of CreateAutoPredictor."""
    data = {"DatasetGroupArn": group.arn, **request.pop("DataConfig", {})}
    return {
        "PredictorName": "predictor",
        "ForecastHorizon": horizon,
        "ForecastFrequency": "D",
        "DataConfig": data,
        **request,
    }


def legacy(group: Resource, algorithm: str | None = "ETS", **request: Any) -> dict[str, Any]:
    """The parameters of CreatePredictor."""
    data = {"DatasetGroupArn": group.arn, **request.pop("InputDataConfig", {})}
    features = {"ForecastFrequency": "D", **request.pop("FeaturizationConfig", {})}
    how = (
        {"PerformAutoML": True}
        if algorithm is None
        else {"AlgorithmArn": f"arn:aws:forecast:::algorithm/{algorithm}"}
    )
    return {
        "PredictorName": "predictor",
        "ForecastHorizon": 3,
        "InputDataConfig": data,
        "FeaturizationConfig": features,
        **how,
        **request,
    }

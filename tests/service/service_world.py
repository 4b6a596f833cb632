"""A service without a server and without workers: operations are called, jobs are played.

Every test has an account of its own, so that all can share one database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.service.context import Caller, Context, Service
from forecastle.service.contract import operations
from forecastle.service.operations import call
from forecastle.service.serialisation import parse, serialise

NOON = 1_700_000_000.0
REGION = "eu-central-1"
ROLE = "arn:aws:iam::000000000000:role/any"

SALES = (("item_id", "string"), ("timestamp", "timestamp"), ("demand", "float"))
PRICES = (("item_id", "string"), ("timestamp", "timestamp"), ("price", "float"))
ITEMS = (("item_id", "string"), ("category", "string"))

_ACCOUNTS = count(1)


@dataclass
class World:
    """The service as one account sees it.

    Attributes:
        service: what operations work with.
        account: of the caller.
        role: of the caller.
        now: the clock.
    """

    service: Service
    account: str
    role: Role = Role.OPERATOR
    now: float = NOON

    @classmethod
    def open(cls, catalog: Catalog, settings: ServiceSettings) -> World:
        """As a new account, with a bucket."""
        account = f"{next(_ACCOUNTS):012d}"
        numbers = count(1)
        world = cls(
            Service(
                catalog=catalog,
                settings=settings,
                stores=Stores.open(settings, catalog),
                clock=lambda: world.now,
                random=lambda _bits: next(numbers),
            ),
            account,
        )
        catalog.buckets.add(BucketRecord(world.bucket, account))
        (settings.buckets_dir / world.bucket).mkdir(parents=True)
        return world

    @property
    def bucket(self) -> str:
        """The account's bucket."""
        return f"shop-{self.account}"

    def another(self) -> World:
        """The same service as another account sees it."""
        return World.open(self.service.catalog, self.service.settings)

    def setting(self, **changes: Any) -> None:
        """Change settings of the service."""
        self.service = replace(self.service, settings=replace(self.service.settings, **changes))

    def do(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation as the wire does: through JSON on both ways."""
        model = operations()[operation]
        request = parse(model, json.dumps(parameters).encode())
        caller = Caller(self.account, self.role, REGION, "FCKEY")
        answer = serialise(model, call(Context(self.service, caller), operation, request))
        read: dict[str, Any] = json.loads(answer or b"{}")
        return read

    def refusal(self, operation: str, **parameters: Any) -> tuple[str, str]:
        """The wire name and the message of what an operation refuses."""
        try:
            answer = self.do(operation, **parameters)
        except InputError as error:
            return error.wire_name, str(error)
        raise AssertionError(f"{operation} was not refused but answered {answer}")

    def s3(self, path: str = "folder/") -> dict[str, Any]:
        """A DataSource or a Destination in the account's bucket."""
        return {"S3Config": {"Path": f"s3://{self.bucket}/{path}", "RoleArn": ROLE}}

    def find(self, arn: str) -> Resource:
        """A record."""
        found = self.service.catalog.resources.find(arn)
        assert found is not None, arn
        return found

    def change(self, arn: str, **changes: Any) -> Resource:
        """Change a record as a worker does."""
        changed = self.service.catalog.resources.change(
            arn, lambda found: replace(found, **changes)
        )
        assert changed is not None
        return changed

    def begin(self, arn: str) -> None:
        """A worker begins with a job."""
        self.change(arn, status=life.CREATE_IN_PROGRESS, dispatched=True)

    def finish(self, arn: str, **details: Any) -> None:
        """A worker finishes a job."""
        self.begin(arn)
        before = self.find(arn).details
        self.change(arn, status=life.ACTIVE, details={**before, **details}, modified_at=self.now)

    def fail(self, arn: str, message: str) -> None:
        """A job fails."""
        self.begin(arn)
        self.change(arn, status=life.CREATE_FAILED, message=message, modified_at=self.now)

    def dataset(
        self,
        name: str = "sales",
        attributes: tuple[tuple[str, str], ...] = SALES,
        *,
        kind: str = "TARGET_TIME_SERIES",
        domain: str = "RETAIL",
        frequency: str | None = "D",
    ) -> str:
        """A dataset without data; its ARN."""
        schema = [{"AttributeName": n, "AttributeType": t} for n, t in attributes]
        given = {} if frequency is None else {"DataFrequency": frequency}
        made = self.do(
            "CreateDataset",
            DatasetName=name,
            Domain=domain,
            DatasetType=kind,
            Schema={"Attributes": schema},
            **given,
        )
        return str(made["DatasetArn"])

    def import_job(self, dataset: str, name: str = "first", **more: Any) -> str:
        """An import job that waits; its ARN."""
        parameters = {
            "DatasetImportJobName": name,
            "DatasetArn": dataset,
            "DataSource": self.s3(),
            "TimestampFormat": "yyyy-MM-dd",
        }
        made = self.do("CreateDatasetImportJob", **{**parameters, **more})
        return str(made["DatasetImportJobArn"])

    def filled(self, dataset: str) -> str:
        """The dataset with data, as an import leaves it."""
        job = self.import_job(dataset)
        self.finish(job, field_statistics={}, data_size=0.1)
        written = {
            "format": "CSV",
            "timestamp_format": "yyyy-MM-dd",
            "time_zone": None,
            "geolocation_format": None,
        }
        self.change(
            dataset,
            details={"data": self.find(job).nonce, "import_format": written, "import_jobs": [job]},
        )
        return dataset

    def group(self, *datasets: str, name: str = "shop", domain: str = "RETAIL") -> str:
        """A dataset group; its ARN."""
        made = self.do(
            "CreateDatasetGroup", DatasetGroupName=name, Domain=domain, DatasetArns=list(datasets)
        )
        return str(made["DatasetGroupArn"])

    def sales(self) -> str:
        """A dataset group whose target has data; its ARN."""
        return self.group(self.filled(self.dataset()))

    def predictor(self, group: str | None = None, name: str = "daily", **more: Any) -> str:
        """An AutoPredictor that waits; its ARN."""
        made = self.do("CreateAutoPredictor", **auto(group or self.sales(), name, **more))
        return str(made["PredictorArn"])

    def trained(self, group: str | None = None, name: str = "daily", **more: Any) -> str:
        """An AutoPredictor that is ACTIVE; its ARN."""
        arn = self.predictor(group, name, **more)
        self.finish(arn, artifact=self.find(arn).nonce)
        return arn

    def forecast(self, predictor: str | None = None, name: str = "week", **more: Any) -> str:
        """A forecast that waits; its ARN."""
        arn = predictor or self.trained()
        made = self.do("CreateForecast", ForecastName=name, PredictorArn=arn, **more)
        return str(made["ForecastArn"])


def auto(group: str, name: str = "daily", **more: Any) -> dict[str, Any]:
    """The parameters of CreateAutoPredictor."""
    parameters = {
        "PredictorName": name,
        "ForecastHorizon": 7,
        "ForecastFrequency": "D",
        "DataConfig": {"DatasetGroupArn": group},
    }
    return merged(parameters, more)


def legacy(group: str, **more: Any) -> dict[str, Any]:
    """The parameters of CreatePredictor."""
    parameters = {
        "PredictorName": "daily_ets",
        "AlgorithmArn": "arn:aws:forecast:::algorithm/ETS",
        "ForecastHorizon": 7,
        "InputDataConfig": {"DatasetGroupArn": group},
        "FeaturizationConfig": {"ForecastFrequency": "D"},
    }
    return merged(parameters, more)


def merged(parameters: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with others; structures are joined, and None takes a parameter away."""
    result = dict(parameters)
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(result.get(name), dict):
            value = merged(result[name], value)
        result[name] = value
    return {name: value for name, value in result.items() if value is not None}

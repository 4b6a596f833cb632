"""A shop with everything in it: dataset group, data, predictor, forecast, export.

Made once by a real service, and copied for each process that tests: every page has something to
show, and tests may change what they like.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from forecastle.catalog.access_keys import Role
from forecastle.core.settings import load_settings
from forecastle.service.context import Caller, Context
from forecastle.service.operations import call
from forecastle.service.start import open_service
from tests.compat.running import PATIENCE, Serve
from tests.shop import write_sales

BUCKET = "shop"
GROUP, DATASET, IMPORT = "shop", "shop_sales", "first_import"
PREDICTOR, FORECAST, EXPORT = "shop_predictor", "shop_forecast", "shop_export"
ITEMS = ("bread", "coffee", "milk", "<script>alert(1)</script>", "차 tea")
DAYS = 200
ROLE = "arn:aws:iam::000000000000:role/forecast"


def seeded_data(folder: Path) -> Path:
    """The data directory of the shop; made by whoever of several processes comes first."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "seed"
    with FileLock(folder / "seed.lock"):
        if not (made / "done").exists():
            _seed(made)
            (made / "done").touch()
    return made / "data"


def copy_of(seed: Path, folder: Path) -> Path:
    """A data directory of one's own. Its paths are relative to itself."""
    return Path(shutil.copytree(seed, folder / "data"))


def local_context(data_dir: Path, role: Role = Role.ADMIN) -> Context:
    """The service of a data directory, as somebody of its first account."""
    settings, _ = load_settings({}, data_dir=data_dir)
    service = open_service(settings)
    return Context(service, Caller(settings.account, role, settings.region, "test"))


def until_active(context: Context, operation: str, arn: Mapping[str, str]) -> dict[str, Any]:
    """What Describe tells once the job is done."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = call(context, operation, dict(arn))
        if found["Status"] == "ACTIVE":
            return found
        assert not found["Status"].endswith("FAILED"), found["Message"]
        time.sleep(0.1)
    raise AssertionError(f"{arn} is still {found['Status']}")


def _seed(folder: Path) -> None:
    folder.mkdir(parents=True)
    with Serve(folder, "--worker", OMP_NUM_THREADS="1") as running:
        write_sales(
            _place(running.buckets / BUCKET / "input" / "sales.csv"), items=ITEMS, days=DAYS
        )
        context = local_context(running.data_dir)
        try:
            _story(context)
        finally:
            context.service.catalog.close()


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _s3(path: str) -> dict[str, Any]:
    return {"S3Config": {"Path": f"s3://{BUCKET}/{path}", "RoleArn": ROLE}}


def _story(context: Context) -> None:
    dataset = call(
        context,
        "CreateDataset",
        {
            "DatasetName": DATASET,
            "Domain": "RETAIL",
            "DatasetType": "TARGET_TIME_SERIES",
            "DataFrequency": "D",
            "Schema": {
                "Attributes": [
                    {"AttributeName": "item_id", "AttributeType": "string"},
                    {"AttributeName": "timestamp", "AttributeType": "timestamp"},
                    {"AttributeName": "demand", "AttributeType": "float"},
                ]
            },
        },
    )["DatasetArn"]
    group = call(
        context,
        "CreateDatasetGroup",
        {"DatasetGroupName": GROUP, "Domain": "RETAIL", "DatasetArns": [dataset]},
    )["DatasetGroupArn"]
    imported = call(
        context,
        "CreateDatasetImportJob",
        {
            "DatasetImportJobName": IMPORT,
            "DatasetArn": dataset,
            "DataSource": _s3("input/sales.csv"),
            "TimestampFormat": "yyyy-MM-dd",
        },
    )
    until_active(context, "DescribeDatasetImportJob", imported)
    predictor = call(
        context,
        "CreateAutoPredictor",
        {
            "PredictorName": PREDICTOR,
            "ForecastHorizon": 7,
            "ForecastFrequency": "D",
            "DataConfig": {"DatasetGroupArn": group},
        },
    )
    forecast_and_export(context, predictor, (FORECAST, EXPORT), _s3("exports/"))


def forecast_and_export(
    context: Context, predictor: Mapping[str, str], names: tuple[str, str], place: dict[str, Any]
) -> None:
    """Wait for a predictor; a forecast by it and an export of that, of these names."""
    until_active(context, "DescribeAutoPredictor", predictor)
    forecast = call(
        context,
        "CreateForecast",
        {"ForecastName": names[0], "PredictorArn": predictor["PredictorArn"]},
    )
    until_active(context, "DescribeForecast", forecast)
    exported = call(
        context,
        "CreateForecastExportJob",
        {
            "ForecastExportJobName": names[1],
            "ForecastArn": forecast["ForecastArn"],
            "Destination": place,
        },
    )
    until_active(context, "DescribeForecastExportJob", exported)

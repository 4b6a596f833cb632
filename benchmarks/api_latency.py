"""How quickly the API answers, and what its processes weigh.

    python -m benchmarks.api_latency [--requests 2000] [--series 100000] [--resources 10000]

Starts `forecastle serve`, as a user does, and asks over one connection, signed, by botocore:
DescribeForecast, ListForecasts over many resources, QueryForecast on a forecast of many series,
and DescribeDataset while a predictor trains. Beside them, in the same run, the limit of what can
be had: the same number of unsigned requests to /healthz.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from benchmarks.read_speed import write_sales
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.names import Arn, ResourceType
from forecastle.core.settings import ServiceSettings
from tests.compat.running import Running, Serve
from tests.compat.sales import ROLE, SCHEMA

_ACCOUNT, _REGION = "000000000000", "us-east-1"
_BUSY = ("PENDING", "IN_PROGRESS")


def client(service: Running, name: str) -> Any:
    return boto3.client(
        name,
        endpoint_url=service.url,
        region_name=_REGION,
        aws_access_key_id=service.client["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=service.client["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 1}, parameter_validation=False),
    )


def wait(describe: Callable[..., dict[str, Any]], **arn: str) -> dict[str, Any]:
    while (found := describe(**arn))["Status"].endswith(_BUSY):
        time.sleep(0.2)
    if found["Status"] != "ACTIVE":
        raise SystemExit(f"{found['Status']}: {found.get('Message')}")
    return found


def measure(title: str, ask: Callable[[], object], requests: int) -> list[float]:
    """Requests one after the other; milliseconds each."""
    for _ in range(20):
        ask()
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - started))
    show(title, times)
    return times


def show(title: str, times: list[float]) -> None:
    ranks = statistics.quantiles(times, n=100)
    rate = 1000 * len(times) / sum(times)
    print(
        f"{title:<46}{rate:8.0f}/s   p50 {statistics.median(times):7.2f} ms   "
        f"p99 {ranks[98]:7.2f} ms   ({len(times)} requests)",
        flush=True,
    )


def add_resources(service: Running, count: int) -> None:
    """Many finished forecasts, straight into the catalog."""
    settings = ServiceSettings(data_dir=service.data_dir)
    catalog = Catalog.open(settings)
    for number in range(count):
        arn = str(Arn(_REGION, _ACCOUNT, ResourceType.FORECAST, f"listed_{number}"))
        catalog.resources.add(
            Resource(
                arn=arn,
                account=_ACCOUNT,
                type=ResourceType.FORECAST,
                name=f"listed_{number}",
                status="ACTIVE",
                created_at=float(number),
                modified_at=float(number),
                nonce=secrets.token_hex(13),
                request={"ForecastName": f"listed_{number}", "PredictorArn": "arn:none"},
                details={"dataset_group": "arn:none", "is_auto": True},
            )
        )
    catalog.close()


def write_many_series(path: Path, series: int, days: int = 30) -> None:
    """Small whole numbers, a row per item and day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for item in range(series):
            file.writelines(
                f"SKU-{item:06d},2024-01-{day + 1:02d},{(item * 31 + day * day) % 17}\n"
                for day in range(days)
            )


def imported(forecast: Any, name: str, path: str, timestamps: str) -> tuple[str, str]:
    """A dataset with data, and a group around it."""
    dataset = forecast.create_dataset(
        DatasetName=name,
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        DataFrequency="D",
        Schema=SCHEMA,
    )["DatasetArn"]
    job = forecast.create_dataset_import_job(
        DatasetImportJobName="first",
        DatasetArn=dataset,
        DataSource={"S3Config": {"Path": path, "RoleArn": ROLE}},
        TimestampFormat=timestamps,
    )["DatasetImportJobArn"]
    wait(forecast.describe_dataset_import_job, DatasetImportJobArn=job)
    group = forecast.create_dataset_group(
        DatasetGroupName=name, Domain="RETAIL", DatasetArns=[dataset]
    )["DatasetGroupArn"]
    return dataset, group


def many_series_forecast(forecast: Any, service: Running, series: int) -> str:
    write_many_series(service.buckets / "bench" / "many" / "sales.csv", series)
    _, group = imported(forecast, "many", "s3://bench/many/", "yyyy-MM-dd")
    predictor = forecast.create_predictor(
        PredictorName="many",
        AlgorithmArn="arn:aws:forecast:::algorithm/NPTS",
        ForecastHorizon=7,
        InputDataConfig={"DatasetGroupArn": group},
        FeaturizationConfig={"ForecastFrequency": "D"},
    )["PredictorArn"]
    wait(forecast.describe_predictor, PredictorArn=predictor)
    arn = forecast.create_forecast(ForecastName="many", PredictorArn=predictor)["ForecastArn"]
    wait(forecast.describe_forecast, ForecastArn=arn)
    return str(arn)


def while_training(forecast: Any, service: Running) -> list[float]:
    """DescribeDataset again and again until a predictor of 500 items is trained."""
    sales = service.buckets / "bench" / "items" / "sales.csv"
    sales.parent.mkdir()
    write_sales(sales, 1_000_000)
    dataset, group = imported(forecast, "items", "s3://bench/items/", "yyyy-MM-dd HH:mm:ss")
    predictor = forecast.create_auto_predictor(
        PredictorName="items",
        ForecastHorizon=14,
        ForecastFrequency="D",
        DataConfig={"DatasetGroupArn": group},
    )["PredictorArn"]
    times: list[float] = []
    trained = threading.Event()

    def watch() -> None:
        own = client(service, "forecast")
        wait(own.describe_auto_predictor, PredictorArn=predictor)
        trained.set()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    while not trained.is_set():
        started = time.perf_counter()
        forecast.describe_dataset(DatasetArn=dataset)
        times.append(1000 * (time.perf_counter() - started))
        time.sleep(0.01)
    return times


def resident(process: int) -> float:
    """Megabytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ValueError(process)


def memory(service: Running) -> dict[str, float]:
    """Of the web process and of the workers, in megabytes."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            if str(service.data_dir).encode() in environment and "forecastle" in command:
                found[f"{command.partition('forecastle ')[2]} ({entry.name})"] = resident(
                    int(entry.name)
                )
        except OSError:
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--resources", type=int, default=10_000)
    arguments = parser.parse_args()
    unlimited = {"FORECASTLE_REQUESTS_PER_SECOND": "100000", "FORECASTLE_REQUEST_BURST": "100000"}
    with (
        tempfile.TemporaryDirectory(prefix="forecastle-") as folder,
        Serve(Path(folder), **unlimited) as service,
    ):
        print(f"cores {os.cpu_count()}, at rest:")
        time.sleep(2)
        for name, megabytes in memory(service).items():
            print(f"  {name:<44}{megabytes:8.0f} MB")
        forecast, query = client(service, "forecast"), client(service, "forecastquery")
        arn = many_series_forecast(forecast, service, arguments.series)
        add_resources(service, arguments.resources)
        http = httpx.Client(base_url=service.url)
        n = arguments.requests
        measure("GET /healthz (the limit)", lambda: http.get("/healthz"), n)
        measure("DescribeForecast", lambda: forecast.describe_forecast(ForecastArn=arn), n)
        measure(
            f"ListForecasts, 100 of {arguments.resources}",
            lambda: forecast.list_forecasts(MaxResults=100),
            n // 4,
        )
        items = iter(range(0, 1 << 30, 7919))
        measure(
            f"QueryForecast, {arguments.series} series",
            lambda: query.query_forecast(
                ForecastArn=arn,
                Filters={"item_id": f"SKU-{next(items) % arguments.series:06d}"},
            ),
            n,
        )
        show("DescribeDataset while a predictor trains", while_training(forecast, service))
        print("after all that:")
        for name, megabytes in memory(service).items():
            print(f"  {name:<44}{megabytes:8.0f} MB")


if __name__ == "__main__":
    main()

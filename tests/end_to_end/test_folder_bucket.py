"""A file is dropped into a folder bucket; the forecast appears. SQLite, `forecastle serve`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from forecastle.catalog.pipelines import FAILED, SUCCEEDED
from tests.compat.running import Running, Serve
from tests.end_to_end.shop import (
    BUCKET,
    HORIZON,
    LISTING_SECONDS,
    Shop,
    exported,
    next_day,
    opened_shop,
    sales,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("folder_bucket")
    with Serve(folder, FORECASTLE_LISTING_SECONDS=str(LISTING_SECONDS)) as service:
        yield service


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[Shop]:
    with opened_shop(running.data_dir) as found:
        yield found


def test_a_dropped_file_becomes_an_export_and_a_changed_one_another(
    shop: Shop, running: Running, tmp_path: Path
) -> None:
    shop.apply(tmp_path, "daily")
    shop.drop("daily/in/sales.csv", sales())
    runs = shop.ended("daily")
    assert runs[0].status == SUCCEEDED, shop.messages(runs)
    rows = exported(shop.bucket / "daily" / "out")
    assert len(rows) == 2 * HORIZON
    assert min(row["date"] for row in rows)[:10] == next_day()
    assert all(float(row["p10"]) <= float(row["p50"]) <= float(row["p90"]) for row in rows)

    shop.drop("daily/in/sales.csv", sales(days=67))
    runs = shop.ended("daily", 2)
    assert runs[1].status == SUCCEEDED, shop.messages(runs)
    assert max(row["date"] for row in exported(shop.bucket / "daily" / "out"))[:10] == next_day(73)

    listed = shop.command("pipeline", "runs", "daily")
    assert [run["Status"] for run in listed] == [SUCCEEDED, SUCCEEDED]
    assert {run["Object"] for run in listed} == {"s3://demo-forecast/daily/in/sales.csv"}
    assert {run["Pipeline"] for run in listed} == {"daily"}
    assert all(run["StartedAt"] <= run["EndedAt"] for run in listed)
    _all_is_seen_by_clients(running)


def _all_is_seen_by_clients(running: Running) -> None:
    """A run makes nothing that the API does not show."""
    client = boto3.client(
        "forecast",
        endpoint_url=running.url,
        region_name="us-east-1",
        aws_access_key_id=running.client["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=running.client["AWS_SECRET_ACCESS_KEY"],
    )
    counts = {
        "DatasetGroups": 1,
        "Datasets": 1,
        "DatasetImportJobs": 2,
        "Predictors": 2,
        "Forecasts": 2,
        "ForecastExportJobs": 2,
    }
    operations = ("dataset_groups", "datasets", "dataset_import_jobs")
    operations += ("predictors", "forecasts", "forecast_export_jobs")
    for operation, (member, count) in zip(operations, counts.items(), strict=True):
        found = getattr(client, f"list_{operation}")()[member]
        assert len(found) == count, member


POISON = {
    "a_empty.csv": b"",
    "b_blank.csv": b"\n\n",
    "c_columns.csv": b"item-0;2024-01-01;20\nitem-0;2024-01-02;21\n",
    "d_utf8.csv": b"item-0,2024-01-01,20\n\xff\xfe\xfa,2024-01-02,21\n",
    "e_formats.csv": b"item-0,2024-01-01,20\nitem-0,02/01/2024 10:00,21\n",
    "f_binary.csv": b"PAR1" + bytes(range(256)) + b"PAR1",
}


def test_poison_fails_its_run_with_the_reason_and_the_next_good_file_runs(
    shop: Shop, tmp_path: Path
) -> None:
    shop.apply(tmp_path, "poisoned")
    for number, (name, content) in enumerate(POISON.items(), 1):
        shop.drop(f"poisoned/in/{name}", content)
        shop.ended("poisoned", number)
    shop.drop("poisoned/in/good.csv", sales())
    runs = shop.ended("poisoned", len(POISON) + 1)
    assert [run.status for run in runs] == [*[FAILED] * len(POISON), SUCCEEDED]
    for run, name in zip(runs, POISON, strict=False):
        assert run.message is not None
        assert name in run.message, run.message
    assert len(exported(shop.bucket / "poisoned" / "out")) == 2 * HORIZON


def test_a_part_without_content_fails_the_run_of_all_parts(shop: Shop, tmp_path: Path) -> None:
    export = {"bucket": BUCKET, "prefix": "parts/out/", "format": "PARQUET"}
    shop.apply(tmp_path, "parts", gather_seconds=2, export=export)
    shop.drop("parts/in/part-0.csv", sales())
    shop.drop("parts/in/part-1.csv", b"")
    (failed,) = shop.ended("parts")
    assert failed.status == FAILED
    assert "part-1.csv" in str(failed.message)
    out = shop.bucket / "parts" / "out"
    assert not [path for path in out.rglob("*") if path.is_file()]

    shop.drop("parts/in/part-1.csv", sales())
    runs = shop.ended("parts", 2)
    assert runs[1].status == SUCCEEDED, shop.messages(runs)
    parts = [path.name for path in out.iterdir() if path.is_file()]
    assert parts
    assert all(name.endswith(".parquet") for name in parts), "only parts directly there"

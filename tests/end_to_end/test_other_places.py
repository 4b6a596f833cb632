"""The same with the other parts: SeaweedFS for the bucket, PostgreSQL for the catalog."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import httpx

from forecastle.catalog.pipelines import SUCCEEDED
from tests.compat.running import Running, Serve
from tests.end_to_end.shop import (
    ACCOUNT,
    BUCKET,
    HORIZON,
    LISTING_SECONDS,
    Shop,
    exported,
    opened_shop,
    sales,
)


def s3_client(running: Running) -> Any:
    told = re.search(r"AWS_ENDPOINT_URL_S3=(\S+)", running.output.read_text())
    assert told is not None, running.output.read_text()
    return boto3.client(
        "s3",
        endpoint_url=told[1],
        region_name="us-east-1",
        aws_access_key_id=running.client["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=running.client["AWS_SECRET_ACCESS_KEY"],
    )


def test_an_upload_to_s3_is_forecast_once_however_often_it_is_told(tmp_path: Path) -> None:
    with (
        Serve(tmp_path, "--s3", role="admin", FORECASTLE_LISTING_SECONDS="3600") as running,
        opened_shop(running.data_dir) as shop,
    ):
        client = s3_client(running)
        client.create_bucket(Bucket=BUCKET)
        shop.apply(tmp_path, "uploaded")
        upload(client, "first.csv", sales())
        runs = shop.ended("uploaded")
        assert runs[0].status == SUCCEEDED, shop.messages(runs)

        tell(shop, running, upload(client, "second.csv", sales(days=67)), times=3)
        runs = shop.ended("uploaded", 2)
        assert runs[1].status == SUCCEEDED, shop.messages(runs)
        assert len(shop.catalog.pipelines.runs(ACCOUNT)) == 2
        found = client.list_objects_v2(Bucket=BUCKET, Prefix="uploaded/out/", Delimiter="/")
        assert len(found["Contents"]) == 2, "a part per run, and nothing else directly there"


def upload(client: Any, name: str, content: str) -> str:
    """Put an object where the pipeline looks; its key. SeaweedFS tells the service."""
    key = f"uploaded/in/{name}"
    client.put_object(Bucket=BUCKET, Key=key, Body=content.encode())
    return key


def tell(shop: Shop, running: Running, key: str, times: int) -> None:
    """Post Amazon S3's own event as well."""
    token = shop.command("pipeline", "webhook")["Token"]
    event = {"Records": [{"s3": {"bucket": {"name": BUCKET}, "object": {"key": key}}}]}
    event["Records"][0] |= {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    for _ in range(times):
        answer = httpx.post(
            f"{running.url}/events", json=event, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text


def test_the_catalog_may_be_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    url = {"FORECASTLE_DATABASE_URL": postgresql_url}
    listing = {"FORECASTLE_LISTING_SECONDS": str(LISTING_SECONDS)}
    with (
        Serve(tmp_path, **url, **listing) as running,
        opened_shop(running.data_dir, **url) as shop,
    ):
        shop.apply(tmp_path, "shared")
        shop.drop("shared/in/sales.csv", sales())
        runs = shop.ended("shared")
        assert runs[0].status == SUCCEEDED, shop.messages(runs)
        assert len(exported(shop.bucket / "shared" / "out")) == 2 * HORIZON

"""The same with the other parts: SeaweedFS for the bucket, PostgreSQL for the catalog."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from forecastle.catalog.pipelines import SUCCEEDED
from tests.compat.running import Running, Serve
from tests.end_to_end.shop import (
    BUCKET,
    HORIZON,
    LISTING_SECONDS,
    Shop,
    exported,
    opened_shop,
    sales,
    wait_for,
)

_LISTING = {"FORECASTLE_LISTING_SECONDS": str(LISTING_SECONDS)}


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


def test_an_upload_to_s3_is_found_and_forecast(tmp_path: Path) -> None:
    with (
        Serve(tmp_path, "--s3", role="admin", **_LISTING) as running,
        opened_shop(running.data_dir) as shop,
    ):
        client = s3_client(running)
        client.create_bucket(Bucket=BUCKET)
        shop.apply(tmp_path, "uploaded")
        client.put_object(Bucket=BUCKET, Key="uploaded/in/sales.csv", Body=sales().encode())
        runs = shop.ended("uploaded")
        assert runs[0].status == SUCCEEDED, shop.messages(runs)
        assert len(parts(client, "uploaded/out/")) == 1
        _a_webhook_tells_of_an_upload_at_once(shop, running, client)


def _a_webhook_tells_of_an_upload_at_once(shop: Shop, running: Running, client: Any) -> None:
    url = shop.command("pipeline", "webhook")["url"]
    address = httpx.URL(url).copy_with(
        host=httpx.URL(running.url).host, port=httpx.URL(running.url).port
    )
    key = "uploaded/in/newer.csv"
    client.put_object(Bucket=BUCKET, Key=key, Body=sales(days=67).encode())
    event = {"Records": [{"s3": {"bucket": {"name": BUCKET}, "object": {"key": key}}}]}
    for _ in range(2):
        assert httpx.post(address, json=event).status_code == 200
    runs = shop.ended("uploaded", 2)
    assert runs[1].status == SUCCEEDED, shop.messages(runs)
    time.sleep(2 * LISTING_SECONDS)  # the listing finds the same upload, which is no run more
    assert len(shop.ended("uploaded", 2)) == 2
    assert len(parts(client, "uploaded/out/")) == 2


def parts(client: Any, prefix: str) -> list[str]:
    """The objects that stand directly under a prefix."""
    found = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix, Delimiter="/")
    return [each["Key"] for each in found.get("Contents", ())]


@pytest.mark.usefixtures("postgresql_server")
def test_the_catalog_may_be_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    url = {"FORECASTLE_DATABASE_URL": postgresql_url}
    with (
        Serve(tmp_path, **url, **_LISTING) as running,
        opened_shop(running.data_dir, **url) as shop,
    ):
        shop.apply(tmp_path, "shared")
        shop.drop("shared/in/sales.csv", sales())
        runs = shop.ended("shared")
        assert runs[0].status == SUCCEEDED, shop.messages(runs)
        rows = wait_for(lambda: exported(shop.bucket / "shared" / "out"))
        assert len(rows) == 2 * HORIZON

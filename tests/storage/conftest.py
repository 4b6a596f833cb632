"""Both kinds of buckets: a folder, and S3 as SeaweedFS speaks it (started once)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forecastle.core.errors import InputError
from forecastle.storage.buckets import Bucket
from forecastle.storage.folder_bucket import FolderBucket
from forecastle.storage.s3_bucket import S3Bucket
from forecastle.storage.seaweed import SeaweedServer, program
from tests.servers import KEY, FaultyS3, seaweed

NAME = "retail"


@pytest.fixture(scope="package")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    try:
        program()
    except InputError as error:
        pytest.skip(str(error))
    with seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        server.client().create_bucket(Bucket=NAME)
        yield server


@pytest.fixture(scope="package")
def s3_client(s3_server: SeaweedServer) -> Any:
    """A client that is not ours: what it stores we must read, and the other way round."""
    return s3_server.client()


@pytest.fixture
def s3_bucket(s3_server: SeaweedServer, s3_client: Any) -> S3Bucket:
    """An empty bucket."""
    for each in s3_client.list_objects_v2(Bucket=NAME).get("Contents", ()):
        s3_client.delete_object(Bucket=NAME, Key=each["Key"])
    return S3Bucket(
        NAME,
        endpoint=s3_server.endpoint,
        access_key_id=KEY.access_key_id,
        secret_access_key=KEY.secret_access_key,
    )


@pytest.fixture
def folder_bucket(tmp_path: Path) -> FolderBucket:
    (tmp_path / "buckets" / NAME).mkdir(parents=True)
    return FolderBucket(NAME, tmp_path / "buckets" / NAME)


@pytest.fixture(params=["folder", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    found: Bucket = request.getfixturevalue(f"{request.param}_bucket")
    return found


@pytest.fixture
def faulty() -> Iterator[FaultyS3]:
    with FaultyS3() as server:
        yield server

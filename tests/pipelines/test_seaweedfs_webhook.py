"""SeaweedFS itself tells of uploads, whole or in parts, to the service that listens."""

import time

import pytest

from forecastle.catalog.buckets import BucketRecord
from forecastle.core.errors import InputError
from forecastle.pipelines.webhook import webhook_token
from forecastle.storage.seaweed import SeaweedServer, SeaweedWebhook, program
from tests.pipelines.watched_world import ACCOUNT
from tests.servers import KEY
from tests.servers_api import running_api


@pytest.fixture
def s3(world, tmp_path):
    """A client of a SeaweedFS that tells the service, and a pipeline on its bucket ``shop``."""
    try:
        program()
    except InputError as error:
        pytest.skip(str(error))
    with running_api(world.service) as api:
        webhook = SeaweedWebhook(f"{api.url}/events", webhook_token(world.service, None))
        with SeaweedServer(tmp_path / "s3", [KEY], webhook=webhook) as server:
            client = server.client()
            client.create_bucket(Bucket="shop")
            record = BucketRecord(
                "shop", ACCOUNT, server.endpoint, KEY.access_key_id, KEY.secret_access_key
            )
            world.service.stores.register(record)
            world.apply(source={"bucket": "shop", "prefix": "input/"})
            yield client


def test_every_upload_is_one_run(world, s3):
    s3.put_object(Bucket="shop", Key="input/a b+ü.csv", Body=b"a,1\n")
    upload = {"Bucket": "shop", "Key": "input/large.csv"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"b,2\n" * 1000)
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    s3.copy_object(Bucket="shop", Key="input/copy.csv", CopySource="shop/input/large.csv")
    s3.put_object(Bucket="shop", Key="elsewhere.csv", Body=b"c,3\n")
    expected = {"input/a b+ü.csv": 1, "input/large.csv": 1, "input/copy.csv": 1}
    deadline = time.monotonic() + 20
    while world.run_keys() != expected:
        assert time.monotonic() < deadline, world.run_keys()
        time.sleep(0.05)
    assert {run.trigger for run in world.runs()} == {"seaweedfs"}

"""What is S3's own: other clients, wrong keys, missing buckets, the environment of others."""

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.s3_bucket import Patience, S3Bucket
from tests.servers import KEY
from tests.storage.conftest import NAME

HASTY = Patience(tries=1, seconds=1, silence_seconds=0.5, first_pause=0.01)


def opened(endpoint, name=NAME, *, key=KEY.access_key_id, secret=KEY.secret_access_key):
    return S3Bucket(
        name,
        endpoint=endpoint,
        access_key_id=key,
        secret_access_key=secret,
        patience=HASTY,
    )


def attempts(bucket):
    return [
        lambda: list(bucket.list()),
        lambda: bucket.read("a.csv"),
        lambda: bucket.write("a.csv", b"x"),
    ]


@pytest.mark.parametrize(
    "key", ["a b.csv", "판매/데이터.csv", "100%.csv", "a%20b+c.csv", "x/#?.csv"]
)
def test_other_clients_and_we_mean_the_same_keys(s3_bucket, s3_client, key):
    s3_client.put_object(Bucket=NAME, Key=key, Body=b"theirs")
    assert s3_bucket.read(key) == b"theirs"
    s3_bucket.write(key, b"ours")
    assert s3_client.get_object(Bucket=NAME, Key=key)["Body"].read() == b"ours"
    (listed,) = s3_client.list_objects_v2(Bucket=NAME)["Contents"]
    (ours,) = s3_bucket.list()
    assert (ours.key, ours.size, ours.etag) == (key, listed["Size"], listed["ETag"])


def test_its_objects_are_no_files_of_this_machine(s3_bucket):
    s3_bucket.write("a.csv", b"x")
    assert s3_bucket.local_path("a.csv") is None


@pytest.mark.parametrize(
    ("key", "secret", "told"),
    [
        (KEY.access_key_id, "wrong", "SignatureDoesNotMatch"),
        ("AKIAUNKNOWN", KEY.secret_access_key, "InvalidAccessKeyId"),
        (None, None, "AccessDenied"),
    ],
)
def test_a_wrong_key_is_the_callers_to_mend(s3_server, s3_bucket, key, secret, told):
    for attempt in attempts(opened(s3_server.endpoint, key=key, secret=secret)):
        with pytest.raises(InputError) as refused:
            attempt()
        assert f"the server refuses the access key ({told}" in str(refused.value)
        assert "forecastle bucket add" in str(refused.value)
        assert len(str(refused.value)) < 500


def test_a_bucket_that_is_not_there(s3_server):
    for attempt in attempts(opened(s3_server.endpoint, "elsewhere")):
        with pytest.raises(InputError, match=r"s3://elsewhere/.*the server has no such bucket"):
            attempt()


def test_a_server_that_is_not_there():
    for attempt in attempts(opened("http://127.0.0.1:9")):
        with pytest.raises(StorageError, match=r"s3://retail/.*the S3 server failed .*try again"):
            attempt()


def test_the_environment_is_the_clients(s3_server, s3_bucket, monkeypatch):
    """Who runs the service may have pointed AWS's clients at Forecastle, with keys for it."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "another")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    bucket = opened(s3_server.endpoint)
    bucket.write("a.csv", b"x")
    assert bucket.read("a.csv") == b"x"

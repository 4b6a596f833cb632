"""`forecastle serve --s3`: an S3 server that knows the service's keys and buckets."""

from __future__ import annotations

import socket
import time

import botocore.session
import pytest
from botocore.exceptions import ClientError

from forecastle.catalog.access_keys import Role
from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.catalog import Catalog
from forecastle.cli.s3_server import s3_beside
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.stores import Stores
from forecastle.storage.locations import Location
from forecastle.storage.seaweed import program

OTHER = "111111111111"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The settings of a service with an S3 server beside it, and its catalog."""
    try:
        program()
    except InputError as error:
        pytest.skip(str(error))
    settings = ServiceSettings(data_dir=tmp_path_factory.mktemp("s3"))
    catalog = Catalog.open(settings, migrate=True)
    with s3_beside(settings, catalog, 0) as beside:
        yield beside, catalog
    catalog.close()


def _client(settings, key):
    return botocore.session.get_session().create_client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret,
        region_name="us-east-1",
    )


def _eventually(call):
    """The server hears of a change within seconds."""
    give_up = time.monotonic() + 60
    while True:
        try:
            return call()
        except (ClientError, AssertionError):
            assert time.monotonic() < give_up
            time.sleep(0.2)


def _refused(call):
    with pytest.raises(ClientError) as refusal:
        call()
    return refusal.value.response["Error"]["Code"]


def test_keys_open_what_is_theirs_from_the_moment_they_are_made(service):
    settings, catalog = service
    admin = _client(settings, catalog.access_keys.create(settings.account, Role.ADMIN, 1.0))
    _eventually(lambda: admin.create_bucket(Bucket="shop"))
    admin.create_bucket(Bucket="theirs")
    admin.put_object(Bucket="shop", Key="in/sales.csv", Body=b"a,b\n")
    bucket = Stores.open(settings, catalog).bucket(settings.account, Location("shop", ""))
    assert bucket.read("in/sales.csv") == b"a,b\n"

    catalog.buckets.add(BucketRecord("theirs", OTHER))
    other = catalog.access_keys.create(OTHER, Role.OPERATOR, 1.0)
    theirs = _client(settings, other)
    _eventually(lambda: theirs.put_object(Bucket="theirs", Key="x", Body=b"x"))
    assert _refused(lambda: theirs.get_object(Bucket="shop", Key="in/sales.csv")) == "AccessDenied"
    viewer = _client(settings, catalog.access_keys.create(OTHER, Role.VIEWER, 1.0))
    assert _eventually(lambda: viewer.get_object(Bucket="theirs", Key="x"))["ContentLength"] == 1
    assert _refused(lambda: viewer.put_object(Bucket="theirs", Key="x", Body=b"")) == "AccessDenied"

    catalog.access_keys.revoke(other.access_key_id, 2.0)
    _eventually(lambda: _still_open(theirs))


def _still_open(client):
    try:
        client.get_object(Bucket="theirs", Key="x")
    except ClientError:
        return
    raise AssertionError("the revoked key still opens its bucket")


def test_it_listens_on_this_machine_alone(service):
    settings, _ = service
    assert settings.s3_endpoint_url.startswith("http://127.0.0.1:")
    port = int(settings.s3_endpoint_url.rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == 0

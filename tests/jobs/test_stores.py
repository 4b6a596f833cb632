"""Buckets belong to accounts; artifacts to the service."""

from dataclasses import replace
from pathlib import Path

import pytest

from forecastle.catalog.buckets import BucketRecord
from forecastle.core.errors import InputError
from forecastle.jobs.stores import Stores
from forecastle.storage.artifacts import FolderArtifacts
from forecastle.storage.bucket_artifacts import BucketArtifacts
from forecastle.storage.folder_bucket import FolderBucket
from forecastle.storage.locations import Location
from forecastle.storage.s3_bucket import S3Bucket
from tests.jobs.job_world import ACCOUNT, World

OTHER = "111111111111"
SALES = Location("retail", "sales.csv")
REMOTE = {
    "s3_endpoint_url": "http://127.0.0.1:9",
    "s3_access_key_id": "key",
    "s3_secret_access_key": "secret",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def with_settings(world: World, **settings: str) -> Stores:
    return Stores.open(replace(world.settings, **settings), world.catalog)


def test_a_folder_that_nobody_registered_is_the_first_accounts(world: World):
    assert isinstance(world.stores.bucket(ACCOUNT, SALES), FolderBucket)
    with pytest.raises(InputError, match=f"'retail' is not a bucket of account {OTHER}"):
        world.stores.bucket(OTHER, SALES)


def test_a_registered_bucket_is_its_owners_alone(world: World):
    world.stores.register(BucketRecord("theirs", OTHER))
    location = Location("theirs", "")
    assert world.stores.bucket(OTHER, location).name == "theirs"
    with pytest.raises(InputError) as refused:
        world.stores.bucket(ACCOUNT, location)
    with pytest.raises(InputError) as unknown:
        world.stores.bucket(OTHER, Location("nobodys", ""))
    assert str(refused.value).replace(ACCOUNT, OTHER).replace("theirs", "nobodys") == str(
        unknown.value
    )


def test_a_folder_that_is_not_there(world: World):
    with pytest.raises(InputError, match="make the folder buckets/missing"):
        world.stores.bucket(ACCOUNT, Location("missing", ""))


def test_with_a_service_wide_endpoint_buckets_are_on_s3(world: World):
    stores = with_settings(world, **REMOTE)
    assert isinstance(stores.bucket(ACCOUNT, SALES), S3Bucket)


def test_a_bucket_with_an_endpoint_of_its_own_is_there(world: World):
    world.stores.register(
        BucketRecord("remote", ACCOUNT, "http://127.0.0.1:9", "key", "secret", "eu-west-1")
    )
    assert isinstance(world.stores.bucket(ACCOUNT, Location("remote", "")), S3Bucket)
    assert not (world.settings.buckets_dir / "remote").exists()


def test_a_key_needs_its_secret(world: World):
    stores = with_settings(world, s3_endpoint_url="http://127.0.0.1:9", s3_access_key_id="key")
    with pytest.raises(InputError, match="access key key has no secret"):
        stores.bucket(ACCOUNT, SALES)


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (BucketRecord("No_Bucket", ACCOUNT), "No_Bucket"),
        (BucketRecord("shop", "12"), "account '12' is no account"),
        (BucketRecord("../up", ACCOUNT), "up"),
    ],
    ids=["name", "account", "escape"],
)
def test_what_cannot_be_registered(world: World, record: BucketRecord, complaint: str):
    with pytest.raises(InputError, match=complaint):
        world.stores.register(record)
    assert world.catalog.buckets.list() == []


def test_artifacts_are_in_the_data_directory(world: World):
    assert isinstance(world.stores.artifacts, FolderArtifacts)


def test_nobody_reads_the_bucket_of_the_artifacts(world: World):
    stores = with_settings(world, **REMOTE, artifacts_url="s3://inner/artifacts")
    assert isinstance(stores.artifacts, BucketArtifacts)
    with pytest.raises(InputError, match="not a bucket of account"):
        stores.bucket(ACCOUNT, Location("inner", "artifacts/x"))
    with pytest.raises(InputError, match="keeps the data of all accounts"):
        stores.register(BucketRecord("inner", ACCOUNT))

"""An S3 server that fails, answers slowly or breaks off: waited for, then told in its words."""

import errno
import os

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.storage import s3_bucket
from forecastle.storage.buckets import source_files
from forecastle.storage.locations import Location
from forecastle.storage.s3_bucket import Patience, S3Bucket

CONTENT = bytes(range(256)) * 2000
HASTY = Patience(tries=2, seconds=5, silence_seconds=0.3, first_pause=0.01)


@pytest.fixture
def bucket(faulty):
    faulty.objects["in/a.csv"] = CONTENT
    return S3Bucket(
        "retail",
        endpoint=faulty.endpoint,
        access_key_id="key",
        secret_access_key="secret",
        patience=HASTY,
    )


def fetched(bucket, folder):
    bucket.fetch("in/a.csv", folder / "a.csv")
    return (folder / "a.csv").read_bytes()


TRANSIENT = [[500], [503], [500, 503], ["slow"], ["cut"], ["cut", "cut"], ["cut", 503], [429]]


@pytest.mark.parametrize("faults", TRANSIENT, ids=str)
def test_a_passing_fault_is_overcome(bucket, faulty, tmp_path, faults):
    for ask in (
        lambda: bucket.read("in/a.csv"),
        lambda: fetched(bucket, tmp_path),
    ):
        faulty.faults[:] = faults
        assert ask() == CONTENT
        assert faulty.faults == []
    faulty.faults[:] = faults
    assert [each.key for each in bucket.list("in")] == ["in/a.csv"]


@pytest.mark.parametrize("faults", [[500], [503], [500, 503], ["slow"]], ids=str)
def test_an_upload_that_fails_is_made_again(bucket, faulty, tmp_path, faults):
    (tmp_path / "source").write_bytes(CONTENT)
    faulty.faults[:] = faults
    bucket.put("out/b.csv", tmp_path / "source")
    assert faulty.objects["out/b.csv"] == CONTENT


def test_a_deletion_that_fails_is_made_again(bucket, faulty):
    faulty.faults[:] = [500, 503]
    bucket.delete("in/a.csv")
    assert faulty.objects == {}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (500, "InternalError: the 500 of this test"),
        (503, "SlowDown: the 503 of this test"),
        ("slow", "error sending request"),
        ("cut", "response body"),
    ],
)
def test_a_lasting_fault_is_told(bucket, faulty, tmp_path, fault, told):
    faulty.for_ever = fault
    for place, ask in (
        ("in/a.csv", lambda: bucket.read("in/a.csv")),
        ("in/a.csv", lambda: fetched(bucket, tmp_path)),
        ("in", lambda: list(bucket.list("in"))),
    ):
        with pytest.raises(StorageError) as failed:
            ask()
        text = str(failed.value)
        assert text.startswith(f"s3://retail/{place}: the S3 server failed (")
        assert told in text
        assert text.endswith("; try again when it works")
        assert "\n" not in text
    assert list(tmp_path.iterdir()) == []


def test_what_the_server_refuses_is_not_asked_for_again(bucket, faulty):
    faulty.for_ever = 403
    with pytest.raises(InputError, match="AccessDenied: the 403 of this test"):
        bucket.read("in/a.csv")
    assert len(faulty.requests) == 1


def test_an_import_whose_file_breaks_off_leaves_nothing(bucket, faulty, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    faulty.faults[:] = [None]
    faulty.for_ever = "cut"
    with (
        pytest.raises(StorageError, match=r"s3://retail/in/a\.csv"),
        source_files(bucket, Location("retail", "in")),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["in//b.csv", "in/../b.csv"])
def test_a_name_that_no_folder_can_hold(bucket, faulty, key):
    faulty.objects[key] = b"x"
    with pytest.raises(InputError, match=r"empty or dotted folder .*; rename that object"):
        list(bucket.list("in"))


def test_a_full_disk_while_downloading(bucket, tmp_path, monkeypatch):
    def full(_store, _key):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(s3_bucket.obstore, "get", full)
    with pytest.raises(StorageError, match=r"copy of s3://retail/in/a\.csv: the disk is full"):
        fetched(bucket, tmp_path)
    assert list(tmp_path.iterdir()) == []

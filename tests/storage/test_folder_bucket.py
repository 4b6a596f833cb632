"""What is a folder's own: files dropped into it, links, hidden files, and disks that fail."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.buckets import source_files
from forecastle.storage.locations import Location


@pytest.fixture
def root(folder_bucket, tmp_path):
    return tmp_path / "buckets" / "retail"


def keys(bucket):
    return [each.key for each in bucket.list()]


def everything(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_file_dropped_into_the_folder_is_an_object(folder_bucket, root):
    (root / "in").mkdir()
    (root / "in" / "sales.csv").write_bytes(b"x")
    assert keys(folder_bucket) == ["in/sales.csv"]
    assert folder_bucket.read("in/sales.csv") == b"x"


def test_its_files_are_read_where_they_are(folder_bucket, root):
    folder_bucket.write("sales.csv", b"x")
    with source_files(folder_bucket, Location("retail", "sales.csv")) as (file,):
        assert file.path == root / "sales.csv"


def test_hidden_files_are_no_objects(folder_bucket, root):
    (root / ".cache").mkdir()
    for name in (".cache/a.csv", ".sales.csv.half-written", "sales.csv"):
        (root / name).write_bytes(b"x")
    assert keys(folder_bucket) == ["sales.csv"]
    assert list(folder_bucket.list(".cache/")) == []


def test_links_are_followed_inside_and_refused_where_they_lead_out(folder_bucket, root, tmp_path):
    (tmp_path / "secret.csv").write_bytes(b"secret")
    (root / "sales.csv").write_bytes(b"x")
    (root / "again.csv").symlink_to(root / "sales.csv")
    (root / "out.csv").symlink_to(tmp_path / "secret.csv")
    (root / "loop.csv").symlink_to(root / "loop.csv")
    (root / "outside").symlink_to(tmp_path)
    assert keys(folder_bucket) == ["again.csv", "sales.csv"]
    assert folder_bucket.read("again.csv") == b"x"
    for key in ("out.csv", "outside/secret.csv", "outside/new.csv"):
        with pytest.raises(InputError, match=f"s3://retail/{key} leads out of its bucket"):
            folder_bucket.read(key)
        with pytest.raises(InputError, match="leads out"):
            folder_bucket.write(key, b"new")
    assert list(folder_bucket.list("outside/")) == []
    assert (tmp_path / "secret.csv").read_bytes() == b"secret"


def test_a_file_and_a_folder_cannot_have_one_name(folder_bucket):
    folder_bucket.write("sales", b"x")
    with pytest.raises(InputError, match=r"s3://retail/sales/a\.csv: cannot be a file here"):
        folder_bucket.write("sales/a.csv", b"x")
    folder_bucket.write("in/a.csv", b"x")
    with pytest.raises(InputError, match="s3://retail/in: cannot be a file here"):
        folder_bucket.write("in", b"x")
    with pytest.raises(InputError, match=r"cannot be a file here .File name too long"):
        folder_bucket.write("x" * 300, b"x")


def fail_with(code):
    def fail(*_args, **_options):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "the disk is full; free space"),
        (errno.EDQUOT, "the disk is full; free space"),
        (errno.EACCES, "permission denied; check the owner"),
        (errno.EIO, "Input/output error; check the disk"),
    ],
)
def test_a_disk_that_fails_leaves_the_old_object(folder_bucket, root, monkeypatch, code, told):
    folder_bucket.write("a.csv", b"old")
    monkeypatch.setattr(shutil, "copyfile", fail_with(code))
    with pytest.raises(StorageError, match=f"s3://retail/a.csv: {told}"):
        folder_bucket.put("a.csv", root / "a.csv")
    assert folder_bucket.read("a.csv") == b"old"
    assert everything(root) == ["a.csv"]


_FULL = """
import resource, sys
from pathlib import Path
from forecastle.core.errors import StorageError
from forecastle.storage.artifacts import FolderArtifacts
from forecastle.storage.folder_bucket import FolderBucket
bucket, artifacts = FolderBucket("retail", Path(sys.argv[1])), FolderArtifacts(Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for attempt in (
    lambda: bucket.write("new.csv", bytes(2000)),
    lambda: bucket.put("new.csv", Path(sys.argv[3]) / "large"),
    lambda: artifacts.publish(Path(sys.argv[3]), "abc"),
):
    try:
        attempt()
    except StorageError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are Unix's")
def test_a_full_disk_is_told_and_nothing_half_written_stays(folder_bucket, root, tmp_path):
    """A process that may write 1,000 bytes per file meets what a full disk would do to it."""
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "large").write_bytes(bytes(2000))
    folders = [root, tmp_path / "artifacts", tmp_path / "workspace"]
    done = subprocess.run(
        [sys.executable, "-c", _FULL, *map(str, folders)],
        capture_output=True,
        text=True,
        check=True,
    )
    full = "the disk is full; free space and try again"
    assert done.stdout.splitlines() == [
        f"s3://retail/new.csv: {full}",
        f"s3://retail/new.csv: {full}",
        f"artifact abc: {full}",
    ]
    assert everything(root) == everything(tmp_path / "artifacts") == []

"""Artifacts: published once, whole or not at all, in a folder and in a bucket alike."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.artifacts import FolderArtifacts
from forecastle.storage.bucket_artifacts import BucketArtifacts


@pytest.fixture(params=["folder", "folder_bucket", "s3_bucket"])
def make(request, tmp_path):
    """Makes a store, as each of several processes does."""
    if request.param == "folder":
        return lambda: FolderArtifacts(tmp_path / "artifacts")
    bucket = request.getfixturevalue(request.param)
    return lambda: BucketArtifacts(bucket, "artifacts", tmp_path / "cache")


@pytest.fixture
def store(make):
    return make()


@pytest.fixture
def in_bucket(folder_bucket, tmp_path):
    return BucketArtifacts(folder_bucket, "artifacts", tmp_path / "cache")


def workspace(root, name="workspace", content="first"):
    folder = root / name
    (folder / "models" / "ets").mkdir(parents=True)
    (folder / "recipe.json").write_text(content)
    (folder / "models" / "ets" / "판매 1.parquet").write_bytes(b"x")
    return folder


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(store):
    return [identity for identity, _ in store.identities()]


def test_what_is_published_can_be_opened_anywhere(store, make, tmp_path):
    folder = workspace(tmp_path)
    assert not store.exists("abc")
    store.publish(folder, "abc")
    assert store.exists("abc")
    assert content(store.open("abc")) == content(make().open("abc")) == content(folder)


def test_a_workspace_may_go_after_its_publication(store, tmp_path):
    folder = workspace(tmp_path)
    expected = content(folder)
    store.publish(folder, "abc")
    shutil.rmtree(folder)
    assert content(store.open("abc")) == expected


def test_an_identity_is_published_once(store, tmp_path):
    first = workspace(tmp_path)
    store.publish(first, "abc")
    store.publish(workspace(tmp_path, "again", "second"), "abc")
    assert content(store.open("abc")) == content(first)


def test_two_that_publish_at_once_do_not_mix(store, make, tmp_path):
    folders = [workspace(tmp_path, f"w{number}", f"of {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda folder: make().publish(folder, "abc"), folders))
    assert content(store.open("abc")) in [content(folder) for folder in folders]


def test_identities_come_with_the_time_of_publication(store, tmp_path):
    assert names(store) == []
    folder = workspace(tmp_path)
    os.utime(folder, (0, 0))
    store.publish(folder, "b-2")
    store.publish(folder, "a_1")
    assert names(store) == ["a_1", "b-2"]
    now = datetime.now(UTC)
    assert all(abs(now - made) < timedelta(minutes=1) for _, made in store.identities())


def test_what_is_deleted_is_gone_and_can_be_deleted_again(store, tmp_path):
    store.publish(workspace(tmp_path), "abc")
    store.publish(workspace(tmp_path, "other"), "abcd")
    store.open("abc")
    for _ in range(2):
        store.delete("abc")
        assert not store.exists("abc")
        assert names(store) == ["abcd"]
        with pytest.raises(StorageError, match="artifact abc is missing; restore it"):
            store.open("abc")
    assert store.open("abcd").is_dir()


@pytest.mark.parametrize("identity", ["", ".", "..", "../x", "a/b", ".hidden", "a b", "x" * 65])
def test_an_identity_is_a_plain_name(store, tmp_path, identity):
    for ask in (
        lambda: store.publish(workspace(tmp_path), identity),
        lambda: store.exists(identity),
        lambda: store.open(identity),
        lambda: store.delete(identity),
    ):
        with pytest.raises(InputError, match="is no identity"):
            ask()


def test_a_publication_that_is_broken_off_is_not_there_but_can_be_collected(tmp_path, monkeypatch):
    """As a kill leaves it: nothing of ours runs after the copy has begun."""
    store, folder = FolderArtifacts(tmp_path / "artifacts"), workspace(tmp_path)
    with monkeypatch.context() as killed:
        killed.setattr(FolderArtifacts, "adopt", interrupt)
        killed.setattr(shutil, "rmtree", lambda *_args, **_options: None)
        with pytest.raises(KeyboardInterrupt):
            store.publish(folder, "abc")
    check_broken_off(store, folder)
    assert list((tmp_path / "artifacts").iterdir()) == []


def test_an_upload_that_is_broken_off_is_not_there_but_can_be_collected(
    in_bucket, folder_bucket, tmp_path, monkeypatch
):
    with monkeypatch.context() as killed:
        killed.setattr(folder_bucket, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            in_bucket.publish(workspace(tmp_path), "abc")
    check_broken_off(in_bucket, tmp_path / "workspace")
    assert list(folder_bucket.list()) == []


def interrupt(*_args):
    raise KeyboardInterrupt


def check_broken_off(store, folder):
    assert not store.exists("abc")
    assert names(store) == ["abc"]
    store.publish(folder, "abc")
    assert content(store.open("abc")) == content(folder)
    store.delete("abc")
    assert names(store) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise shutil.Error([("a", "b", str(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))])

    monkeypatch.setattr(shutil, "copytree", full)
    store = FolderArtifacts(tmp_path / "artifacts")
    with pytest.raises(StorageError, match="artifact abc: the disk is full; free space"):
        store.publish(workspace(tmp_path), "abc")
    assert names(store) == []


def test_a_copy_is_made_once(in_bucket, folder_bucket, tmp_path, monkeypatch):
    in_bucket.publish(workspace(tmp_path), "abc")
    first = in_bucket.open("abc")
    monkeypatch.setattr(folder_bucket, "fetch", interrupt)
    assert in_bucket.open("abc") == first


def test_the_copies_opened_longest_ago_go_when_there_are_too_many(folder_bucket, tmp_path):
    cache = tmp_path / "cache"
    store = BucketArtifacts(folder_bucket, "", cache, cache_bytes=2500)
    long_ago = datetime.now(UTC) - timedelta(hours=5)
    for hour, identity in enumerate(("a", "b", "c")):
        (tmp_path / identity).mkdir()
        (tmp_path / identity / "large").write_bytes(bytes(1000))
        store.publish(tmp_path / identity, identity)
        opened = (long_ago + timedelta(hours=hour)).timestamp()
        os.utime(store.open(identity), (opened, opened))
        if identity == "b":
            store.open("a")  # just now
    assert sorted(path.name for path in cache.iterdir()) == ["a", "c"]
    assert len(content(store.open("b"))) == 1


def test_a_copy_that_was_just_opened_stays(folder_bucket, tmp_path):
    store = BucketArtifacts(folder_bucket, "", tmp_path / "cache", cache_bytes=1)
    for identity in ("a", "b"):
        store.publish(workspace(tmp_path, identity), identity)
        store.open(identity)
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["a", "b"]


def test_a_file_that_was_changed_in_the_bucket_is_not_taken(in_bucket, folder_bucket, tmp_path):
    in_bucket.publish(workspace(tmp_path), "abc")
    (key,) = [each.key for each in folder_bucket.list() if each.key.endswith("recipe.json")]
    folder_bucket.write(key, b"something else")
    with pytest.raises(StorageError, match=r"artifact abc: 'recipe\.json' has changed"):
        in_bucket.open("abc")
    assert list((tmp_path / "cache").iterdir()) == []

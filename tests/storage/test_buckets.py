"""What every bucket does, a folder and S3 alike."""

from datetime import UTC, datetime, timedelta

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.buckets import Folder, Tried, probe, source_files
from forecastle.storage.locations import Location

KEYS = [
    "a b.csv",
    "판매/데이터.csv",
    "100%.csv",
    "a%20b+c.csv",
    "été/#1?.csv",
    "deep/er/and/deeper.csv",
    "q\"uo'te&=:*|.csv",
    "a..b.csv",
]


def keys(bucket, prefix=""):
    return [each.key for each in bucket.list(prefix)]


def fill(bucket, *names, content=b"x"):
    for name in names:
        bucket.write(name, content)


def files(bucket, key, **options):
    with source_files(bucket, Location(bucket.name, key), **options) as found:
        return {each.name: each.path.read_bytes() for each in found}


@pytest.mark.parametrize("key", KEYS)
def test_what_is_put_can_be_read_fetched_listed_and_deleted(bucket, tmp_path, key):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(key.encode())
    bucket.put(key, source)
    bucket.fetch(key, target)
    assert target.read_bytes() == bucket.read(key) == key.encode()
    assert keys(bucket) == [key]
    bucket.delete(key)
    assert keys(bucket) == []


def test_an_object_is_listed_with_size_etag_and_time(bucket):
    before = datetime.now(UTC) - timedelta(seconds=2)
    bucket.write("a.csv", b"12345")
    (first,) = bucket.list()
    assert first.size == 5
    assert before < first.modified < datetime.now(UTC) + timedelta(seconds=2)
    bucket.write("a.csv", b"54321")
    (second,) = bucket.list()
    assert second.etag != first.etag


def test_one_object_is_found_as_it_is_listed(bucket):
    fill(bucket, "in put/a+b.csv", "in put/a+b.csv.gz", "in put/.hidden/x.csv")
    listed, _ = bucket.list("in put/a")
    assert bucket.find("in put/a+b.csv") == listed
    assert bucket.find("in put/a") is None
    assert bucket.find("nothing/here.csv") is None


def test_a_large_file_arrives_whole(bucket, tmp_path):
    content = bytes(range(256)) * 50_000  # 12.8 MB: more than one part of an upload
    (tmp_path / "large").write_bytes(content)
    bucket.put("large.bin", tmp_path / "large")
    bucket.fetch("large.bin", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == content


def test_prefixes_are_those_of_keys_not_of_folders(bucket):
    fill(bucket, "x/y.csv", "x/y/z.csv", "x/yy.csv", "xx.csv", "a.csv")
    assert keys(bucket) == ["a.csv", "x/y.csv", "x/y/z.csv", "x/yy.csv", "xx.csv"]
    assert keys(bucket, "x") == ["x/y.csv", "x/y/z.csv", "x/yy.csv", "xx.csv"]
    assert keys(bucket, "x/y") == ["x/y.csv", "x/y/z.csv", "x/yy.csv"]
    assert keys(bucket, "x/y/") == ["x/y/z.csv"]
    assert keys(bucket, "x/y.csv") == ["x/y.csv"]
    assert keys(bucket, "nothing/here") == []


@pytest.mark.parametrize("of", ["read", "fetch"])
def test_an_object_that_is_not_there(bucket, tmp_path, of):
    rest = [tmp_path / "target"] if of == "fetch" else []
    with pytest.raises(InputError, match=r"s3://retail/no\.csv: no such object; check the path"):
        getattr(bucket, of)("no.csv", *rest)
    assert not (tmp_path / "target").exists()


def test_what_is_not_there_is_deleted_already(bucket):
    bucket.delete("no.csv")


@pytest.mark.parametrize("key", ["", "folder/"])
def test_a_folder_is_no_object(bucket, key):
    with pytest.raises(InputError, match="is a folder"):
        bucket.write(key, b"x")


@pytest.mark.parametrize("key", ["../x", "a/../../x", "./x", "/etc/passwd", "a//b", "a\\b", "a\0b"])
def test_no_key_leads_out(bucket, key, tmp_path):
    (tmp_path / "source").write_bytes(b"x")
    for ask in (
        lambda: bucket.read(key),
        lambda: bucket.write(key, b"x"),
        lambda: bucket.put(key, tmp_path / "source"),
        lambda: bucket.fetch(key, tmp_path / "target"),
        lambda: bucket.delete(key),
        lambda: bucket.local_path(key),
        lambda: list(bucket.list(key)),
    ):
        with pytest.raises(InputError, match="key "):
            ask()


def test_a_working_bucket_passes_its_test_and_is_left_as_it_was(bucket):
    fill(bucket, "a.csv")
    assert probe(bucket, "token") == Tried()
    assert keys(bucket) == ["a.csv"]
    with pytest.raises(InputError, match="no such object"):
        bucket.read(".forecastle-probe-token")


def test_a_bucket_that_cannot_be_written_may_still_be_read(folder_bucket, monkeypatch):
    fill(folder_bucket, "a.csv")
    refusal = StorageError("full")

    def refuse(*_arguments):
        raise refusal

    monkeypatch.setattr(folder_bucket, "write", refuse)
    assert probe(folder_bucket, "token") == Tried(writing=refusal)
    assert probe(folder_bucket, "token").errors == (refusal,)


def test_a_test_tells_of_a_bucket_that_gives_back_something_else(folder_bucket, monkeypatch):
    monkeypatch.setattr(folder_bucket, "read", lambda _key: b"else")
    tried = probe(folder_bucket, "token")
    assert (tried.listing, tried.writing) == (None, None)
    assert "gives back something else" in str(tried.reading)
    assert keys(folder_bucket) == []


def test_a_folder_is_looked_into_without_what_lies_deeper(bucket):
    fill(bucket, *(f"top/{each}" for each in ("b.csv", "in/2024/x.csv", "in/2023/z/x.csv")))
    fill(bucket, "root.csv", "top/in/a.csv", "top/in2.csv")
    top, below = bucket.folder("top/"), bucket.folder("top/in/")
    assert top.folders == ("top/in/",)
    assert [each.key for each in top.objects] == ["top/b.csv", "top/in2.csv"]
    assert below.folders == ("top/in/2023/", "top/in/2024/")
    assert [(each.key, each.size) for each in below.objects] == [("top/in/a.csv", 1)]
    assert "top/" in bucket.folder().folders
    assert [each.key for each in bucket.folder().objects] == ["root.csv"]
    assert bucket.folder("nothing/") == Folder((), ())


def test_the_files_of_an_object_a_folder_a_prefix_and_a_bucket(bucket):
    fill(bucket, "in/a.csv", "in/2024/b.csv", "in.csv", "in_part0.csv", "other.csv")
    assert files(bucket, "in/a.csv") == {"a.csv": b"x"}
    assert set(files(bucket, "in")) == set(files(bucket, "in/")) == {"2024/b.csv", "a.csv"}
    assert set(files(bucket, "in_part")) == {"in_part0.csv"}
    assert len(files(bucket, "")) == 5


def test_an_object_goes_before_the_folder_of_its_name_and_other_beginnings(bucket):
    fill(bucket, "sales", "sales.csv", "sales.csv.bak")
    assert set(files(bucket, "sales")) == {"sales"}
    assert set(files(bucket, "sales.csv")) == {"sales.csv"}


def test_hidden_and_empty_objects_are_no_files(bucket):
    fill(bucket, "in/a.csv", "in/_SUCCESS", "in/_temporary/0/b.csv")
    fill(bucket, "in/empty.csv", content=b"")
    assert set(files(bucket, "in")) == {"a.csv"}
    assert set(files(bucket, "in/_temporary/0/")) == {"b.csv"}


@pytest.mark.parametrize("key", ["nothing", "in/", "in/empty.csv"])
def test_where_no_files_are(bucket, key):
    fill(bucket, "in/empty.csv", content=b"")
    with pytest.raises(InputError) as refused:
        files(bucket, key)
    assert str(refused.value) == (
        f"No objects found in s3 path s3://retail/{key}, please ensure the path is specified "
        "correctly."
    )


def test_too_many_files(bucket):
    fill(bucket, "in/a.csv", "in/b.csv", "in/c.csv")
    with pytest.raises(InputError, match="s3://retail/in: 3 files; at most 2 can be imported"):
        files(bucket, "in", most_files=2)

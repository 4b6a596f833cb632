"""``s3://bucket/key``, read strictly: no text reaches a file outside of its bucket."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.storage.folder_bucket import FolderBucket
from forecastle.storage.locations import Location

PARTS = st.sampled_from(
    ["..", ".", "", "a", "secret", "link", "%2e%2e", "..%2f", "\\", "\0", "~", "/", " ", "판매"]
)
KEYS = st.one_of(st.lists(PARTS, max_size=6).map("/".join), st.text(max_size=20))


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://retail/in/sales.csv", "retail", "in/sales.csv"),
        ("s3://retail/in/", "retail", "in/"),
        ("s3://retail/", "retail", ""),
        ("s3://retail", "retail", ""),
        ("s3://my.bucket-1/판매/a b+%20.csv", "my.bucket-1", "판매/a b+%20.csv"),
    ],
)
def test_a_location_is_a_bucket_and_a_key(text, bucket, key):
    location = Location.parse(text)
    assert (location.bucket, location.key) == (bucket, key)
    assert Location.parse(str(location)) == location


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/data/sales.csv", "does not begin with s3://"),
        ("https://retail/sales.csv", "does not begin with s3://"),
        ("S3://retail/sales.csv", "does not begin with s3://"),
        ("", "does not begin with s3://"),
        ("s3://", "'' is no name of a bucket"),
        ("s3:///sales.csv", "'' is no name of a bucket"),
        ("s3://ab/x", "'ab' is no name of a bucket"),
        ("s3://Retail/x", "'Retail' is no name of a bucket"),
        ("s3://re_tail/x", "is no name of a bucket"),
        ("s3://192.168.0.1/x", "is no name of a bucket"),
        ("s3://a..b/x", "is no name of a bucket"),
        ("s3://../x", "'..' is no name of a bucket"),
        ("s3://" + "a" * 64, "is no name of a bucket"),
        ("s3://retail/../x", "holds '.' or '..' as a folder"),
        ("s3://retail/in/./x", "holds '.' or '..' as a folder"),
        ("s3://retail/in/..", "holds '.' or '..' as a folder"),
        ("s3://retail/in\\x", "a backslash or a control character"),
        ("s3://retail/in\0x", "a backslash or a control character"),
        ("s3://retail/in\nx", "a backslash or a control character"),
        ("s3://retail//etc/passwd", "empty folder name"),
        ("s3://retail/in//x", "empty folder name"),
        ("s3://retail/\ud800", "no Unicode text"),
        ("s3://retail/" + "x" * 1025, "longer than 1024 bytes"),
    ],
)
def test_what_is_no_location(text, told):
    with pytest.raises(InputError) as refused:
        Location.parse(text)
    assert told in str(refused.value)


def test_a_place_within():
    assert Location("retail", "in").within("a.csv") == Location("retail", "in/a.csv")
    assert Location("retail", "in/").within("a.csv") == Location("retail", "in/a.csv")
    assert Location("retail").within("a.csv") == Location("retail", "a.csv")
    with pytest.raises(InputError, match=r"holds '\.' or '\.\.'"):
        Location("retail", "in").within("../../x")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A bucket with links that lead out of it, beside files that are nobody's business."""
    root = tmp_path_factory.mktemp("world")
    bucket = root / "buckets" / "retail"
    (bucket / "a").mkdir(parents=True)
    for place in (root / "secret", root / "buckets" / "secret"):
        place.write_text("secret")
    (bucket / "link").symlink_to(root)
    (bucket / "a" / "link").symlink_to(root / "secret")
    return root


def others(root):
    """Every file outside of the bucket, with its content."""
    found = {}
    for folder, _, names in os.walk(root):
        if not Path(folder).is_relative_to(root / "buckets" / "retail"):
            found |= {f"{folder}/{name}": Path(folder, name).read_bytes() for name in names}
    return found


@given(key=KEYS)
@example(key="link/secret")
@example(key="a/link")
@example(key="link/new")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_key_reaches_a_file_outside_of_its_bucket(world, key):
    before = others(world)
    bucket = FolderBucket("retail", world / "buckets" / "retail")
    for attempt in (
        lambda: bucket.read(key),
        lambda: [bucket.read(each.key) for each in bucket.list(key)],
        lambda: bucket.write(key, b"taken"),
        lambda: bucket.delete(key),
    ):
        try:
            found = attempt()
        except InputError:
            continue
        assert found is None or b"secret" not in (found if isinstance(found, list) else [found])
    assert others(world) == before

"""Buckets as people see them: connected, tried, walked through, filled."""

from __future__ import annotations

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import AccessDenied, InputError, ResourceNotFound
from forecastle.service.bucket_access import (
    BucketRequest,
    browse,
    connect_bucket,
    copy_object,
    describe_bucket,
    list_buckets,
    look_into,
    put_file,
    remove_bucket,
    try_bucket,
)
from forecastle.service.context import Caller, Context
from tests.service.service_world import REGION, World

NOBODY = "http://127.0.0.1:9"


def as_(world: World, role: Role = Role.ADMIN, account: str | None = None) -> Context:
    return Context(world.service, Caller(account or world.account, role, REGION, "somebody"))


def first(world: World, role: Role = Role.ADMIN) -> Context:
    """Somebody of the service's first account."""
    return as_(world, role, world.service.settings.account)


def names(context: Context) -> list[str]:
    return [view.name for view in list_buckets(context)]


@pytest.fixture
def files(world: World):
    """Puts files into the account's bucket."""

    def fill(*keys: str) -> None:
        for key in keys:
            path = world.service.settings.buckets_dir / world.bucket / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(key)

    return fill


@pytest.fixture
def upload(world: World, tmp_path):
    """Stores a file of this content; where it lies."""

    def store(key: str, content: str = "x", role: Role = Role.OPERATOR) -> str:
        (tmp_path / "upload").write_text(content)
        return put_file(as_(world, role), world.bucket, key, tmp_path / "upload")

    return store


def test_an_account_sees_its_own_buckets(world: World):
    other = world.another()
    assert names(as_(world, Role.VIEWER)) == [world.bucket]
    assert names(as_(other)) == [other.bucket]
    with pytest.raises(ResourceNotFound, match="is not connected"):
        describe_bucket(as_(world), other.bucket)


def test_folders_that_nobody_registered_are_the_first_accounts(world: World):
    name = f"found-{world.account}"
    (world.service.settings.buckets_dir / name).mkdir()
    (world.service.settings.buckets_dir / f"No_Bucket_{world.account}").mkdir()
    found = describe_bucket(first(world), name)
    assert (found.registered, found.remote) == (False, False)
    assert f"No_Bucket_{world.account}" not in names(first(world))
    assert name not in names(as_(world))


def test_connecting_makes_the_folder_and_removing_leaves_it(world: World):
    name = f"new-{world.account}"
    assert connect_bucket(as_(world), BucketRequest(name)).account == world.account
    folder = world.service.settings.buckets_dir / name
    (folder / "a.csv").write_text("x")
    remove_bucket(as_(world), name)
    assert (folder / "a.csv").exists()
    assert name not in names(as_(world))


def test_an_s3_bucket_keeps_its_key_and_tells_no_secret(world: World):
    request = BucketRequest(f"far-{world.account}", NOBODY, "key", "hush", "eu-west-1")
    view = connect_bucket(as_(world), request)
    assert (view.place, view.remote, view.access_key_id) == (NOBODY, True, "key")
    assert "hush" not in f"{request}{view}"
    record = world.service.catalog.buckets.find(view.name)
    assert record is not None
    assert record.secret == "hush"


def test_a_server_that_is_not_there_is_told_for_each_ability(world: World):
    tried = try_bucket(as_(world), BucketRequest("far-away", NOBODY, "key", "hush"))
    assert tried.listing is not None
    assert "the S3 server failed" in str(tried.listing)
    assert tried.writing is not None


def test_a_trial_leaves_nothing_behind(world: World):
    request = BucketRequest(f"trial-{world.account}")
    assert not try_bucket(as_(world), request).errors
    assert not (world.service.settings.buckets_dir / request.name).exists()
    assert request.name not in names(as_(world))
    assert not try_bucket(as_(world), world.bucket).errors


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (BucketRequest("No Name"), "no name of a bucket"),
        (BucketRequest("shop", "ftp://host", "key", "x"), "endpoint 'ftp://host' is no URL"),
        (BucketRequest("shop", "https://host", "key"), "has no secret"),
    ],
)
def test_what_cannot_be_tried(world: World, request_, complaint):
    with pytest.raises(InputError, match=complaint):
        try_bucket(as_(world), request_)


def test_other_accounts_get_neither_the_first_ones_folders_nor_its_keys(world: World):
    name = f"taken-{world.account}"
    (world.service.settings.buckets_dir / name).mkdir()
    for request in (
        BucketRequest(name),
        BucketRequest("free-name", NOBODY),
        BucketRequest("free-name", account=world.service.settings.account),
    ):
        with pytest.raises(AccessDenied, match="cannot be connected by account"):
            connect_bucket(as_(world), request)
    with pytest.raises(ResourceNotFound):
        try_bucket(as_(world), name)
    with pytest.raises(ResourceNotFound):
        remove_bucket(as_(world), world.another().bucket)
    assert connect_bucket(first(world), BucketRequest(name)).name == name


def test_a_bucket_that_is_gone_is_told(world: World):
    assert look_into(as_(world), world.bucket) is None
    (world.service.settings.buckets_dir / world.bucket).rmdir()
    assert "does not exist" in str(look_into(as_(world), world.bucket))


def test_a_folder_is_shown_with_its_folders_first(world: World, files):
    files("b.csv", "a.csv", "in/x.csv", "z/y.csv", ".hidden")
    found = browse(as_(world, Role.VIEWER), world.bucket)
    assert found.folders == ("in/", "z/")
    assert [each.key for each in found.objects] == ["a.csv", "b.csv"]
    assert (found.count, found.after) == (4, None)
    assert browse(as_(world), world.bucket, "in").prefix == "in/"


def test_a_folder_is_shown_page_by_page(world: World, files):
    files("a.csv", "b.csv", "c.csv", "in/x.csv")
    page = browse(as_(world), world.bucket, limit=2)
    assert (page.folders, page.after) == (("in/",), "a.csv")
    rest = browse(as_(world), world.bucket, limit=2, after=page.after or "")
    assert [each.key for each in rest.objects] == ["b.csv", "c.csv"]
    assert rest.after is None


def test_names_are_searched_in_whatever_case(world: World, files):
    files("Sales.csv", "prices.csv", "old_SALES/x.csv")
    found = browse(as_(world), world.bucket, search="sales")
    assert (found.folders, [each.key for each in found.objects]) == (("old_SALES/",), ["Sales.csv"])


def test_a_file_that_is_there_is_not_overwritten(world: World, upload, tmp_path):
    assert upload("uploads/sales.csv", "1") == f"s3://{world.bucket}/uploads/sales.csv"
    assert upload("uploads/sales.csv", "2") == f"s3://{world.bucket}/uploads/sales-2.csv"
    assert upload("uploads/sales.csv.gz", "3").endswith("/sales.csv.gz")
    assert upload("uploads/sales.csv.gz", "4").endswith("/sales-2.csv.gz")
    copy_object(as_(world, Role.VIEWER), tmp_path / "copy", world.bucket, "uploads/sales.csv")
    assert (tmp_path / "copy").read_text() == "1"


def test_what_is_no_file_is_told(world: World, tmp_path):
    with pytest.raises(ResourceNotFound, match="no such object"):
        copy_object(as_(world), tmp_path / "copy", world.bucket, "nothing.csv")


@pytest.mark.parametrize("key", [".hidden.csv", "uploads/", "../sales.csv"])
def test_names_that_no_object_can_have(upload, key):
    with pytest.raises(InputError):
        upload(key)


def test_roles(world: World, upload):
    for change in (
        lambda: connect_bucket(as_(world, Role.OPERATOR), BucketRequest("any-name")),
        lambda: remove_bucket(as_(world, Role.OPERATOR), world.bucket),
        lambda: try_bucket(as_(world, Role.OPERATOR), world.bucket),
        lambda: upload("sales.csv", role=Role.VIEWER),
    ):
        with pytest.raises(AccessDenied):
            change()

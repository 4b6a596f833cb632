"""Buckets as people see them: connect one, try it, walk through it, put a file into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from forecastle.catalog.access_keys import Role
from forecastle.catalog.buckets import BucketRecord
from forecastle.core.errors import AccessDenied, ForecastleError, InputError, ResourceNotFound
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.storage.buckets import Bucket, ObjectInfo, Tried, probe
from forecastle.storage.locations import Location, check_object_key
from forecastle.storage.s3_bucket import Patience

_RANDOM_BITS = 64
_MOST_SHOWN = 200
# Somebody waits for the answer: a server that is not there is told of within seconds.
_SHORT = Patience(tries=1, seconds=10.0, silence_seconds=10.0)


@dataclass(frozen=True)
class BucketRequest:
    """A bucket to be connected.

    Attributes:
        name: of the bucket.
        endpoint: of its S3 server; None: the service's own, or a folder of the data directory.
        access_key_id: for that endpoint; None: the service's own.
        secret: of that key.
        region: for that endpoint; None: the service's own.
        account: the owner; None: the caller's.
    """

    name: str
    endpoint: str | None = None
    access_key_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    region: str | None = None
    account: str | None = None


@dataclass(frozen=True)
class BucketView:
    """A bucket of the caller's.

    Attributes:
        name: of the bucket.
        account: whose it is.
        place: its folder or the address of its server.
        remote: whether it is on an S3 server.
        registered: whether it is in the catalog; a folder that nobody registered is not.
        access_key_id: for its server; None: the service's own.
        region: for its server.
    """

    name: str
    account: str
    place: str
    remote: bool
    registered: bool
    access_key_id: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Listing:
    """A part of a folder of a bucket.

    Attributes:
        bucket: its name.
        prefix: the folder's key, with its final slash; empty for the bucket itself.
        folders: keys of the folders in it.
        objects: the objects in it.
        after: the key to go on after; None: this was all.
        count: of all folders and objects in it that were searched for.
    """

    bucket: str
    prefix: str
    folders: tuple[str, ...]
    objects: tuple[ObjectInfo, ...]
    after: str | None
    count: int


def list_buckets(context: Context) -> list[BucketView]:
    """The caller's buckets, by name; the first account's include folders nobody registered."""
    require(context, Role.VIEWER, "ListBuckets")
    service, account = context.service, context.caller.account
    records = service.catalog.buckets.list()
    known = {record.name for record in records}
    views = [_view(context, each) for each in records if each.account == account]
    if account == service.settings.account and service.settings.s3_endpoint_url is None:
        folders = (name for name in _folders(service.settings.buckets_dir) if name not in known)
        views += [_view(context, BucketRecord(name, account), registered=False) for name in folders]
    return sorted(views, key=lambda view: view.name)


def describe_bucket(context: Context, name: str) -> BucketView:
    """One of the caller's buckets.

    Raises:
        ResourceNotFound: the caller has none of that name.
    """
    require(context, Role.VIEWER, "DescribeBucket")
    found = [view for view in list_buckets(context) if view.name == name]
    if not found:
        raise ResourceNotFound(
            f"bucket '{name}' is not connected; the list of buckets tells which are"
        )
    return found[0]


def connect_bucket(context: Context, request: BucketRequest) -> BucketView:
    """Register a bucket; where buckets are folders, its folder is made.

    Raises:
        AccessDenied: the caller is no administrator, or of another account than the first and
            wants a bucket that is the first one's.
        InputError: the name is no bucket's or is taken, or the key has no secret.
    """
    require(context, Role.ADMIN, "ConnectBucket")
    record = _record(context, request)
    context.service.stores.register(record)
    return _view(context, record)


def remove_bucket(context: Context, name: str) -> None:
    """Forget a bucket; what is in it stays.

    Raises:
        InputError: it is not registered.
        ResourceNotFound: it is another account's.
    """
    require(context, Role.ADMIN, "RemoveBucket")
    _administered(context, name)
    context.service.catalog.buckets.remove(name)


def try_bucket(context: Context, what: BucketRequest | str) -> Tried:
    """List, write, read and delete in a bucket: one that is there, or one to be connected.

    Raises:
        InputError: it is none, or the request is not one that could be registered.
        ResourceNotFound: it is another account's.
    """
    require(context, Role.ADMIN, "TestBucket")
    token = f"{context.service.random(_RANDOM_BITS):016x}"
    if isinstance(what, BucketRequest):
        with _as_if_registered(context, _record(context, what)) as bucket:
            return probe(bucket, token)
    record = _administered(context, what)
    return probe(context.service.stores.open_bucket(record, _SHORT), token)


def place_of(context: Context, name: str) -> str:
    """Where a bucket lies, for people: its folder or the address of its server."""
    require(context, Role.ADMIN, "DescribeBucket")
    return context.service.stores.place(_administered(context, name))


def look_into(context: Context, name: str) -> str | None:
    """Why a bucket cannot be listed; None if it can."""
    require(context, Role.VIEWER, "ListObjects")
    try:
        _open(context, name).folder()
    except ForecastleError as error:
        return str(error)
    return None


def browse(
    context: Context,
    bucket: str,
    prefix: str = "",
    limit: int = _MOST_SHOWN,
    after: str = "",
    search: str = "",
) -> Listing:
    """The folders and objects directly in a folder, first the folders.

    Args:
        context: who asks.
        bucket: its name.
        prefix: the folder's key; empty for the bucket itself.
        limit: how many at most.
        after: the key that the page before ended with.
        search: only names that contain this, in whatever case.

    Raises:
        InputError: it is not the caller's bucket, or the prefix could lead out of it.
    """
    require(context, Role.VIEWER, "ListObjects")
    key = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    found = _open(context, bucket).folder(key)
    everything: list[str | ObjectInfo] = [*found.folders, *found.objects]
    entries = [each for each in everything if _is_shown(each, search)]
    start = _position(entries, after)
    shown = entries[start : start + limit]
    rest = len(entries) > start + limit
    return Listing(
        bucket,
        key,
        tuple(each for each in shown if isinstance(each, str)),
        tuple(each for each in shown if isinstance(each, ObjectInfo)),
        _key(shown[-1]) if rest else None,
        len(entries),
    )


def put_file(context: Context, bucket: str, key: str, path: Path) -> str:
    """Store a file of this machine; an object that is there stays, the new one gets a number.

    Returns:
        Where it lies: ``s3://bucket/uploads/sales-2.csv``.

    Raises:
        InputError: it is not the caller's bucket, or no object can have that key.
    """
    require(context, Role.OPERATOR, "PutObject")
    if _name(key).startswith("."):
        raise InputError(f"'{_name(key)}' begins with a dot and would be hidden; rename it")
    opened = context.service.stores.bucket(context.caller.account, Location(bucket))
    free = _free_key(opened, check_object_key(bucket, key))
    opened.put(free, path)
    return str(Location(bucket, free))


def copy_object(context: Context, path: Path, bucket: str, key: str) -> None:
    """Copy an object into a file of this machine.

    Raises:
        InputError: it is not the caller's bucket.
        ResourceNotFound: there is no such object.
    """
    require(context, Role.VIEWER, "GetObject")
    opened = context.service.stores.bucket(context.caller.account, Location(bucket))
    if opened.find(key) is None:
        raise ResourceNotFound(f"s3://{bucket}/{key}: no such object; check the path")
    opened.fetch(key, path)


def _view(context: Context, record: BucketRecord, *, registered: bool = True) -> BucketView:
    stores = context.service.stores
    return BucketView(
        record.name,
        record.account,
        stores.place(record),
        stores.is_remote(record),
        registered,
        record.access_key_id,
        record.region,
    )


def _folders(root: Path) -> Iterator[str]:
    """Names of folders that buckets can have."""
    if root.is_dir():
        for entry in root.iterdir():
            if entry.is_dir() and _is_bucket_name(entry.name):
                yield entry.name


def _is_bucket_name(name: str) -> bool:
    try:
        return Location.parse(f"s3://{name}/").bucket == name
    except InputError:
        return False


def _record(context: Context, request: BucketRequest) -> BucketRecord:
    """The record of a request, if the caller may make it."""
    caller, service = context.caller, context.service
    record = BucketRecord(
        request.name,
        request.account or caller.account,
        request.endpoint or None,
        request.access_key_id or None,
        request.secret or None,
        request.region or None,
        service.clock(),
    )
    Location.parse(f"s3://{record.name}/")
    if record.endpoint and not record.endpoint.startswith(("http://", "https://")):
        raise InputError(
            f"endpoint '{record.endpoint}' is no URL of a server; write https://host or "
            "http://host:port"
        )
    if caller.account != service.settings.account:
        _check_tenant(context, record)
    return record


def _check_tenant(context: Context, record: BucketRecord) -> None:
    """Other accounts than the first reach neither its folders nor what the service's keys open."""
    settings = context.service.settings
    shared = context.service.stores.is_remote(record) and record.access_key_id is None
    taken = (settings.buckets_dir / record.name).exists()
    if record.account != context.caller.account or shared or taken:
        raise AccessDenied(
            f"bucket '{record.name}' cannot be connected by account {context.caller.account}; "
            "give an access key of its own, take another name, or ask the operator of the service"
        )


def _administered(context: Context, name: str) -> BucketRecord:
    """The record of a bucket, if the caller administers it: the first account does so for all."""
    account = context.caller.account
    record = context.service.catalog.buckets.find(name)
    first = context.service.settings.account
    allowed = account == first if record is None else account in (record.account, first)
    if not allowed:
        raise ResourceNotFound(
            f"bucket '{name}' is not connected; the list of buckets tells which are"
        )
    return record or BucketRecord(name, account)


def _open(context: Context, name: str) -> Bucket:
    """A bucket of the caller's, with little patience."""
    stores, account = context.service.stores, context.caller.account
    stores.bucket(account, Location(name))
    record = context.service.catalog.buckets.find(name) or BucketRecord(name, account)
    return stores.open_bucket(record, _SHORT)


@contextmanager
def _as_if_registered(context: Context, record: BucketRecord) -> Iterator[Bucket]:
    """The bucket of a record that is not registered; no folder is left that was not there."""
    stores = context.service.stores
    folder = context.service.settings.buckets_dir / record.name
    new = not stores.is_remote(record) and not folder.exists()
    if new:
        folder.mkdir(parents=True)
    try:
        yield stores.open_bucket(record, _SHORT)
    finally:
        if new:
            folder.rmdir()


def _free_key(bucket: Bucket, key: str) -> str:
    """The key, or with a number before its ending if it is taken."""
    path = PurePosixPath(key)
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    stem = path.name.removesuffix(suffix)
    free, number = key, 1
    while bucket.find(free) is not None:
        number += 1
        free = str(path.with_name(f"{stem}-{number}{suffix}"))
    return free


def _is_shown(entry: str | ObjectInfo, search: str) -> bool:
    name = _name(_key(entry).removesuffix("/"))
    return not name.startswith(".") and search.casefold() in name.casefold()


def _position(entries: list[str | ObjectInfo], after: str) -> int:
    """Where a page begins; an entry that is gone begins it anew."""
    keys = [_key(each) for each in entries]
    return keys.index(after) + 1 if after in keys else 0


def _key(entry: str | ObjectInfo) -> str:
    return entry if isinstance(entry, str) else entry.key


def _name(key: str) -> str:
    return key.rpartition("/")[2]

"""Finding the files of a source: of an export, a manifest, or whatever lies in a bucket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.pipelines import SUCCEEDED
from forecastle.catalog.resources import Filter, Position, Resource
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.jobs.export_backtest import METRICS, VALUES
from forecastle.jobs.export_files import part_prefix
from forecastle.service.context import Context
from forecastle.service.manifests import read_manifest
from forecastle.service.records import find, require_active
from forecastle.storage.buckets import Bucket, ObjectInfo
from forecastle.storage.locations import Location
from forecastle.storage.prepared import Dialect

MOST_BYTES = 2 * 2**30
MOST_FILES = 1000
_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet")
_PAGE = 50
_LONGEST = 20_000
_LARGEST_MANIFEST = 2**20
_EXPORTS = ResourceType.FORECAST_EXPORT_JOB
_BACKTESTS = ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB
_ACTIVE = Filter("Status", life.ACTIVE)


class SourceKind(StrEnum):
    """The kinds of sources, and what their values are."""

    GROUP = "group"  # ARN of a dataset group: its newest export
    PIPELINE = "pipeline"  # name of a pipeline: its newest export
    EXPORT = "export"  # ARN of an export
    BACKTEST = "backtest"  # ARN of a backtest export: what was forecast
    ACCURACY = "accuracy"  # ARN of a backtest export: how accurate that was
    MANIFEST = "manifest"  # a QuickSight manifest, or where it lies
    PATH = "path"  # s3://bucket/key of a file or a folder


@dataclass(frozen=True)
class Source:
    """Where the data of a visual come from."""

    kind: SourceKind
    value: str

    def to_json(self) -> dict[str, str]:
        """Plain values; `from_json` is the inverse."""
        return {"kind": str(self.kind), "value": self.value}

    @classmethod
    def from_json(cls, content: Any) -> Source:
        """Read plain values.

        Raises:
            InputError: they are no source.
        """
        if not isinstance(content, Mapping) or not isinstance(content.get("value"), str):
            raise InputError("the source is damaged; choose the data anew")
        kind = content.get("kind")
        if kind not in list(SourceKind):
            raise InputError(f"source '{kind}' is not known; use {' or '.join(SourceKind)}")
        if not 0 < len(content["value"]) <= _LONGEST:
            raise InputError(f"the source is empty or longer than {_LONGEST} characters")
        return cls(SourceKind(kind), content["value"])


@dataclass(frozen=True)
class Found:
    """The files of a source as they are now.

    Attributes:
        name: for people: of the export or the file.
        parts: bucket and object of each file.
        dialect: of those that are text.
        made_at: when the newest was made; seconds since 1970.
    """

    name: str
    parts: tuple[tuple[Bucket, ObjectInfo], ...]
    dialect: Dialect
    made_at: float

    @property
    def version(self) -> str:
        """The same as long as the files are the same."""
        parts = [[bucket.name, each.key, each.etag, each.size] for bucket, each in self.parts]
        text = json.dumps([parts, [self.dialect.delimiter, self.dialect.has_header]])
        return hashlib.sha256(text.encode()).hexdigest()


def find_files(context: Context, source: Source) -> Found:
    """The files of a source as they are now, with the rights of the caller's account.

    Raises:
        ResourceNotFound: the export, the group or its first export is not there.
        InputError: there are no files, or too many.
        StorageError: the bucket failed.
    """
    found = _FINDERS[source.kind](context, source.value)
    size = sum(info.size for _, info in found.parts)
    if not found.parts:
        raise InputError(f"{found.name}: no files are there; export again, or choose other data")
    if len(found.parts) > MOST_FILES:
        raise InputError(
            f"{found.name}: {len(found.parts):,} files are more than an analysis takes "
            f"({MOST_FILES:,}); choose a folder with fewer"
        )
    if size > MOST_BYTES:
        raise InputError(
            f"{found.name}: {size / 2**30:.1f} GB are more than an analysis takes "
            f"({MOST_BYTES / 2**30:.0f} GB); choose fewer files, or use SQL"
        )
    return found


def _newest_of_group(context: Context, arn: str) -> Found:
    group = find(context, arn, ResourceType.DATASET_GROUP)
    for export in _exports(context):
        forecast = context.service.catalog.resources.find(export.request["ForecastArn"])
        if forecast is not None and forecast.details.get("dataset_group") == arn:
            return _parts_of(context, export)
    raise ResourceNotFound(
        f"dataset group '{group.name}' has no finished export yet; create a forecast and export it"
    )


def _exports(context: Context) -> Iterator[Resource]:
    """The account's finished exports, newest first."""
    after: Position | None = None
    while True:
        page = context.service.catalog.resources.page(
            context.caller.account, _EXPORTS, (_ACTIVE,), after, _PAGE
        )
        yield from page
        if len(page) < _PAGE:
            return
        after = Position(page[-1].created_at, page[-1].arn)


def _newest_of_pipeline(context: Context, name: str) -> Found:
    pipelines, account = context.service.catalog.pipelines, context.caller.account
    if pipelines.find(account, name) is None:
        raise ResourceNotFound(f"pipeline '{name}' is not there; choose other data")
    for run in pipelines.runs(account, name):
        if run.status == SUCCEEDED:
            arns = {each.step: each.results for each in pipelines.steps(run.run_id)}
            arn = arns.get("export", {}).get("export")
            if arn and context.service.catalog.resources.find(arn, account):
                return _of_export(context, arn)
    raise ResourceNotFound(f"pipeline '{name}' has made no export yet; wait for its first run")


def _of_export(context: Context, arn: str) -> Found:
    return _parts_of(context, require_active(find(context, arn, _EXPORTS)))


def _of_backtest(context: Context, arn: str, *, folder: str = VALUES) -> Found:
    return _parts_of(context, require_active(find(context, arn, _BACKTESTS)), folder)


def _parts_of(context: Context, export: Resource, folder: str = "") -> Found:
    """The parts that an export job wrote, and those of no other job."""
    place = Location.parse(export.request["Destination"]["S3Config"]["Path"])
    bucket = context.service.stores.bucket(context.caller.account, place)
    pieces = (place.key.strip("/"), folder, f"{part_prefix(export)}_part")
    start = "/".join(piece for piece in pieces if piece)
    return _found(export.name, [(bucket, each) for each in bucket.list(start)], Dialect(","))


def _of_manifest(context: Context, text: str) -> Found:
    name = "QuickSight manifest"
    if text.strip().startswith("s3://"):
        location = Location.parse(text.strip())
        bucket = context.service.stores.bucket(context.caller.account, location)
        info = bucket.find(location.key)
        if info is None or info.size > _LARGEST_MANIFEST:
            raise InputError(f"{location}: no manifest is there; check the path")
        name, text = location.key.rpartition("/")[2], _text(bucket.read(location.key), location)
    manifest = read_manifest(text)
    parts = [_object(context, each) for each in manifest.files]
    for prefix in manifest.prefixes:
        parts += _below(context, prefix)
    return _found(name, parts, manifest.dialect)


def _of_path(context: Context, path: str) -> Found:
    location = Location.parse(path.strip())
    key = location.key
    if key and not key.endswith("/"):
        bucket = context.service.stores.bucket(context.caller.account, location)
        info = bucket.find(key)
        if info is not None:
            return _found(key.rpartition("/")[2], [(bucket, info)], Dialect())
    folder = key if not key or key.endswith("/") else f"{key}/"
    return _found(str(location), _below(context, Location(location.bucket, folder)), Dialect())


def _object(context: Context, location: Location) -> tuple[Bucket, ObjectInfo]:
    bucket = context.service.stores.bucket(context.caller.account, location)
    info = bucket.find(location.key)
    if info is None:
        raise InputError(f"{location}: the manifest names this file, but it is not there")
    return bucket, info


def _below(context: Context, location: Location) -> list[tuple[Bucket, ObjectInfo]]:
    """Tables whose keys begin so; hidden files and other files are left out."""
    bucket = context.service.stores.bucket(context.caller.account, location)
    return [
        (bucket, each)
        for each in bucket.list(location.key)
        if each.size
        and each.key.lower().endswith(_SUFFIXES)
        and not any(part.startswith((".", "_")) for part in each.key.split("/"))
    ]


def _found(name: str, parts: Sequence[tuple[Bucket, ObjectInfo]], dialect: Dialect) -> Found:
    made_at = max((info.modified.timestamp() for _, info in parts), default=0.0)
    return Found(name, tuple(parts), dialect, made_at)


def _text(content: bytes, location: Location) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{location} is no text; a manifest is JSON in UTF-8") from error


_FINDERS: Mapping[SourceKind, Callable[[Context, str], Found]] = {
    SourceKind.GROUP: _newest_of_group,
    SourceKind.PIPELINE: _newest_of_pipeline,
    SourceKind.EXPORT: _of_export,
    SourceKind.BACKTEST: _of_backtest,
    SourceKind.ACCURACY: partial(_of_backtest, folder=METRICS),
    SourceKind.MANIFEST: _of_manifest,
    SourceKind.PATH: _of_path,
}

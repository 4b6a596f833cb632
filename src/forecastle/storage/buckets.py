"""Buckets: one face for folders and S3, and the files of an import on this machine's disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from forecastle.core.errors import ForecastleError, InputError
from forecastle.storage.files import SourceFile
from forecastle.storage.locations import Location

_HIDDEN = (".", "_")
_MOST_FILES = 10_000
# Transfers from a server at the same time.
_AT_ONCE = 4


@dataclass(frozen=True)
class ObjectInfo:
    """An object in a bucket; ``etag`` changes with its content, ``size`` is in bytes."""

    key: str
    size: int
    etag: str
    modified: datetime


@dataclass(frozen=True)
class Folder:
    """What lies directly in a folder of a bucket.

    Attributes:
        folders: keys of the folders in it, each with its final slash; sorted.
        objects: the objects in it; sorted by key.
    """

    folders: tuple[str, ...]
    objects: tuple[ObjectInfo, ...]


class Bucket(Protocol):
    """Objects by key.

    Every method raises `StorageError` if the disk or the server fails, and `InputError` if it is
    the caller's to mend: no such object, no permission.
    """

    name: str

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The objects whose keys begin with ``prefix``, sorted by key."""

    def folder(self, key: str = "") -> Folder:
        """What lies directly in a folder: its key ends in a slash; empty is the bucket itself."""

    def find(self, key: str) -> ObjectInfo | None:
        """One object as `list` gives it; None if it is not there."""

    def fetch(self, key: str, target: Path) -> None:
        """Copy an object into a file."""

    def local_path(self, key: str) -> Path | None:
        """The file that the object is; None where it is none of this machine's."""

    def put(self, key: str, source: Path) -> None:
        """Store a file; the object appears whole or not at all, and replaces one that is there."""

    def read(self, key: str) -> bytes:
        """A small object."""

    def write(self, key: str, content: bytes) -> None:
        """Store a small object, as `put` does."""

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""


@contextmanager
def source_files(
    bucket: Bucket, location: Location, *, most_files: int = _MOST_FILES
) -> Iterator[list[SourceFile]]:
    """The files of a location: an object, all below a folder or of a prefix, or a whole bucket.

    Empty objects and names that begin with a dot or an underscore are left out, as Spark and
    Athena do. Objects of S3 are copied to a temporary folder that lives as long as this.

    Raises:
        InputError: nothing is there, or too much.
    """
    found = _objects(bucket, location)
    if not found:
        raise InputError(
            f"No objects found in s3 path {location}, please ensure the path is specified "
            "correctly."
        )
    if len(found) > most_files:
        raise InputError(
            f"{location}: {len(found)} files; at most {most_files} can be imported at once, "
            "join some"
        )
    with tempfile.TemporaryDirectory(prefix="forecastle-") as name:
        folders = (Path(name) / str(number) for number in range(len(found)))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            files = list(pool.map(partial(_source, bucket), found.items(), folders))
        yield files


def _objects(bucket: Bucket, location: Location) -> dict[str, str]:
    """By key, how messages call the objects of a location: by their paths below its folder.

    They are the object of that very key, else those below the folder, else those whose keys begin
    so, as parts of an export do.
    """
    key = location.key
    folder = key if not key or key.endswith("/") else f"{key}/"
    filled = [each.key for each in bucket.list(key) if each.size]
    if key in filled:
        return {key: key.rpartition("/")[2]}
    start = folder if any(each.startswith(folder) for each in filled) else key
    base = len(start.rpartition("/")[0]) + 1 if "/" in start else 0
    named = {each: each[base:] for each in filled if each.startswith(start)}
    return {each: name for each, name in named.items() if _is_visible(name)}


def _is_visible(name: str) -> bool:
    return not any(part.startswith(_HIDDEN) for part in name.split("/"))


def _source(bucket: Bucket, source: tuple[str, str], folder: Path) -> SourceFile:
    """The object as a file that keeps its own name, by which messages and formats go."""
    key, name = source
    local = bucket.local_path(key)
    if local is None:
        local = folder / key.rpartition("/")[2]
        bucket.fetch(key, local)
    return SourceFile(name, local)


@dataclass(frozen=True)
class Tried:
    """What may be done in a bucket: None where it works, else the error that says why not."""

    listing: ForecastleError | None = None
    reading: ForecastleError | None = None
    writing: ForecastleError | None = None

    @property
    def errors(self) -> tuple[ForecastleError, ...]:
        """All that does not work."""
        return tuple(each for each in (self.listing, self.reading, self.writing) if each)


def probe(bucket: Bucket, token: str) -> Tried:
    """List a bucket, write a small object, read it and delete it again.

    Where nothing may be written, reading is tried with an object that is there; what cannot be
    tried counts as working.

    Args:
        bucket: to try.
        token: makes the object's name and content.
    """
    key = f".forecastle-probe-{token}"
    listing = _error(lambda: bucket.folder())
    writing = _error(lambda: bucket.write(key, token.encode()))
    if writing is not None:
        reading = None if listing is not None else _error(lambda: _find_any(bucket))
        return Tried(listing, reading, writing)
    reading = _error(lambda: _read_back(bucket, key, token))
    return Tried(listing, reading, _error(lambda: bucket.delete(key)))


def _error(attempt: Callable[[], object]) -> ForecastleError | None:
    try:
        attempt()
    except ForecastleError as error:
        return error
    return None


def _find_any(bucket: Bucket) -> None:
    """A server that does not let read an object does not tell its size either."""
    for each in bucket.folder().objects[:1]:
        bucket.find(each.key)


def _read_back(bucket: Bucket, key: str, token: str) -> None:
    if bucket.read(key) != token.encode():
        raise InputError(
            f"bucket '{bucket.name}' gives back something else than was written; check its server"
        )

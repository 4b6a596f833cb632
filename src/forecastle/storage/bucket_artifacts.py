"""BucketArtifacts: artifacts in a bucket, for workers on several machines."""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from forecastle.core.errors import StorageError
from forecastle.storage.artifacts import FolderArtifacts, checked, missing
from forecastle.storage.buckets import Bucket
from forecastle.storage.disk import disk_told

_MARKER = "complete.json"
_CACHE_BYTES = 20 * 2**30
# Nothing is taken from the cache that somebody may just have opened.
_SETTLED_SECONDS = 3600.0
_AT_ONCE = 4


class BucketArtifacts:
    """Artifacts in a bucket, with copies on this machine's disk.

    Each publication puts its files into a folder of its own, ``<identity>/<random>/``; then
    ``<identity>/complete.json`` names that folder and the sizes of its files, and only then is the
    artifact there. Two that publish at once do not mix their files.

    Args:
        bucket: where they are kept.
        prefix: what their keys begin with.
        cache: folder of the copies.
        cache_bytes: what the copies may have together; then those go that were opened the longest
            ago, but none that was opened within the hour.
    """

    def __init__(
        self, bucket: Bucket, prefix: str, cache: Path, *, cache_bytes: int = _CACHE_BYTES
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        self._cache, self._folder = FolderArtifacts(cache), cache
        self._cache_bytes = cache_bytes

    def publish(self, folder: Path, identity: str) -> None:
        """See `ArtifactStore.publish`."""
        if self.exists(identity):
            return
        publication = uuid.uuid4().hex
        paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            keys = [self._key(identity, f"{publication}/{name}") for name in paths]
            list(pool.map(self._bucket.put, keys, paths.values()))
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        marker = json.dumps({"folder": publication, "files": sizes}, ensure_ascii=False)
        self._bucket.write(self._key(identity, _MARKER), marker.encode())

    def exists(self, identity: str) -> bool:
        """See `ArtifactStore.exists`."""
        marker = self._key(identity, _MARKER)
        return any(each.key == marker for each in self._bucket.list(marker))

    def open(self, identity: str) -> Path:
        """See `ArtifactStore.open`."""
        with disk_told(f"copy of artifact {identity}"):
            if not self._cache.exists(identity):
                if not self.exists(identity):
                    raise missing(identity)
                self._copy(identity)
                self._shrink()
            path = self._cache.open(identity)
            os.utime(path)
            return path

    def delete(self, identity: str) -> None:
        """See `ArtifactStore.delete`; the marker first."""
        self._bucket.delete(self._key(identity, _MARKER))
        for each in self._bucket.list(self._key(identity, "")):
            self._bucket.delete(each.key)
        self._cache.delete(identity)

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """See `ArtifactStore.identities`."""
        found: dict[str, datetime] = {}
        for each in self._bucket.list(self._prefix):
            identity = each.key.removeprefix(self._prefix).partition("/")[0]
            found[identity] = max(found.get(identity, each.modified), each.modified)
        yield from sorted(found.items())

    def _key(self, identity: str, name: str) -> str:
        return f"{self._prefix}{checked(identity)}/{name}"

    def _copy(self, identity: str) -> None:
        """Into the cache, whole or not at all."""
        marker = json.loads(self._bucket.read(self._key(identity, _MARKER)))
        temporary = self._cache.temporary(identity)
        try:
            for name, size in marker["files"].items():
                target = temporary / name
                self._bucket.fetch(self._key(identity, f"{marker['folder']}/{name}"), target)
                if target.stat().st_size != size:
                    raise StorageError(f"artifact {identity}: '{name}' has changed in the bucket")
            self._cache.adopt(temporary, identity)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _shrink(self) -> None:
        """Take the oldest copies out of the cache until it is as small as it should be."""
        copies = sorted(self._cache.identities(), key=lambda copy: copy[1])
        sizes = {identity: _size(self._folder / identity) for identity, _ in copies}
        surplus = sum(sizes.values()) - self._cache_bytes
        settled = time.time() - _SETTLED_SECONDS
        for identity, opened in copies:
            if surplus <= 0 or opened.timestamp() > settled:
                return
            self._cache.delete(identity)
            surplus -= sizes[identity]


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process takes it out too
            total += path.stat().st_size
    return total

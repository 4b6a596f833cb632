"""Artifacts: folders of results, each published under an identity, whole or not at all.

An identity is published once: whoever publishes it again, because a job was run again, changes
nothing.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.buckets import Bucket

_IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_COMPLETE = "_complete"
_CACHED_AT_MOST = 200


class ArtifactStore(Protocol):
    """Keeps artifacts; what is opened must not be written to."""

    def publish(self, folder: Path, identity: str) -> None:
        """Store the files of a folder."""

    def exists(self, identity: str) -> bool:
        """Whether it was published."""

    def open(self, identity: str) -> Path:
        """A folder of this machine with its files."""

    def delete(self, identity: str) -> None:
        """Let it go; one that is not there is no error."""

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """All, with the time of publication."""


class FolderArtifacts:
    """Artifacts below a folder of this machine, or one that all machines share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def publish(self, folder: Path, identity: str) -> None:
        """See `ArtifactStore.publish`."""
        target = self._path(identity)
        if target.exists():
            return
        with _disk(identity):
            self._root.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{identity}.", dir=self._root))
            try:
                shutil.copytree(folder, temporary, dirs_exist_ok=True)
                _rename(temporary, target)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def exists(self, identity: str) -> bool:
        """See `ArtifactStore.exists`."""
        return self._path(identity).is_dir()

    def open(self, identity: str) -> Path:
        """See `ArtifactStore.open`."""
        path = self._path(identity)
        if not path.is_dir():
            raise _missing(identity)
        return path

    def delete(self, identity: str) -> None:
        """See `ArtifactStore.delete`; out of sight first, then bit by bit."""
        path = self._path(identity)
        retired = Path(tempfile.mkdtemp(prefix=f".{identity}.", dir=self._root))
        try:
            path.rename(retired / "old")
        except FileNotFoundError:
            pass
        finally:
            shutil.rmtree(retired, ignore_errors=True)

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """See `ArtifactStore.identities`."""
        if self._root.is_dir():
            for path in sorted(self._root.iterdir()):
                if _IDENTITY.fullmatch(path.name):
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, identity: str) -> Path:
        return self._root / _checked(identity)


class BucketArtifacts:
    """Artifacts in a bucket, for workers on several machines, with copies on this one's disk.

    An artifact counts from the moment on which its last object, a marker, is there.

    Args:
        bucket: where they are kept.
        prefix: what their keys begin with.
        cache: folder of the copies; the oldest go when there are many.
    """

    def __init__(self, bucket: Bucket, prefix: str, cache: Path) -> None:
        self._bucket = bucket
        self._prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        self._cache = FolderArtifacts(cache)

    def publish(self, folder: Path, identity: str) -> None:
        """See `ArtifactStore.publish`."""
        if self.exists(identity):
            return
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._bucket.put(self._key(identity, path.relative_to(folder).as_posix()), path)
        self._bucket.write(self._key(identity, _COMPLETE), b"")

    def exists(self, identity: str) -> bool:
        """See `ArtifactStore.exists`."""
        marker = self._key(identity, _COMPLETE)
        return any(each.key == marker for each in self._bucket.list(marker))

    def open(self, identity: str) -> Path:
        """See `ArtifactStore.open`."""
        if not self._cache.exists(identity):
            if not self.exists(identity):
                raise _missing(identity)
            self._copy(identity)
        return self._cache.open(identity)

    def delete(self, identity: str) -> None:
        """See `ArtifactStore.delete`; the marker first."""
        keys = [each.key for each in self._bucket.list(self._key(identity, ""))]
        marker = self._key(identity, _COMPLETE)
        for key in sorted(keys, key=lambda key: key != marker):
            self._bucket.delete(key)
        if self._cache.exists(identity):
            self._cache.delete(identity)

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """See `ArtifactStore.identities`."""
        for each in self._bucket.list(self._prefix):
            identity, _, name = each.key.removeprefix(self._prefix).partition("/")
            if name == _COMPLETE:
                yield identity, each.modified

    def _key(self, identity: str, name: str) -> str:
        return f"{self._prefix}{_checked(identity)}/{name}"

    def _copy(self, identity: str) -> None:
        """Into the cache, from which the oldest copies go."""
        with tempfile.TemporaryDirectory(prefix="forecastle-") as name:
            folder = Path(name)
            prefix = self._key(identity, "")
            for each in self._bucket.list(prefix):
                target = folder / each.key.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                self._bucket.fetch(each.key, target)
            self._cache.publish(folder, identity)
        copies = sorted(self._cache.identities(), key=lambda copy: copy[1])
        for old, _ in copies[:-_CACHED_AT_MOST]:
            self._cache.delete(old)


def _checked(identity: str) -> str:
    if not _IDENTITY.fullmatch(identity):
        raise InputError(f"artifact '{identity}' is no identity; use letters, digits, _ and -")
    return identity


def _missing(identity: str) -> StorageError:
    return StorageError(
        f"artifact {identity} is missing; restore it from a backup, or create the resource again"
    )


def _rename(temporary: Path, target: Path) -> None:
    """Give a folder its name; another process may have been quicker with the same content."""
    temporary.chmod(0o755)
    try:
        temporary.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or not target.is_dir():
            raise


@contextmanager
def _disk(identity: str) -> Iterator[None]:
    """A full disk in words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if not full and isinstance(error, shutil.Error):
            full = os.strerror(errno.ENOSPC) in str(error) or os.strerror(errno.EFBIG) in str(error)
        if full:
            raise StorageError(
                f"artifact {identity}: the disk is full; free space and try again"
            ) from error
        raise

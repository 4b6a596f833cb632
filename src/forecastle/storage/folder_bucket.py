"""FolderBucket: a folder as a bucket; dropping a file there is an upload."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from forecastle.core.errors import ForecastleError, InputError, StorageError
from forecastle.storage.atomic import atomic_file
from forecastle.storage.buckets import ObjectInfo
from forecastle.storage.locations import check_key


class FolderBucket:
    """The files below a folder, by their paths.

    Hidden files are none of its objects: half-written ones are hidden. Links are followed only as
    far as they stay in the folder.

    Args:
        name: of the bucket.
        root: the folder; it must be there.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self._root = root.resolve()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Bucket.list`."""
        check_key(prefix)
        start = self._root / prefix.rpartition("/")[0]
        found: list[ObjectInfo] = []
        with self._told(prefix):
            if self._is_inside(start):
                found = [info for path in _files(start) if (info := self._info(path, prefix))]
        yield from sorted(found, key=lambda info: info.key)

    def fetch(self, key: str, target: Path) -> None:
        """See `Bucket.fetch`."""
        with self._told(key):
            shutil.copyfile(self.local_path(key), target)

    def local_path(self, key: str) -> Path:
        """See `Bucket.local_path`.

        Raises:
            InputError: there is no such object.
        """
        path = self._path(key)
        if not path.is_file():
            raise InputError(f"s3://{self.name}/{key}: no such object; check the path")
        return path

    def put(self, key: str, source: Path) -> None:
        """See `Bucket.put`."""
        with self._told(key), atomic_file(self._path(key)) as temporary:
            shutil.copyfile(source, temporary)
            _flush(temporary)

    def read(self, key: str) -> bytes:
        """See `Bucket.read`."""
        with self._told(key):
            return self.local_path(key).read_bytes()

    def write(self, key: str, content: bytes) -> None:
        """See `Bucket.write`."""
        with self._told(key), atomic_file(self._path(key)) as temporary:
            temporary.write_bytes(content)
            _flush(temporary)

    def delete(self, key: str) -> None:
        """See `Bucket.delete`."""
        with self._told(key):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        """The file of a key, if neither the key nor a link leads out of the folder."""
        check_key(key)
        path = self._root / key
        if not key or key.endswith("/"):
            raise InputError(f"s3://{self.name}/{key} is a folder; name an object")
        if not self._is_inside(path):
            raise InputError(f"s3://{self.name}/{key} leads out of its bucket; remove the link")
        return path

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._root)

    def _info(self, path: Path, prefix: str) -> ObjectInfo | None:
        key = path.relative_to(self._root).as_posix()
        if not key.startswith(prefix) or not self._is_inside(path):
            return None
        try:
            stat = path.stat()
        except FileNotFoundError:  # deleted while the folder was read
            return None
        modified = datetime.fromtimestamp(stat.st_mtime, UTC)
        return ObjectInfo(key, stat.st_size, f"{stat.st_mtime_ns:x}-{stat.st_size:x}", modified)

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Failures of the disk in terms of the bucket."""
        try:
            yield
        except ForecastleError:
            raise
        except OSError as error:
            place = f"s3://{self.name}/{key}"
            if error.errno in (errno.EACCES, errno.EPERM):
                raise InputError(f"{place}: permission denied; check the folder's owner") from error
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StorageError(
                    f"{place}: the disk is full; free space and try again"
                ) from error
            reason = error.strerror or type(error).__name__
            raise StorageError(f"{place}: {reason}; check the disk and try again") from error


def _files(folder: Path) -> Iterator[Path]:
    """All that are not hidden, at any depth."""
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def _flush(path: Path) -> None:
    """On the disk before it gets its name: a power cut leaves the old object or the new one."""
    with path.open("rb") as file:
        os.fsync(file.fileno())

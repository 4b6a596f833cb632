"""FolderBucket: a folder as a bucket; dropping a file there is an upload."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from forecastle.core.errors import InputError
from forecastle.storage.atomic import atomic_file
from forecastle.storage.buckets import Folder, ObjectInfo
from forecastle.storage.disk import disk_told
from forecastle.storage.locations import check_key, check_object_key


class FolderBucket:
    """The files below a folder, by their paths.

    Hidden files are none of its objects: half-written ones are hidden. Links are followed only as
    far as they stay in the folder.

    Args:
        name: of the bucket.
        root: the folder; it must be there.

    Attributes:
        root: the folder, no link.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root.resolve()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Bucket.list`."""
        start = self.root / check_key(prefix).rpartition("/")[0]
        found: list[ObjectInfo] = []
        with self._told(prefix):
            if self._is_inside(start):
                found = [info for path in _files(start) if (info := self._info(path, prefix))]
        yield from sorted(found, key=lambda info: info.key)

    def folder(self, key: str = "") -> Folder:
        """See `Bucket.folder`."""
        start = self.root / check_key(key).rpartition("/")[0]
        with self._told(key):
            if not start.is_dir() or not self._is_inside(start):
                return Folder((), ())
            entries = [each for each in os.scandir(start) if not each.name.startswith(".")]
            folders = [each for each in entries if each.is_dir(follow_symlinks=False)]
            files = [Path(each.path) for each in entries if each.is_file()]
            found = [info for path in files if (info := self._info(path, key))]
        keys = sorted(f"{Path(each.path).relative_to(self.root).as_posix()}/" for each in folders)
        return Folder(tuple(keys), tuple(sorted(found, key=lambda info: info.key)))

    def find(self, key: str) -> ObjectInfo | None:
        """See `Bucket.find`."""
        path = self.root / check_object_key(self.name, key)
        with self._told(key):
            return self._info(path, key) if path.is_file() else None

    def fetch(self, key: str, target: Path) -> None:
        """See `Bucket.fetch`."""
        with self._told(key), atomic_file(target) as temporary:
            shutil.copyfile(self.local_path(key), temporary)

    def local_path(self, key: str) -> Path:
        """See `Bucket.local_path`.

        Raises:
            InputError: there is no such object.
        """
        with self._told(key):
            path = self._path(key)
            if path.is_file():
                return path
        raise InputError(f"s3://{self.name}/{key}: no such object; check the path")

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
        path = self.root / check_object_key(self.name, key)
        if not self._is_inside(path):
            raise InputError(f"s3://{self.name}/{key} leads out of its bucket; remove the link")
        return path

    def _is_inside(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self.root)

    def _info(self, path: Path, prefix: str) -> ObjectInfo | None:
        place = path.relative_to(self.root)
        key = place.as_posix()
        hidden = any(part.startswith(".") for part in place.parts)
        if hidden or not key.startswith(prefix) or not self._is_inside(path):
            return None
        try:
            stat = path.stat()
        except FileNotFoundError:  # deleted while the folder was read
            return None
        modified = datetime.fromtimestamp(stat.st_mtime, UTC)
        return ObjectInfo(key, stat.st_size, f"{stat.st_mtime_ns:x}-{stat.st_size:x}", modified)

    def _told(self, key: str) -> AbstractContextManager[None]:
        return disk_told(f"s3://{self.name}/{key}")


def _files(folder: Path) -> Iterator[Path]:
    """All that are not hidden, at any depth."""
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif (path := Path(entry.path)).is_file():
            yield path


def _flush(path: Path) -> None:
    """On the disk before it gets its name: a power cut leaves the old object or the new one."""
    with path.open("rb") as file:
        os.fsync(file.fileno())

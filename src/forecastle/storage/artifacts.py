"""Artifacts: folders of results, each published under an identity, whole or not at all.

An identity is published once: whoever publishes it again, because a job was run again, changes
nothing. What a killed process left half-published counts among the identities until it is deleted,
but is never opened.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from forecastle.core.errors import InputError, StorageError
from forecastle.storage.disk import disk_told

_IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ArtifactStore(Protocol):
    """Keeps artifacts; what is opened must not be written to.

    Every method raises `StorageError` if the disk or the server fails.
    """

    def publish(self, folder: Path, identity: str) -> None:
        """Store the files of a folder, and leave the folder as it is."""

    def exists(self, identity: str) -> bool:
        """Whether it was published."""

    def open(self, identity: str) -> Path:
        """A folder of this machine with its files."""

    def delete(self, identity: str) -> None:
        """Let it go, with what is half-published of it; one that is not there is no error."""

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """All, the half-published too, with the time of their last change."""


class FolderArtifacts:
    """Artifacts below a folder of this machine, or one that all machines share.

    An artifact is a folder by the name of its identity; before it is complete, the name begins with
    a dot and ends in random letters.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def publish(self, folder: Path, identity: str) -> None:
        """See `ArtifactStore.publish`."""
        with disk_told(_named(identity)):
            if self.exists(identity):
                return
            temporary = self.temporary(identity)
            try:
                shutil.copytree(folder, temporary, dirs_exist_ok=True)
                self.adopt(temporary, identity)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def temporary(self, identity: str) -> Path:
        """An empty folder, to be filled and adopted."""
        checked(identity)
        self._root.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{identity}.", dir=self._root))

    def adopt(self, temporary: Path, identity: str) -> None:
        """Give a folder its name when all of it is on the disk; there may be one by that name."""
        temporary.chmod(0o755)
        os.utime(temporary)
        _flush(temporary)
        try:
            temporary.rename(self._path(identity))
        except OSError:
            if not self.exists(identity):
                raise
        else:
            _sync(self._root)

    def exists(self, identity: str) -> bool:
        """See `ArtifactStore.exists`."""
        return self._path(identity).is_dir()

    def open(self, identity: str) -> Path:
        """See `ArtifactStore.open`."""
        if not self.exists(identity):
            raise missing(identity)
        return self._path(identity)

    def delete(self, identity: str) -> None:
        """See `ArtifactStore.delete`; out of sight first, then file by file."""
        with disk_told(_named(identity)):
            if self.exists(identity):
                with suppress(FileNotFoundError):
                    self._path(identity).rename(self.temporary(identity) / "old")
            for left in self._root.glob(f".{identity}.*"):
                shutil.rmtree(left, ignore_errors=True)

    def identities(self) -> Iterator[tuple[str, datetime]]:
        """See `ArtifactStore.identities`."""
        found: dict[str, float] = {}
        for path in self._root.iterdir() if self._root.is_dir() else ():
            identity = path.name.removeprefix(".").partition(".")[0]
            if _IDENTITY.fullmatch(identity):
                with suppress(FileNotFoundError):  # deleted in the meantime
                    found[identity] = max(found.get(identity, 0.0), path.stat().st_mtime)
        for identity, changed in sorted(found.items()):
            yield identity, datetime.fromtimestamp(changed, UTC)

    def _path(self, identity: str) -> Path:
        return self._root / checked(identity)


def checked(identity: str) -> str:
    """The identity, if it can be the name of a folder.

    Raises:
        InputError: it cannot.
    """
    if not _IDENTITY.fullmatch(identity):
        raise InputError(f"artifact '{identity}' is no identity; use letters, digits, _ and -")
    return identity


def missing(identity: str) -> StorageError:
    """What to say of an artifact that should be there."""
    return StorageError(
        f"artifact {identity} is missing; restore it from a backup, or create the resource again"
    )


def _named(identity: str) -> str:
    return f"artifact {identity}"


def _flush(folder: Path) -> None:
    """All of a folder on the disk, so that a power cut cannot empty what the catalog names."""
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

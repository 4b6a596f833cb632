"""Files that are made once and kept while there is room: what was not used for longest goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from forecastle.storage.disk import disk_told

# One of them guards each file, so that two who want the same one do not both make it.
_LOCKS = tuple(Lock() for _ in range(64))


class KeptFiles:
    """A folder of files by name.

    Args:
        folder: made when it is needed.
        most_bytes: that they may have together; the newest stays, however large it is.
        clock: seconds since 1970.
    """

    def __init__(self, folder: Path, most_bytes: int, clock: Callable[[], float]) -> None:
        self._folder, self._most_bytes, self._clock = folder, most_bytes, clock

    def get(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of that name.

        Args:
            name: of the file; another content has another name.
            make: writes it where there is none; whole, or not at all.

        Raises:
            StorageError: the disk is full or broken.
        """
        path = self._folder / name
        with _LOCKS[hash(path) % len(_LOCKS)], disk_told(f"kept file {name}"):
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                make(path)
                self._make_room(path)
            os.utime(path, (self._clock(), self._clock()))
        return path

    def _make_room(self, newest: Path) -> None:
        others = [(path, path.stat()) for path in self._folder.iterdir() if path != newest]
        room = self._most_bytes - newest.stat().st_size
        for path, stat in sorted(others, key=lambda each: -each[1].st_mtime):
            room -= stat.st_size
            if room < 0 and not path.name.startswith("."):  # hidden ones are being written
                path.unlink(missing_ok=True)

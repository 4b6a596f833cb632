"""One ``serve`` at a time in a data directory."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecastle.core.errors import InputError

_FILE = "serve.lock"


@contextmanager
def served_here(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this process; the lock goes with it, however it ends.

    Raises:
        InputError: another process holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode() or "unknown"
            raise InputError(
                f"{data_dir}: `forecastle serve` runs in this data directory already "
                f"(process {holder}); stop it, or choose another directory by --data-dir"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)

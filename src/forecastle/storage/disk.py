"""What this machine's disk does wrong, in words for a user."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from forecastle.core.errors import InputError, StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_UNSUITABLE = (errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EEXIST)


@contextmanager
def disk_told(place: str) -> Iterator[None]:
    """Raise a failure of the disk as an error that names ``place`` and the remedy.

    Raises:
        InputError: the name does not fit among the files that are there.
        StorageError: the disk is full or broken, or may not be written.
    """
    try:
        yield
    except OSError as error:
        code = _code(error)
        if code in _FULL:
            raise StorageError(f"{place}: the disk is full; free space and try again") from error
        if code in _DENIED:
            raise StorageError(
                f"{place}: permission denied; check the owner of the folder"
            ) from error
        reason = error.strerror or type(error).__name__
        if code in _UNSUITABLE:
            raise InputError(
                f"{place}: cannot be a file here ({reason}); choose another name"
            ) from error
        raise StorageError(f"{place}: {reason}; check the disk and try again") from error


def _code(error: OSError) -> int | None:
    """Its number; that of a copied tree is hidden in a text, with many failures at once."""
    if not isinstance(error, shutil.Error):
        return error.errno
    return next((code for code in (*_FULL, *_DENIED) if os.strerror(code) in str(error)), None)

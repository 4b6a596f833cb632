"""Writing so that nothing half-written is ever seen: a temporary sibling, renamed at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecastle.core.errors import InputError

RUN_FILES = ("forecast.csv", "backtest.csv", "accuracy.json", "predictor", "report.html")
"""What a run writes. Anything else in its folder is the user's and is kept."""

# A folder that holds all of one of these was made by a run: a training, a forecast.
_MARKS = ({"predictor", "accuracy.json"}, {"forecast.csv", "report.html"})


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``target``; on success it replaces ``target``.

    On any error, Ctrl-C included, ``target`` stays as it was and the temporary file goes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_directory(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary folder beside ``target``; on success it becomes ``target``.

    On any error, Ctrl-C included, ``target`` stays as it was and the temporary folder goes.

    Args:
        target: the folder to make; it may exist if it is empty.
        overwrite: also replace the files of an earlier run; the user's own beside them stay.

    Raises:
        InputError: ``target`` is in the way and may not be replaced.
    """
    check_replaceable(target, overwrite=overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        _swap(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_replaceable(target: Path, *, overwrite: bool) -> None:
    """Refuse a target that is in the way; call it before long work begins.

    Raises:
        InputError: ``target`` is a file, or a folder with content that may not be replaced.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"{target}: a file of that name is there; choose another --out")
    if not any(target.iterdir()):
        return
    if not _is_run(target):
        raise InputError(
            f"{target}: the folder holds files that no forecast run wrote; choose another --out"
        )
    if not overwrite:
        raise InputError(
            f"{target}: holds an earlier run; choose another --out, or replace it by --overwrite"
        )


def _is_run(folder: Path) -> bool:
    found = {path.name for path in folder.iterdir()}
    return any(mark <= found for mark in _MARKS)


def _swap(temporary: Path, target: Path) -> None:
    """Put ``temporary`` in the place of ``target``; the old files go only after that."""
    if not target.exists():
        temporary.rename(target)
        return
    retired = temporary.with_name(f"{temporary.name}.old")
    target.rename(retired)
    try:
        temporary.rename(target)
    except BaseException:
        retired.rename(target)
        raise
    for path in retired.iterdir():
        if path.name not in RUN_FILES and not (target / path.name).exists():
            path.rename(target / path.name)
    shutil.rmtree(retired)


def _umask() -> int:
    """The process's mask for new files; reading it means setting it twice."""
    mask = os.umask(0)
    os.umask(mask)
    return mask

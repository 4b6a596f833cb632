"""Opening files by their content, not their name: plain text, gzip, UTF-16, Parquet.

Whatever cannot be a table is refused here, with the remedy: missing, empty, binary, a truncated
archive, a spreadsheet.
"""

from __future__ import annotations

import codecs
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from forecastle.core.errors import DataError, InputError

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD = 65_536
_CHUNK = 1 << 20
_HIDDEN = (".", "_")


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read as a table.

    Attributes:
        name: how messages call it: the name of the file that the user gave.
        path: where its plain content lies (a temporary copy if it was compressed or UTF-16).
        is_parquet: Parquet, else UTF-8 text.
    """

    name: str
    path: Path
    is_parquet: bool


@dataclass(frozen=True)
class SourceFile:
    """A file to import.

    Attributes:
        name: how messages call it, such as its name in the bucket.
        path: where it lies on this machine.
    """

    name: str
    path: Path


def list_files(path: Path) -> list[Path]:
    """The file itself, or the files of a folder in the order of their names.

    Files whose name starts with a dot or an underscore are left out, as Spark and Athena do; so
    are empty ones when others are there.

    Raises:
        InputError: nothing is there.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the path")
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.is_file() and _is_visible(p, path))
    filled = [p for p in found if p.stat().st_size > 0]
    if not filled:
        raise InputError(f"{path}: the folder holds no data files; put CSV or Parquet files there")
    return filled


def _is_visible(file: Path, folder: Path) -> bool:
    return not any(part.startswith(_HIDDEN) for part in file.relative_to(folder).parts)


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Make a file readable as Parquet or UTF-8 text; a temporary copy lives as long as this.

    Raises:
        DataError: the file is empty, binary, truncated or a spreadsheet.
    """
    with ExitStack() as stack:
        plain = path
        head = _head(path, path.name)
        if head.startswith(_GZIP):
            plain = _temporary_file(stack)
            _decompress(path, plain)
            head = _head(plain, path.name)
        if head.startswith(_PARQUET):
            yield OpenedFile(path.name, plain, is_parquet=True)
            return
        _refuse_binary(head, path.name)
        encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
        if encoding == "utf-16" or (b"\r" in head and b"\n" not in head):
            text = _temporary_file(stack)
            _transcode(plain, text, encoding, path.name)
            plain = text
        yield OpenedFile(path.name, plain, is_parquet=False)


def _head(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise DataError.of(name, f"cannot be read: {error.strerror}") from error
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise DataError.of(name, "the file is empty; give a file with one sale per line")
    return head


def _refuse_binary(head: bytes, name: str) -> None:
    if head.startswith(_ZIP):
        raise DataError.of(name, "is a workbook or zip archive; save the sheet as CSV first")
    if not head.startswith(_UTF16) and b"\x00" in head:
        raise DataError.of(name, "is a binary file; give CSV or Parquet, gzipped or not")


def _temporary_file(stack: ExitStack) -> Path:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="forecastle-"))
    return Path(folder) / "content"


def _decompress(source: Path, target: Path) -> None:
    try:
        with gzip.open(source, "rb") as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, _CHUNK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError.of(
            source.name, f"the gzip archive is damaged or cut off ({error}); copy it again"
        ) from error


def _transcode(source: Path, target: Path, encoding: str, name: str) -> None:
    """Copy as UTF-8 with today's line ends (old Macs wrote a carriage return alone)."""
    try:
        with (
            source.open(encoding=encoding, newline=None) as text,
            target.open("w", encoding="utf-8", newline="\n") as plain,
        ):
            shutil.copyfileobj(text, plain, _CHUNK)
    except UnicodeError as error:
        raise DataError.of(name, f"is not valid {encoding}; save it as UTF-8") from error

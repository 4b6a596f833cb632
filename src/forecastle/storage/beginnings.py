"""The beginning of a file: enough to look at where the whole would take too long."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import polars as pl

from forecastle.core.errors import DataError

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_CHUNK = 1 << 20
_PACKED = 8
"""How many times larger than itself a gzip archive of sales is, about."""


def beginning(path: Path, most_bytes: int, folder: Path) -> Path:
    """The file itself if it is small, else a copy of its first lines or rows, of the same name.

    Args:
        path: CSV or Parquet, gzipped or not; of anything else, the first bytes.
        most_bytes: that the copy has, or a little more; of an archive, once it is unpacked.
        folder: where the copy goes.

    Raises:
        DataError: the file is damaged.
    """
    with path.open("rb") as file:
        head = file.read(4)
    size = path.stat().st_size
    is_packed = head.startswith(_GZIP)
    if size <= (most_bytes // _PACKED if is_packed else most_bytes):
        return path
    target = folder / path.name
    if head == _PARQUET:
        return _first_rows(path, target, most_bytes / size)
    try:
        with gzip.open(path) if is_packed else path.open("rb") as file, target.open("wb") as copy:
            for _ in range(-(-most_bytes // _CHUNK)):
                copy.write(file.read(min(_CHUNK, most_bytes)))
            copy.write(file.readline())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        message = f"the gzip archive is damaged or cut off ({error}); copy it again"
        raise DataError.of(path.name, message) from error
    return target


def _first_rows(path: Path, target: Path, share: float) -> Path:
    try:
        rows = pl.scan_parquet(path, glob=False)
        n_rows = int(rows.select(pl.len()).collect().item())
        rows.head(max(1, int(n_rows * share))).sink_parquet(target)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).partition("\n")[0]
        message = f"the file is damaged or cut off ({reason}); write it again"
        raise DataError.of(path.name, message) from error
    return target

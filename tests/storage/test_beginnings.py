"""The beginning of a file."""

from __future__ import annotations

import gzip

import polars as pl
import pytest

from forecastle.core.errors import DataError
from forecastle.storage.beginnings import beginning

LINES = "".join(f"item {number},{number}\n" for number in range(1000)).encode()


def test_a_small_file_is_taken_as_it_is(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_bytes(LINES)
    assert beginning(path, len(LINES), tmp_path / "copies") == path


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_of_a_large_file_whole_lines_are_taken(tmp_path, pack):
    path, folder = tmp_path / "sales.csv", tmp_path / "copies"
    folder.mkdir()
    path.write_bytes(pack(LINES))
    copy = beginning(path, 1000, folder)
    content = copy.read_bytes()
    assert copy.name == path.name
    assert LINES.startswith(content)
    assert content.endswith(b"\n")
    assert 1000 <= len(content) < 1100


def test_of_a_large_parquet_file_the_first_rows_are_taken(tmp_path):
    path, folder = tmp_path / "sales.parquet", tmp_path / "copies"
    folder.mkdir()
    rows = pl.DataFrame({"n": range(10_000)})
    rows.write_parquet(path)
    copy = pl.read_parquet(beginning(path, path.stat().st_size // 2, folder))
    assert 4_000 < copy.height <= 5_000
    assert copy.equals(rows.head(copy.height))


@pytest.mark.parametrize(
    ("content", "most_bytes"),
    [(gzip.compress(LINES)[:200], 1_500), (b"PAR1" + b"x" * 200, 100)],
    ids=["gzip", "Parquet"],
)
def test_a_damaged_file_is_refused_by_its_name(tmp_path, content, most_bytes):
    path, folder = tmp_path / "sales.csv", tmp_path / "copies"
    folder.mkdir()
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"sales.csv: the .* is damaged or cut off"):
        beginning(path, most_bytes, folder)

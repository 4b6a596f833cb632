"""Files are opened by what is in them, not by their name."""

import gzip

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.storage.files import list_files, opened

TEXT = b"item_id,timestamp,demand\nA,2024-01-01,1\n"


def content(path):
    with opened(path) as file:
        return file.path.read_bytes()


@pytest.mark.parametrize("name", ["sales.csv", "sales.gz", "sales"])
def test_gzip_is_recognised_whatever_the_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(TEXT))
    assert content(path) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_a_mark_becomes_utf8(tmp_path, encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    (tmp_path / "sales.csv").write_bytes((mark + "품목,날짜\n").encode(encoding))
    assert content(tmp_path / "sales.csv") == "품목,날짜\n".encode()


def test_carriage_returns_alone_become_line_ends(tmp_path):
    (tmp_path / "sales.csv").write_bytes(TEXT.replace(b"\n", b"\r"))
    assert content(tmp_path / "sales.csv") == TEXT


def test_parquet_is_recognised_and_may_be_gzipped(tmp_path):
    plain, packed = tmp_path / "a.csv", tmp_path / "b.csv"
    pl.DataFrame({"a": [1]}).write_parquet(plain)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        with opened(path) as file:
            assert file.is_parquet
            assert pl.read_parquet(file.path)["a"].to_list() == [1]


def test_temporary_copies_go_away(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_bytes(gzip.compress(TEXT))
    with opened(path) as file:
        copy = file.path
    assert not copy.exists()
    assert path.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (gzip.compress(TEXT * 1000, mtime=0)[:-20], "damaged or cut off"),
        (b"\x1f\x8bnonsense", "damaged or cut off"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"abc\x00\x01\x02", "binary file"),
        (b"\xff\xfea", "not valid utf-16"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, data, message):
    path = tmp_path / "sales.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message) as refused:
        content(path)
    assert str(refused.value).startswith("sales.csv: ")


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file"):
        list_files(tmp_path / "nowhere.csv")


def test_a_folder_gives_its_visible_filled_files_in_order(tmp_path):
    for name in ("b.csv", "a.csv", "_SUCCESS", ".hidden", "sub/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(TEXT)
    (tmp_path / "empty.csv").touch()
    assert [path.name for path in list_files(tmp_path)] == ["a.csv", "b.csv", "c.csv"]


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no data files"):
        list_files(tmp_path)

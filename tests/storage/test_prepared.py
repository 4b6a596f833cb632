"""Files of any make become one table of typed columns."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.storage import prepared
from forecastle.storage.files import SourceFile
from forecastle.storage.prepared import Dialect, Kind, fields_of, prepare


@pytest.fixture
def read(tmp_path):
    """``read(text or bytes or frame, ...)``: the prepared table of such files."""

    def reading(*contents, dialect=None):
        files = []
        for number, content in enumerate(contents):
            path = tmp_path / f"file{number}"
            if isinstance(content, pl.DataFrame):
                content.write_parquet(path)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            files.append(SourceFile(path.name, path))
        target = tmp_path / "table.parquet"
        prepare(files, target, dialect or Dialect())
        return pl.read_parquet(target), {each.name: each.kind for each in fields_of(target)}

    return reading


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "-2.5", "1e3"), Kind.NUMBER),
        (("1", "two"), Kind.TEXT),
        (("007", "8"), Kind.TEXT),
        (("0", "0.5"), Kind.NUMBER),
        (("inf", "1"), Kind.TEXT),
        (("2011-12-04", "2011-12-05"), Kind.DATE),
        (("2011-12-04T00:00:00Z", "2011-12-04 10:30"), Kind.DATE),
        (("2011-12-04", "4 Dec"), Kind.TEXT),
        (("2011-13-04",), Kind.TEXT),
        (("", ""), Kind.TEXT),
    ],
)
def test_a_column_is_what_all_of_its_values_are(read, values, kind):
    _, kinds = read("\n".join(["what,other", *(f"{value},x" for value in values), ""]))
    assert kinds["what"] is kind


def test_names_of_items_stay_names(read):
    table, kinds = read("item_id,demand\n21232,5\n")
    assert kinds == {"item_id": Kind.TEXT, "demand": Kind.NUMBER}
    assert table.rows() == [("21232", 5.0)]


def test_moments_are_as_they_are_written(read):
    table, _ = read("t,x\n2011-12-04T10:30:00Z,1\n2011-12-04,2\n,3\n")
    assert table["t"].to_list() == [datetime(2011, 12, 4, 10, 30), datetime(2011, 12, 4), None]


def test_parquet_has_the_same_kinds(read):
    frame = pl.DataFrame(
        {
            "item_id": [21232],
            "date": ["2011-12-04T00:00:00Z"],
            "day": [date(2011, 12, 4)],
            "at": [datetime(2011, 12, 4, tzinfo=UTC)],
            "n": [5],
            "yes": [True],
            "list": [[1, 2]],
        }
    )
    _, kinds = read(frame)
    assert kinds == {
        "item_id": Kind.TEXT,
        "date": Kind.DATE,
        "day": Kind.DATE,
        "at": Kind.DATE,
        "n": Kind.NUMBER,
        "yes": Kind.TEXT,
    }


def test_files_are_joined_and_may_be_compressed(read):
    table, _ = read("a;b\n1;x\n", gzip.compress("a;b\n2;차\n".encode()))
    assert sorted(table.rows()) == [(1.0, "x"), (2.0, "차")]


def test_a_dialect_may_be_given(read):
    table, kinds = read("a,b\t1\n", dialect=Dialect("\t", has_header=False))
    assert kinds == {"column 1": Kind.TEXT, "column 2": Kind.NUMBER}
    assert table.rows() == [("a,b", 1.0)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,a\n1,2\n", "column 'a' is there twice"),
        ("a,b\n1,2\n1,2,3\n", "3 columns found, 2 expected"),
        (b"", "is empty"),
        (b"PK\x03\x04", "workbook"),
        (b"\x00\x01", "binary"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(read, content, told):
    with pytest.raises(DataError, match=told):
        read(content)


def test_too_many_rows_are_refused(read, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_ROWS", 2)
    with pytest.raises(InputError, match="3 rows are more"):
        read("a,b\n1,2\n1,2\n1,2\n")

"""Which files are taken as a dataset, and how their columns are found."""

import gzip

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series.dataset_options import ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.storage.files import SourceFile
from tests.series.dataset_examples import imported, metadata, schema, write

ROWS = "A,2024-01-01,1\nA,2024-01-02,2.5\nB,2024-01-02,-3\n"
DAYS = ImportOptions("yyyy-MM-dd")
PARQUET = ImportOptions(format="PARQUET")


def sales(table):
    return table.rows.select("item_id", pl.col("timestamp").cast(pl.Date).cast(pl.String), "demand")


EXPECTED = [("A", "2024-01-01", 1.0), ("A", "2024-01-02", 2.5), ("B", "2024-01-02", -3.0)]


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        b"item_id,timestamp,demand\n" + ROWS.encode(),
        b"timestamp,demand,item_id\n2024-01-01,1,A\n2024-01-02,2.5,A\n2024-01-02,-3,B\n",
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.replace("\n", "\r\n\r\n").encode(),
        ROWS.replace("A", '"A"').replace(",", ", ").encode(),
        gzip.compress(ROWS.encode()),
        ROWS.replace(",", " , ").encode(),
        ROWS.replace("\n", "\n \n").encode(),
        b"\n\n" + ROWS.encode() + b"\n  \n",
    ],
    ids=[
        "plain",
        "header",
        "header in another order",
        "BOM",
        "CRLF",
        "quotes and spaces",
        "gzip",
        "spaces",
        "blank lines",
        "blank lines around",
    ],
)
def test_columns_are_those_of_the_schema(tmp_path, content):
    assert sales(imported(tmp_path, content)).rows() == EXPECTED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "item,date,qty\n" + ROWS,
            "line 1: the header is item, date, qty, but the attributes of the schema are item_id, "
            "timestamp, demand; write these columns",
        ),
        ("A,2024-01-01,1,9\n", "line 1: 4 columns found, but the attributes of the schema are"),
        ("\nA,1\n", "line 2: 2 columns found, but the attributes of the schema are"),
        (ROWS.replace(",", ";"), "line 1: no delimiter recognised; separate the columns by comma"),
        ("item_id,timestamp,demand\n", "the file has no rows; give one row per line"),
        (b"PK\x03\x04", "is a workbook or zip archive; save the sheet as CSV first"),
        (ROWS + "A,2024-01-03\n", "line 4: 2 columns found, 3 expected"),
        (ROWS + "A,2024-01-03,1,2\n", "line 4: 4 columns found, 3 expected"),
    ],
)
def test_other_columns_are_refused(tmp_path, content, message):
    with pytest.raises(DataError) as refused:
        imported(tmp_path, content)
    assert str(refused.value).startswith("s3://bucket/sales.csv")
    assert message in str(refused.value)


def test_words_are_no_header_of_metadata_unless_they_name_an_attribute(tmp_path):
    brands = metadata("item_id:string brand:string")
    assert imported(tmp_path, "A,red\nB,blue\n", brands).rows.rows() == [
        ("A", "red"),
        ("B", "blue"),
    ]
    with pytest.raises(DataError, match="the header is sku, Brand, but the attributes"):
        imported(tmp_path, "sku,Brand\nA,red\n", brands)


def test_several_files_are_one_dataset_in_any_order(tmp_path):
    files = write(
        tmp_path,
        a="A,2024-01-01,1\n",
        b="demand,timestamp,item_id\n-3,2024-01-02,B\n",
        c="item_id,timestamp,demand\n",
        d="A,2024-01-02,2.5\n",
        e="",
        _SUCCESS="done",
    )
    table = read_dataset(files, schema(), DAYS)
    assert sales(table).rows() == EXPECTED
    assert table.n_rows == 3
    again = read_dataset(files[::-1], schema(), DAYS)
    assert again.rows.equals(table.rows)
    assert again.statistics == table.statistics


def test_parquet_columns_are_found_by_name(tmp_path):
    path = tmp_path / "part-0"
    frame = pl.DataFrame(
        {"demand": [1, 2, -3], "timestamp": ["2024-01-01", "2024-01-02", "2024-01-02"],
         "item_id": [7, 7, 8]}
    )  # fmt: skip
    frame.with_columns(pl.col("timestamp").str.to_date()).write_parquet(path)
    table = read_dataset([SourceFile("part-0", path)], schema(), PARQUET)
    assert sales(table).rows() == [
        ("7", "2024-01-01", 1.0), ("7", "2024-01-02", 2.0), ("8", "2024-01-02", -3.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["item_id", "timestamp"], "the columns are item_id, timestamp, but the attributes"),
        (
            ["item_id", "timestamp", "demand", "note"],
            "the columns are item_id, timestamp, demand, note, but the attributes",
        ),
    ],
)
def test_other_parquet_columns_are_refused(tmp_path, columns, message):
    path = tmp_path / "x.parquet"
    pl.DataFrame({name: ["1"] for name in columns}).write_parquet(path)
    with pytest.raises(DataError, match=message):
        read_dataset([SourceFile("x.parquet", path)], schema(), PARQUET)


def test_the_format_must_be_that_of_the_file(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(DataError, match="the file is PARQUET, not CSV; set Format to PARQUET"):
        read_dataset([SourceFile("x.parquet", path)], schema())
    path.write_text(ROWS)
    with pytest.raises(DataError, match="the file is CSV, not PARQUET; set Format to CSV"):
        read_dataset([SourceFile("x.parquet", path)], schema(), PARQUET)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("prefix/2024.01", DAYS, "prefix/2024.01: the file name has no letter; rename the file"),
        ("x.csv", PARQUET, "x.csv: Parquet files end in .parquet, .parq, .pqt or have no ending"),
        ("_hidden.csv", DAYS, "there are no data files; put CSV or Parquet files there"),
    ],
)
def test_names_that_are_not_taken(tmp_path, name, options, message):
    (tmp_path / "x").write_text(ROWS)
    with pytest.raises(InputError) as refused:
        read_dataset([SourceFile(name, tmp_path / "x")], schema(), options)
    assert message in str(refused.value)

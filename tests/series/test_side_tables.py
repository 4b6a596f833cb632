"""Related series and metadata: never aggregated, numbers where numbers must be."""

from datetime import datetime

import polars as pl
import pytest

from forecastle.core.errors import DataError
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import default_alignment
from forecastle.series.side_tables import read_metadata, read_related

HEADER = "item_id,timestamp,price\n"


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="related.csv"):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write_file


def test_features_are_numbers_and_may_be_missing(write):
    path = write("timestamp,promo,item_id,price\n2024-01-02,TRUE,A,\n2024-01-01,false,A,1.5\n\n")
    related = read_related(path)
    assert related.schema == {
        "item_id": pl.String,
        "timestamp": pl.Datetime("us"),
        "promo": pl.Float64,
        "price": pl.Float64,
    }
    assert related.rows() == [
        ("A", datetime(2024, 1, 1), 0.0, 1.5),
        ("A", datetime(2024, 1, 2), 1.0, None),
    ]


def test_dimensions_that_are_columns_are_keys(write):
    path = write("item_id,Store,timestamp,price\nA,S,2024-01-01,1\nA,R,2024-01-01,2\n")
    related = read_related(path, dimensions=("store", "channel"))
    assert related.select("item_id", "store", "price").rows() == [("A", "R", 2.0), ("A", "S", 1.0)]


def test_timestamps_become_the_start_of_their_period(write):
    path = write(HEADER + "A,2024-01-03,1\n")
    related = read_related(path, alignment=default_alignment(Frequency(1, "W")))
    assert related["timestamp"].to_list() == [datetime(2024, 1, 1)]


def test_one_series_needs_no_item_column(write):
    related = read_related(write("date,price\n2024-01-01,1\n"), item="shop")
    assert related["item_id"].to_list() == ["shop"]


def test_the_format_may_be_given_and_columns_named(write):
    path = write("A,01/02/2024,1\n")
    names = ("item_id", "timestamp", "price")
    related = read_related(path, columns=names, timestamp_format="dd/MM/yyyy")
    assert related["timestamp"].to_list() == [datetime(2024, 2, 1)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + "A,2024-01-01,x\n", r"attribute\(s\) \[price\] should be numeric"),
        (HEADER + "A,2024-01-01,1\nA,2024-01-02,x\n", "line 3: price 'x' is not a number"),
        (HEADER + "A,2024-01-01,1\nA,2024-01-02\n", "line 3: 2 columns found, 3 expected"),
        (HEADER + "A,2024-01-01,1\nA,2024-01-01,1\n", "line 3: item_id 'A', timestamp .* twice"),
        (HEADER, "the file has no rows"),
        ("date,price\n2024-01-01,1\n", "no column recognised as item_id"),
        ("item_id,price\nA,1\n", "no column recognised as timestamp"),
        ("A,2024-01-01,1\n", "3 columns without a header; write their names in line 1"),
    ],
)
def test_related_data_that_cannot_be_used(write, content, message):
    with pytest.raises(DataError, match=message):
        read_related(write(content))


def test_two_rows_of_one_period_are_refused_and_counted(write):
    path = write(HEADER + "".join(f"A,2024-01-{day:02},1\n" for day in range(1, 15)))
    with pytest.raises(DataError) as refused:
        read_related(path, alignment=default_alignment(Frequency(1, "M")))
    assert (refused.value.count, refused.value.problems[0].line) == (13, 3)


def test_metadata_are_text_or_numbers(write):
    metadata = read_metadata(write("brand,sku,size\nx,B,1\n,A,2.5\n"))
    assert metadata.schema == {"item_id": pl.String, "brand": pl.String, "size": pl.Float64}
    assert metadata.rows() == [("A", None, 2.5), ("B", "x", 1.0)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("item_id,brand\nA,x\nA,y\n", "line 3: item_id 'A' comes twice; keep one row"),
        ("item_id,brand\nA,x\n,y\n", "line 3: item_id is empty"),
        ("item_id,brand\n", "the file has no rows"),
        ("brand,size\nx,1\n", "no column recognised as item_id among: brand, size"),
    ],
)
def test_metadata_that_cannot_be_used(write, content, message):
    with pytest.raises(DataError, match=message):
        read_metadata(write(content))


def test_folders_of_several_files_are_refused(write, tmp_path):
    write("item_id,brand\nA,x\n", "a.csv")
    write("item_id,brand\nB,x\n", "b.csv")
    with pytest.raises(DataError, match="one file each"):
        read_metadata(tmp_path)

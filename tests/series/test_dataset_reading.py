"""Every cell of a dataset is checked by the type that its schema declares."""

from datetime import datetime

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series import portions
from forecastle.series.dataset_options import ImportOptions, check_import
from forecastle.series.dataset_reading import read_dataset
from forecastle.storage.files import SourceFile
from tests.series.dataset_examples import (
    PRICES,
    RELATED,
    SALES,
    imported,
    metadata,
    related,
    schema,
    write,
)

WHOLE = schema(SALES.replace("float", "integer") + " shelf:integer")
PLACES = schema(SALES + " place:geolocation")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",2024-01-02,1", "item_id is empty; name it"),
        ("A,,1", "timestamp is empty; every row needs one"),
        (
            "A,02.01.2024,1",
            "timestamp '02.01.2024' does not match yyyy-MM-dd; write all timestamps alike, or name "
            "their format with TimestampFormat",
        ),
        ("A,1824-01-02,1", "timestamp '1824-01-02' lies outside the years 1900 to 2199"),
        ("A,2024-01-02,x", "demand 'x' is not a number; leave the cell empty where it is missing"),
        ("A,2024-01-02,1e16", "demand '1e16' is infinite or beyond 1e15 in magnitude"),
    ],
)
def test_a_bad_cell_is_named_by_file_and_line(tmp_path, row, message):
    with pytest.raises(DataError) as refused:
        imported(tmp_path, f"A,2024-01-01,1\n\n{row}\nA,2024-01-03,1\n")
    [problem] = refused.value.problems
    assert (problem.file, problem.line) == ("s3://bucket/sales.csv", 3)
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,2024-01-02,1.5,7", "demand '1.5' is no whole number; write one, or declare the"),
        ("A,2024-01-02,1,7.5", "shelf '7.5' is no whole number"),
        ("A,2024-01-02,1,", "shelf is empty; name it"),
    ],
)
def test_integers_are_whole(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        imported(tmp_path, f"A,2024-01-01,1,7\n{row}\n", WHOLE)
    table = imported(tmp_path, "A,2024-01-01,3.0,7\nA,2024-01-01,,7\nA,2024-01-01,NaN,7\n", WHOLE)
    assert table.rows.select("demand", "shelf").rows() == [(3.0, "7")]


@pytest.mark.parametrize(
    ("format_", "cell", "message"),
    [
        ("LAT_LONG", "47.61_-122.33", None),
        ("LAT_LONG", "-90_180", None),
        ("LAT_LONG", "91_10", "place '91_10' is not on earth; latitudes go from -90 to 90"),
        ("LAT_LONG", "47.61 -122.33", "is no LAT_LONG; write it like 47.61_-122.33"),
        ("LAT_LONG", "", "place is empty; name it"),
        ("CC_POSTALCODE", "US_98121", None),
        ("CC_POSTALCODE", "GB_SW1A 1AA", None),
        ("CC_POSTALCODE", "98121", "place '98121' is no CC_POSTALCODE; write it like US_98121"),
    ],
)
def test_places(tmp_path, format_, cell, message):
    def read():
        return imported(tmp_path, f"A,2024-01-01,1,{cell}\n", PLACES, geolocation_format=format_)

    if message is None:
        assert read().rows["place"].to_list() == [cell]
    else:
        with pytest.raises(DataError, match=message):
            read()


def test_the_first_problems_are_shown_in_the_order_of_the_files_and_all_counted(tmp_path):
    files = write(tmp_path, a="A,x,1\n" * 8, b="A,2024-01-01,1\nA,2024-01-02,y\n" * 3)
    with pytest.raises(DataError) as refused:
        read_dataset(files, schema(), ImportOptions("yyyy-MM-dd"))
    places = [(problem.file[-5:], problem.line) for problem in refused.value.problems]
    assert places == [*(("a.csv", i) for i in range(1, 9)), ("b.csv", 2), ("b.csv", 4)]
    assert refused.value.count == 11


def test_numbers_that_are_none_are_missing(tmp_path):
    table = imported(tmp_path, "A,2024-01-01,NaN\nA,2024-01-02,-Infinity\nA,2024-01-03,\n")
    assert table.rows["demand"].to_list() == [None, None, None]
    assert table.n_rows == 3


def test_the_default_timestamp_has_a_time_of_day(tmp_path):
    table = imported(tmp_path, "A,2024-01-01 13:30:00,1\n", schema(frequency="H"),
                     timestamp_format=None)  # fmt: skip
    assert table.rows["timestamp"].to_list() == [datetime(2024, 1, 1, 13)]


def test_related_data_are_kept_as_they_are(tmp_path):
    prices = related(PRICES + " store:string promotion:integer")
    content = "B,2024-01-01,2.5,s1,1\nA,2024-01-02,,s1,0\nA,2024-01-01,NaN,s2,1\n"
    table = imported(tmp_path, content, prices)
    assert table.rows.columns == ["item_id", "store", "timestamp", "price", "promotion"]
    assert table.rows.rows() == [
        ("A", "s1", datetime(2024, 1, 2), None, 0.0),
        ("A", "s2", datetime(2024, 1, 1), None, 1.0),
        ("B", "s1", datetime(2024, 1, 1), 2.5, 1.0),
    ]


def test_blank_lines_and_spaces_are_no_rows_and_no_values(tmp_path):
    content = " , , \n\nA , 2024-01-01 , 1.5\n  \nA,2024-01-02,\n"
    for of in (schema(), related()):
        table = imported(tmp_path, content, of)
        name = of.names[-1]
        assert table.rows.select("item_id", name).rows() == [("A", 1.5), ("A", None)]
        assert table.n_rows == 2
        assert table.statistics[name]["CountNull"] == 1
        assert table.statistics["timestamp"]["CountNull"] == 0


def test_metadata_may_have_gaps(tmp_path):
    table = imported(tmp_path, "B,red,1\nA,,\n", metadata())
    assert table.rows.rows() == [("A", None, None), ("B", "red", 1.0)]


def test_rows_of_related_data_and_metadata_may_not_come_twice(tmp_path):
    files = write(
        tmp_path, a="A,2024-01-01,1\nB,2024-01-01,1\n", b="\nA,2024-01-01,2\nB,2024-01-01,1\n"
    )
    with pytest.raises(DataError) as refused:
        read_dataset(files, related(), ImportOptions("yyyy-MM-dd"))
    assert str(refused.value) == (
        "s3://bucket/b.csv, line 2: item_id 'A', timestamp '2024-01-01 00:00:00' comes twice; keep "
        "one row\n"
        "s3://bucket/b.csv, line 3: item_id 'B', timestamp '2024-01-01 00:00:00' comes twice; keep "
        "one row"
    )
    with pytest.raises(DataError, match="line 2: item_id 'A' comes twice; keep one row"):
        imported(tmp_path, "A,red,1\nA,blue,1\n", metadata())


def test_items_and_targets_of_other_domains_are_stored_alike(tmp_path):
    use = schema(
        "timestamp:timestamp number_of_instances:integer instance_type:string",
        domain="EC2_CAPACITY",
    )
    table = imported(tmp_path, "2024-01-01,3,m5\n", use)
    assert table.rows.select("item_id", "demand").rows() == [("m5", 3.0)]
    assert list(table.statistics) == ["timestamp", "number_of_instances", "instance_type"]


def test_a_parquet_column_that_cannot_hold_its_attribute_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"item_id": ["A"], "timestamp": [1.5], "demand": [1.0]}).write_parquet(path)
    with pytest.raises(DataError, match="column 'timestamp' holds Float64, not timestamps"):
        read_dataset([SourceFile("x.parquet", path)], schema(), ImportOptions(format="PARQUET"))


@pytest.mark.parametrize(
    ("of", "options", "message"),
    [
        (schema(), {"format": "XLS"}, "Format 'XLS' is not known; use CSV or PARQUET"),
        (schema(), {"time_zone": "Mars/Base"}, "TimeZone 'Mars/Base' is not known; use a name"),
        (schema(), {"timestamp_format": "QQ"}, "timestamp format 'QQ': 'QQ' is not known"),
        (
            schema(frequency="15min"),
            {"timestamp_format": "yyyy-MM-dd"},
            "TimestampFormat 'yyyy-MM-dd' has no time of day, which DataFrequency 15min needs",
        ),
        (PLACES, {}, "GeolocationFormat is missing, but 'place' is a geolocation; give LAT_LONG"),
        (PLACES, {"geolocation_format": "UTM"}, "GeolocationFormat 'UTM' is not known; use LAT"),
    ],
)
def test_options_that_do_not_fit_are_refused(of, options, message):
    with pytest.raises(InputError) as refused:
        check_import(of, ImportOptions(**options))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("letters", ["yyyy-MM-dd", "yyyy-MM-dd hh:mm:ss", "dd.MM.yyyy HH:mm"])
def test_options_that_fit_are_taken(letters):
    check_import(schema(), ImportOptions(letters, "Europe/Berlin"))
    check_import(schema(PRICES, RELATED), ImportOptions(letters, "UTC", "LAT_LONG"))


def test_very_many_items_are_imported_some_at_a_time(tmp_path, monkeypatch):
    rows = "".join(
        f"item{k * 7 % 13},2024-01-0{1 + k % 5},{'' if k % 11 == 0 else k / 4}\n" for k in range(60)
    )
    whole = imported(tmp_path, rows)
    monkeypatch.setattr(portions, "_MANY_ROWS", 5)
    monkeypatch.setattr(portions, "_GROUPS_AT_A_TIME", 4)
    parted = imported(tmp_path, rows)
    assert parted.rows.equals(whole.rows)
    assert (parted.statistics, parted.n_rows) == (whole.statistics, whole.n_rows)
    with pytest.raises(DataError, match="item_id is empty"):
        imported(tmp_path, f"{rows},2024-01-02,1\n")

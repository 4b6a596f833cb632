"""What an import would make of files, or why it would refuse them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_copy import CopyReason, copy_reasons
from forecastle.series.dataset_options import ImportOptions
from forecastle.series.dataset_preview import ImportPlan, look, write_copies
from forecastle.series.dataset_reading import read_dataset
from forecastle.series.domains import ITEM_METADATA, RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.series.file_match import match_file
from forecastle.storage.files import SourceFile

SALES = {"item_id": "string", "timestamp": "timestamp", "demand": "float"}
DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(120)]
LARGE = 1 << 28


def schema(kind=TARGET_TIME_SERIES, frequency="D", **attributes):
    given = attributes or SALES
    listed = [{"AttributeName": n, "AttributeType": t} for n, t in given.items()]
    return DatasetSchema.from_request("RETAIL", kind, listed, frequency)


def written(tmp_path, content, name="sales.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return SourceFile(name, path)


def seen(tmp_path, content, own=None, columns=None, most_bytes=LARGE, letters="yyyy-MM-dd"):
    file = written(tmp_path, content)
    plan = ImportPlan((file,), own or schema(), ImportOptions(letters), columns)
    return look((plan, most_bytes))


def test_gaps_closing_days_and_unusual_values_are_told_apart(tmp_path):
    rows = "".join(
        f"{item},{day},{900 if k == 50 and item == 'A' else 20 + day.weekday() + k % 3}\n"
        for item in "AB"
        for k, day in enumerate(DAYS)
        if day.weekday() != 6 and k not in (29, 30)
    )
    profile = seen(tmp_path, rows).profile
    assert (profile.items, profile.series, profile.frequency) == (2, 2, "D")
    assert (profile.first, profile.last) == (datetime(2024, 1, 1), datetime(2024, 4, 29))
    assert profile.details.closed == (0, 0, 0, 0, 0, 0, 2)
    assert profile.details.missing == 4
    assert profile.details.most_missing == (("A", 2), ("B", 2))
    [unusual] = profile.details.examples
    assert (unusual.series, unusual.at, unusual.value) == ("A", datetime(2024, 2, 20), 900)
    assert unusual.usual < 30
    assert profile.totals[0] == (datetime(2024, 1, 1), 40.0)


def test_copies_returns_zeros_and_empty_cells_are_counted(tmp_path):
    rows = "A,2024-01-01,3\nA,2024-01-01,3\nA,2024-01-02,-4\nA,2024-01-03,0\nA,2024-01-04,\n"
    profile = seen(tmp_path, rows).profile
    assert (profile.rows, profile.periods) == (5, 3)
    assert (profile.merged_rows, profile.repeated_rows) == (1, 1)
    assert (profile.returns, profile.negative, profile.zeros, profile.empty) == (1, 1, 1, 1)


def test_sales_of_a_till_are_added_up_and_no_copies(tmp_path):
    rows = "A,2024-01-01 09:00:00,3\nA,2024-01-01 10:00:00,3\nA,2024-01-02 09:00:00,1\n"
    profile = seen(tmp_path, rows, letters="yyyy-MM-dd HH:mm:ss").profile
    assert (profile.merged_rows, profile.repeated_rows) == (1, 0)


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        ("A,31/12/2023,3\n", "timestamp '31/12/2023' does not match yyyy-MM-dd", 1),
        ("A,2024-01-01,3\nA,2024-01-02,three\n", "demand 'three' is not a number", 2),
        ("A,2024-01-01\n", "2 columns found, but the attributes of the schema are", 1),
        ("A;2024-01-01;3\n", "no delimiter recognised; separate the columns by comma", 1),
        ("café,2024-01-01,3\n".encode("latin-1"), "byte 0xe9 is not valid UTF-8", 1),
        ("\n", "the file is empty", None),
    ],
    ids=["dates", "words", "column", "semicolon", "Latin-1", "empty"],
)
def test_a_bad_file_is_told_with_its_line_and_the_remedy(tmp_path, content, message, line):
    found = seen(tmp_path, content)
    assert (found.profile, found.n_problems) == (None, 1)
    [problem] = found.problems
    assert problem.message.startswith(message)
    assert problem.line == line


def test_all_problems_are_counted(tmp_path):
    found = seen(tmp_path, "".join(f"A,{day},much\n" for day in DAYS))
    assert (len(found.problems), found.n_problems) == (10, 120)


def test_of_a_large_file_the_beginning_is_looked_at(tmp_path):
    rows = "".join(f"A,{day},1\n" for day in DAYS)
    found = seen(tmp_path, rows, most_bytes=len(rows) // 2)
    assert not found.is_whole
    assert 55 <= found.profile.rows <= 65


def test_data_beside_the_sales_have_no_totals(tmp_path):
    prices = schema(RELATED_TIME_SERIES, item_id="string", timestamp="timestamp", price="float")
    profile = seen(tmp_path, "A,2024-01-01,2.5\nB,2024-01-02,3\n", prices).profile
    assert (profile.rows, profile.items, profile.totals, profile.details) == (2, 2, (), None)
    items = schema(ITEM_METADATA, None, item_id="string", category="string")
    profile = seen(tmp_path, "A,tea\nB,tea\n", items).profile
    assert (profile.items, profile.first, profile.frequency) == (2, None, None)


def test_a_copy_is_what_an_import_takes(tmp_path):
    content = "날짜;상품;판매량;비고\n2024-01-01;커피;1,5;x\n\n2024-01-02;우유;2;y\n".encode(
        "cp949"
    )
    file, own = written(tmp_path, content), schema()
    match = match_file(file, own)
    columns = dict(match.columns)
    assert columns == {"item_id": "상품", "timestamp": "날짜", "demand": "판매량"}
    assert set(copy_reasons(match.layout, columns)) == {
        CopyReason.ENCODING,
        CopyReason.SEPARATOR,
        CopyReason.COLUMNS,
    }
    plan = ImportPlan((file,), own, ImportOptions(), tuple(columns.items()))
    copies = write_copies((plan, tmp_path / "copies"))
    rows = read_dataset(copies, own, ImportOptions("yyyy-MM-dd")).rows
    assert rows.select("item_id", "demand").rows() == [("우유", 2.0), ("커피", 1.5)]


def test_a_file_without_items_becomes_one_series(tmp_path):
    columns = (("item_id", None), ("timestamp", "date"), ("demand", "sold"))
    found = seen(tmp_path, "date,sold\n2024-01-01,3\n2024-01-02,4\n", columns=columns)
    assert found.profile.details.most_missing == ()
    assert (found.profile.items, found.profile.rows) == (1, 2)


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        ("A,2024-01-01,3\n", ()),
        ("item_id,timestamp,demand\nA,2024-01-01,3\n", ()),
        ("demand,item_id,timestamp\n3,A,2024-01-01\n", ()),
        ("sku,date,qty\nA,2024-01-01,3\n", (CopyReason.NAMES,)),
        ("sku,date,qty,note\nA,2024-01-01,3,x\n", (CopyReason.COLUMNS,)),
        ("A\t2024-01-01\t3\n", (CopyReason.SEPARATOR,)),
    ],
)
def test_only_what_an_import_refuses_needs_a_copy(tmp_path, content, reasons):
    match = match_file(written(tmp_path, content), schema())
    assert copy_reasons(match.layout, dict(match.columns)) == reasons


def test_a_choice_of_columns_counts_where_it_fits(tmp_path):
    file = written(tmp_path, "a,b,day,alpha\nA,x,2024-01-01,3\n")
    wished = {"item_id": "b", "timestamp": "day", "demand": "alpha"}
    assert dict(match_file(file, schema(), wished).columns) == wished
    unfit = {**wished, "demand": "gone"}
    assert dict(match_file(file, schema(), unfit).columns)["demand"] is None


def test_a_copy_needs_a_column_for_each_attribute(tmp_path):
    file = written(tmp_path, "sku,date,qty\nA,2024-01-01,3\n")
    columns = (("item_id", "sku"), ("timestamp", None), ("demand", "qty"))
    plan = ImportPlan((file,), schema(), ImportOptions(), columns)
    with pytest.raises(InputError, match="no column is chosen for timestamp; choose one"):
        write_copies((plan, tmp_path))
    gone = (("item_id", "sku"), ("timestamp", "date"), ("demand", "sold"))
    with pytest.raises(DataError, match="no column 'sold'; the columns are: sku, date, qty"):
        write_copies((ImportPlan((file,), schema(), ImportOptions(), gone), tmp_path))

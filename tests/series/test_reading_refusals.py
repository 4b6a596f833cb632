"""What cannot be used is refused: file, line, column, value, remedy."""

import gzip
import random
from datetime import date, datetime

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.core.frequency import Frequency
from forecastle.series.reading import ReadOptions, read_target

HEADER = "item_id,timestamp,demand\n"


@pytest.fixture
def refusal(tmp_path):
    """The error that a file gives."""

    def refuse(content, name="sales.csv", **options):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError) as refused:
            read_target(tmp_path / name, ReadOptions(**options))
        assert [path.name for path in tmp_path.iterdir()] == [name]
        return refused.value

    return refuse


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,2024-01-02,abc", "demand 'abc' is not a number"),
        ("A,2024-01-02,1.2.3", "demand '1.2.3' is not a number"),
        ('A,2024-01-02,"1,5"', "demand '1,5' is not a number"),
        ("A,2024-01-02,nan", "demand 'nan' is not a number"),
        ("A,2024-01-02,NaN", "demand 'NaN' is not a number"),
        ("A,2024-01-02,N/A", "demand 'N/A' is not a number"),
        ("A,2024-01-02,null", "demand 'null' is not a number"),
        ("A,2024-01-02,inf", "demand 'inf' is infinite or beyond 1e15"),
        ("A,2024-01-02,-Infinity", "demand '-Infinity' is infinite or beyond 1e15"),
        ("A,2024-01-02,1.1e15", "demand '1.1e15' is infinite or beyond 1e15"),
        ("A,2024-01-02,-1e300", "demand '-1e300' is infinite or beyond 1e15"),
        ("A,2024-02-30,1", "timestamp '2024-02-30' does not match yyyy-MM-dd"),
        ("A,2024-01-02 10:00,1", "timestamp '2024-01-02 10:00' does not match yyyy-MM-dd"),
        ("A,02/01/2024,1", "timestamp '02/01/2024' does not match yyyy-MM-dd"),
        ("A,0024-01-02,1", "timestamp '0024-01-02' lies outside the years 1900 to 2199"),
        ("A,,1", "timestamp is empty"),
        (",2024-01-02,1", "item_id is empty"),
        ("  ,2024-01-02,1", "item_id is empty"),
        ("A,2024-01-02", "2 columns found, 3 expected"),
        ("A,2024-01-02,1,2", "4 columns found, 3 expected"),
    ],
)
def test_a_bad_row_is_named_by_its_line(refusal, row, message):
    error = refusal(HEADER + "A,2024-01-01,1\n" + row + "\nA,2024-01-03,1\n")
    [problem] = error.problems
    assert (problem.file, problem.line) == ("sales.csv", 3)
    assert problem.message.startswith(message)
    assert error.count == 1


def test_lines_are_right_after_blank_lines_and_line_ends_in_quotes(refusal):
    error = refusal("\r\n" + HEADER + '"A\r\nB",2024-01-01,1\r\n\r\nA,2024-01-02,x\r\n')
    assert [problem.line for problem in error.problems] == [6]


def test_lines_are_right_in_gzip_and_without_a_header(refusal):
    assert refusal(gzip.compress(b"A,2024-01-01,1\nA,2024-01-02,x\n")).problems[0].line == 2


def test_a_line_too_long_is_named_in_a_folder_too(tmp_path):
    (tmp_path / "a.csv").write_text("A,2024-01-01,1\nA,2024-01-02,1,3\n")
    (tmp_path / "b.csv").write_text("A,2024-01-03,1\n")
    with pytest.raises(DataError, match=r"a.csv, line 2: 4 columns found, 3 expected"):
        read_target(tmp_path)


def test_ten_problems_are_shown_in_file_order_and_all_counted(refusal):
    rows = ["A,2024-01-01,1"] * 40
    for line in range(5, 30, 2):
        rows[line - 2] = "A,x,y" if line % 3 else ",2024-01-01,1"
    error = refusal(HEADER + "\n".join(rows) + "\n")
    assert [problem.line for problem in error.problems] == [5, 5, 7, 7, 9, 11, 11, 13, 13, 15]
    assert error.count == sum(2 if line % 3 else 1 for line in range(5, 30, 2))
    assert f"({error.count} problems in all)" in str(error)


def test_dates_that_read_both_ways_are_refused(refusal):
    error = refusal(HEADER + "A,01/02/2024,1\nA,03/02/2024,1\n")
    assert error.problems[0].line == 2
    assert "read as dd/MM/yyyy and as MM/dd/yyyy; say which with --timestamp-format" in str(error)


def test_day_first_and_month_first_in_one_file_are_refused(refusal):
    error = refusal(HEADER + "A,31/12/2024,1\nA,30/12/2024,1\nA,12/29/2024,1\n")
    assert "line 4: timestamp '12/29/2024' does not match dd/MM/yyyy" in str(error)


def test_dates_of_unknown_form_are_refused(refusal):
    error = refusal(HEADER + "A,yesterday,1\n")
    assert "line 2: timestamp 'yesterday' is not recognised" in str(error)
    assert "--timestamp-format" in str(error)


def test_a_comma_that_may_separate_thousands_is_refused(refusal):
    error = refusal("item_id;timestamp;demand\nA;2024-01-01;1,500\n")
    assert "line 2: demand '1,500': the comma may be a decimal sign" in str(error)


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n\n", "\n" + HEADER, HEADER.rstrip("\n")])
def test_a_header_alone_is_refused(refusal, content):
    assert str(refusal(content)).startswith("sales.csv: the file has no rows")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"hello\nworld\n", "no delimiter recognised"),
        (b"a,b,c\nx,2024-01-01,1\n", "no column recognised as item_id or timestamp or demand"),
        (HEADER.encode() + b"A\xff,2024-01-01,1\n", "line 2: byte 0xff is not valid UTF-8"),
        (HEADER.encode() + b'A,2024-01-01,1\n"A,2024-01-02,1\n', "line 3: a quoted field is"),
        (gzip.compress(HEADER.encode() * 99, mtime=0)[:-9], "damaged or cut off"),
        (b"PAR1 but no Parquet", "damaged or cut off"),
    ],
)
def test_files_that_are_no_tables(refusal, content, message):
    error = refusal(content)
    assert isinstance(error, DataError)
    assert str(error).startswith("sales.csv")
    assert message in str(error)


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(refusal, seed):
    generator = random.Random(seed)
    assert isinstance(refusal(generator.randbytes(generator.randint(1, 5_000))), DataError)


def test_a_parquet_file_cut_off_is_refused(refusal, tmp_path):
    pl.DataFrame({"item_id": ["A"], "timestamp": ["2024-01-01"], "demand": [1]}).write_parquet(
        tmp_path / "sales.csv"
    )
    assert "damaged or cut off" in str(refusal((tmp_path / "sales.csv").read_bytes()[:-30]))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file or folder"):
        read_target(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("stamps", "asked", "own"),
    [
        ([f"2024-01-{day:02}" for day in range(1, 20)], "H", "D"),
        (["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"], "D", "W"),
        (["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "W", "M"),
        ([f"2024-01-01 {hour:02}:00" for hour in range(20)], "30min", "H"),
    ],
)
def test_a_frequency_finer_than_the_data_is_refused(refusal, stamps, asked, own):
    content = HEADER + "".join(f"A,{stamp},1\n" for stamp in stamps)
    error = refusal(content, frequency=Frequency.parse(asked))
    assert f"frequency {asked} is finer than the data, which are {own}; use {own}" in str(error)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"item_id": [None]}, "row 1: item_id is empty"),
        ({"demand": [float("inf")]}, "row 1: demand 'inf' is infinite"),
        ({"timestamp": [None]}, "row 1: timestamp is empty"),
        ({"timestamp": [datetime(1800, 1, 1)]}, "lies outside the years 1900 to 2199"),
        ({"timestamp": [1.5]}, "column 'timestamp' holds Float64, not timestamps"),
        ({"demand": [date(2024, 1, 1)]}, "column 'demand' holds Date, not numbers"),
    ],
)
def test_frames_are_refused_by_row(columns, message):
    sound = {"item_id": ["A"], "timestamp": [date(2024, 1, 1)], "demand": [1.0]}
    with pytest.raises(DataError) as refused:
        read_target(pl.DataFrame({**sound, **columns}))
    assert str(refused.value).startswith("data frame: ")
    assert message in str(refused.value)


def test_other_sources_are_refused():
    with pytest.raises(InputError, match="sales of type dict cannot be read"):
        read_target({"item_id": ["A"]})

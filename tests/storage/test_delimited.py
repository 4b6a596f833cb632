"""Delimited text: the dialect is recognised, broken lines are found."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import DataError
from forecastle.storage.delimited import (
    DELIMITERS,
    check_structure,
    is_plainly_regular,
    line_numbers,
    rewrite,
    sample,
    scan,
)


@pytest.fixture
def file(tmp_path):
    def write(data):
        path = tmp_path / "sales.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiters_are_recognised(file, delimiter):
    found = sample(file(f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n"), "f")
    assert (found.delimiter, found.n_columns) == (delimiter, 3)


def test_a_decimal_comma_is_no_delimiter(file):
    assert sample(file("A;2024-01-01;1,5\nB;2024-01-02;2,5\n"), "f").delimiter == ";"


def test_a_delimiter_in_quotes_does_not_count(file):
    assert sample(file('a,b\n"x;y;z",1\n"x;y;z",2\n'), "f").delimiter == ","


def test_one_short_line_does_not_hide_the_delimiter(file):
    assert sample(file("a,b,c\n" + "1,2,3\n" * 20 + "1,2\n"), "f").n_columns == 3


def test_blank_records_keep_their_place(file):
    assert sample(file("\n\na,b\n\n1,2\n"), "f").positions == (2, 4)


def test_text_without_columns_is_refused(file):
    with pytest.raises(DataError, match="line 1: no delimiter recognised"):
        sample(file("hello\nworld\n"), "sales.csv")


def test_one_column_is_enough_where_it_is_wanted(file):
    assert sample(file("hello\nworld\n"), "ids.csv", (",",), fewest=1).n_columns == 1


def test_lines_are_counted_as_an_editor_does(file):
    path = file('h,h\r\n"a\r\nb",1\r\n\r\nc,2\r\n')
    assert line_numbers(path, ",", [0, 1, 3]) == {0: 1, 1: 2, 3: 5}


def test_lines_of_the_wrong_width_are_named(file):
    path = file("a,b\n1,2\n\n1\n1,2,3\n")
    with pytest.raises(DataError) as refused:
        check_structure(path, "sales.csv", ",", 2)
    assert [(p.line, p.message.split(";")[0]) for p in refused.value.problems] == [
        (4, "1 column found, 2 expected"),
        (5, "3 columns found, 2 expected"),
    ]


def test_broken_utf8_is_named(file):
    with pytest.raises(DataError, match=r"sales.csv, line 2: byte 0xff is not valid UTF-8"):
        check_structure(file(b"a,b\n\xff,2\n"), "sales.csv", ",", 2)


def test_an_open_quote_is_named_where_it_opens(file):
    with pytest.raises(DataError, match=r"sales.csv, line 2: a quoted field is broken"):
        check_structure(file('a,b\n"1,2\n3,4\n'), "sales.csv", ",", 2)


def test_all_problems_are_counted_and_ten_shown(file):
    with pytest.raises(DataError) as refused:
        check_structure(file("a,b\n" + "1\n" * 25), "sales.csv", ",", 2)
    assert (refused.value.count, len(refused.value.problems)) == (25, 10)


@pytest.mark.parametrize(
    ("text", "regular"),
    [
        ("a,b\n1,2\n", True),
        ("a,b\n1,2", True),
        ("a,b\n1\n", False),
        ("a,b\n\n1,2\n", False),
        ('a,b\n"1",2\n', False),
        ("a,b\né,2\n", False),
    ],
)
def test_counting_bytes_vouches_only_for_plain_files(file, text, regular):
    assert is_plainly_regular(file(text), ",", 2) is regular


@given(
    records=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=2
        ),
        min_size=1,
        max_size=5,
    )
)
def test_rewriting_keeps_every_field(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("rewrite")
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["first", "record"], *records])
    (folder / "a").write_bytes(buffer.getvalue().encode())
    rewrite(folder / "a", folder / "b", ",")
    read = scan(folder / "b", ",", ["x", "y"], 1).collect()
    assert [[x or "", y or ""] for x, y in read.rows()] == records

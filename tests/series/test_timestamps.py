"""Timestamps are recognised by their form; day and month are never guessed."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.series.timestamps import TimestampFormat, formats_of, most_common_formats


def parse(text, letters):
    return pl.select(TimestampFormat.from_letters(letters).parse(pl.lit(text))).item()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("2010-12-31", ["yyyy-MM-dd"]),
        ("2010-12-31 08:26", ["yyyy-MM-dd HH:mm"]),
        ("2010-12-31 08:26:59", ["yyyy-MM-dd HH:mm:ss"]),
        ("2010-12-31T08:26:59", ["yyyy-MM-ddTHH:mm:ss"]),
        ("2010-12-31T08:26:59.25", ["yyyy-MM-ddTHH:mm:ss.SSS"]),
        ("2010-12-31T08:26:59Z", ["yyyy-MM-ddTHH:mm:ssXXX"]),
        ("2010-12-31 08:26:59+09:00", ["yyyy-MM-dd HH:mm:ssXXX"]),
        ("2010/12/31", ["yyyy/MM/dd"]),
        ("2010.1.5", ["yyyy.MM.dd"]),
        ("20101231", ["yyyyMMdd"]),
        ("2010-12", ["yyyy-MM"]),
        ("01-Dec-2010", ["dd-MMM-yyyy"]),
        ("31/12/2010", ["dd/MM/yyyy", "MM/dd/yyyy"]),
        ("12/1/2010 8:26", ["dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm"]),
        ("12/1/2010 8:26 PM", ["dd/MM/yyyy hh:mm a", "MM/dd/yyyy hh:mm a"]),
        ("31.12.2010", ["dd.MM.yyyy", "MM.dd.yyyy"]),
        ("yesterday", []),
        ("2010-12/31", []),
        ("2010-12-31 noon", []),
        ("1234567", []),
        ("", []),
    ],
)
def test_forms(text, letters):
    assert [str(found) for found in formats_of(text)] == letters


@pytest.mark.parametrize(
    ("text", "letters", "moment"),
    [
        ("2010-12-31", "yyyy-MM-dd", datetime(2010, 12, 31)),
        ("2010-12-31 23:05:09", "yyyy-MM-dd HH:mm:ss", datetime(2010, 12, 31, 23, 5, 9)),
        ("2010-12-31 23:05:09", "yyyy-MM-dd hh:mm:ss", datetime(2010, 12, 31, 23, 5, 9)),
        ("2010-12-31 11:05 PM", "yyyy-MM-dd hh:mm a", datetime(2010, 12, 31, 23, 5)),
        ("2010-12-31T23:05:09", "yyyy-MM-dd'T'HH:mm:ss", datetime(2010, 12, 31, 23, 5, 9)),
        ("1/2/2010 8:26", "dd/MM/yyyy HH:mm", datetime(2010, 2, 1, 8, 26)),
        ("1/2/2010 8:26", "MM/dd/yyyy HH:mm", datetime(2010, 1, 2, 8, 26)),
        ("31/12/10", "dd/MM/yy", datetime(2010, 12, 31)),
        ("2010-12", "yyyy-MM", datetime(2010, 12, 1)),
        ("2010-02-30", "yyyy-MM-dd", None),
        ("2010-13-01", "yyyy-MM-dd", None),
        ("2010-12-31 10:00", "yyyy-MM-dd", None),
        ("2010-12-31", "yyyy-MM-dd HH:mm:ss", None),
        ("2010105", "yyyyMMdd", None),
    ],
)
def test_reading(text, letters, moment):
    assert parse(text, letters) == moment


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-0530"])
def test_local_time_counts_whatever_the_offset(zone):
    assert parse(f"2024-01-31T23:30:00{zone}", "yyyy-MM-ddTHH:mm:ssXXX") == datetime(
        2024, 1, 31, 23, 30
    )


@pytest.mark.parametrize("letters", ["", "HH:mm", "yyyy", "dd/MM", "yyyy-MM-dd Q", "yyyyy-MM-dd"])
def test_patterns_without_a_date_or_with_unknown_letters_are_refused(letters):
    with pytest.raises(InputError, match="timestamp format"):
        TimestampFormat.from_letters(letters)


def test_the_most_common_form_decides():
    texts = ["2010-12-31", "", "2011-01-01", "31/12/2010"]
    assert [str(found) for found in most_common_formats(texts)] == ["yyyy-MM-dd"]


def test_fractions_of_seconds_may_be_left_out():
    texts = ["2010-12-31T10:00:00", "2010-12-31T10:00:01", "2010-12-31T10:00:01.5"]
    [found] = most_common_formats(texts)
    assert pl.Series(texts).to_frame("t").select(found.parse(pl.col("t"))).null_count().item() == 0


@given(
    moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(
        lambda value: value.replace(microsecond=0)
    ),
    form=st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]),
)
def test_what_is_recognised_reads_back(moment, form):
    text = moment.strftime(form).zfill(19)
    [found] = formats_of(text)
    assert pl.select(found.parse(pl.lit(text))).item() == moment

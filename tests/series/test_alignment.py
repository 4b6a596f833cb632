import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import (
    Alignment,
    default_alignment,
    infer_alignment,
    period_start,
    period_starts,
)

LARGEST = {"Y": 1, "M": 11, "W": 4, "D": 6, "H": 23, "min": 59}
SECOND = np.timedelta64(1, "s")

frequencies = st.sampled_from(sorted(LARGEST)).flatmap(
    lambda unit: st.builds(Frequency, st.integers(1, LARGEST[unit]), st.just(unit))
)
moments = st.integers(-(10**9), 3 * 10**9).map(lambda s: np.datetime64(s, "s"))
anchors = st.builds(
    lambda month, day, second: (
        np.datetime64(month, "M").astype("datetime64[s]")
        + np.timedelta64(day * 86_400 + second, "s")
    ),
    st.integers(-600, 600),
    st.integers(0, 27),
    st.integers(0, 86_399),
)
alignments = st.builds(Alignment, frequencies, anchors)


def stamps(*texts):
    return np.asarray(texts, dtype="datetime64[s]")


def starts_in_polars(times, alignment):
    frame = pl.DataFrame({"t": times.astype("datetime64[us]")})
    column = frame.lazy().select(period_start(pl.col("t"), alignment)).collect(engine="streaming")
    return column["t"].to_numpy().astype("datetime64[s]")


@given(alignments, st.lists(moments, min_size=1, max_size=20))
def test_a_period_holds_its_timestamp(alignment, times):
    starts = period_starts(np.asarray(times), alignment)
    following = [alignment.frequency.shift(start, 1) for start in starts]
    assert np.all(starts <= times)
    assert np.all(np.asarray(times) < following)


@given(alignments, st.lists(moments, min_size=1, max_size=20))
def test_alignment_is_idempotent(alignment, times):
    once = period_starts(np.asarray(times), alignment)
    assert np.array_equal(period_starts(once, alignment), once)


@given(alignments, st.lists(moments, min_size=2, max_size=20))
def test_alignment_keeps_the_order(alignment, times):
    starts = period_starts(np.sort(np.asarray(times)), alignment)
    assert np.all(np.diff(starts) >= np.timedelta64(0, "s"))


@given(alignments, st.lists(moments, min_size=1, max_size=20))
def test_polars_and_numpy_agree(alignment, times):
    expected = period_starts(np.asarray(times), alignment)
    assert np.array_equal(starts_in_polars(np.asarray(times), alignment), expected)


@given(alignments, anchors)
def test_any_start_of_a_period_anchors_the_same_grid(alignment, time):
    start = period_starts(np.asarray([time]), alignment)[0]
    other = Alignment(alignment.frequency, start)
    assert period_starts(np.asarray([alignment.anchor]), other)[0] == alignment.anchor


@given(alignments)
def test_json_and_back(alignment):
    assert Alignment.from_json(alignment.to_json()) == alignment


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("Y", "2011-01-01T00:00:00"),
        ("M", "2011-06-01T00:00:00"),
        ("3M", "2011-04-01T00:00:00"),
        ("W", "2011-06-13T00:00:00"),
        ("D", "2011-06-15T00:00:00"),
        ("6H", "2011-06-15T12:00:00"),
        ("H", "2011-06-15T13:00:00"),
        ("30min", "2011-06-15T13:30:00"),
    ],
)
def test_default_boundaries_are_amazons(frequency, expected):
    alignment = default_alignment(Frequency.parse(frequency))
    wednesday = stamps("2011-06-15T13:45:10")
    assert str(period_starts(wednesday, alignment)[0]) == expected


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("2W", "2011-06-13"), ("5D", "2011-06-15"), ("7M", "2011-06-01"), ("5H", "2011-06-15")],
)
def test_other_multiples_start_with_the_data(frequency, expected):
    first = np.datetime64("2011-06-15T13:45", "s")
    alignment = default_alignment(Frequency.parse(frequency), first)
    assert alignment.anchor == np.datetime64(expected, "s")


def test_a_polars_date_column_is_taken_too():
    frame = pl.DataFrame({"t": stamps("2011-06-15").astype("datetime64[D]")})
    found = frame.select(period_start(pl.col("t"), default_alignment(Frequency(1, "M"))))
    assert found["t"].dtype == pl.Datetime("us")
    assert str(found["t"][0]) == "2011-06-01 00:00:00"


def test_missing_timestamps_stay_missing():
    frame = pl.DataFrame({"t": [None]}, schema={"t": pl.Datetime("us")})
    for text in ("D", "M"):
        alignment = default_alignment(Frequency.parse(text))
        assert frame.select(period_start(pl.col("t"), alignment))["t"].to_list() == [None]


def test_weeks_keep_the_weekday_that_all_data_share():
    fridays = stamps("2010-02-05", "2010-02-12", "2010-02-26T18:00")
    alignment = infer_alignment(fridays, Frequency(1, "W"))
    assert str(period_starts(fridays, alignment)[2]) == "2010-02-26T00:00:00"
    assert str(alignment) == "periods that start on Friday"


def test_weeks_of_other_data_start_on_monday():
    days = np.arange("2010-02-05", "2010-03-05", dtype="datetime64[D]")
    assert str(infer_alignment(days, Frequency(1, "W"))) == "periods that start on Monday"


def test_two_weeks_keep_the_phase_of_the_data():
    odd_weeks = stamps("2010-02-12", "2010-02-26", "2010-03-26")
    alignment = infer_alignment(odd_weeks, Frequency(2, "W"))
    assert np.array_equal(period_starts(odd_weeks, alignment), odd_weeks)


def test_months_keep_the_day_that_all_data_share():
    mid_months = stamps("2010-01-15", "2010-02-15", "2010-04-15")
    alignment = infer_alignment(mid_months, Frequency(1, "M"))
    assert np.array_equal(period_starts(mid_months, alignment), mid_months)


def test_month_ends_stand_for_their_month():
    ends = stamps("2010-01-31", "2010-02-28", "2010-03-31", "2010-04-30")
    alignment = infer_alignment(ends, Frequency(1, "M"))
    found = [str(start)[:10] for start in period_starts(ends, alignment)]
    assert found == ["2010-01-01", "2010-02-01", "2010-03-01", "2010-04-01"]


def test_quarter_ends_stand_for_their_quarter():
    ends = stamps("2010-05-31", "2010-08-31", "2010-11-30")
    alignment = infer_alignment(ends, Frequency(3, "M"))
    found = [str(start)[:10] for start in period_starts(ends, alignment)]
    assert found == ["2010-03-01", "2010-06-01", "2010-09-01"]


def test_year_ends_stand_for_their_year():
    ends = stamps("2008-12-31", "2009-12-31", "2010-12-31")
    alignment = infer_alignment(ends, Frequency(1, "Y"))
    assert str(period_starts(ends, alignment)[2]) == "2010-01-01T00:00:00"


def test_years_keep_the_day_and_month_that_all_data_share():
    fiscal = stamps("2008-04-01", "2009-04-01", "2010-04-01")
    alignment = infer_alignment(fiscal, Frequency(1, "Y"))
    assert np.array_equal(period_starts(fiscal, alignment), fiscal)
    assert str(alignment) == "years that start on 1 April"


def test_half_hours_keep_their_phase():
    times = stamps("2010-01-01T09:15", "2010-01-01T09:45", "2010-01-02T10:15")
    alignment = infer_alignment(times, Frequency(30, "min"))
    assert np.array_equal(period_starts(times, alignment), times)


def test_days_start_at_midnight_whatever_the_time_of_day():
    times = stamps("2010-01-01T07:00", "2010-01-02T07:00")
    assert str(infer_alignment(times, Frequency(1, "D"))) == "days that start at 00:00"


def test_no_data_gives_the_default():
    assert infer_alignment(stamps(), Frequency(1, "W")) == default_alignment(Frequency(1, "W"))


@pytest.mark.parametrize(
    ("frequency", "boundary", "time", "expected"),
    [
        ("D", {"Hour": 6}, "2011-06-15T05:59", "2011-06-14T06:00:00"),
        ("W", {"DayOfWeek": "SUNDAY"}, "2011-06-15", "2011-06-12T00:00:00"),
        ("M", {"DayOfMonth": 15}, "2011-06-14", "2011-05-15T00:00:00"),
        ("3M", {"DayOfMonth": 10}, "2011-06-14", "2011-04-10T00:00:00"),
        ("Y", {"Month": "APRIL"}, "2011-03-31", "2010-04-01T00:00:00"),
    ],
)
def test_amazons_boundaries(frequency, boundary, time, expected):
    alignment = Alignment.from_boundary(Frequency.parse(frequency), boundary)
    assert str(period_starts(stamps(time), alignment)[0]) == expected


@pytest.mark.parametrize(
    ("frequency", "boundary", "message"),
    [
        ("H", {"Hour": 1}, "frequency H takes no time alignment boundary"),
        ("D", {"DayOfWeek": "MONDAY"}, "DayOfWeek does not fit frequency D; give Hour"),
        ("W", {}, "boundary nothing does not fit frequency W; give DayOfWeek"),
        ("D", {"Hour": 24}, "Hour '24' is out of range; use 0 to 23"),
        ("D", {"Hour": True}, "Hour 'True' is out of range"),
        ("M", {"DayOfMonth": 29}, "DayOfMonth '29' is out of range; use 1 to 28"),
        ("W", {"DayOfWeek": "monday"}, "DayOfWeek 'monday' is not known; use one of MONDAY"),
        ("Y", {"Month": "SMARCH"}, "Month 'SMARCH' is not known"),
    ],
)
def test_boundaries_that_do_not_fit_are_refused(frequency, boundary, message):
    with pytest.raises(InputError, match=message):
        Alignment.from_boundary(Frequency.parse(frequency), boundary)


def test_months_cannot_start_on_a_day_that_some_lack():
    with pytest.raises(InputError, match="months cannot start on day 31"):
        Alignment(Frequency(1, "M"), np.datetime64("2010-01-31", "s"))

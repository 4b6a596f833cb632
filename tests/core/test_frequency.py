import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency

LARGEST = {"Y": 1, "M": 11, "W": 4, "D": 6, "H": 23, "min": 59}

frequencies = st.sampled_from(sorted(LARGEST)).flatmap(
    lambda unit: st.builds(Frequency, st.integers(1, LARGEST[unit]), st.just(unit))
)
firsts = st.builds(
    lambda month, day, second: (
        np.datetime64(month, "M").astype("datetime64[s]")
        + np.timedelta64(day * 86_400 + second, "s")
    ),
    st.integers(-600, 600),
    st.integers(0, 27),
    st.integers(0, 86_399),
)


@given(frequencies)
def test_text_and_value_are_the_same_thing(frequency):
    assert Frequency.parse(str(frequency)) == frequency


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [("D", 1, "D"), ("1D", 1, "D"), ("2W", 2, "W"), ("3M", 3, "M"), (" 30min ", 30, "min")],
)
def test_the_grammar_is_a_count_and_a_unit(text, count, unit):
    assert Frequency.parse(text) == Frequency(count, unit)


@pytest.mark.parametrize("text", ["", "d", "DD", "0D", "-1D", "1.5H", "week", "W2", "min30", "2Q"])
def test_what_is_no_frequency_is_named(text):
    with pytest.raises(InputError, match=f"frequency '{text}' is not known"):
        Frequency.parse(text)


@pytest.mark.parametrize("text", ["60min", "24H", "7D", "5W", "12M", "2Y"])
def test_a_count_that_reaches_the_next_unit_is_refused(text):
    with pytest.raises(InputError, match="use the next coarser unit"):
        Frequency.parse(text)


@given(frequencies, firsts, st.lists(st.integers(-500, 500), min_size=1, max_size=20))
def test_shift_and_steps_between_invert_each_other(frequency, first, steps):
    moved = frequency.shift(first, np.asarray(steps))
    assert frequency.steps_between(first, moved).tolist() == steps


@given(frequencies, firsts, st.integers(0, 10**9))
def test_steps_between_rounds_down(frequency, first, seconds):
    time = first + np.timedelta64(seconds, "s")
    step = frequency.steps_between(first, np.asarray([time]))[0]
    assert frequency.shift(first, int(step)) <= time < frequency.shift(first, int(step) + 1)


@given(frequencies, firsts)
def test_a_grid_ascends_from_its_first_time(frequency, first):
    times = frequency.times(first, 30)
    assert times[0] == first
    assert np.all(np.diff(times) > np.timedelta64(0, "s"))


def test_months_from_the_31st_end_with_each_month():
    times = Frequency(1, "M").times(np.datetime64("2011-10-31T18:00"), 5)
    assert [str(time) for time in times] == [
        "2011-10-31T18:00:00",
        "2011-11-30T18:00:00",
        "2011-12-31T18:00:00",
        "2012-01-31T18:00:00",
        "2012-02-29T18:00:00",
    ]


@pytest.mark.parametrize(
    ("text", "seasons"),
    [
        ("Y", (1,)),
        ("M", (12,)),
        ("3M", (4,)),
        ("5M", (12,)),
        ("W", (52,)),
        ("2W", (26,)),
        ("D", (7, 365)),
        ("2D", (7, 182)),
        ("H", (24, 168)),
        ("6H", (4, 28)),
        ("min", (60, 1440)),
        ("15min", (4, 96)),
        ("30min", (2, 48)),
    ],
)
def test_seasons_are_whole_steps_after_which_the_cycle_repeats(text, seasons):
    assert Frequency.parse(text).seasons == seasons
    assert Frequency.parse(text).season == seasons[0]


def test_units_are_ordered_by_length():
    lengths = [Frequency(1, unit).approximate_days for unit in ("min", "H", "D", "W", "M", "Y")]
    assert lengths == sorted(lengths)


@given(frequencies, frequencies)
def test_finer_means_a_shorter_step(one, other):
    assert not (one.is_finer_than(other) and other.is_finer_than(one))
    assert one.is_finer_than(other) == (one.steps_per_year > other.steps_per_year)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.frequency import Frequency
from forecastle.series.inference import infer_frequency

DAY = np.timedelta64(1, "D")


def grid(text, n_steps, first="2010-01-04"):
    return Frequency.parse(text).times(np.datetime64(first, "s"), n_steps)


def inferred(times):
    return str(infer_frequency(np.unique(np.asarray(times).astype("datetime64[s]"))))


def is_weekday(days, *weekdays):
    return np.isin((days.astype("datetime64[D]").astype(np.int64) + 3) % 7, weekdays)


@pytest.mark.parametrize(
    "text",
    ["Y", "M", "2M", "3M", "6M", "W", "2W", "4W", "D", "2D", "H", "2H", "6H", "5min", "30min"],
)
def test_a_regular_grid_has_its_own_frequency(text):
    assert inferred(grid(text, 40)) == text


@given(st.sampled_from(["M", "W", "D", "H", "30min"]), st.randoms(use_true_random=False))
def test_missing_periods_change_nothing(text, random):
    times = grid(text, 60)
    kept = sorted(random.sample(range(60), 48))
    assert inferred(times[kept]) == text


@pytest.mark.parametrize("n_steps", [0, 1, 2])
def test_too_little_data_is_daily(n_steps):
    assert inferred(grid("M", n_steps)) == "D"


def test_transactions_with_times_of_day_are_daily():
    seconds = np.random.default_rng(0).integers(8 * 3600, 18 * 3600, 3000)
    days = np.repeat(grid("D", 30), 100)
    assert inferred(days + seconds.astype("timedelta64[s]")) == "D"


def test_a_busy_till_is_not_a_grid_of_minutes():
    minutes = np.arange("2010-01-04T09:00", "2010-01-04T18:00", dtype="datetime64[m]")
    assert inferred(np.concatenate([minutes + day * DAY for day in range(10)])) == "D"


def test_minutes_within_a_day_or_two_are_minutes():
    assert inferred(grid("min", 600)) == "min"


def test_a_grid_within_opening_hours_is_that_grid():
    hours = np.arange("2010-01-04T09", "2010-01-04T18", dtype="datetime64[h]")
    assert inferred(np.concatenate([hours + day * DAY for day in range(20)])) == "H"


def test_a_market_stall_is_weekly_although_its_till_has_a_clock():
    saturdays = np.repeat(grid("W", 20, "2010-01-02"), 5)
    seconds = np.random.default_rng(0).integers(0, 80_000, 100)
    assert inferred(saturdays + seconds.astype("timedelta64[s]")) == "W"


@pytest.mark.parametrize("closed", [(5,), (6,), (5, 6), (0, 6), (0, 2, 4, 6), (0, 1, 2, 3, 4)])
def test_weekly_closing_days_leave_daily_data_daily(closed):
    days = grid("D", 200)
    assert inferred(days[~is_weekday(days, *closed)]) == "D"


def test_weeks_with_gaps_are_weeks():
    assert inferred(grid("W", 40)[[0, 1, 2, 5, 6, 9, 13, 20, 33]]) == "W"


def test_weeks_whose_date_moved_for_a_holiday_are_weeks():
    times = grid("W", 40)
    times[20] -= DAY
    assert inferred(times) == "W"


@pytest.mark.parametrize("day", ["31", "30", "29", "28", "15", "01"])
def test_months_on_any_day_are_months(day):
    assert inferred(grid("M", 20, f"2010-01-{day}")) == "M"


def test_last_working_days_are_months():
    ends = grid("M", 24, "2010-01-31").astype("datetime64[D]")
    weekday = (ends.astype(np.int64) + 3) % 7
    assert inferred(ends - np.maximum(weekday - 4, 0)) == "M"


def test_quarter_ends_are_three_months():
    assert inferred(grid("3M", 12, "2010-03-31")) == "3M"


def test_year_ends_are_years():
    assert inferred(grid("Y", 5, "2006-12-31")) == "Y"


def test_scattered_dates_are_daily():
    days = np.sort(np.random.default_rng(1).choice(700, 60, replace=False))
    assert inferred(np.datetime64("2010-01-01", "D") + days) == "D"

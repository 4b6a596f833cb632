"""Which stretches of history are forecast as if they lay ahead."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.evaluation.windows import Window, backtest_windows, windows_before


def test_by_default_one_window_at_the_very_end():
    assert backtest_windows(n_time=100, horizon=7) == (Window(93, 7),)
    assert Window(93, 7).end == 100


def test_several_windows_follow_each_other_and_the_last_ends_with_the_history():
    assert backtest_windows(100, 7, count=3) == (Window(79, 7), Window(86, 7), Window(93, 7))


def test_the_offset_is_the_distance_from_the_end_to_the_start_of_the_latest_window():
    assert backtest_windows(100, 7, count=2, offset=20) == (Window(73, 7), Window(80, 7))


@pytest.mark.parametrize("count", [0, -1, 6])
def test_the_number_of_windows_goes_from_1_to_5(count):
    with pytest.raises(InputError, match=f"backtest windows: {count} is out of range; use 1 to 5"):
        backtest_windows(100, 7, count=count)


@pytest.mark.parametrize("offset", [6, 0, -7, 50, 90])
def test_the_offset_lies_between_the_horizon_and_half_of_the_history(offset):
    with pytest.raises(
        InputError,
        match=rf"offset {offset} must be at least the horizon \(7\) and less than half of the "
        r"history \(100 steps\)",
    ):
        backtest_windows(100, 7, offset=offset)


def test_windows_need_history_before_them():
    with pytest.raises(
        InputError,
        match=r"5 backtest windows of 3 steps do not fit into a history of 15 steps; use fewer "
        "windows or a shorter horizon",
    ):
        backtest_windows(15, 3, count=5)
    assert backtest_windows(16, 3, count=5)[0] == Window(1, 3)


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 5), st.integers(0, 100))
def test_windows_touch_without_overlap_and_stay_within_the_history(n_time, horizon, count, offset):
    try:
        windows = backtest_windows(n_time, horizon, count, offset or None)
    except InputError:
        return
    assert len(windows) == count
    assert all(one.end == other.first for one, other in itertools.pairwise(windows))
    assert windows[0].first >= 1
    assert windows[-1].end <= n_time


def test_windows_before_a_step_end_there():
    assert windows_before(end=90, horizon=10, count=3, shortest=20) == (
        Window(60, 10),
        Window(70, 10),
        Window(80, 10),
    )


def test_windows_with_too_little_history_are_left_out():
    assert windows_before(end=90, horizon=10, count=9, shortest=65) == (
        Window(70, 10),
        Window(80, 10),
    )
    assert windows_before(end=20, horizon=10, count=3, shortest=11) == ()

import numpy as np
import pytest

from tests.series.panels import make_panel

NAN = np.nan
TARGET = [[1, 2, 3, 4, 5], [NAN, NAN, 3, 4, 5], [NAN, NAN, NAN, NAN, NAN]]


def test_shapes_and_times():
    panel = make_panel(TARGET)
    assert (panel.n_series, panel.n_time, panel.n_future) == (3, 5, 0)
    assert [str(time)[:10] for time in panel.times[[0, -1]]] == ["2010-01-04", "2010-01-08"]
    assert str(panel.future_times(2)[0])[:10] == "2010-01-09"
    assert panel.lengths.tolist() == [5, 3, 0]


@pytest.mark.parametrize("n_time", [1, 2, 4, 5])
def test_until_is_the_panel_as_it_stood(n_time):
    panel = make_panel(TARGET).until(n_time)
    assert panel.n_time == n_time
    expected = make_panel(np.asarray(TARGET)[:, :n_time])
    assert np.array_equal(panel.target, expected.target, equal_nan=True)
    assert panel.start.tolist() == expected.start.tolist()
    assert np.array_equal(panel.observed, expected.observed)


def test_until_shows_known_values_no_further_than_the_horizon():
    panel = make_panel(TARGET)
    assert panel.until(3, horizon=1).n_future == 1
    assert panel.until(3, horizon=9).n_future == 2


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_select_takes_rows_by_index_or_mask(rows):
    panel = make_panel(TARGET).select(rows)
    assert sorted(panel.keys["item_id"]) == ["item000", "item002"]
    assert panel.static.shape == (2, 0)
    assert sorted(panel.lengths) == [0, 5]


def test_select_nothing():
    assert make_panel(TARGET).select(np.zeros(3, dtype=bool)).n_series == 0


def test_actuals_are_a_window():
    target, observed = make_panel(TARGET).actuals(1, 2)
    assert np.array_equal(target, [[2, 3], [NAN, 3], [NAN, NAN]], equal_nan=True)
    assert observed.tolist() == [[True, True], [False, True], [False, False]]

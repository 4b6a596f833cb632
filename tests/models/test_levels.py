"""How the levels that are trained become the grid."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.quantiles import GRID
from forecastle.models.levels import TRAINED_LEVELS, spread_to_grid


def test_a_normal_distribution_comes_out_as_it_went_in():
    normal = NormalDist(100, 15)
    given_levels = np.array([[normal.inv_cdf(level) for level in TRAINED_LEVELS]])
    expected = [normal.inv_cdf(level) for level in GRID]
    assert spread_to_grid(given_levels, TRAINED_LEVELS)[0] == pytest.approx(expected)


def test_the_trained_levels_are_kept():
    trained = np.array([[1.0, 2.0, 5.0, 6.0, 30.0]])
    found = spread_to_grid(trained, TRAINED_LEVELS)[0]
    for level, value in zip(TRAINED_LEVELS, trained[0], strict=True):
        assert found[GRID.index(level)] == pytest.approx(value)


@given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=5).map(sorted))
def test_order_in_gives_order_out(values):
    found = spread_to_grid(np.array([values]), TRAINED_LEVELS)[0]
    assert (np.diff(found) >= -1e-9).all()


def test_each_tail_has_its_own_side_s_spread():
    skewed = np.array([[9.0, 9.5, 10.0, 15.0, 30.0]])
    found = spread_to_grid(skewed, TRAINED_LEVELS)[0]
    assert found[0] > 8.0
    assert found[-1] > 40.0

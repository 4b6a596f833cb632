"""Quantiles from past errors, and the size of a series."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.models.residuals import error_quantiles, series_scale

MEDIAN = GRID.index(0.5)


def test_many_errors_speak_for_themselves():
    errors = np.random.default_rng(1).normal(0, 3, (1, 20_000))
    found = error_quantiles(errors, np.array([10.0]))[0]
    assert found == pytest.approx(np.quantile(errors, GRID))


def test_few_errors_are_drawn_to_those_of_all_series_in_proportion_to_size():
    rng = np.random.default_rng(2)
    errors = np.full((3, 400), np.nan)
    errors[0] = rng.normal(0, 1, 400)
    errors[1, 0] = 0.0
    widths = error_quantiles(errors, np.array([10.0, 100.0, 1000.0]))[:, -1]
    pooled = np.quantile(np.append(errors[0] / 10, 0.0), GRID[-1])
    # One error counts 1 against 20 of all series; none leaves all to the others.
    assert widths[1] == pytest.approx(100 * pooled * 20 / 21)
    assert widths[2] == pytest.approx(1000 * pooled)


def test_without_any_error_there_is_no_width():
    assert (error_quantiles(np.full((2, 3), np.nan), np.ones(2)) == 0).all()


def test_quantiles_ascend():
    errors = np.random.default_rng(3).standard_cauchy((5, 9))
    assert (np.diff(error_quantiles(errors, np.ones(5)), axis=1) >= 0).all()


def test_a_one_sided_error_moves_the_median():
    assert error_quantiles(np.full((1, 50), -4.0), np.ones(1))[0, MEDIAN] == pytest.approx(-4.0)


def test_the_scale_is_the_recent_mean_absolute_demand():
    target = np.array([[100.0, 100.0, 2.0, -4.0], [100.0, np.nan, 6.0, np.nan]])
    assert series_scale(target, recent=2).tolist() == [3.0, 6.0]


def test_a_series_without_recent_demand_has_the_scale_of_all_its_demand():
    assert series_scale(np.array([[8.0, 4.0, 0.0, 0.0]]), recent=2).tolist() == [3.0]


def test_a_series_without_demand_has_the_scale_of_the_others():
    target = np.array([[2.0, 2.0], [4.0, 4.0], [np.nan, np.nan], [0.0, 0.0]])
    assert series_scale(target, recent=2).tolist() == [2.0, 4.0, 3.0, 3.0]
    assert series_scale(np.zeros((2, 4)), recent=2).tolist() == [1.0, 1.0]

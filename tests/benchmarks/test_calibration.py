"""Calibration counts windows, not series, and gives zeros their due."""

import numpy as np
import pytest

from benchmarks.calibration import coverage, plot


def windows(*shares):
    """Per window 100 actuals of which a share lies below 1, and quantiles that are all 1."""
    actuals = [np.repeat([0.0, 2.0], [round(100 * s), 100 - round(100 * s)]) for s in shares]
    return actuals, [np.ones((100, 3)) for _ in shares]


def test_shares_are_means_over_windows_with_errors_from_their_scatter():
    median = coverage("toy", *windows(0.4, 0.6))[1]
    assert (median.level, median.windows) == (0.5, 2)
    assert median.below == median.at_or_below == pytest.approx(0.5)
    assert median.errors == pytest.approx((0.2, 0.2))


def test_a_level_is_held_within_two_errors_and_not_beyond():
    assert [each.held for each in coverage("toy", *windows(0.4, 0.6))] == [False, True, False]
    assert coverage("toy", *windows(0.85, 0.9, 0.86))[2].held is True
    assert coverage("toy", *windows(0.85, 0.86, 0.85))[2].held is False


def test_a_quantile_of_zero_is_held_where_most_demand_is_zero():
    zeros = [np.repeat([0.0, 5.0], [70, 30])] * 2
    p10, p50, p90 = coverage("toy", zeros, [np.zeros((100, 3))] * 2)
    assert (p10.below, p10.at_or_below) == (0.0, 0.7)
    assert [p10.held, p50.held, p90.held] == [True, True, False]


def test_the_row_says_what_was_found():
    row = coverage("toy", *windows(0.4, 0.6))[0].row
    assert row == "| toy | 2 | p10 | 50.0 % | 50.0 % | 20.0 | **no** |"


def test_the_plot_has_a_panel_per_case():
    found = [*coverage("one", *windows(0.4, 0.6)), *coverage("two", *windows(0.5, 0.7))]
    assert plot(found).to_dict()["facet"]["column"]["field"] == "case"

"""The yardstick: what was sold one season ago."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.models.seasonal_naive import SeasonalNaive, forward_filled
from forecastle.series.spec import ForecastSpec
from tests.panels import shop_panel

MEDIAN = GRID.index(0.5)


def test_an_exact_season_repeats_with_certainty():
    week = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    panel = shop_panel([np.tile(week, 4)], horizon=10)
    found = SeasonalNaive().quantiles(panel, ForecastSpec(10))[0]
    assert found == pytest.approx(np.tile(week, 2)[:10, None] * np.ones(len(GRID)))


def test_uncertainty_grows_with_the_seasons_ahead():
    panel = shop_panel([np.random.default_rng(1).normal(50, 5, 140)], horizon=15)
    found = SeasonalNaive().quantiles(panel, ForecastSpec(15))[0]
    width = found[:, -1] - found[:, 0]
    assert width[:7] == pytest.approx(np.full(7, width[0]))
    assert width[7] == pytest.approx(width[0] * np.sqrt(2))
    assert width[14] == pytest.approx(width[0] * np.sqrt(3))


def test_its_quantiles_are_those_of_past_errors():
    rng = np.random.default_rng(2)
    panel = shop_panel([rng.normal(50, 5, 7 * 400)], horizon=1)
    found = SeasonalNaive().quantiles(panel, ForecastSpec(1))[0, 0]
    # The difference of two independent values has twice their variance.
    assert found[-1] - found[MEDIAN] == pytest.approx(2.326 * 5 * np.sqrt(2), rel=0.1)


def test_within_a_season_the_last_value_repeats():
    found = SeasonalNaive().quantiles(shop_panel([[4.0, 3.0, 4.0, 4.0]]), ForecastSpec(5))[0]
    assert found[:, MEDIAN] == pytest.approx(4.0)


def test_a_missing_value_is_taken_from_the_season_before():
    filled = forward_filled(np.array([[1.0, 2.0, np.nan, 3.0, np.nan, np.nan]]), 2)
    assert filled.tolist() == [[1.0, 2.0, 1.0, 3.0, 1.0, 3.0]]
    assert forward_filled(np.array([[np.nan, 2.0, np.nan]]), 2).tolist() == [[0.0, 2.0, 0.0]]

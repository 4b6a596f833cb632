"""Last year's value at this year's level."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.models.last_year import LastYearLevel, last_year, level_stretch, long_lag
from forecastle.series.spec import ForecastSpec
from tests.panels import shop_panel


@pytest.mark.parametrize(
    ("frequency", "lag"), [("D", 364), ("W", 52), ("M", 12), ("H", 168), ("2W", 26), ("Y", 1)]
)
def test_the_long_season_is_a_multiple_of_the_short_one(frequency, lag):
    assert long_lag(shop_panel([[1.0] * 9], frequency)) == lag


@pytest.mark.parametrize(("frequency", "stretch"), [("D", 28), ("W", 8), ("M", 3), ("2W", 4)])
def test_the_present_level_is_measured_over_a_stretch(frequency, stretch):
    assert level_stretch(shop_panel([[1.0] * 9], frequency)) == stretch


def test_last_year_s_shape_comes_back_at_the_level_of_today():
    year = 10 + 5 * np.sin(np.arange(52) / 52 * 2 * np.pi)
    demand = np.concatenate([year, 2 * year])
    panel = shop_panel([demand], "W", horizon=6)
    assert last_year(panel, 104, 6)[0] == pytest.approx(4 * year[:6])


def test_growth_is_at_most_threefold_either_way():
    year = 10 + 5 * np.sin(np.arange(52) / 52 * 2 * np.pi)
    up = shop_panel([np.concatenate([year, 50 * year])], "W")
    down = shop_panel([np.concatenate([year, year / 50])], "W")
    assert last_year(up, 104, 1)[0] == pytest.approx(3 * 50 * year[:1])
    assert last_year(down, 104, 1)[0] == pytest.approx(year[:1] / 50 / 3)


def test_a_series_too_young_for_last_year_gets_its_level():
    demand = np.full(104, np.nan)
    demand[-8:] = [1, 2, 3, 4, 5, 6, 7, 8]
    panel = shop_panel([demand], "W", horizon=3)
    assert last_year(panel, 104, 3)[0] == pytest.approx([4.5] * 3)
    assert last_year(shop_panel([[np.nan] * 104], "W"), 104, 3)[0].tolist() == [0.0] * 3


def test_nothing_from_the_origin_on_is_used():
    demand = np.random.default_rng(1).uniform(1, 9, (2, 150))
    panel, later = shop_panel(demand, "W", horizon=60), demand.copy()
    later[:, 120:] = 1e6
    assert np.array_equal(last_year(panel, 120, 60), last_year(shop_panel(later, "W"), 120, 60))


def test_where_last_year_foretells_this_year_there_is_no_uncertainty():
    year = 10 + 5 * np.sin(np.arange(52) / 52 * 2 * np.pi)
    panel = shop_panel([np.tile(year, 4)], "W", horizon=4)
    found = LastYearLevel().quantiles(panel, ForecastSpec(4))[0]
    assert found == pytest.approx(year[:4, None] * np.ones(len(GRID)))


def test_it_needs_a_year_and_says_how_much_is_missing():
    model, spec = LastYearLevel(), ForecastSpec(5)
    assert model.unsuited(shop_panel([[1.0] * 65], "W"), spec) is None
    reason = "needs 65 steps of history; the longest series has fewer"
    assert model.unsuited(shop_panel([[1.0] * 64], "W"), spec) == reason
    assert "no yearly season" in model.unsuited(shop_panel([[1.0] * 90], "Y"), spec)

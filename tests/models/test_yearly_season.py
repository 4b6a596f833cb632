"""The same steps of the last years at this year's level, and its errors at earlier origins."""

import numpy as np
import pytest

from forecastle.models.yearly_season import Season
from tests.panels import shop_panel

YEAR = 52
SEASON = Season(YEAR, 8)


def test_the_first_and_the_second_year_back_count_two_to_one():
    demand = np.concatenate([np.full(YEAR, 10.0), np.full(YEAR, 10.0), np.full(9, 10.0)])
    clean = np.array([demand])
    clean[0, 9 : 9 + 3], clean[0, 9 + YEAR : 9 + YEAR + 3] = 40.0, 70.0
    found = SEASON.point(np.array([demand]), clean, 2 * YEAR + 9, 3)
    assert found[0] == pytest.approx(2 / 3 * 70 + 1 / 3 * 40)


def test_without_a_year_it_says_the_level():
    demand = np.array([[1.0] * 20 + [3.0] * 8])
    assert SEASON.point(demand, demand, 28, 4)[0] == pytest.approx(3.0)


def test_a_change_in_level_is_partly_chance_but_not_what_all_changed_by():
    demand = np.full((2, 2 * YEAR), 10.0)
    demand[:, -36:] = 20.0  # as far back as the level is measured
    assert SEASON.point(demand, demand, 2 * YEAR, 1)[:, 0] == pytest.approx([20.0, 20.0])
    demand[1] = 10.0
    # Together they grew by a half; a fifth of that counts for each, four fifths of its own.
    assert SEASON.point(demand, demand, 2 * YEAR, 1)[:, 0] == pytest.approx([19.0, 11.0])


def test_now_counts_more_than_a_quarter_ago():
    demand = np.full((1, 2 * YEAR), 10.0)
    early, late = demand.copy(), demand.copy()
    early[0, -24:-12], late[0, -12:] = 20.0, 20.0
    rise = [SEASON.point(each, each, 2 * YEAR, 1)[0, 0] - 10 for each in (early, late)]
    assert rise[1] > 3 * rise[0] > 0


def test_what_is_missing_now_says_nothing_of_the_level():
    demand = np.full((1, 2 * YEAR), 10.0)
    demand[0, YEAR:] = 15.0
    gaps, clean = demand.copy(), demand.copy()
    gaps[0, -3:] = np.nan
    assert SEASON.point(gaps, clean, 2 * YEAR, 1) == pytest.approx(
        SEASON.point(demand, clean, 104, 1)
    )


def test_errors_are_of_origins_that_leave_a_year_and_the_horizon():
    assert list(SEASON.origins(2 * YEAR, 6)) == [98 - 4 * k for k in range(11)]
    assert list(SEASON.origins(YEAR + 6, 6)) == []
    demand = np.tile(np.arange(1.0, YEAR + 1), (2, 3))
    errors = SEASON.errors(demand, demand, 6)
    assert errors.shape == (2, 13, 6)
    assert errors == pytest.approx(0.0)


def test_the_horizon_may_be_longer_than_the_year():
    demand = np.tile(np.arange(1.0, YEAR + 1), (1, 3))
    found = SEASON.point(demand, demand, 3 * YEAR, YEAR + 3)[0]
    assert found == pytest.approx([*range(1, YEAR + 1), 1, 2, 3])


@pytest.mark.parametrize(("frequency", "lag", "stretch"), [("D", 364, 28), ("M", 12, 3)])
def test_a_panel_s_season_and_stretch(frequency, lag, stretch):
    assert Season.of(shop_panel([[1.0] * 9], frequency)) == Season(lag, stretch)

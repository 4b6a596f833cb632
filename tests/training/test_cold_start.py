"""Items with little or no history take after the items that are like them."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.series.forecast import Forecast, normal_scores
from forecastle.training.cold_start import fill_cold_starts
from tests.panels import shop_panel

MEDIAN = GRID.index(0.5)
N_TIME = 30


def normal(mean, deviation=1.0, horizon=2):
    return np.tile(mean + deviation * normal_scores(GRID), (horizon, 1))


def fill(observations, quantiles, **more):
    """Fill the forecast of series that have so many observations each."""
    target = np.full((len(observations), N_TIME), np.nan)
    for row, count in enumerate(observations):
        target[row, N_TIME - count :] = 5.0
    panel = shop_panel(target, **more)
    forecast = Forecast(panel.frequency, panel.keys, panel.future_times(1)[0], np.stack(quantiles))
    return fill_cold_starts(forecast, panel).quantiles


def test_a_new_item_resembles_the_items_of_its_category():
    found = fill(
        [30, 30, 30, 0],
        [normal(10), normal(12), normal(100), normal(0)],
        static={"category": ["tea", "tea", "toys", "tea"]},
    )
    assert found[3, :, MEDIAN] == pytest.approx([11.0, 11.0], abs=0.3)
    assert found[3].max() < 20


def test_the_more_metadata_are_shared_the_more_alike():
    found = fill(
        [30, 30, 30, 0],
        [normal(10), normal(50), normal(90), normal(0)],
        static={"category": ["tea", "tea", "toys", "tea"], "brand": ["A", "B", "B", "B"]},
    )
    assert found[3, 0, MEDIAN] == pytest.approx(50.0, abs=0.3)


def test_an_item_that_shares_nothing_resembles_all():
    more = {"static": {"category": ["tea", "toys", None]}}
    found = fill([30, 30, 0], [normal(10), normal(90), normal(0)], **more)
    plain = fill([30, 30, 0], [normal(10), normal(90), normal(0)])
    assert np.array_equal(found[2], plain[2])
    assert plain[2, 0, 0] < 12
    assert plain[2, 0, -1] > 88


def test_numbers_do_not_make_items_alike():
    more = {"static": {"weight": [1.0, 2.0, 2.0]}}
    assert np.array_equal(
        fill([30, 30, 0], [normal(10), normal(90), normal(0)], **more)[2],
        fill([30, 30, 0], [normal(10), normal(90), normal(0)])[2],
    )


def test_a_new_item_is_as_uncertain_as_its_likes_differ():
    one = fill([30, 30, 0], [normal(50), normal(50), normal(0)])[2]
    apart = fill([30, 30, 0], [normal(20), normal(80), normal(0)])[2]
    assert one == pytest.approx(normal(50), abs=0.5)
    width = apart[:, GRID.index(0.9)] - apart[:, GRID.index(0.1)]
    assert (width > 55).all()


def test_quantiles_of_a_mixture_ascend():
    rng = np.random.default_rng(1)
    likes = [np.sort(rng.gamma(1, 20, (2, len(GRID))), axis=1) for _ in range(5)]
    found = fill([30] * 5 + [0], [*likes, normal(0)])[5]
    assert (np.diff(found, axis=1) >= 0).all()
    assert found.min() >= 0


def test_trust_in_its_own_history_grows_until_it_speaks_for_itself():
    found = [fill([30, n], [normal(10), normal(80)])[1, 0, MEDIAN] for n in range(10)]
    own_share = np.array([n / (n + 4) if n < 8 else 1.0 for n in range(10)])
    assert np.array(found) == pytest.approx(10 + 70 * own_share, abs=0.3)


def test_established_items_keep_their_forecast():
    quantiles = [normal(10), normal(90), normal(0)]
    found = fill([30, 8, 2], quantiles)
    assert np.array_equal(found[:2], np.stack(quantiles[:2]))


def test_without_an_established_item_nothing_changes():
    quantiles = [normal(10), normal(90)]
    assert np.array_equal(fill([3, 0], quantiles), np.stack(quantiles))


def test_new_items_of_one_kind_get_the_same_and_of_another_kind_another():
    found = fill(
        [30, 30, 0, 0, 0],
        [normal(10), normal(90), normal(0), normal(1), normal(2)],
        static={"category": ["tea", "toys", "tea", "toys", "tea"]},
    )
    assert np.array_equal(found[2], found[4])
    assert found[3, 0, MEDIAN] > 80 > found[2, 0, MEDIAN]

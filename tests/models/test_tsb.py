"""Intermittent demand: the chance of a sale, and its size."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.models.tsb import TSB, smoothed_chance
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel, sparse_demand

SPEC = ForecastSpec(3)


def test_the_chance_of_a_sale_is_smoothed_from_the_overall_share():
    # Starts at 2 / 4, then moves a tenth of the way to each outcome.
    chance = 0.5
    for sold in (1, 0, 0, 1):
        chance += 0.1 * (sold - chance)
    found = smoothed_chance(np.array([[5.0, 0.0, 0.0, 2.0]]), 0.1)
    assert found == pytest.approx([chance])


def test_missing_steps_leave_the_chance_as_it_is():
    gaps = np.array([[5.0, np.nan, 0.0, np.nan, np.nan, 2.0]])
    plain = np.array([[5.0, 0.0, 2.0]])
    assert smoothed_chance(gaps, 0.1) == pytest.approx(smoothed_chance(plain, 0.1))


def test_the_chance_fades_while_nothing_sells():
    sold = np.tile([0.0, 3.0], 20)
    ended = np.append(sold, np.zeros(60))
    assert smoothed_chance(ended[None], 0.1)[0] < 0.1 < smoothed_chance(sold[None], 0.1)[0]


def test_below_the_chance_of_no_sale_a_quantile_is_zero_above_it_a_size():
    demand = np.zeros((1, 100))
    demand[0, ::5] = 8.0
    found = TSB().quantiles(shop_panel(demand, "H"), SPEC)[0]
    assert (found[:, : GRID.index(0.7)] == 0).all()
    assert found[:, -2:] == pytest.approx(8.0)


def test_every_step_ahead_is_the_same():
    found = TSB().quantiles(shop_panel(sparse_demand(), "H"), SPEC)
    assert np.array_equal(found[:, 0], found[:, 2])


def test_it_is_only_for_demand_that_is_mostly_zero():
    assert TSB().unsuited(shop_panel(sparse_demand()), SPEC) is None
    assert TSB().unsuited(shop_panel(busy_demand()), SPEC) == "demand is not intermittent"

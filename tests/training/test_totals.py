"""Totals: quantiles of sums of series that go up and down together as the backtests showed."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.series.groups import EVERYONE
from forecastle.training.dependence import INDEPENDENT, Dependence, Factor
from forecastle.training.totals import total_quantiles
from tests.training.common_world import HORIZON, LEVEL, N_SERIES, SHOP_OF, SPREAD, normal_quantiles

Z90 = 1.2816
MEMBERS = {"shop": SHOP_OF}
ALL = np.zeros(N_SERIES, dtype=np.int64)
TRUTHS = [
    INDEPENDENT,
    Dependence((Factor(EVERYONE, lasting=0.3),)),
    Dependence((Factor(EVERYONE, passing=0.3),)),
    Dependence((Factor("shop", 0.2, 0.2),), series=0.3),
    Dependence((Factor(EVERYONE, 0.1, 0.1), Factor("shop", 0.1, 0.1)), series=0.2),
]


def spread_of(truth: Dependence, rows: np.ndarray, *, whole: bool) -> float:
    """The standard deviation of a sum of normal scores, by adding up all covariances."""
    steps = np.arange(HORIZON if whole else 1)
    same_series = rows[:, None] == rows
    same_step = steps[:, None] == steps
    common = np.kron(same_series, np.ones(same_step.shape)) * truth.series
    common = common + np.kron(same_series, same_step) * truth.rest
    for factor in truth.factors:
        groups = ALL[rows] if factor.column == EVERYONE else SHOP_OF[rows]
        together = groups[:, None] == groups
        common = common + np.kron(together, np.ones(same_step.shape)) * factor.lasting
        common = common + np.kron(together, same_step) * factor.passing
    return SPREAD * float(np.sqrt(common.sum()))


@pytest.mark.parametrize("truth", TRUTHS)
def test_the_spread_of_a_total_is_that_of_the_normal_distribution(truth):
    found = total_quantiles(normal_quantiles(), ALL, truth, MEMBERS, [0.1, 0.9])
    step, whole = (spread_of(truth, np.arange(N_SERIES), whole=each) for each in (False, True))
    assert np.diff(found.steps[0]).mean() == pytest.approx(2 * Z90 * step, rel=0.05)
    assert np.diff(found.whole[0]).item() == pytest.approx(2 * Z90 * whole, rel=0.1)


@pytest.mark.parametrize("truth", TRUTHS)
def test_the_totals_of_shops_have_the_spread_of_their_own(truth):
    found = total_quantiles(normal_quantiles(), SHOP_OF, truth, MEMBERS, [0.1, 0.9])
    shop = np.flatnonzero(SHOP_OF == 0)
    expected = 2 * Z90 * spread_of(truth, shop, whole=True)
    assert np.diff(found.whole).mean() == pytest.approx(expected, rel=0.06)


def test_one_series_keeps_its_own_quantiles():
    one = normal_quantiles(1)
    found = total_quantiles(one, ALL[:1], TRUTHS[-1], {"shop": ALL[:1]}, [0.1, 0.9])
    assert found.steps == pytest.approx(one[:, :, [GRID.index(0.1), GRID.index(0.9)]])


def test_each_group_is_the_sum_of_its_series_in_any_order():
    groups = np.array([1, 0, 1])
    found = total_quantiles(normal_quantiles(3), groups, INDEPENDENT, {}, [0.5])
    assert found.whole[:, 0] == pytest.approx([HORIZON * LEVEL, 2 * HORIZON * LEVEL], rel=0.01)


def test_demand_that_is_mostly_zero_adds_up_to_more_than_zero():
    sparse = np.where(np.array(GRID) <= 0.8, 0.0, 5.0) * np.ones((50, 1, 1))
    found = total_quantiles(sparse, np.zeros(50, dtype=np.int64), INDEPENDENT, {}, [0.1, 0.5])
    assert 0 < found.steps[0, 0, 0] < found.steps[0, 0, 1]


def test_a_factor_is_drawn_alike_for_all_of_its_series():
    moved = Dependence((Factor("shop", lasting=1.0),))
    found = total_quantiles(normal_quantiles(6), ALL[:6], moved, {"shop": ALL[:6]}, [0.1, 0.9])
    assert np.diff(found.steps[0, 0]).item() == pytest.approx(2 * Z90 * SPREAD * 6, rel=0.1)


def test_the_seed_decides():
    one, same, other = (
        total_quantiles(normal_quantiles(2), ALL[:2], INDEPENDENT, {}, [0.1], seed=seed).whole
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_of_many_series_fewer_draws_are_made():
    few = total_quantiles(normal_quantiles(), ALL, INDEPENDENT, {}, [0.1, 0.9], most=1)
    many = total_quantiles(normal_quantiles(), ALL, INDEPENDENT, {}, [0.1, 0.9])
    assert np.diff(few.whole) == pytest.approx(np.diff(many.whole), rel=0.3)
    assert not np.array_equal(few.whole, many.whole)


def test_no_series_no_totals():
    found = total_quantiles(normal_quantiles(0), ALL[:0], INDEPENDENT, {}, [0.5])
    assert found.whole.shape == (0, 1)

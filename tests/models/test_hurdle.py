"""Hurdle: the chance of a sale, the size of it, and the quantiles of both together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.hurdle import Hurdle, mixture_quantiles
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel, sparse_demand

SPEC = ForecastSpec(7)
ERRORS = np.linspace(-1.0, 1.0, 100)
FRIDAY = 4


def friday_shop(n_series=30, n_time=210, seed=3):
    """``[n_series, n_time]`` from a Monday: most Fridays sell about ten, other days seldom one."""
    rng = np.random.default_rng(seed)
    friday = np.arange(n_time) % 7 == FRIDAY
    sold = rng.random((n_series, n_time)) < np.where(friday, 0.95, 0.2)
    size = np.where(friday, 10.0, 1.0) * rng.lognormal(0, 0.2, (n_series, n_time))
    return np.where(sold, size, 0.0)


def test_as_many_quantiles_are_zero_as_there_is_a_chance_of_nothing():
    found = mixture_quantiles(np.array([0.25]), np.array([0.0]), ERRORS)[0]
    assert (found[: GRID.index(0.7) + 1] == 0).all()
    assert (found[GRID.index(0.8) :] > 0).all()


def test_what_surely_sells_has_the_quantiles_of_its_size():
    found = mixture_quantiles(np.array([1.0]), np.array([2.0]), ERRORS)[0]
    assert found[GRID.index(0.5)] == pytest.approx(np.exp(2.0), rel=0.02)
    assert found[GRID.index(0.9)] == pytest.approx(np.exp(2.8), rel=0.02)


@given(chance=st.floats(0, 1), size=st.floats(-1e3, 1e3))
def test_quantiles_rise_with_the_level_and_are_never_negative(chance, size):
    found = mixture_quantiles(np.array([chance]), np.array([size]), ERRORS)[0]
    assert (np.diff(found) >= 0).all()
    assert np.isfinite(found).all()
    assert found[0] >= 0


@given(chance=st.floats(0, 0.99), more=st.floats(0, 0.01), size=st.floats(-5, 5))
def test_a_greater_chance_makes_no_quantile_smaller(chance, more, size):
    one, other = (
        mixture_quantiles(np.array([each]), np.array([size]), ERRORS)
        for each in (chance, chance + more)
    )
    assert (other >= one - 1e-9).all()


def test_it_learns_on_which_days_something_sells_and_how_much():
    panel = shop_panel(friday_shop(), horizon=7)
    quantiles = Hurdle().fit(panel, SPEC, Budget()).predict(panel).quantiles
    median, high = quantiles[..., GRID.index(0.5)], quantiles[..., GRID.index(0.9)]
    assert (median[:, :FRIDAY] == 0).all()  # the panel ends on a Sunday
    assert median[:, FRIDAY] == pytest.approx(10.0, rel=0.35)
    assert (high[:, :FRIDAY] < 3).all()


def test_a_history_without_a_sale_is_carried_on_without_one():
    panel = shop_panel(np.zeros((30, 120)), horizon=7)
    quantiles = Hurdle().fit(panel, SPEC, Budget()).predict(panel).quantiles
    assert (quantiles == 0).all()


def test_a_handful_of_sales_are_of_the_size_of_the_mean():
    demand = np.zeros((30, 120))
    demand[:5, 60] = 6.0
    panel = shop_panel(demand, horizon=7)
    quantiles = Hurdle().fit(panel, SPEC, Budget()).predict(panel).quantiles
    assert (quantiles[..., : GRID.index(0.9) + 1] == 0).all()
    assert quantiles.max() < 6


def test_returns_count_as_nothing_sold():
    demand = friday_shop()
    returned = np.where(demand == 0, -1.0, demand)
    returned[:, ::2] = np.maximum(returned[:, ::2], 0.0)  # mostly zero all the same
    panel = shop_panel(returned, horizon=7)
    assert Hurdle().fit(panel, SPEC, Budget()).predict(panel).quantiles.min() == 0


def test_it_is_only_for_demand_that_is_mostly_zero_and_long_enough():
    assert Hurdle().unsuited(shop_panel(sparse_demand()), SPEC) is None
    assert Hurdle().unsuited(shop_panel(busy_demand()), SPEC) == "demand is not intermittent"
    short = Hurdle().unsuited(shop_panel(sparse_demand(1, 20)), SPEC)
    assert short == "only 6 origins to learn from; it needs 60"


def test_when_the_time_is_up_it_grows_no_more_trees():
    panel = shop_panel(sparse_demand(8, 120), horizon=7)
    hurried = Hurdle().fit(panel, SPEC, Budget(limit=1e-9))
    assert all(each.num_trees() <= 1 for each in (*hurried.chances, *hurried.sizes))
    assert np.isfinite(hurried.predict(panel).quantiles).all()


def test_it_forecasts_the_same_after_loading(tmp_path):
    panel = shop_panel(friday_shop(5), horizon=7)
    fitted = Hurdle().fit(panel, SPEC, Budget())
    fitted.save(tmp_path)
    loaded = Hurdle().load(tmp_path)
    assert np.array_equal(loaded.predict(panel).quantiles, fitted.predict(panel).quantiles)

"""Quantile regression: the lines are those that lose least, and what they are drawn through."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.levels import TRAINED_LEVELS
from forecastle.models.quantile_regression import QuantileRegression, regress
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel

SPEC = ForecastSpec(5)


def loss(slopes, design, target, weight, level):
    error = target - design @ slopes
    return (weight * np.maximum(level * error, (level - 1) * error)).sum() / weight.sum()


def drawn(design, target, weight=None, penalty=0.0, budget=None):
    weight = np.ones(len(target)) if weight is None else weight
    penalties = np.array([0.0, *[penalty] * (design.shape[1] - 1)])
    return regress(design, target, weight, penalties, budget or Budget())


def spread(rows=4000, seed=0):
    """A line whose noise grows with the first column."""
    rng = np.random.default_rng(seed)
    columns = rng.uniform(0, 2, (rows, 2))
    design = np.column_stack([np.ones(rows), columns])
    return design, 3 + columns @ [2.0, -1.0] + columns[:, 0] * rng.normal(0, 1, rows)


def test_a_line_with_noise_that_grows_is_found_at_every_level():
    design, target = spread()
    slopes = drawn(design, target)
    for column, level in enumerate(TRAINED_LEVELS):
        expected = [3.0, 2.0 + NormalDist().inv_cdf(level), -1.0]
        assert slopes[:, column] == pytest.approx(expected, abs=0.15)


def test_a_column_of_ones_gives_the_quantiles():
    target = np.random.default_rng(1).lognormal(0, 1, 5001)
    slopes = drawn(np.ones((5001, 1)), target)
    assert slopes[0] == pytest.approx(np.quantile(target, TRAINED_LEVELS), rel=0.1)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 99),
    level=st.sampled_from(TRAINED_LEVELS),
    step=st.lists(st.floats(-0.5, 0.5), min_size=3, max_size=3),
)
def test_no_other_line_loses_less(seed, level, step):
    design, target = spread(400, seed)
    weight = np.random.default_rng(seed).uniform(0.1, 2, 400)
    best = drawn(design, target, weight)[:, TRAINED_LEVELS.index(level)]
    given_loss = loss(best, design, target, weight, level)
    # The check loss is smoothed around zero by two hundredths.
    assert given_loss <= loss(best + np.array(step), design, target, weight, level) + 0.01


def test_a_penalty_makes_lines_flatter_and_leaves_the_constant_alone():
    design, target = spread()
    free, held = drawn(design, target), drawn(design, target, penalty=100.0)
    assert (np.abs(held[1:]) < np.abs(free[1:]) / 10).all()
    assert held[0] == pytest.approx(np.quantile(target, TRAINED_LEVELS), abs=0.2)


def test_when_the_time_is_up_it_draws_no_better_lines():
    design, target = spread()
    hurried = drawn(design, target, budget=Budget(limit=1e-9))
    assert np.isfinite(hurried).all()
    assert not np.allclose(hurried, drawn(design, target), atol=1e-3)


def test_a_trend_is_carried_on_beyond_what_was_ever_sold():
    """Trees cannot: they answer with what they have seen."""
    time = np.arange(160.0)
    demand = np.stack([100 + 5 * time, 300 + 15 * time])
    found = QuantileRegression().fit(shop_panel(demand), SPEC, Budget()).predict(shop_panel(demand))
    expected = np.stack([100 + 5 * np.arange(160, 165), 300 + 15 * np.arange(160, 165)])
    assert found.quantiles[:, :, GRID.index(0.5)] == pytest.approx(expected, rel=0.01)


def test_forecasts_follow_a_price_that_is_known_ahead():
    rng = np.random.default_rng(3)
    price = rng.choice([1.0, 2.0], (6, 205))
    demand = busy_demand(6, 200) * np.where(price[:, :200] > 1.5, 0.5, 1.0)
    panel = shop_panel(demand, known=price)
    middle = QuantileRegression().fit(panel, SPEC, Budget()).predict(panel).quantiles[:, :, 6]
    dear = price[:, 200:] > 1.5
    usual = demand.mean(axis=1, keepdims=True)
    assert (middle / usual)[dear].mean() < 0.8 * (middle / usual)[~dear].mean()


def test_it_needs_series_and_origins_to_learn_from():
    model = QuantileRegression()
    assert model.unsuited(shop_panel(busy_demand(20, 90)), SPEC) is None
    few = model.unsuited(shop_panel(busy_demand(19, 90)), SPEC)
    assert few == "only 19 series to learn from together; it needs 20"
    short = model.unsuited(shop_panel(busy_demand(20, 12)), SPEC)
    assert short == "only 0 origins to learn from; it needs 60"

"""LightGBM: contributions add up, time is kept, spikes are compressed."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.levels import TRAINED_LEVELS
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.models.trees import settings_for
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel, sparse_demand

SPEC = ForecastSpec(5)


@cache
def _fitted():
    return LightGBMQuantile().fit(shop_panel(busy_demand(3, 120)), SPEC, Budget())


@settings(max_examples=15, deadline=None)
@given(
    scale=st.floats(0.01, 1e4),
    missing=st.floats(0, 0.5),
    seed=st.integers(0, 99),
    chosen=st.sets(st.integers(0, 2), min_size=1),
)
def test_contributions_add_up_to_the_median_before_ordering(scale, missing, seed, chosen):
    demand, fitted = busy_demand(3, 120), _fitted()
    # With all levels the median there is nothing to put in order.
    median = fitted.boosters[TRAINED_LEVELS.index(0.5)]
    alone = replace(fitted, boosters=(median,) * len(TRAINED_LEVELS))
    rng = np.random.default_rng(seed)
    other = np.where(rng.random(demand.shape) < missing, np.nan, demand * scale)
    rows = np.array(sorted(chosen))

    values, names = alone.contributions(shop_panel(other), rows)

    assert values.shape == (len(rows), 5, len(names) + 1)
    predicted = alone.predict(shop_panel(other)).at([0.5])[rows, :, 0]
    np.testing.assert_allclose(values.sum(axis=2), predicted, rtol=1e-6, atol=1e-9 * scale)


def test_it_needs_something_to_learn_from():
    reason = LightGBMQuantile().unsuited(shop_panel(busy_demand(1, 20)), SPEC)
    assert reason == "only 8 origins to learn from; it needs 60"
    assert LightGBMQuantile().unsuited(shop_panel(busy_demand(8, 20)), SPEC) is None


def test_when_the_time_is_up_it_grows_no_more_trees():
    panel = shop_panel(busy_demand(8, 120))
    model = LightGBMQuantile()
    hurried = model.fit(panel, SPEC, Budget(limit=1e-9))
    assert all(booster.num_trees() <= 1 for seeds in hurried.boosters for booster in seeds)
    assert np.isfinite(hurried.predict(panel).quantiles).all()


def test_spikes_of_sparse_demand_are_compressed_and_expanded_again_also_after_loading(tmp_path):
    panel = shop_panel(sparse_demand(6, 90))
    fitted = LightGBMQuantile().fit(panel, SPEC, Budget())
    fitted.save(tmp_path)
    loaded = LightGBMQuantile().load(tmp_path)
    assert loaded.compression == fitted.compression == settings_for(panel).compression
    assert fitted.compression != settings_for(shop_panel(busy_demand(6, 90))).compression
    quantiles = fitted.predict(panel).quantiles
    assert np.array_equal(loaded.predict(panel).quantiles, quantiles)
    assert 0 <= np.median(quantiles) < quantiles.max() < 4  # units of demand again


def test_contributions_to_sparse_demand_are_in_units_of_demand():
    panel, middle = shop_panel(sparse_demand(6, 90)), TRAINED_LEVELS.index(0.5)
    fitted = LightGBMQuantile().fit(panel, SPEC, Budget())
    alone = replace(fitted, boosters=(fitted.boosters[middle],) * len(TRAINED_LEVELS))
    values, _ = alone.contributions(panel, np.arange(6))
    median = alone.predict(panel).quantiles[:, :, len(GRID) // 2]
    assert values.sum(axis=2) == pytest.approx(median, abs=1e-6)

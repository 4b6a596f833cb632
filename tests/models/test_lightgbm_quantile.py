"""Which rows the global model learns from, and how its levels become the grid."""

from dataclasses import replace
from functools import cache
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.lightgbm_quantile import (
    TRAINED_LEVELS,
    LightGBMQuantile,
    sample_rows,
    settings_for,
    spread_to_grid,
    without_closed_days,
)
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel, sparse_demand

SPEC = ForecastSpec(5)


def triples(rows):
    return list(zip(rows.series.tolist(), rows.origin.tolist(), rows.step.tolist(), strict=True))


class TestRows:
    @settings(max_examples=30, deadline=None)
    @given(
        n_series=st.integers(1, 4),
        n_time=st.integers(8, 200),
        horizon=st.integers(1, 9),
        most=st.integers(1, 500),
        seed=st.integers(0, 9),
    )
    def test_every_row_is_a_forecast_that_could_have_been_made(
        self, n_series, n_time, horizon, most, seed
    ):
        demand = busy_demand(n_series, n_time)
        demand[-1, : n_time // 2] = np.nan  # one series began late
        panel = shop_panel(demand, horizon=horizon)
        rows = sample_rows(panel, ForecastSpec(horizon, seed=seed), most)
        assert len(rows.series) <= most
        assert len(set(triples(rows))) == len(rows.series)
        assert ((rows.series >= 0) & (rows.series < n_series)).all()
        assert ((rows.step >= 1) & (rows.step <= horizon)).all()
        assert (rows.origin > panel.start[rows.series]).all()
        assert (rows.target < n_time).all()
        assert np.isfinite(panel.target[rows.series, rows.target]).all()

    def test_where_all_fit_all_are_taken(self):
        panel = shop_panel(busy_demand(2, 30))
        rows = sample_rows(panel, SPEC, 10_000)
        # Origins from a week on, each with the steps that lie within the history.
        expected = [
            (series, origin, step)
            for series in range(2)
            for origin in range(7, 30)
            for step in range(1, 6)
            if origin + step <= 30
        ]
        assert triples(rows) == expected

    def test_missing_targets_are_left_out(self):
        demand = busy_demand(1, 30)
        demand[0, 20] = np.nan
        rows = sample_rows(shop_panel(demand), SPEC, 10_000)
        assert 20 not in rows.target
        assert 19 in rows.target

    def test_the_seed_decides_the_draw(self):
        panel = shop_panel(busy_demand(3, 100))
        one, again, other = (
            triples(sample_rows(panel, ForecastSpec(5, seed=seed), 50)) for seed in (1, 1, 2)
        )
        assert one == again
        assert one != other

    def test_a_draw_reaches_all_series_steps_and_times(self):
        rows = sample_rows(shop_panel(busy_demand(4, 200)), SPEC, 1000)
        assert set(rows.series) == {0, 1, 2, 3}
        assert set(rows.step) == {1, 2, 3, 4, 5}
        assert rows.origin.min() < 80
        assert rows.origin.max() > 180

    def test_a_series_without_history_gives_no_rows(self):
        panel = shop_panel([[np.nan] * 40, list(range(40))])
        assert set(sample_rows(panel, SPEC, 1000).series) == {1}

    def test_with_years_of_history_last_year_s_value_is_always_known(self):
        panel = shop_panel(busy_demand(1, 800))
        assert sample_rows(panel, SPEC, 10_000).origin.min() >= 800 // 3


class TestGrid:
    def test_a_normal_distribution_comes_out_as_it_went_in(self):
        normal = NormalDist(100, 15)
        given_levels = np.array([[normal.inv_cdf(level) for level in TRAINED_LEVELS]])
        expected = [normal.inv_cdf(level) for level in GRID]
        assert spread_to_grid(given_levels, TRAINED_LEVELS)[0] == pytest.approx(expected)

    def test_the_trained_levels_are_kept(self):
        trained = np.array([[1.0, 2.0, 5.0, 6.0, 30.0]])
        found = spread_to_grid(trained, TRAINED_LEVELS)[0]
        for level, value in zip(TRAINED_LEVELS, trained[0], strict=True):
            assert found[GRID.index(level)] == pytest.approx(value)

    @given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=5).map(sorted))
    def test_order_in_gives_order_out(self, values):
        found = spread_to_grid(np.array([values]), TRAINED_LEVELS)[0]
        assert (np.diff(found) >= -1e-9).all()

    def test_each_tail_has_its_own_side_s_spread(self):
        skewed = np.array([[9.0, 9.5, 10.0, 15.0, 30.0]])
        found = spread_to_grid(skewed, TRAINED_LEVELS)[0]
        assert found[0] > 8.0
        assert found[-1] > 40.0


def test_closed_days_teach_nothing():
    demand = busy_demand(2, 84)
    demand[:, 6::7] = 0.0
    learnt = without_closed_days(shop_panel(demand))
    assert np.isnan(learnt.target[:, 6::7]).all()
    assert np.isfinite(np.delete(learnt.target, np.s_[6::7], axis=1)).all()


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

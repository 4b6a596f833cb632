"""Weighted quantiles of the past."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.npts import (
    NPTS,
    NPTSSettings,
    place_weights,
    sorted_by_value,
    weighted_quantiles,
)
from forecastle.series.spec import ForecastSpec
from tests.panels import shop_panel

MEDIAN = GRID.index(0.5)


class TestKernel:
    def test_weights_halve_with_every_half_life(self):
        fast, middle, slow = NPTSSettings().decays(n_time=300, season=7)
        assert fast[-1] == pytest.approx(2 * fast[-1 - 2 * 7])
        assert middle[-1] == pytest.approx(2 * middle[-1 - 6 * 7])
        assert slow[-1] == pytest.approx(2 * slow[-1 - 20 * 7])

    def test_the_same_place_of_the_season_counts_twice_as_much(self):
        weights = place_weights(n_time=21, step=3, period=7)
        # The step ahead is column 24: 17, 10 and 3 lie whole weeks before it.
        assert np.flatnonzero(weights == 1.0).tolist() == [3, 10, 17]
        assert set(weights) == {1.0, 0.5}

    def test_without_a_season_all_places_are_the_same(self):
        assert place_weights(5, 2, 1).tolist() == [1.0] * 5


class TestTrainingParameters:
    demand = np.concatenate([np.full(70, 100.0), np.tile([1.0, 1, 1, 1, 1, 9, 9], 10)])
    panel = shop_panel([demand], horizon=7)

    def middle(self, panel=None, **parameters):
        spec = ForecastSpec(7, training_parameters=parameters)
        found = NPTS().quantiles(self.panel if panel is None else panel, spec)
        return found[0][:, MEDIAN]

    def test_none_and_all_defaults_are_the_same_to_the_last_bit(self):
        defaults = {
            "context_length": "140",
            "kernel_type": "exponential",
            "use_seasonal_model": "true",
            "use_default_time_features": "True",
        }
        assert self.middle(**defaults).tobytes() == self.middle().tobytes()

    def test_nothing_before_the_context_counts(self):
        found = NPTS().quantiles(
            self.panel, ForecastSpec(7, training_parameters={"context_length": "70"})
        )
        assert found.max() <= 9.0
        assert NPTS().quantiles(self.panel, ForecastSpec(7)).max() > 9.0

    def test_a_uniform_kernel_does_not_forget(self):
        assert self.middle(kernel_type="uniform")[0] > self.middle()[0]
        weights = NPTSSettings.of({"kernel_type": "uniform"}).decays(4, 7)
        assert [each.tolist() for each in weights] == [[1.0] * 4]

    def test_the_larger_the_exponential_weight_the_faster_it_forgets(self):
        (weights,) = NPTSSettings.of({"exp_kernel_weights": "0.5"}).decays(10, 7)
        assert weights[-1] / weights[-2] == pytest.approx(np.exp(0.5))
        changed = shop_panel([np.append(np.full(100, 50.0), np.full(7, 2.0))], horizon=7)
        slow, fast = (self.middle(changed, exp_kernel_weights=w)[0] for w in ("0.001", "0.5"))
        assert slow > 10
        assert fast == pytest.approx(2.0, abs=0.5)

    @pytest.mark.parametrize("name", ["use_seasonal_model", "use_default_time_features"])
    def test_without_a_season_every_day_is_the_same(self, name):
        found = self.middle(**{name: "false"})
        assert (found == found[0]).all()
        seasonal = self.middle()
        assert not (seasonal == seasonal[0]).all()

    def test_a_series_that_ended_long_ago_has_a_forecast_under_the_fastest_decay(self):
        ended = np.full(2000, np.nan)
        ended[:5] = [4.0, 5.0, 6.0, 5.0, 4.0]
        found = self.middle(shop_panel([ended], horizon=7), exp_kernel_weights="9")
        assert ((found >= 4) & (found <= 6)).all()

    def test_they_are_kept_with_the_fitted_model(self, tmp_path):
        spec = ForecastSpec(7, training_parameters={"context_length": "20"})
        NPTS().fit(self.panel, spec, Budget()).save(tmp_path)
        assert NPTS().load(tmp_path).spec == spec


class TestWeightedQuantiles:
    def test_equal_weights_give_plain_quantiles(self):
        values = np.random.default_rng(1).gamma(2, 10, (1, 2001))
        found = weighted_quantiles(*sorted_by_value(values), np.ones(2001))[0]
        assert found == pytest.approx(np.quantile(values, GRID), rel=0.03)

    def test_a_weight_of_three_is_the_value_three_times(self):
        once = np.array([[1.0, 5.0, 2.0, 9.0, 4.0]])
        thrice = np.array([[1.0, 5.0, 2.0, 9.0, 4.0, 9.0, 9.0]])
        weighted = weighted_quantiles(*sorted_by_value(once), np.array([1, 1, 1, 3, 1.0]))[0]
        repeated = weighted_quantiles(*sorted_by_value(thrice), np.ones(7))[0]
        assert weighted[MEDIAN] == pytest.approx(repeated[MEDIAN], abs=1.5)
        assert weighted[-1] == repeated[-1] == 9.0

    def test_missing_values_do_not_count(self):
        with_gaps = np.array([[np.nan, 3.0, np.nan, 8.0]])
        without = np.array([[3.0, 8.0]])
        one = weighted_quantiles(*sorted_by_value(with_gaps), np.array([9.0, 1.0, 9.0, 2.0]))
        other = weighted_quantiles(*sorted_by_value(without), np.array([1.0, 2.0]))
        assert one == pytest.approx(other)

    def test_without_a_value_the_answer_is_zero(self):
        empty = np.full((1, 4), np.nan)
        assert (weighted_quantiles(*sorted_by_value(empty), np.ones(4)) == 0).all()

    def test_levels_may_differ_by_series(self):
        values = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
        found = weighted_quantiles(*sorted_by_value(values), np.ones(3), np.array([[0.0], [1.0]]))
        assert found.tolist() == [[1.0], [3.0]]

    @given(
        st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
        st.floats(0.1, 100.0),
        st.integers(0, 99),
    )
    def test_they_ascend_and_stay_within_the_values(self, values, half_life, seed):
        target = np.array([values])
        decay = 0.5 ** (np.arange(len(values)) / half_life)
        weights = np.random.default_rng(seed).permutation(decay)
        found = weighted_quantiles(*sorted_by_value(target), weights)[0]
        slack = 1e-9 * (1 + np.abs(target).max())
        assert (np.diff(found) >= -slack).all()
        assert found[0] >= min(values) - slack
        assert found[-1] <= max(values) + slack


def test_a_sorted_row_remembers_where_each_value_stood():
    values, order = sorted_by_value(np.array([[3.0, np.nan, 1.0, 2.0]]))
    assert values[0, :3].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(values[0, 3])
    assert order.tolist() == [[2, 3, 0, 1]]


def test_a_weekly_pattern_and_a_change_of_level_show():
    demand = np.tile([1.0, 1.0, 1.0, 1.0, 1.0, 9.0, 9.0], 20)
    changed = np.append(demand, demand[:84] * 10)
    panel = shop_panel([demand.tolist() + [np.nan] * 0], horizon=7)
    found = NPTS().quantiles(panel, ForecastSpec(7))[0].mean(axis=1)
    assert found[5:].min() > found[:5].max()
    later = NPTS().quantiles(shop_panel([changed], horizon=7), ForecastSpec(7))[0].mean(axis=1)
    assert (later > 4 * found).all()


def test_beyond_a_season_the_pattern_repeats():
    panel = shop_panel([np.random.default_rng(1).poisson(3, 60)], horizon=16)
    found = NPTS().quantiles(panel, ForecastSpec(16))[0]
    assert np.array_equal(found[:7], found[7:14])
    assert np.array_equal(found[:2], found[14:])

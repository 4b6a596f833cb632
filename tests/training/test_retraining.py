"""Retraining: what is taken over, what that saves, and when everything is searched anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecastle.core.frequency import Frequency
from forecastle.models import lightgbm_quantile
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.models.registry import NAIVE, REGISTRY
from forecastle.models.trees import Settings
from forecastle.series.spec import ForecastSpec
from forecastle.training import automl, backtesting, tasks
from forecastle.training import retraining as module
from forecastle.training.automl import TrainingOptions, train
from forecastle.training.origin import Origin, Retraining
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.retraining import (
    LARGEST_LOSS,
    LARGEST_OF_FEW,
    outdated,
    relative_loss,
    retrain,
    worse,
)
from tests.panels import busy_demand, shop_panel

HORIZON = 5
SPEC = ForecastSpec(HORIZON, seed=1)
WEEKS = 98
FEW = TrainingOptions(("SeasonalNaive", "NPTS", "Theta", "ETS"))


def panel_of(n_series=3, n_time=WEEKS):
    return shop_panel(busy_demand(n_series, WEEKS + 14)[:, :n_time], horizon=HORIZON)


@pytest.fixture(scope="module")
def previous() -> TrainedPredictor:
    return train(panel_of(), SPEC, FEW)


@pytest.fixture
def fits(monkeypatch):
    """The name of each algorithm, as often as it is fitted."""
    names = []

    def count(function):
        def run(task):
            names.append(task.algorithm)
            return function(task)

        return run

    monkeypatch.setattr(automl, "run_fit", count(tasks.run_fit))
    monkeypatch.setattr(backtesting, "run_backtest", count(tasks.run_backtest))
    return names


class TestWhatIsTakenOver:
    def test_algorithms_and_shares(self, previous):
        again = retrain(panel_of(n_time=WEEKS + 7), SPEC, previous, FEW)
        assert again.blend.algorithms == previous.blend.algorithms
        assert np.array_equal(again.blend.series_weights, previous.blend.series_weights)
        assert again.origin.retraining == Retraining(True, "", relative_loss(previous))
        assert "those of the earlier predictor" in " ".join(again.messages)

    def test_what_is_kept_is_fitted_twice_and_nothing_else_but_the_naive(self, previous, fits):
        retrain(panel_of(n_time=WEEKS + 7), SPEC, previous, FEW)
        of_naive = [name for name in fits if name == NAIVE]
        others = sorted(name for name in fits if name != NAIVE)
        kept = [name for name in previous.blend.algorithms if name != NAIVE]
        assert others == sorted(2 * kept), "on the reported window, and on everything"
        assert len(of_naive) == 1

    @pytest.mark.parametrize(
        ("newer", "fitted"),
        [
            (HORIZON, 1),  # the earlier one saw all before the window, and nothing of it
            (HORIZON - 1, 2),  # it saw some of the window
            (5 * HORIZON, 1),  # it is some horizons old
            (5 * HORIZON + 1, 2),  # it is too old to tell of what is fitted now
        ],
    )
    def test_a_global_model_that_saw_nothing_of_the_window_is_not_fitted_for_it(
        self, monkeypatch, newer, fitted
    ):
        small = Settings(trees=5, leaves=4, learning_rate=0.1, smallest_leaf=5, rows=300, seeds=1)
        monkeypatch.setattr(lightgbm_quantile, "settings_for", lambda _panel: small)
        options = TrainingOptions(("LightGBM",))
        demand = busy_demand(3, WEEKS + newer)
        first = train(shop_panel(demand[:, :WEEKS], horizon=HORIZON), SPEC, options)
        count, fit = [], LightGBMQuantile.fit
        monkeypatch.setattr(LightGBMQuantile, "fit", lambda *given: count.append(1) or fit(*given))
        again = retrain(shop_panel(demand, horizon=HORIZON), SPEC, first, options)
        assert len(count) == fitted
        if newer == HORIZON:
            scratch = train(shop_panel(demand, horizon=HORIZON), SPEC, options)
            assert again.accuracy.blend.windows == scratch.accuracy.blend.windows

    def test_that_is_a_fraction_of_the_fits_of_a_search(self, previous, fits):
        newer = shop_panel(busy_demand(1, 120), horizon=HORIZON)
        first = train(newer, SPEC, FEW)
        searching = len(fits)
        fits.clear()
        retrain(newer, SPEC, first, FEW)
        assert len(fits) * 3 <= searching

    def test_the_forecast_is_that_of_the_newer_data(self, previous):
        newer = panel_of(n_time=WEEKS + 7)
        again = retrain(newer, SPEC, previous, FEW)
        assert again.backtests[0].window.end == newer.n_time
        assert np.array_equal(again.forecast(newer).times, newer.future_times(HORIZON))

    def test_series_keep_their_shares_by_key_and_new_ones_get_the_group_s(self, previous):
        newer = panel_of(4, WEEKS + 7)
        keys = pl.DataFrame({"item_id": ["new", *previous.keys["item_id"]]})
        again = retrain(replace(newer, keys=keys), SPEC, previous, FEW)
        assert np.allclose(again.blend.series_weights[0], previous.blend.weights)
        assert np.array_equal(again.blend.series_weights[1:], previous.blend.series_weights)

    def test_how_series_go_up_and_down_together(self, previous):
        again = retrain(panel_of(n_time=WEEKS + 7), SPEC, previous, FEW)
        assert previous.dependence is not None
        assert again.dependence == previous.dependence

    def test_a_group_that_is_worked_on_in_shards(self):
        shards = TrainingOptions(("SeasonalNaive", "NPTS"), shard_series=2)
        first = train(panel_of(5), SPEC, shards)
        again = retrain(panel_of(5, WEEKS + 7), SPEC, first, shards)
        assert again.origin.retraining.kept
        assert again.weights == first.weights
        assert again.blend.series_weights.shape == first.blend.series_weights.shape

    def test_training_parameters_that_were_tuned(self):
        tuned = replace(SPEC, training_parameters={"kernel_type": "uniform"})
        first = train(panel_of(), tuned, TrainingOptions(("NPTS",)))
        options = TrainingOptions(("NPTS",))
        again = retrain(panel_of(n_time=WEEKS + 7), SPEC, first, options)
        assert again.spec.training_parameters == {"kernel_type": "uniform"}
        assert again.origin.retraining.kept, "there is nothing else to choose"

    def test_it_can_be_retrained_and_saved_again_and_again(self, previous, tmp_path):
        again = retrain(panel_of(n_time=WEEKS + 7), SPEC, previous, FEW)
        again.save(tmp_path)
        third = retrain(panel_of(n_time=WEEKS + 14), SPEC, TrainedPredictor.load(tmp_path), FEW)
        assert third.origin.retraining == again.origin.retraining, "measured by the search"


class TestWhenItIsSearchedAnew:
    def reason(self, previous, panel=None, spec=SPEC, options=FEW):
        newer = panel_of(n_time=WEEKS + 7) if panel is None else panel
        return outdated(newer, spec, previous, options)

    def test_most_series_are_new(self, previous):
        newer = panel_of(7, WEEKS + 7)
        assert self.reason(previous, newer) == "the earlier predictor knows only 3 of 7 series"
        assert self.reason(previous, panel_of(6, WEEKS + 7)) == ""

    def test_another_question(self, previous):
        longer = ForecastSpec(7)
        assert "forecasts 5 steps of D, not 7 of D" in self.reason(previous, spec=longer)
        weekly = replace(panel_of(), frequency=Frequency.parse("W"))
        assert "not 5 of W" in self.reason(previous, weekly)

    def test_other_attributes(self, previous):
        newer = panel_of(n_time=WEEKS + 7)
        static = pl.DataFrame({"kind": ["a", "b", "b"]})
        reason = self.reason(previous, replace(newer, static=static))
        assert reason.endswith("trained with other attributes beside the sales: none")

    def test_another_metric(self, previous):
        wape = replace(FEW, optimization_metric="WAPE")
        assert "makes AverageWeightedQuantileLoss small, not WAPE" in self.reason(
            previous, options=wape
        )

    def test_an_algorithm_that_fits_the_data_no_more(self, previous):
        blend = replace(previous.blend, algorithms=("TSB", *previous.blend.algorithms[1:]))
        reason = self.reason(replace(previous, blend=blend))
        assert reason == "TSB cannot be used any more: demand is not intermittent"

    def test_an_algorithm_that_is_gone(self, previous, monkeypatch):
        name = previous.blend.algorithms[0]
        rest = {each: entry for each, entry in REGISTRY.items() if each != name}
        monkeypatch.setattr(module, "REGISTRY", rest)
        assert self.reason(previous) == f"there is no {name} any more"

    def test_it_is_worse_than_it_was_beside_the_naive(self, previous):
        was = relative_loss(previous)
        for factor, is_worse in ((1.01, False), (0.99, True)):
            origin = Origin(retraining=Retraining(True, "", was / LARGEST_OF_FEW * factor))
            earlier = replace(previous, origin=origin)
            assert bool(worse(earlier, previous)) is is_worse

    def test_many_values_need_not_be_as_much_worse_as_few(self, monkeypatch):
        many = panel_of(3, WEEKS)
        first = train(many, SPEC, replace(FEW, backtest_windows=3))
        standard = relative_loss(first) / LARGEST_LOSS * 0.99
        earlier = replace(first, origin=Origin(retraining=Retraining(True, "", standard)))
        assert worse(earlier, first) == "", "45 values are few"
        monkeypatch.setattr(module, "_SOME_POINTS", 45)
        assert "times that of the seasonal naive" in worse(earlier, first)

    def test_without_a_naive_to_compare_with_nothing_is_worse(self, previous):
        nothing = shop_panel(np.zeros((3, WEEKS)), horizon=HORIZON)
        zero = train(nothing, SPEC, TrainingOptions(("NPTS",)))
        assert relative_loss(zero) is None
        assert worse(previous, zero) == ""

    def test_it_is_that_of_a_training_from_scratch_and_says_why(self, previous):
        newer = panel_of(7, WEEKS + 7)
        again, scratch = retrain(newer, SPEC, previous, FEW), train(newer, SPEC, FEW)
        assert again.weights == scratch.weights
        assert again.forecast(newer).quantiles.tobytes() == (
            scratch.forecast(newer).quantiles.tobytes()
        )
        found = again.origin.retraining
        assert found == Retraining(
            False, "the earlier predictor knows only 3 of 7 series", relative_loss(scratch)
        )
        assert again.messages[-1] == f"the algorithms were chosen anew: {found.reason}"

    def test_after_what_was_kept_turned_out_bad(self, previous):
        strict = replace(previous, origin=Origin(retraining=Retraining(True, "", 0.01)))
        again = retrain(panel_of(n_time=WEEKS + 7), SPEC, strict, FEW)
        assert not again.origin.retraining.kept
        assert "0.01 times when they were chosen" in again.origin.retraining.reason

    def test_a_time_limit_is_for_both_together(self, previous, monkeypatch):
        limits = []

        def run(panel, spec, options, *others):
            limits.append(options.time_limit)
            return train(panel, spec, replace(options, time_limit=None), *others)

        monkeypatch.setattr(module, "train", run)
        strict = replace(previous, origin=Origin(retraining=Retraining(True, "", 0.01)))
        retrain(panel_of(n_time=WEEKS + 7), SPEC, strict, replace(FEW, time_limit=500))
        first, second = limits
        assert first == 500
        assert second < 500

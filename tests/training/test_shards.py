"""Large groups in shards: what is dealt out, what is learnt from a sample, what is reported."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import window_accuracy
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, make_plan, train
from forecastle.training.blend import Blend
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.report import AUTOML
from forecastle.training.shards import SHARD_SERIES, Shards
from tests.panels import busy_demand, shop_panel

HORIZON = 5
SPEC = ForecastSpec(HORIZON, seed=1)
ALGORITHMS = ("SeasonalNaive", "NPTS", "Theta")
OPTIONS = TrainingOptions(ALGORITHMS, backtest_windows=2, shard_series=10)


@pytest.fixture(scope="module")
def panel():
    return shop_panel(busy_demand(34, 98), horizon=HORIZON)


@pytest.fixture(scope="module")
def trained(panel):
    return train(panel, SPEC, OPTIONS)


class TestDealingOut:
    @given(n_series=st.integers(1, 300), largest=st.integers(1, 80), seed=st.integers(0, 5))
    def test_every_series_is_in_one_shard_and_no_shard_is_too_large(self, n_series, largest, seed):
        shards = Shards(n_series, largest, seed)
        dealt = [shards.rows(k) for k in range(shards.count)]
        assert sorted(np.concatenate(dealt).tolist()) == list(range(n_series))
        sizes = [len(rows) for rows in dealt]
        assert max(sizes) <= largest
        assert max(sizes) - min(sizes) <= 1
        assert all((np.diff(rows) > 0).all() for rows in dealt)

    @given(n_series=st.integers(1, 300), largest=st.integers(1, 80))
    def test_the_sample_is_no_larger_than_a_shard(self, n_series, largest):
        sample = Shards(n_series, largest).sample
        assert len(sample) == min(n_series, largest)
        assert len(np.unique(sample)) == len(sample)

    def test_a_group_that_fits_into_one_shard_stays_as_it_is(self):
        shards = Shards(SHARD_SERIES)
        assert shards.is_one
        assert shards.sample.tolist() == list(range(SHARD_SERIES))

    def test_series_that_repeat_a_pattern_do_not_fall_into_the_same_shard(self):
        stores = np.arange(1000) % 10
        rows = Shards(1000, 100).rows(3)
        assert len(np.unique(stores[rows])) == 10

    def test_series_outside_of_the_sample_take_the_group_s_shares(self):
        shards = Shards(4, 2)
        own = np.array([[0.9, 0.1], [0.6, 0.4]])
        wide = shards.widened(Blend(("A", "B"), np.array([0.7, 0.3]), own))
        assert wide.series_weights[shards.sample].tolist() == own.tolist()
        others = np.setdiff1d(np.arange(4), shards.sample)
        assert wide.series_weights[others].tolist() == [[0.7, 0.3]] * 2

    def test_shards_of_nothing_are_refused(self):
        with pytest.raises(InputError, match="series per shard: 0 is too few; use 1 or more"):
            TrainingOptions(shard_series=0)


class TestTraining:
    def test_what_the_accuracy_says_is_what_the_backtests_of_all_series_show(self, panel, trained):
        assert len(trained.backtests) == 2
        for test, reported in zip(trained.backtests, trained.accuracy.blend.windows, strict=True):
            whole = window_accuracy(panel, test.window, test.forecast, SPEC)
            assert (reported.start, reported.end) == (whole.start, whole.end)
            assert reported.item_count == whole.item_count == panel.n_series
            found, expected = reported.metrics.to_json(), whole.metrics.to_json()
            losses = "weighted_quantile_losses"
            assert found.pop(losses) == pytest.approx(expected.pop(losses))
            assert found == pytest.approx(expected)

    def test_every_algorithm_is_reported_and_the_naive(self, trained):
        report = trained.accuracy
        assert {each.algorithm for each in report.algorithms} == set(ALGORITHMS)
        assert report.naive.algorithm == "SeasonalNaive"
        assert report.blend.algorithm == AUTOML
        assert all(each.windows[0].item_count == 34 for each in report.algorithms)

    def test_the_backtests_are_those_of_the_whole_group_in_its_order(self, panel, trained):
        for test in trained.backtests:
            assert test.forecast.keys.equals(panel.keys)
            assert test.actual.tolist() == panel.actuals(test.window.first, HORIZON)[0].tolist()
            middle = test.forecast.quantiles[:, :, GRID.index(0.5)]
            assert np.abs(middle / test.actual - 1).mean() < 0.2
            assert np.isfinite(test.scale).all()

    def test_the_user_is_told(self, trained):
        assert trained.messages == (
            "34 series are worked on in 4 shards: what all series teach was learnt from 10 of "
            "them, drawn by chance; the accuracy is that of all",
        )

    def test_the_accuracy_is_close_to_that_of_the_group_as_a_whole(self, panel, trained):
        whole = train(panel, SPEC, replace(OPTIONS, shard_series=100))
        found = trained.accuracy.average_weighted_quantile_loss
        assert found == pytest.approx(whole.accuracy.average_weighted_quantile_loss, rel=0.15)
        assert whole.messages == ()

    def test_reported_windows_do_not_move_what_is_measured_on_them(self, panel, trained):
        other = panel.target.copy()
        other[:, -2 * HORIZON :] = 0.0
        again = train(replace(panel, target=other), SPEC, OPTIONS)
        first, same = trained.backtests[0].forecast, again.backtests[0].forecast
        assert np.array_equal(first.quantiles, same.quantiles)

    def test_what_is_slow_for_all_series_is_left_out_though_it_were_not_for_the_sample(self, panel):
        plan = make_plan(panel, SPEC, TrainingOptions(), 6_000)
        assert "by name" in plan.left_out["ETS"]
        assert "ETS" in make_plan(panel, SPEC, TrainingOptions()).algorithms
        assert make_plan(panel, SPEC, TrainingOptions(("ETS",)), 6_000).algorithms == ("ETS",)

    def test_a_retraining_keeps_the_shares_of_every_series(self, panel, trained):
        again = train(panel, SPEC, replace(OPTIONS, algorithms=(), previous=trained))
        assert again.blend.algorithms == trained.blend.algorithms
        assert np.array_equal(again.blend.series_weights, trained.blend.series_weights)
        loss = again.accuracy.average_weighted_quantile_loss
        # Its shares have seen these windows, the earlier one's had not.
        assert loss == pytest.approx(trained.accuracy.average_weighted_quantile_loss, rel=0.1)

    def test_progress_counts_the_shards_and_ends_at_one(self, panel):
        told = []
        train(panel, SPEC, replace(OPTIONS, algorithms=("NPTS", "Theta")), progress=told.append)
        assert told[-1].fraction == 1.0
        assert told[-1].done == told[-1].total
        (shards,) = (part for part in told[-1].parts if part.name == AUTOML)
        assert shards.done == shards.total == 4

    def test_a_time_limit_sets_time_aside_for_all_series(self, panel):
        trained = train(panel, SPEC, replace(OPTIONS, time_limit=1e-6))
        assert trained.blend.algorithms == ("SeasonalNaive",)
        assert set(trained.left_out) == set(ALGORITHMS) - {"SeasonalNaive"}
        assert trained.accuracy.blend.windows[0].item_count == 34


class TestForecasting:
    def test_every_series_gets_the_forecast_of_its_shard(self, panel, trained):
        found = trained.forecast(panel)
        shards = Shards(34, 10, SPEC.seed)
        alone = replace(trained, shard_series=100)
        for k in range(shards.count):
            rows = shards.rows(k)
            part = alone.forecast(panel.select(rows))
            assert np.array_equal(found.quantiles[rows], part.quantiles)
        assert found.keys.equals(panel.keys)

    def test_shards_are_kept_with_the_predictor(self, panel, trained, tmp_path):
        trained.save(tmp_path)
        loaded = TrainedPredictor.load(tmp_path)
        assert loaded.shard_series == 10
        assert np.array_equal(loaded.forecast(panel).quantiles, trained.forecast(panel).quantiles)
        assert len(loaded.backtests) == 2

    def test_new_series_are_forecast_too(self, panel, trained):
        # Each shard holds some of them, and established ones that they take after.
        longer = shop_panel(np.vstack([panel.target, np.full((6, 98), np.nan)]), horizon=HORIZON)
        found = trained.forecast(longer).quantiles
        assert np.isfinite(found).all()
        assert (found[34:, :, GRID.index(0.9)] > 0).all()

    def test_a_shard_is_all_that_a_task_holds(self, panel, trained):
        sizes = []

        class Spying:
            workers = 2

            def map(self, function, tasks):
                for index, task in enumerate(tasks):
                    parts = [v for v in vars(task).values() if isinstance(v, Panel)]
                    sizes.extend(part.n_series for part in parts)
                    yield index, function(task)

        train(panel, SPEC, OPTIONS, Spying())
        trained.forecast(panel, Spying())
        assert max(sizes) <= 10


def test_a_global_model_is_fitted_on_the_sample_and_sees_prices_and_metadata_of_all(panel):
    names = [f"{k % 3}" for k in range(panel.n_series)]
    rng = np.random.default_rng(0)
    price = rng.uniform(1, 2, (panel.n_series, panel.n_time + HORIZON))
    rich = shop_panel(panel.target, known=price, static={"kind": names}, horizon=HORIZON)
    trained = train(rich, SPEC, TrainingOptions(("LightGBM",), shard_series=12))
    found = trained.forecast(rich)
    assert np.isfinite(found.quantiles).all()
    assert trained.accuracy.skill > 0

"""Training: which windows choose, which report, what is left out, and that it is reproducible."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.compute.processes import ProcessExecutor
from forecastle.core.budget import Budget, no_progress
from forecastle.core.errors import InputError
from forecastle.core.executor import SerialExecutor
from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import window_accuracy
from forecastle.models.registry import NAIVE, REGISTRY
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, choosing_windows, make_plan, train
from forecastle.training.backtesting import Backtesting, Plan
from forecastle.training.progress import Meter
from tests.panels import busy_demand, shop_panel, sparse_demand

HORIZON = 5
SPEC = ForecastSpec(HORIZON, seed=1)
QUICK = ("SeasonalNaive", "NPTS", "Theta")


def panel_of(n_series=3, n_time=98):
    return shop_panel(busy_demand(n_series, n_time), horizon=HORIZON)


def quick(panel=None, **options):
    options = TrainingOptions(**{"algorithms": QUICK, **options})
    return train(panel_of() if panel is None else panel, SPEC, options)


class TestWindows:
    @settings(max_examples=60)
    @given(
        n_series=st.integers(1, 500),
        n_time=st.integers(25, 400),
        horizon=st.integers(1, 20),
        count=st.integers(1, 5),
        offset=st.integers(0, 100),
        frequency=st.sampled_from(["D", "W", "M"]),
    )
    def test_those_that_choose_end_before_those_that_report(
        self, n_series, n_time, horizon, count, offset, frequency
    ):
        panel = shop_panel(np.ones((n_series, n_time)), frequency, horizon=horizon)
        options = TrainingOptions(backtest_windows=count, backtest_window_offset=offset or None)
        try:
            plan = make_plan(panel, ForecastSpec(horizon), options)
        except InputError:
            return
        steps = [
            step
            for window in (*plan.choosing, *plan.reported)
            for step in range(window.first, window.end)
        ]
        assert len(steps) == len(set(steps))
        assert steps == sorted(steps)
        assert steps[-1] < n_time
        assert all(window.first >= 1 for window in plan.choosing)

    def test_one_series_has_many_a_large_panel_one(self):
        counts = [len(choosing_windows(panel_of(n, 300), SPEC, 295)) for n in (1, 30, 1000)]
        assert counts == [12, 3, 1]

    def test_sparse_demand_has_more(self):
        panel = shop_panel(sparse_demand(1000, 200), horizon=HORIZON)
        assert len(choosing_windows(panel, SPEC, 195)) == 3

    def test_reported_windows_share_no_fit_with_choosing_ones(self):
        plan = make_plan(panel_of(3, 200), SPEC, TrainingOptions(backtest_windows=3))
        for name in plan.algorithms:
            groups = plan.groups(name)
            assert [window for group in groups for window in group] == [
                *plan.choosing,
                *plan.reported,
            ]
            assert all(
                set(group) <= set(plan.choosing) or set(group) <= set(plan.reported)
                for group in groups
            )


class TestReportedWindowsAreHeldBack:
    @pytest.mark.parametrize("value", [0.0, 1e6, np.nan])
    def test_what_happened_in_them_cannot_move_what_is_measured_on_them(self, value):
        panel = panel_of()
        other = panel.target.copy()
        other[:, -2 * HORIZON :] = value
        changed = replace(panel, target=other, observed=np.isfinite(other))
        one = quick(panel, backtest_windows=2)
        two = quick(changed, backtest_windows=2)
        # The first reported window was forecast from the same history with the same shares.
        first, same = one.backtests[0].forecast, two.backtests[0].forecast
        assert np.array_equal(first.quantiles, same.quantiles)

    def test_but_the_forecast_s_own_shares_count_them_too(self):
        panel = panel_of()
        other, season = panel.target.copy(), panel.frequency.season
        other[:, -HORIZON:] = other[:, -HORIZON - season : -season]
        as_before = quick(panel).weights.get(NAIVE, 0.0)
        assert quick(replace(panel, target=other)).weights[NAIVE] > as_before

    def test_a_window_without_actuals_is_no_evidence(self):
        panel = panel_of()
        other = panel.target.copy()
        other[:, -HORIZON:] = np.nan
        found = quick(replace(panel, target=other, observed=np.isfinite(other)))
        assert found.blend.series_weights.sum(axis=1) == pytest.approx(1.0)

    def test_nor_the_plan(self):
        panel = panel_of(500, 40)
        other = panel.target.copy()
        other[:, -2 * HORIZON :] = 0.0
        plans = [
            make_plan(each, SPEC, TrainingOptions(backtest_windows=2))
            for each in (panel, replace(panel, target=other))
        ]
        assert plans[0] == plans[1]


class TestAlgorithms:
    def test_those_asked_for_are_those_backtested(self):
        trained = quick()
        assert {a.algorithm for a in trained.accuracy.algorithms} == set(QUICK)
        assert set(trained.blend.algorithms) <= set(QUICK)
        assert set(trained.members) == set(trained.blend.algorithms)

    def test_a_single_one_needs_no_windows_to_choose_on(self):
        panel = panel_of()
        assert make_plan(panel, SPEC, TrainingOptions(("Theta",))).choosing == ()
        assert quick(panel, algorithms=("theta",)).weights == {"Theta": 1.0}

    def test_the_naive_is_reported_beside_any(self):
        trained = quick(algorithms=("Theta",))
        assert trained.accuracy.naive.algorithm == NAIVE
        assert NAIVE not in trained.blend.algorithms
        assert trained.accuracy.skill == pytest.approx(
            1
            - trained.accuracy.average_weighted_quantile_loss
            / trained.accuracy.naive.summary.average_weighted_quantile_loss
        )

    def test_the_best_comes_first(self):
        losses = [
            each.summary.average_weighted_quantile_loss for each in quick().accuracy.algorithms
        ]
        assert losses == sorted(losses)

    def test_unsuited_ones_are_left_out_with_the_reason(self):
        trained = quick(algorithms=("Theta", "NPTS", "TSB"))
        assert trained.left_out == {"TSB": "demand is not intermittent"}

    def test_only_unsuited_ones_are_refused(self):
        with pytest.raises(InputError, match=r"TSB: demand is not intermittent.*use AutoML"):
            quick(algorithms=("TSB",))

    def test_an_unknown_one_is_refused(self):
        with pytest.raises(InputError, match="algorithm 'Magic' is not known"):
            quick(algorithms=("Magic",))

    def test_automl_considers_every_registered_one(self):
        plan = make_plan(panel_of(), SPEC, TrainingOptions())
        assert set(plan.algorithms) | set(plan.left_out) == set(REGISTRY)
        assert all(plan.left_out.values())

    def test_what_is_slow_can_be_had_by_name(self):
        assert "ARIMA" in make_plan(panel_of(), SPEC, TrainingOptions()).left_out
        assert make_plan(panel_of(), SPEC, TrainingOptions(("ARIMA",))).algorithms == ("ARIMA",)


class TestOptimizationMetric:
    def test_it_is_reported_and_orders_the_algorithms(self):
        accuracy = quick(optimization_metric="RMSE").accuracy
        assert accuracy.as_accuracy_metrics()["OptimizationMetric"] == "RMSE"
        errors = [each.summary.rmse for each in accuracy.algorithms]
        assert errors == sorted(errors)

    def test_the_default_is_the_average_weighted_quantile_loss(self):
        named = quick(optimization_metric="AverageWeightedQuantileLoss")
        assert np.array_equal(named.blend.series_weights, quick().blend.series_weights)

    def test_an_unknown_one_is_refused(self):
        with pytest.raises(InputError, match=r"metric 'R2' is not known; use one of Average.*MAPE"):
            TrainingOptions(optimization_metric="R2")


class TestTheBestAlone:
    def test_one_member_is_kept_and_named(self):
        trained = quick(select="best")
        assert list(trained.weights.values()) == [1.0]
        assert set(trained.weights) == set(trained.members) == {trained.accuracy.best}
        assert trained.accuracy.as_accuracy_metrics()["BestAlgorithm"] == trained.accuracy.best
        assert {each.algorithm for each in trained.accuracy.algorithms} == set(QUICK)

    def test_it_is_as_accurate_as_it_is_alone(self):
        accuracy = quick(select="best").accuracy
        alone = {each.algorithm: each for each in accuracy.algorithms}[accuracy.best]
        assert accuracy.blend.windows == alone.windows

    def test_a_blend_names_no_best(self):
        assert quick().accuracy.best is None
        assert "BestAlgorithm" not in quick().accuracy.as_accuracy_metrics()

    def test_without_a_window_to_choose_on_there_is_an_answer(self):
        panel = shop_panel(busy_demand(1, 8), horizon=5)
        options = TrainingOptions(QUICK, select="best")
        assert make_plan(panel, SPEC, options).choosing == ()
        assert train(panel, SPEC, options).weights == {"NPTS": 1.0}

    def test_an_unknown_selection_is_refused(self):
        with pytest.raises(InputError, match="selection 'worst' is not known; use one of blend, b"):
            TrainingOptions(select="worst")


class TestTrainingParameters:
    spec = ForecastSpec(HORIZON, seed=1, training_parameters={"context_length": "7"})

    def test_they_reach_the_algorithm_its_backtests_and_what_is_saved(self):
        panel, options = panel_of(), TrainingOptions(("NPTS",))
        plain, changed = train(panel, SPEC, options), train(panel, self.spec, options)
        for one, other in (
            (plain.forecast(panel), changed.forecast(panel)),
            (plain.backtests[0].forecast, changed.backtests[0].forecast),
        ):
            assert not np.array_equal(one.quantiles, other.quantiles)
        assert changed.spec.training_parameters == {"context_length": "7"}

    @pytest.mark.parametrize(("names", "told"), [((), "AutoML"), (("NPTS", "ETS"), "NPTS, ETS")])
    def test_they_belong_to_one_algorithm(self, names, told):
        with pytest.raises(InputError, match=rf"\(context_length\) belong to one .* {told} was"):
            make_plan(panel_of(), self.spec, TrainingOptions(names))

    def test_an_algorithm_without_any_refuses_them(self):
        with pytest.raises(InputError, match="Theta takes no training parameters"):
            make_plan(panel_of(), self.spec, TrainingOptions(("Theta",)))


class TestShortHistories:
    @pytest.mark.parametrize("n_time", [8, 12, 20])
    def test_there_is_an_answer(self, n_time):
        panel = shop_panel(busy_demand(1, n_time), horizon=2)
        trained = train(panel, ForecastSpec(2), TrainingOptions(QUICK))
        assert np.isfinite(trained.forecast(panel).quantiles).all()

    def test_too_short_for_its_windows_is_refused(self):
        with pytest.raises(InputError, match="do not fit into a history of 9 steps"):
            train(shop_panel(busy_demand(1, 9)), SPEC, TrainingOptions(QUICK, backtest_windows=2))


class TestReport:
    def test_a_backtest_holds_forecast_and_actuals_of_each_reported_window(self):
        panel, trained = panel_of(), quick(backtest_windows=3)
        assert [b.window.first for b in trained.backtests] == [83, 88, 93]
        for backtest in trained.backtests:
            window = slice(backtest.window.first, backtest.window.end)
            assert np.array_equal(backtest.actual, panel.target[:, window])
            assert np.array_equal(backtest.forecast.times, panel.times[window])
            assert (np.diff(backtest.forecast.quantiles, axis=2) >= -1e-9).all()
            assert (backtest.forecast.quantiles >= 0).all()

    def test_the_accuracy_is_that_of_the_backtests(self):
        panel, trained = panel_of(), quick(backtest_windows=2)
        expected = [window_accuracy(panel, b.window, b.forecast, SPEC) for b in trained.backtests]
        assert trained.accuracy.blend.windows == tuple(expected)

    def test_its_shape_is_that_of_get_accuracy_metrics(self):
        report = quick(backtest_windows=2).accuracy.as_accuracy_metrics()
        results = report["PredictorEvaluationResults"]
        assert report["OptimizationMetric"] == "AverageWeightedQuantileLoss"
        assert results[0]["AlgorithmArn"].endswith("/AutoML")
        assert len(results) == 1 + len(QUICK)
        assert all(len(result["TestWindows"]) == 3 for result in results)

    @pytest.mark.parametrize("options", [{}, {"time_limit": 1e-6}, {"select": "best"}])
    def test_progress_reaches_the_end_without_going_back(self, options):
        seen = []
        train(panel_of(), SPEC, TrainingOptions(QUICK, **options), progress=seen.append)
        for shares in (
            [each.done / each.total for each in seen],
            [each.fraction for each in seen],
        ):
            assert shares == sorted(shares)
            assert 0 == shares[0] < shares[-1] == 1.0
        assert seen[-1].seconds_left == 0.0

    def test_progress_tells_of_every_algorithm_and_of_the_last_fits(self):
        seen = []
        trained = train(panel_of(), SPEC, TrainingOptions(QUICK), progress=seen.append)
        assert seen[0].algorithm == ""  # what is planned is told before anything is done
        assert {part.name for part in seen[0].parts} == set(QUICK)
        done = [each for each in seen if each.algorithm]
        assert {each.algorithm for each in done} == set(QUICK)
        last = [each.algorithm for each in done if not each.window]
        assert last == list(trained.blend.algorithms)


class SlowExecutor(SerialExecutor):
    """Every task takes some seconds, by a clock of its own."""

    def __init__(self, seconds):
        self.now, self.seconds = 0.0, seconds

    def clock(self):
        return self.now

    def map(self, function, tasks):
        for pair in super().map(function, tasks):
            self.now += self.seconds
            yield pair


class TestTimeLimit:
    def test_there_is_always_an_answer(self):
        panel = panel_of()
        trained = train(panel, SPEC, TrainingOptions(time_limit=1e-6))
        assert trained.weights == {NAIVE: 1.0}
        assert np.isfinite(trained.forecast(panel).quantiles).all()
        assert set(trained.left_out) == set(REGISTRY) - {NAIVE}
        assert all(trained.left_out.values())

    def test_with_time_enough_nothing_is_left_out(self):
        limited, free = quick(time_limit=1e6), quick()
        assert limited.left_out == {}
        assert np.array_equal(limited.blend.series_weights, free.blend.series_weights)

    def run(self, seconds, limit):
        panel, executor = panel_of(), SlowExecutor(seconds)
        plan = make_plan(panel, SPEC, TrainingOptions(QUICK))
        budget = Budget(limit, clock=executor.clock)
        meter = Meter(plan.tasks(), no_progress, executor.clock)
        return Backtesting.run(panel, SPEC, plan, executor, budget, meter), plan

    def test_the_order_is_that_of_the_registry_and_the_rest_is_dropped_with_a_reason(self):
        tasks = len(make_plan(panel_of(), SPEC, TrainingOptions(QUICK)).groups(NAIVE))
        done, plan = self.run(seconds=1.0, limit=2.0 * tasks - 0.5)
        assert list(done.dropped) == ["Theta"]
        assert "time limit" in done.dropped["Theta"]
        assert set(done.results(plan.choosing)) == {NAIVE, "NPTS"}

    def test_what_was_dropped_is_in_no_report(self):
        done, plan = self.run(seconds=1.0, limit=1.0)
        assert set(done.results(plan.choosing)) == {NAIVE}
        assert set(done.dropped) == set(plan.algorithms) - {NAIVE}


class TestReproducible:
    def test_the_same_data_and_seed_give_the_same_in_one_process_or_several(self):
        panel = panel_of(2, 120)
        options = TrainingOptions(("SeasonalNaive", "LightGBM", "Theta"))
        here = train(panel, SPEC, options)
        with ProcessExecutor(2) as executor:
            there = train(panel, SPEC, options, executor)
        assert np.array_equal(here.blend.series_weights, there.blend.series_weights)
        assert here.forecast(panel).quantiles.tobytes() == there.forecast(panel).quantiles.tobytes()
        one, other = (
            [b.forecast.quantiles.tobytes() for b in each.backtests] for each in (here, there)
        )
        assert one == other

    def test_training_leaves_the_panel_alone(self):
        panel = panel_of()
        before = panel.target.copy()
        quick(panel)
        assert np.array_equal(panel.target, before)


def test_a_whole_shop_from_history_to_forecast():
    """AutoML on all kinds of items at once: busy, sparse, new, ended, without history."""
    demand = np.vstack([busy_demand(18, 84), sparse_demand(2, 84), np.full((3, 84), np.nan)])
    demand[20, -4:-1] = [5.0, 6.0, 7.0]
    demand[21, :40] = 9.0
    demand[:, 6::7] *= 0.0  # closed on Sundays
    category = ["tea"] * 18 + ["toys"] * 2 + ["tea", "toys", "tea"]
    panel = shop_panel(demand, horizon=7, static={"category": category}, countries=("UK",))
    trained = train(panel, ForecastSpec(7), TrainingOptions())
    quantiles = trained.forecast(panel).quantiles
    assert quantiles.shape == (23, 7, len(GRID))
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=2) >= -1e-9).all()
    assert (quantiles >= 0).all()
    middle = quantiles[:, :, GRID.index(0.5)]
    assert (middle[:20, 6] == 0).all()
    # The new tea sells like tea, not like toys.
    tea, toys, new = (middle[rows, :6].mean() for rows in (slice(18), slice(18, 20), slice(22, 23)))
    assert abs(new - tea) < abs(new - toys)
    assert sum(trained.weights.values()) == pytest.approx(1.0)


def test_a_plan_knows_which_windows_share_a_fit():
    panel = panel_of(3, 200)
    windows = choosing_windows(panel, SPEC, 195)[:4]
    plan = Plan(("ETS", "LightGBM"), windows, (), {})
    assert [len(group) for group in plan.groups("ETS")] == [1] * len(windows)
    assert len(plan.groups("LightGBM")) < len(windows)


def test_a_long_season_lies_before_the_choosing_windows_if_enough_of_them_remain():
    weekly = shop_panel(busy_demand(1, 110, 52), "W")
    windows = choosing_windows(weekly, ForecastSpec(4), 106)
    assert len(windows) >= 3
    assert windows[0].first >= 52 + 2 * 4
    young = choosing_windows(weekly, ForecastSpec(4), 60)
    assert len(young) >= 3
    assert young[0].first >= 60 // 3

"""Tuning: what is tried, in which windows, and what comes of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.core.executor import SerialExecutor
from forecastle.models.ranges import REVERSE_LOGARITHMIC, Choice, Span
from forecastle.series.spec import ForecastSpec
from forecastle.training import tuning
from forecastle.training.automl import TrainingOptions, choosing_windows, train
from forecastle.training.origin import Trial
from forecastle.training.progress import Meter
from forecastle.training.tasks import BacktestResult
from forecastle.training.tuning import Search, Tuning, best_of, tune
from tests.panels import busy_demand, shop_panel

pytest.importorskip("torch")
HORIZON = 5
SPEC = ForecastSpec(HORIZON, seed=1, training_parameters={"epochs": "1"})
CONTEXT = Span("context_length", 5, 20, whole=True)


def panel(n_time=90, **options):
    return shop_panel(busy_demand(3, n_time), "D", HORIZON, **options)


def searched(tuned: Tuning, algorithm="Deep_AR_Plus", spec=SPEC, executor=None, budget=None):
    """The trials of a search, and the tasks that were run."""
    budget = budget or Budget()
    windows = choosing_windows(panel(), spec, 85)
    search = Search(algorithm, panel(), spec, windows, "AverageWeightedQuantileLoss")
    meter = Meter({algorithm: tuned.trials}, lambda _: None, budget.clock)
    return tune(search, tuned, executor or SerialExecutor(), budget, meter)


@pytest.fixture
def landscape(monkeypatch):
    """Trials that forecast all the better, the nearer the context is to 12; and their tasks."""
    tasks = []

    def run(task):
        tasks.append(task)
        distance = abs(int(task.spec.training_parameters["context_length"]) - 12)
        quantiles = []
        for window in task.windows:
            actual, _ = task.panel.actuals(window.first, window.horizon)
            quantiles.append(np.repeat(actual[:, :, None] * (1 + distance / 10), 13, axis=2))
        return BacktestResult(tuple(quantiles), 1.0)

    monkeypatch.setattr(tuning, "run_backtest", run)
    return tasks


def test_the_search_finds_what_forecasts_best(landscape):
    trials = searched(Tuning((CONTEXT,), 20))
    assert len(trials) == len(landscape) == 20
    assert abs(int(best_of(trials).parameters["context_length"]) - 12) <= 1
    losses = [trial.loss for trial in trials]
    assert best_of(trials).loss == min(losses)


def test_trials_see_the_windows_before_the_reported_ones_alone(landscape):
    trained_before = 90 - HORIZON
    searched(Tuning((CONTEXT,), 2))
    assert all(window.end <= trained_before for task in landscape for window in task.windows)
    assert all(len(task.windows) <= 3 for task in landscape)


def test_fixed_parameters_stay_beside_those_that_are_tried(landscape):
    searched(Tuning((CONTEXT,), 1))
    assert landscape[0].spec.training_parameters["epochs"] == "1"


class Backwards:
    """Workers that are done in the opposite order."""

    workers = 2

    def map(self, function, tasks):
        yield from reversed([(place, function(task)) for place, task in enumerate(tasks)])


def test_the_same_seed_tries_the_same_wherever_it_runs(landscape):
    one, other = (searched(Tuning((CONTEXT,), 12), executor=each) for each in (None, Backwards()))
    assert one == other


def test_values_stay_within_their_range():
    ranges = (
        Span("num_cells", 30, 32, whole=True, scale="Logarithmic"),
        Span("learning_rate_decay", 0.5, 0.9, scale=REVERSE_LOGARITHMIC),
        Choice("likelihood", ("gaussian", "student-T")),
    )
    study = tuning._study(0, ranges)
    for _ in range(20):
        found = tuning._parameters(ranges, tuning._ask(study, ranges))
        assert 30 <= int(found["num_cells"]) <= 32
        assert 0.5 <= float(found["learning_rate_decay"]) <= 0.9
        assert found["likelihood"] in ("gaussian", "student-T")


def test_without_ranges_the_first_trial_is_what_the_algorithm_does_anyway(landscape):
    searched(Tuning(trials=3))
    first = landscape[0].spec.training_parameters
    assert (first["context_length"], first["learning_rate"]) == ("28", "0.003")
    others = [task.spec.training_parameters["context_length"] for task in landscape[1:]]
    assert set(others) != {"28"}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, {"context_length"}),
        ({"static": {"kind": ["a", "b", "b"]}}, {"context_length", "use_item_metadata"}),
        ({"known": np.ones((3, 95))}, {"context_length", "use_related_data"}),
    ],
)
def test_cnn_qr_tries_with_and_without_the_data_that_are_there(options, names):
    search = Search("CNN-QR", panel(**options), SPEC, (), "WAPE")
    assert {each.name for each in search.ranges(Tuning())} == names


def test_what_is_fixed_is_not_tuned():
    fixed = replace(SPEC, training_parameters={"context_length": "9"})
    search = Search("Deep_AR_Plus", panel(), fixed, (), "WAPE")
    assert [each.name for each in search.ranges(Tuning())] == ["learning_rate"]


def test_nothing_left_to_tune_is_refused():
    fixed = replace(SPEC, training_parameters={"context_length": "9"})
    with pytest.raises(InputError, match="nothing is left to tune"):
        searched(Tuning(), "CNN-QR", fixed)


def test_a_trial_that_the_data_do_not_allow_fails_by_itself():
    found = searched(Tuning((Choice("likelihood", ("beta", "gaussian")),), 4))
    by_name = {trial.parameters["likelihood"]: trial for trial in found}
    assert set(by_name) == {"beta", "gaussian"}
    assert by_name["beta"].loss is None
    assert "beta takes demand from 0 to 1" in by_name["beta"].failure
    assert best_of(found).parameters == {"likelihood": "gaussian"}


def test_if_none_can_be_trained_the_reason_is_told():
    with pytest.raises(InputError, match=r"none of the 2 trials.*beta takes demand from 0 to 1"):
        searched(Tuning((Choice("likelihood", ("beta",)),), 2))


def test_of_several_as_good_the_first_is_taken():
    trials = [Trial({"a": text}, 0.5, 1.0) for text in "xyz"]
    assert best_of(trials) is trials[0]


def test_a_time_limit_ends_the_search(landscape):
    now = iter(np.arange(0, 1000, 5.0))
    budget = Budget(limit=60, clock=lambda: float(next(now)))
    trials = searched(Tuning((CONTEXT,), 50), budget=budget)
    assert 1 <= len(trials) < 20


def test_training_goes_on_with_the_best():
    options = TrainingOptions(("Deep_AR_Plus",), tuning=Tuning((CONTEXT,), 2))
    told = []
    trained = train(panel(), SPEC, options, progress=told.append)
    best = best_of(trained.origin.trials)
    assert trained.spec.training_parameters == {"epochs": "1", **best.parameters}
    assert math.isfinite(best.loss)
    assert told[-1].done == told[-1].total == 5
    assert told[-1].fraction == 1


class TestWhatIsRefused:
    def refused(self, *algorithms, spec=SPEC, n_time=90, ranges=(), trials=1):
        tuned = Tuning(ranges, trials)
        with pytest.raises(InputError) as error:
            train(panel(n_time), spec, TrainingOptions(algorithms, tuning=tuned))
        return str(error.value)

    def test_more_than_one_algorithm(self):
        plain = ForecastSpec(HORIZON)
        assert "tuning is for one algorithm, but AutoML was asked for" in self.refused(spec=plain)

    def test_an_algorithm_that_has_nothing_to_tune(self):
        plain = ForecastSpec(HORIZON)
        message = self.refused("ETS", spec=plain)
        assert "ETS cannot be tuned, only CNN-QR and Deep_AR_Plus can" in message

    def test_a_range_that_cannot_be_searched(self):
        message = self.refused("CNN-QR", ranges=(Span("context_length", 0, 9, whole=True),))
        assert "context_length of CNN-QR: '0' cannot be used" in message

    def test_no_trials(self):
        with pytest.raises(InputError, match="trials: 0 is too few"):
            Tuning(trials=0)

    def test_an_installation_without_optuna(self, monkeypatch):
        monkeypatch.setattr(tuning, "missing", lambda: "it needs optuna; install it")
        assert "tuning CNN-QR is not possible here: it needs optuna" in self.refused("CNN-QR")

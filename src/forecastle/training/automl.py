"""AutoML: backtest every algorithm that fits the data, choose a blend, report, refit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecastle.core.budget import Budget, ProgressListener, no_progress
from forecastle.core.errors import InputError
from forecastle.core.executor import Executor, SerialExecutor
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS, OPTIMIZATION_METRICS
from forecastle.evaluation.windows import Window, backtest_windows, windows_before
from forecastle.models.registry import REGISTRY, check_training_parameters, model, resolve
from forecastle.models.sequences import is_sparse
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.backtesting import Backtesting, Plan, is_global
from forecastle.training.blend import Blend, choose_best, choose_blend, equal_blend, single
from forecastle.training.dependence import estimate_dependence
from forecastle.training.origin import Origin, Seen, Trial
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.progress import Meter
from forecastle.training.report import AUTOML
from forecastle.training.shard_backtests import backtest_in_shards
from forecastle.training.shards import SHARD_SERIES, Shards
from forecastle.training.tasks import Files, FitTask, run_fit
from forecastle.training.tuning import Search, Tuning, best_of, check_tunable, in_words, tune

BLEND, BEST = "blend", "best"

_MOST_CHOOSING_WINDOWS = 12
_SOME_POINTS = 400
_MANY_POINTS = 2000
_FEWEST_UNLESS_MANY = 3


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Attributes:
        algorithms: names to train; empty means AutoML: all that fit the data.
        backtest_windows: how many windows the accuracy is reported on, 1 to 5.
        backtest_window_offset: steps from the end to the start of the latest reported window;
            None is the horizon.
        time_limit: seconds that training may take; None is no limit.
        optimization_metric: what is to be small on the windows that choose, one of
            `OPTIMIZATION_METRICS`; all but the first are of the mean forecast.
        select: ``blend`` all algorithms, or keep only the ``best`` one, as legacy AutoML does.
            Where the history leaves no window to choose on, that is the first in the order of
            the registry that is not the seasonal naive.
        tuning: how to search for the training parameters of the one algorithm; None: not at all.
        previous: an earlier predictor whose algorithms and shares are taken over, instead of
            ``algorithms`` among which to choose; see `training.retraining`.
        shard_series: a group of more series is worked on in shards of at most so many, at least
            1; what all series teach is learnt from a sample (`training.shards`).

    Raises:
        InputError: the metric or the selection is not known.
    """

    algorithms: tuple[str, ...] = ()
    backtest_windows: int = 1
    backtest_window_offset: int | None = None
    time_limit: float | None = None
    optimization_metric: str = AVERAGE_WEIGHTED_QUANTILE_LOSS
    select: str = BLEND
    tuning: Tuning | None = None
    previous: TrainedPredictor | None = None
    shard_series: int = SHARD_SERIES

    def __post_init__(self) -> None:
        if self.shard_series < 1:
            raise InputError(f"series per shard: {self.shard_series} is too few; use 1 or more")
        _refuse_unless("optimization metric", self.optimization_metric, OPTIMIZATION_METRICS)
        _refuse_unless("selection", self.select, (BLEND, BEST))


def train(
    panel: Panel,
    spec: ForecastSpec,
    options: TrainingOptions | None = None,
    executor: Executor | None = None,
    progress: ProgressListener = no_progress,
) -> TrainedPredictor:
    """Train a predictor on ``panel``.

    The windows whose accuracy is reported come last in the history; the members and their
    weights whose accuracy that is are chosen on windows before them. Then everything is used:
    the weights are chosen again on all of these windows, and the members fitted on all data.
    A group of more series than a shard may hold is backtested shard by shard; what all its series
    teach is learnt from a sample (`training.shards`).

    Raises:
        InputError: an algorithm or a training parameter is not known, or the windows do not fit
            into the history.
    """
    options = options or TrainingOptions()
    executor = executor or SerialExecutor()
    started = time.perf_counter()
    budget = Budget(options.time_limit)
    shards = Shards(panel.n_series, options.shard_series, spec.seed)
    sample = panel if shards.is_one else panel.select(shards.sample)
    plan = make_plan(sample, spec, options, panel.n_series)
    meter = Meter(_tasks(plan, shards), progress, budget.clock)
    everyone = None if shards.is_one else panel.n_series
    spec, trials = _tuned(sample, spec, plan, options, executor, budget, meter)
    backtesting = Backtesting.run(sample, spec, plan, executor, budget, meter, everyone)
    blend = _choose(sample, spec, plan, backtesting, options)
    latest = _choose_again(sample, spec, plan, backtesting, options, blend)
    metric, best = options.optimization_metric, _only(blend, options)
    if shards.is_one:
        reported = backtesting.of_blend(blend)
        accuracy = backtesting.accuracy(reported, metric, best)
    else:
        everywhere = _for_all(panel, shards, blend, options)
        whole = backtest_in_shards(
            panel, spec, backtesting.fits, everywhere, shards, executor, meter
        )
        reported, accuracy = whole.backtests, whole.report(metric, best)
    return TrainedPredictor(
        spec=spec,
        frequency=panel.frequency,
        keys=panel.keys,
        blend=latest if shards.is_one else _for_all(panel, shards, latest, options),
        members=_refit(sample, spec, latest, executor, meter),
        accuracy=accuracy,
        backtests=reported,
        left_out={**plan.left_out, **backtesting.dropped},
        messages=(*_messages(shards), *in_words(trials)),
        shard_series=options.shard_series,
        dependence=estimate_dependence((*backtesting.of_blend_choosing(blend), *reported), panel),
        seconds=time.perf_counter() - started,
        origin=Origin(trials, seen=Seen.of(panel)),
    )


def _tasks(plan: Plan, shards: Shards) -> dict[str, int]:
    """How many tasks each algorithm has; the shards' backtests are those of the blend."""
    return plan.tasks() | ({} if shards.is_one else {AUTOML: shards.count})


def _only(blend: Blend, options: TrainingOptions) -> str | None:
    """The algorithm that is kept alone, if that was asked for."""
    return blend.algorithms[0] if options.select == BEST else None


def _for_all(panel: Panel, shards: Shards, blend: Blend, options: TrainingOptions) -> Blend:
    """The blend of the sample's series as one of all; an earlier predictor's, where it is kept."""
    previous = options.previous
    if previous is None:
        return shards.widened(blend)
    return previous.blend_for(panel).without(set(previous.blend.algorithms) - set(blend.algorithms))


def _messages(shards: Shards) -> tuple[str, ...]:
    if shards.is_one:
        return ()
    return (
        f"{shards.n_series} series are worked on in {shards.count} shards: what all series teach "
        f"was learnt from {len(shards.sample)} of them, drawn by chance; the accuracy is that of "
        "all",
    )


def make_plan(
    panel: Panel, spec: ForecastSpec, options: TrainingOptions, all_series: int | None = None
) -> Plan:
    """Which algorithms run on which windows, and which do not and why.

    Args:
        panel: the series.
        spec: what is forecast.
        options: how to train.
        all_series: where ``panel`` is a sample, of how many series.
    """
    reported = backtest_windows(
        panel.n_time, spec.horizon, options.backtest_windows, options.backtest_window_offset
    )
    previous = options.previous
    asked = resolve(options.algorithms) if previous is None else previous.blend.algorithms
    _check_parameters(asked, spec, options.tuning)
    is_open = len(asked) != 1 and previous is None
    choosing = choosing_windows(panel, spec, reported[0].first) if is_open else ()
    earliest = panel.until((choosing or reported)[0].first, spec.horizon)
    count = all_series or panel.n_series
    policy = {} if asked else {name: REGISTRY[name].left_out(count) for name in REGISTRY}
    reasons = {
        name: policy.get(name) or model(name).unsuited(earliest, spec) for name in asked or REGISTRY
    }
    members = tuple(name for name, reason in reasons.items() if not reason)
    left_out = {name: reason for name, reason in reasons.items() if reason}
    if not members:
        why = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        raise InputError(f"none of the algorithms can be used ({why}); use AutoML")
    trials = 0 if options.tuning is None else options.tuning.trials
    return Plan(members, choosing, reported, left_out, trials, _ready(previous, panel, reported))


def _ready(
    previous: TrainedPredictor | None, panel: Panel, reported: tuple[Window, ...]
) -> Mapping[str, Files]:
    """What the earlier predictor fitted before the reported windows, and need not be fitted again.

    Where the newer data are one horizon, that is what would be fitted now; where they are more, it
    is a little older than that, and the accuracy that is reported no better.
    """
    seen = None if previous is None else previous.origin.seen
    if previous is None or seen is None or not seen.fits(panel):
        return {}
    if not seen.ends_before(panel, reported[0]):
        return {}
    return {name: files for name, files in previous.members.items() if is_global(name)}


def _check_parameters(asked: tuple[str, ...], spec: ForecastSpec, tuning: Tuning | None) -> None:
    """Training parameters, and tuning, belong to the one algorithm that was asked for."""
    named = ", ".join(asked) or "AutoML"
    if spec.training_parameters and len(asked) != 1:
        raise InputError(
            f"training parameters ({', '.join(spec.training_parameters)}) belong to one "
            f"algorithm, but {named} was asked for; name one algorithm or leave them out"
        )
    if tuning is not None and len(asked) != 1:
        raise InputError(
            f"tuning is for one algorithm, but {named} was asked for; name one algorithm or do "
            "not tune"
        )
    for name in asked:
        check_training_parameters(name, spec.training_parameters)
        if tuning is not None:
            check_tunable(name, tuning, spec.training_parameters)


def _tuned(
    panel: Panel,
    spec: ForecastSpec,
    plan: Plan,
    options: TrainingOptions,
    executor: Executor,
    budget: Budget,
    meter: Meter,
) -> tuple[ForecastSpec, tuple[Trial, ...]]:
    """With the best training parameters found before the reported windows; and how they were."""
    if options.tuning is None:
        return spec, ()
    windows = choosing_windows(panel, spec, plan.reported[0].first)
    if not windows:
        raise InputError(
            f"a history of {panel.n_time} steps leaves no window to tune on before the backtest; "
            "use a shorter horizon or fewer backtest windows, or do not tune"
        )
    search = Search(plan.algorithms[0], panel, spec, windows, options.optimization_metric)
    trials = tune(search, options.tuning, executor, budget, meter)
    return search.tuned(best_of(trials).parameters), trials


def _refuse_unless(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputError(f"{what} '{value}' is not known; use one of {', '.join(allowed)}")


def choosing_windows(panel: Panel, spec: ForecastSpec, end: int) -> tuple[Window, ...]:
    """The windows before ``end`` on which the blend is chosen.

    Twelve for a single series; for a panel three, or one if that holds thousands of points and
    demand is not mostly zero. They leave two seasons of history, so that every algorithm can
    be tried on them; if that makes them too few, one season; else a third of what there is.
    """
    points = panel.n_series * spec.horizon
    count = int(np.clip(np.ceil(_SOME_POINTS / points), 1, _MOST_CHOOSING_WINDOWS))
    if points < _MANY_POINTS or is_sparse(panel.until(end)):
        count = max(count, _FEWEST_UNLESS_MANY)
    season, horizon = panel.frequency.season, spec.horizon
    for shortest in (2 * season + horizon, season + 2 * horizon):
        windows = windows_before(end, horizon, count, shortest)
        if len(windows) >= min(count, _FEWEST_UNLESS_MANY):
            return windows
    return windows_before(end, horizon, count, max(end // 3, 1))


def _choose(
    panel: Panel,
    spec: ForecastSpec,
    plan: Plan,
    backtesting: Backtesting,
    options: TrainingOptions,
) -> Blend:
    """The blend, or the best algorithm, by the windows before those that are reported."""
    if options.previous is not None:
        return options.previous.blend_for(panel).without(backtesting.dropped)
    results = backtesting.results(plan.choosing)
    chosen_by_evidence = plan.choosing and len(results) > 1
    if options.select == BEST:
        if chosen_by_evidence:
            return choose_best(panel, plan.choosing, results, spec, options.optimization_metric)
        return single(equal_blend(tuple(results), 1).algorithms[0], panel.n_series)
    if chosen_by_evidence:
        return choose_blend(panel, plan.choosing, results, spec, options.optimization_metric)
    return equal_blend(tuple(results), panel.n_series)


def _choose_again(
    panel: Panel,
    spec: ForecastSpec,
    plan: Plan,
    backtesting: Backtesting,
    options: TrainingOptions,
    blend: Blend,
) -> Blend:
    """The blend that forecasts: with the reported windows, which are the freshest, as evidence.

    One algorithm alone, and what an earlier predictor chose, stay as they are.
    """
    windows = (*plan.choosing, *plan.reported)
    results = backtesting.results(windows)
    if options.previous is not None or options.select == BEST or len(results) == 1:
        return blend
    return choose_blend(panel, windows, results, spec, options.optimization_metric)


def _refit(
    panel: Panel, spec: ForecastSpec, blend: Blend, executor: Executor, meter: Meter
) -> Mapping[str, Files]:
    """The members fitted on all of the history; a time limit has set time aside for that."""
    # Fitting a local model is nothing: the one global model may have the whole machine.
    whole = Budget(threads=executor.workers if executor.workers > 1 else 0)
    tasks = [FitTask(name, panel, spec, whole) for name in blend.algorithms]
    meter.keep(blend.algorithms)
    meter.begin(blend.algorithms, executor.workers)
    members: dict[str, Files] = {}
    for index, files in executor.map(run_fit, tasks):
        members[tasks[index].algorithm] = files
        meter.finished(tasks[index].algorithm)
    return members

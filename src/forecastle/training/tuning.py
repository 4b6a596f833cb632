"""Tuning: the training parameters with which a network forecasts best are searched for.

A trial trains with some parameters and forecasts windows that come before the reported ones. A
tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter
optimization"; optuna's) proposes where to look next. Where nobody says where to look, the first
trial is what the algorithm does anyway: on these windows the result is never worse than that.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.core.executor import Executor
from forecastle.evaluation.windows import Window
from forecastle.models.deep.extra import EXTRA
from forecastle.models.ranges import LOGARITHMIC, REVERSE_LOGARITHMIC, Choice, Range, Span
from forecastle.models.registry import REGISTRY, check_tuning
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.evidence import gather
from forecastle.training.origin import Trial
from forecastle.training.progress import Meter
from forecastle.training.tasks import BacktestResult, BacktestTask, run_backtest

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import Trial as OptunaTrial

TRIALS = 12
"""Trials, unless something else is asked for."""

_AT_ONCE = 3  # as many however many workers there are, so that the result is the same
_MOST_WINDOWS = 3
# Of a time limit, what the search may take, and at least that many trials within it.
_SHARE, _FEWEST = 0.6, 4


@dataclass(frozen=True)
class Tuning:
    """What to search.

    Attributes:
        ranges: where; empty: where the algorithm says.
        trials: how many at most, at least 1; a time limit may end the search earlier.

    Raises:
        InputError: there are no trials.
    """

    ranges: tuple[Range, ...] = ()
    trials: int = TRIALS

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise InputError(f"trials: {self.trials} is too few; use 1 or more")


@dataclass(frozen=True, eq=False)
class Search:
    """Where and on what to search.

    Attributes:
        algorithm: that is tuned.
        panel: the series.
        spec: what is forecast; its training parameters are fixed.
        windows: before the reported ones, earliest first.
        metric: that is to be small.
    """

    algorithm: str
    panel: Panel
    spec: ForecastSpec
    windows: tuple[Window, ...]
    metric: str

    def ranges(self, tuning: Tuning) -> tuple[Range, ...]:
        """What was asked for, else what the algorithm says, without what is fixed."""
        own = REGISTRY[self.algorithm].tuned
        if tuning.ranges or own is None:
            return tuning.ranges
        fixed = self.spec.training_parameters
        return tuple(each for each in own(self.panel, self.spec.horizon) if each.name not in fixed)

    def tuned(self, parameters: Mapping[str, str]) -> ForecastSpec:
        """The specification with ``parameters`` beside the fixed ones."""
        return replace(
            self.spec, training_parameters={**self.spec.training_parameters, **parameters}
        )

    def loss(self, result: BacktestResult) -> float | None:
        """Of what a trial forecast; None where it is no number."""
        windows, name = self.windows[-len(result.quantiles) :], self.algorithm
        evidence = gather(self.panel, windows, {name: result.quantiles}, self.spec, self.metric)
        loss = float(evidence.member_losses()[0])
        return loss if math.isfinite(loss) else None


def missing() -> str | None:
    """What to do to be able to tune; None where optuna is installed."""
    if importlib.util.find_spec("optuna") is not None:
        return None
    return f"it needs optuna; install the extra: pip install 'forecastle[{EXTRA}]'"


def check_tunable(name: str, tuning: Tuning, given: Mapping[str, str]) -> None:
    """Whether an algorithm can be tuned here, and where it is to be.

    Raises:
        InputError: it cannot, a range cannot be searched, or optuna is not installed.
    """
    check_tuning(name, tuning.ranges, given)
    reason = missing()
    if reason is not None:
        raise InputError(f"tuning {name} is not possible here: {reason}")


def best_of(trials: Sequence[Trial]) -> Trial:
    """The trial with the least loss, the first of several as good.

    Raises:
        InputError: none could be trained; says why.
    """
    done = [trial for trial in trials if trial.loss is not None]
    if not done:
        reasons = dict.fromkeys(trial.failure for trial in trials if trial.failure)
        raise InputError(
            f"none of the {len(trials)} trials could be trained "
            f"({'; '.join(reasons) or 'their loss is no number'}); change the ranges"
        )
    return min(done, key=lambda trial: trial.loss or 0.0)


def in_words(trials: Sequence[Trial]) -> tuple[str, ...]:
    """What a search came to; nothing where there was none."""
    if not trials:
        return ()
    best = best_of(trials)
    found = ", ".join(f"{name} {value}" for name, value in best.parameters.items())
    losses = [trial.loss for trial in trials if trial.loss is not None]
    return (
        f"tuned in {len(trials)} trials on earlier windows: {found} has the least loss, "
        f"{min(losses):.4g}; the largest was {max(losses):.4g}",
    )


def tune(
    search: Search, tuning: Tuning, executor: Executor, budget: Budget, meter: Meter
) -> tuple[Trial, ...]:
    """Search; the trials in their order.

    Args:
        search: where and on what.
        tuning: how.
        executor: where trials run, some at the same time.
        budget: of the whole training; most of it may be spent here.
        meter: told of each trial.

    Raises:
        InputError: no trial could be trained.
    """
    ranges = search.ranges(tuning)
    if not ranges:
        raise InputError(
            f"nothing is left to tune: the training parameters fix all that is tuned of "
            f"{search.algorithm}; leave some of them out or give ranges of others"
        )
    study = _study(search.spec.seed, ranges)
    limit = None if budget.limit is None else budget.remaining * _SHARE
    mine = replace(budget, limit=limit, started=-1.0)
    trials: list[Trial] = []
    while len(trials) < tuning.trials and not _is_spent(mine, trials):
        count = min(_AT_ONCE, tuning.trials - len(trials))
        asked = [_ask(study, ranges) for _ in range(count)]
        found = _run(search, [_parameters(ranges, each) for each in asked], executor, mine, meter)
        for each, trial in zip(asked, found, strict=True):
            _tell(study, each, trial)
        trials += found
    meter.forgo(search.algorithm, tuning.trials - len(trials))
    best_of(trials)
    return tuple(trials)


@dataclass(frozen=True)
class TrialTask:
    """A trial that an executor runs."""

    backtest: BacktestTask


@dataclass(frozen=True)
class TrialResult:
    """What came of a trial: the forecasts, or why there are none."""

    backtest: BacktestResult | None
    failure: str = ""


def run_trial(task: TrialTask) -> TrialResult:
    """Train and forecast the windows; parameters that the data do not allow fail by themselves."""
    try:
        return TrialResult(run_backtest(task.backtest))
    except InputError as error:
        return TrialResult(None, str(error))


def _run(
    search: Search,
    proposed: Sequence[Mapping[str, str]],
    executor: Executor,
    budget: Budget,
    meter: Meter,
) -> list[Trial]:
    """Some trials at the same time, in the order in which they were proposed."""
    windows = search.windows[-_MOST_WINDOWS:]
    tasks = [
        TrialTask(
            BacktestTask(
                search.algorithm,
                search.panel,
                windows,
                search.tuned(each),
                _own(budget, 1 + place // executor.workers),
            )
        )
        for place, each in enumerate(proposed)
    ]
    meter.begin([search.algorithm] * len(tasks), executor.workers)
    trials: dict[int, Trial] = {}
    for place, result in executor.map(run_trial, tasks):
        trials[place] = _trial(search, proposed[place], result)
        meter.finished(search.algorithm, trials[place].seconds)
    return [trials[place] for place in sorted(trials)]


def _trial(search: Search, parameters: Mapping[str, str], result: TrialResult) -> Trial:
    if result.backtest is None:
        return Trial(parameters, None, 0.0, result.failure)
    return Trial(parameters, search.loss(result.backtest), result.backtest.seconds)


def _own(budget: Budget, turn: int) -> Budget:
    """The budget of a trial that has its turn after as many others, less one."""
    limit = None if budget.limit is None else budget.limit / _FEWEST * turn
    return replace(budget, limit=limit, started=-1.0)


def _is_spent(budget: Budget, trials: Sequence[Trial]) -> bool:
    """Whether another round of trials would take too long."""
    return bool(trials) and not budget.allows(max(trial.seconds for trial in trials))


def _study(seed: int, ranges: Sequence[Range]) -> Study:
    """In memory, and silent; it begins with what is usual, where that is among the ranges."""
    import optuna

    optuna.logging.disable_default_handler()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5, constant_liar=True)
    study = optuna.create_study(sampler=sampler)
    usual = {each.name: _searched(each, each.usual) for each in ranges if each.usual is not None}
    if len(usual) == len(ranges):
        study.enqueue_trial(usual)
    return study


def _ask(study: Study, ranges: Sequence[Range]) -> OptunaTrial:
    return study.ask({each.name: _distribution(each) for each in ranges})


def _tell(study: Study, asked: OptunaTrial, trial: Trial) -> None:
    from optuna.trial import TrialState

    if trial.loss is None:
        study.tell(asked, state=TrialState.FAIL)
    else:
        study.tell(asked, trial.loss)


def _distribution(each: Range) -> BaseDistribution:
    from optuna import distributions

    if isinstance(each, Choice):
        return distributions.CategoricalDistribution(each.values)
    scale = each.searched
    if each.whole:
        least, most = round(each.least), round(each.most)
        return distributions.IntDistribution(least, most, log=scale == LOGARITHMIC)
    if scale == REVERSE_LOGARITHMIC:
        return distributions.FloatDistribution(1 - each.most, 1 - each.least, log=True)
    return distributions.FloatDistribution(each.least, each.most, log=scale == LOGARITHMIC)


def _parameters(ranges: Sequence[Range], asked: OptunaTrial) -> dict[str, str]:
    """What was proposed, as training parameters."""
    return {each.name: _text(each, asked.params[each.name]) for each in ranges}


def _text(each: Range, found: Any) -> str:
    if isinstance(each, Choice):
        return str(found)
    is_reverse = each.searched == REVERSE_LOGARITHMIC
    return each.text(min(max(1 - found if is_reverse else found, each.least), each.most))


def _searched(each: Range, usual: str) -> Any:
    """A value as the search has it."""
    if isinstance(each, Span):
        return round(float(usual)) if each.whole else float(usual)
    return usual

"""Running the backtests: every algorithm of a plan on every window, within the time budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.executor import Executor
from forecastle.evaluation.accuracy import AlgorithmAccuracy, window_accuracy
from forecastle.evaluation.windows import Window
from forecastle.models.base import Capability
from forecastle.models.registry import NAIVE, model
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.blend import Blend
from forecastle.training.progress import Meter
from forecastle.training.report import AUTOML, AccuracyReport, Backtest
from forecastle.training.tasks import BacktestTask, Files, run_backtest

_Windows = tuple[Window, ...]

# A global model is fitted once for this many consecutive windows.
_WINDOWS_PER_FIT = 3
_TRIAL_SERIES = 20


@dataclass(frozen=True)
class Plan:
    """Which algorithms run on which windows.

    Attributes:
        algorithms: the candidates, in the order in which a time budget is spent.
        choosing: the windows on which the blend is chosen, earliest first; all lie before
            ``reported``.
        reported: the windows whose accuracy is reported, earliest first.
        left_out: the algorithms that take no part, and why.
        trials: how many trainings may go before, to tune the one algorithm.
        ready: global algorithms that are fitted already, on data before ``reported``.
    """

    algorithms: tuple[str, ...]
    choosing: tuple[Window, ...]
    reported: tuple[Window, ...]
    left_out: Mapping[str, str]
    trials: int = 0
    ready: Mapping[str, Files] = field(default_factory=dict)

    def tasks(self) -> dict[str, int]:
        """How many tasks each algorithm has: its trials, groups of windows, and the last fit."""
        naive = {} if NAIVE in self.algorithms else {NAIVE: len(self.reported)}
        others = self.trials + 1
        return naive | {name: len(self.groups(name)) + others for name in self.algorithms}

    def groups(self, name: str) -> list[_Windows]:
        """The windows in groups for which ``name`` is fitted once, earliest first.

        The reported windows share no fit with the choosing ones.
        """
        size = _WINDOWS_PER_FIT if is_global(name) else 1
        return [
            windows[first : first + size]
            for windows in (self.choosing, self.reported)
            for first in range(0, len(windows), size)
        ]


@dataclass(frozen=True, eq=False)
class Backtesting:
    """What the algorithms forecast for every window.

    ``dropped`` names the algorithms that the time limit left out, and why. ``fits`` holds each
    algorithm as it was fitted before each reported window, if that was wanted.
    """

    panel: Panel
    spec: ForecastSpec
    plan: Plan
    quantiles: Mapping[tuple[str, Window], Floats]
    seconds: Mapping[str, float]
    dropped: Mapping[str, str]
    fits: Mapping[tuple[str, Window], Files] = field(default_factory=dict)

    @classmethod
    def run(
        cls,
        panel: Panel,
        spec: ForecastSpec,
        plan: Plan,
        executor: Executor,
        budget: Budget,
        meter: Meter,
        all_series: int | None = None,
    ) -> Backtesting:
        """Run the plan. The seasonal naive always runs on the reported windows: the yardstick.

        Args:
            panel: the series.
            spec: what is forecast.
            plan: the algorithms and the windows.
            executor: where they run.
            budget: the time that there is for all of training.
            meter: told of each task.
            all_series: where ``panel`` is a sample, of how many series: the fits are kept, and a
                time limit sets time aside for the windows of all.
        """
        runner = _Runner(panel, spec, plan, executor, budget, meter, all_series)
        if NAIVE not in plan.algorithms:
            runner.run(NAIVE, [(window,) for window in plan.reported])
        dropped: dict[str, str] = {}
        if budget.limit is None:
            # The longest tasks first, so that no worker is left with one at the end.
            names = sorted(plan.algorithms, key=lambda name: not is_global(name))
            runner.run_all([(name, group) for name in names for group in plan.groups(name)])
        else:
            dropped = runner.run_within_budget()
        known = dict.fromkeys((NAIVE, *plan.algorithms))
        pairs = [(name, w) for name in known if name not in dropped for w in plan.reported]
        fits = {} if all_series is None else {pair: runner.fits[pair] for pair in pairs}
        return cls(panel, spec, plan, runner.quantiles, runner.seconds, dropped, fits)

    def results(self, windows: Sequence[Window]) -> dict[str, Sequence[Floats]]:
        """Per algorithm that finished, its quantiles on each of some windows of the plan."""
        return {
            name: [self.quantiles[name, window] for window in windows]
            for name in self.plan.algorithms
            if name not in self.dropped
        }

    def of_blend(self, blend: Blend) -> tuple[Backtest, ...]:
        """What the blend forecasts for the reported windows."""
        return tuple(self._blended(blend, window) for window in self.plan.reported)

    def of_blend_choosing(self, blend: Blend) -> tuple[Backtest, ...]:
        """What the blend forecasts for the windows that it was chosen on."""
        return tuple(self._blended(blend, window) for window in self.plan.choosing)

    def accuracy(
        self, reported: Sequence[Backtest], metric: str, best: str | None
    ) -> AccuracyReport:
        """The accuracy of the blend, of each algorithm (best by ``metric`` first) and of the naive.

        ``best`` is the algorithm that was kept alone, if that was asked for.
        """
        everyone = [
            self._accuracy_of(name)
            for name in dict.fromkeys((NAIVE, *self.plan.algorithms))
            if name not in self.dropped
        ]
        blend = AlgorithmAccuracy(
            AUTOML,
            tuple(
                window_accuracy(self.panel, each.window, each.forecast, self.spec)
                for each in reported
            ),
            sum(accuracy.seconds for accuracy in everyone),
        )
        return AccuracyReport.of(blend, everyone, metric, best)

    def _blended(self, blend: Blend, window: Window) -> Backtest:
        quantiles = {name: self.quantiles[name, window] for name in blend.algorithms}
        history = self.panel.until(window.first, window.horizon)
        return Backtest.of(self.panel, window, blend.forecast(history, quantiles))

    def _accuracy_of(self, name: str) -> AlgorithmAccuracy:
        windows = [
            window_accuracy(
                self.panel,
                window,
                self._forecast(window, self.quantiles[name, window]),
                self.spec,
            )
            for window in self.plan.reported
        ]
        return AlgorithmAccuracy(name, tuple(windows), self.seconds[name])

    def _forecast(self, window: Window, quantiles: Floats) -> Forecast:
        start = self.panel.frequency.shift(self.panel.origin, np.array([window.first]))[0]
        return Forecast(self.panel.frequency, self.panel.keys, start, quantiles)


def is_global(name: str) -> bool:
    """Whether the algorithm learns one model from all series, which takes its time."""
    return Capability.GLOBAL in model(name).capabilities


class _Runner:
    """Hands backtests to the executor and the meter informed."""

    def __init__(
        self,
        panel: Panel,
        spec: ForecastSpec,
        plan: Plan,
        executor: Executor,
        budget: Budget,
        meter: Meter,
        all_series: int | None,
    ) -> None:
        self._panel, self._spec, self._plan = panel, spec, plan
        self._executor, self._budget, self._meter = executor, budget, meter
        self._keep = all_series is not None
        self._times_sample = (all_series or 0) / max(panel.n_series, 1)
        self.quantiles: dict[tuple[str, Window], Floats] = {}
        self.fits: dict[tuple[str, Window], Files] = {}
        self.seconds: dict[str, float] = defaultdict(float)

    def run(self, name: str, groups: Sequence[_Windows]) -> None:
        """Backtest one algorithm on groups of windows."""
        self.run_all([(name, group) for group in groups])

    def run_all(self, pairs: Sequence[tuple[str, _Windows]]) -> None:
        """Backtest each pair of algorithm and group of windows."""
        tasks = [
            BacktestTask(
                name,
                self._panel,
                group,
                self._spec,
                self._budget,
                self._wanted(group),
                self._plan.ready.get(name) if group[0] in self._plan.reported else None,
            )
            for name, group in pairs
        ]
        self._meter.begin([name for name, _ in pairs], self._executor.workers)
        for index, result in self._executor.map(run_backtest, tasks):
            name, group = pairs[index]
            self.quantiles |= {
                (name, window): quantiles
                for window, quantiles in zip(group, result.quantiles, strict=True)
            }
            if result.files is not None:
                self.fits |= dict.fromkeys(((name, window) for window in group), result.files)
            self.seconds[name] += result.seconds
            self._meter.finished(name, result.seconds, self._day(group[-1]))

    def run_within_budget(self) -> dict[str, str]:
        """Algorithm by algorithm while the time lasts; returns those left out, with the reason.

        The first group of an algorithm shows what the others and the final fit will take.
        """
        dropped: dict[str, str] = {}
        reserved = 0.0
        for name in self._plan.algorithms:
            first, *others = self._plan.groups(name)
            if name != NAIVE and not self._budget.allows(reserved + self._least(name, first)):
                dropped[name] = "the time limit would be reached before it is done"
                self._meter.drop(name)
                continue
            self.run(name, [first])
            seconds = self.seconds[name]
            needed = seconds * (1 + len(others) / self._executor.workers)
            everywhere = self._for_all(name, seconds)
            needed += everywhere
            if name != NAIVE and not self._budget.allows(reserved + needed):
                dropped[name] = f"it takes {seconds:.1f} s a fit, too long for the time limit"
                self._meter.drop(name)
                continue
            self.run(name, others)
            reserved += seconds + everywhere
        return dropped

    def _wanted(self, group: _Windows) -> bool:
        return self._keep and group[0] in self._plan.reported

    def _for_all(self, name: str, seconds: float) -> float:
        """Seconds that the reported windows of all series will take, where these are a sample.

        What a global algorithm takes is its fit, which serves them all.
        """
        if is_global(name):
            return 0.0
        windows = len(self._plan.reported)
        return seconds * self._times_sample * windows / self._executor.workers

    def _least(self, name: str, windows: _Windows) -> float:
        """Seconds that a local algorithm needs for all series, tried on a few; else zero.

        A global one looks at the budget itself while it is fitted.
        """
        n_series = self._panel.n_series
        if is_global(name) or n_series < 10 * _TRIAL_SERIES:
            return 0.0
        few = self._panel.select(np.linspace(0, n_series - 1, _TRIAL_SERIES).astype(np.int64))
        task = BacktestTask(name, few, windows, self._spec, self._budget)
        (_, result), *_ = self._executor.map(run_backtest, [task])
        return result.seconds * n_series / _TRIAL_SERIES

    def _day(self, window: Window) -> str:
        start = self._panel.frequency.shift(self._panel.origin, np.array([window.first]))[0]
        return str(start.astype("datetime64[D]"))

"""Running the backtests: every algorithm of a plan on every window, within the time budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.core.budget import Budget, Progress, ProgressListener
from forecastle.core.executor import Executor
from forecastle.evaluation.accuracy import AlgorithmAccuracy, window_accuracy
from forecastle.evaluation.windows import Window
from forecastle.models.registry import NAIVE
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.blend import Blend
from forecastle.training.cold_start import fill_cold_starts
from forecastle.training.report import AUTOML, AccuracyReport, Backtest
from forecastle.training.tasks import BacktestResult, BacktestTask, run_backtest

Floats = npt.NDArray[np.float64]
_Results = dict[tuple[str, Window], BacktestResult]


@dataclass(frozen=True)
class Plan:
    """Which algorithms run on which windows.

    Attributes:
        algorithms: the candidates, in the order in which a time budget is spent.
        choosing: the windows on which the blend is chosen, earliest first; all lie before
            ``reported``.
        reported: the windows whose accuracy is reported, earliest first.
        left_out: the algorithms that take no part, and why.
    """

    algorithms: tuple[str, ...]
    choosing: tuple[Window, ...]
    reported: tuple[Window, ...]
    left_out: Mapping[str, str]

    @property
    def windows(self) -> tuple[Window, ...]:
        """All windows, earliest first."""
        return (*self.choosing, *self.reported)


@dataclass(frozen=True, eq=False)
class Backtesting:
    """What the algorithms forecast for every window.

    ``dropped`` names the algorithms that the time limit left out, and why.
    """

    panel: Panel
    spec: ForecastSpec
    plan: Plan
    results: Mapping[tuple[str, Window], BacktestResult]
    dropped: Mapping[str, str]

    @classmethod
    def run(
        cls,
        panel: Panel,
        spec: ForecastSpec,
        plan: Plan,
        executor: Executor,
        budget: Budget,
        progress: ProgressListener,
    ) -> Backtesting:
        """Run the plan. The seasonal naive always runs on the reported windows: the yardstick."""
        runner = _Runner(panel, spec, plan, executor, budget, progress)
        yardstick = [(NAIVE, w) for w in plan.reported] if NAIVE not in plan.algorithms else []
        if budget.limit is None:
            every = [(name, window) for name in plan.algorithms for window in plan.windows]
            runner.run([*yardstick, *every])
            return cls(panel, spec, plan, runner.results, {})
        runner.run(yardstick)
        return cls(panel, spec, plan, runner.results, runner.run_within_budget())

    def choosing_results(self) -> dict[str, Sequence[Floats]]:
        """Per algorithm that finished, its quantiles on each choosing window."""
        return {
            name: [self.results[name, window].quantiles for window in self.plan.choosing]
            for name in self.plan.algorithms
            if name not in self.dropped
        }

    def of_blend(self, blend: Blend) -> tuple[Backtest, ...]:
        """What the blend forecasts for the reported windows."""
        return tuple(self._blended(blend, window) for window in self.plan.reported)

    def accuracy(self, reported: Sequence[Backtest]) -> AccuracyReport:
        """The accuracy of the blend, of each algorithm (best first) and of the naive."""
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
        ranked = sorted(everyone, key=lambda each: each.summary.average_weighted_quantile_loss)
        return AccuracyReport(blend, tuple(ranked), everyone[0])

    def _blended(self, blend: Blend, window: Window) -> Backtest:
        quantiles = {name: self.results[name, window].quantiles for name in blend.algorithms}
        history = self.panel.until(window.first, window.horizon)
        forecast = fill_cold_starts(self._forecast(window, blend.combine(quantiles)), history)
        return Backtest(window, forecast, self.panel.actuals(window.first, window.horizon)[0])

    def _accuracy_of(self, name: str) -> AlgorithmAccuracy:
        windows = [
            window_accuracy(
                self.panel,
                window,
                self._forecast(window, self.results[name, window].quantiles),
                self.spec,
            )
            for window in self.plan.reported
        ]
        seconds = sum(
            result.seconds for (algorithm, _), result in self.results.items() if algorithm == name
        )
        return AlgorithmAccuracy(name, tuple(windows), seconds)

    def _forecast(self, window: Window, quantiles: Floats) -> Forecast:
        start = self.panel.frequency.shift(self.panel.origin, np.array([window.first]))[0]
        return Forecast(self.panel.frequency, self.panel.keys, start, quantiles)


class _Runner:
    """Hands backtests to the executor and keeps the listener informed."""

    def __init__(
        self,
        panel: Panel,
        spec: ForecastSpec,
        plan: Plan,
        executor: Executor,
        budget: Budget,
        progress: ProgressListener,
    ) -> None:
        self._panel, self._spec, self._plan = panel, spec, plan
        self._executor, self._budget, self._progress = executor, budget, progress
        self._total = len(plan.algorithms) * len(plan.windows)
        self.results: _Results = {}

    def run(self, pairs: Sequence[tuple[str, Window]]) -> None:
        """Backtest each pair of algorithm and window."""
        tasks = [
            BacktestTask(name, self._panel, window, self._spec, self._budget)
            for name, window in pairs
        ]
        for index, result in self._executor.map(run_backtest, tasks):
            name, window = pairs[index]
            self.results[name, window] = result
            self._tell(name, window)

    def run_within_budget(self) -> dict[str, str]:
        """Algorithm by algorithm while the time lasts; returns those left out, with the reason.

        The first window of an algorithm shows what the others and the final fit will take.
        """
        dropped: dict[str, str] = {}
        reserved = 0.0
        first, *others = self._plan.windows
        for name in self._plan.algorithms:
            if name != NAIVE and not self._budget.allows(reserved):
                dropped[name] = "the time limit was reached before its turn"
                continue
            self.run([(name, first)])
            seconds = self.results[name, first].seconds
            needed = seconds * (1 + len(others) / self._executor.workers)
            if name != NAIVE and not self._budget.allows(reserved + needed):
                dropped[name] = f"it takes {seconds:.1f} s a window, too long for the time limit"
                continue
            self.run([(name, window) for window in others])
            reserved += seconds
        return dropped

    def _tell(self, name: str, window: Window) -> None:
        start = self._panel.frequency.shift(self._panel.origin, np.array([window.first]))[0]
        done = min(len(self.results), self._total)
        self._progress(Progress(done, self._total, name, str(start.astype("datetime64[D]"))))

"""Backtests of a large group: every shard forecasts the reported windows with what the sample fit.

So the accuracy that is reported is that of all series, though the algorithms were chosen on some.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecastle.core.executor import Executor
from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import AlgorithmAccuracy, WindowAccuracy, window_accuracy
from forecastle.evaluation.pooling import Sizes, pooled
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.blend import Blend
from forecastle.training.progress import Meter
from forecastle.training.report import AUTOML, AccuracyReport, Backtest
from forecastle.training.shards import Shards
from forecastle.training.tasks import Files, ForecastTask, run_forecast

Fits = Mapping[tuple[str, Window], Files]
"""Each algorithm as it was fitted before each reported window."""


@dataclass(frozen=True)
class ShardBacktestTask:
    """Forecast windows of one shard with algorithms that were fitted on the sample.

    Attributes:
        panel: the shard.
        fits: of every algorithm whose accuracy is reported.
        blend: with the shares of the shard's series.
        spec: what is forecast.
    """

    panel: Panel
    fits: Fits
    blend: Blend
    spec: ForecastSpec


@dataclass(frozen=True, eq=False)
class ShardWindow:
    """One window of one shard.

    Attributes:
        quantiles: ``[n_series, horizon, len(GRID)]`` of the blend.
        scored: ``[n_series]`` which series count.
        scale: ``[n_series]`` for MASE.
        sizes: what the accuracies are over.
        accuracy: of each algorithm, and of the blend as `AUTOML`.
        seconds: that each algorithm took.
    """

    quantiles: Floats
    scored: npt.NDArray[np.bool_]
    scale: Floats
    sizes: Sizes
    accuracy: Mapping[str, WindowAccuracy]
    seconds: Mapping[str, float]


def run_shard_backtest(task: ShardBacktestTask) -> list[ShardWindow]:
    """All windows of one shard, earliest first."""
    return [_window(task, window) for window in _windows_of(task.fits)]


def _window(task: ShardBacktestTask, window: Window) -> ShardWindow:
    history = task.panel.until(window.first, window.horizon)
    quantiles: dict[str, Floats] = {}
    seconds: dict[str, float] = {}
    for name, when in task.fits:
        if when == window:
            started = time.perf_counter()
            fitted = ForecastTask(name, task.fits[name, window], history)
            quantiles[name] = run_forecast(fitted)
            seconds[name] = time.perf_counter() - started
    forecasts = {name: Forecast.after(history, found) for name, found in quantiles.items()}
    forecasts[AUTOML] = task.blend.forecast(history, quantiles)
    test = Backtest.of(task.panel, window, forecasts[AUTOML])
    return ShardWindow(
        quantiles=test.forecast.quantiles,
        scored=test.scored,
        scale=test.scale,
        sizes=Sizes.of(task.panel, window, test.scale),
        accuracy={
            name: window_accuracy(task.panel, window, each, task.spec)
            for name, each in forecasts.items()
        },
        seconds=seconds,
    )


@dataclass(frozen=True, eq=False)
class ShardedBacktests:
    """The reported windows over all series.

    Attributes:
        backtests: of the blend, earliest first.
        algorithms: the accuracy of each algorithm, in the order in which they were fitted.
        blend: the accuracy of the blend.
    """

    backtests: tuple[Backtest, ...]
    algorithms: tuple[AlgorithmAccuracy, ...]
    blend: AlgorithmAccuracy

    def report(self, metric: str, best: str | None) -> AccuracyReport:
        """See `AccuracyReport.of`."""
        return AccuracyReport.of(self.blend, self.algorithms, metric, best)


def backtest_in_shards(
    panel: Panel,
    spec: ForecastSpec,
    fits: Fits,
    blend: Blend,
    shards: Shards,
    executor: Executor,
    meter: Meter,
) -> ShardedBacktests:
    """Forecast the reported windows of all series.

    Args:
        panel: all series.
        spec: what is forecast.
        fits: the algorithms in the order of the report, the seasonal naive first.
        blend: with the shares of all series.
        shards: of the series.
        executor: where the shards are forecast.
        meter: told of each shard, as of a task of `AUTOML`.
    """
    gathered = _Gathered(panel, fits)
    meter.begin([AUTOML] * shards.count, executor.workers)
    tasks = (
        ShardBacktestTask(part, fits, blend.of_series(shards.rows(shard)), spec)
        for shard, part in enumerate(shards.panels(panel))
    )
    for shard, windows in executor.map(run_shard_backtest, tasks):
        gathered.add(shard, shards.rows(shard), windows)
        meter.finished(AUTOML, sum(sum(each.seconds.values()) for each in windows))
    return gathered.result()


class _Gathered:
    """What the shards gave, put where it belongs as it comes."""

    def __init__(self, panel: Panel, fits: Fits) -> None:
        self._panel = panel
        self._algorithms = list(dict.fromkeys(name for name, _ in fits))
        self._windows = _windows_of(fits)
        shape = (len(self._windows), panel.n_series)
        self._quantiles = np.empty((*shape, self._windows[0].horizon, len(GRID)))
        self._scored = np.empty(shape, dtype=bool)
        self._scale = np.empty(shape)
        self._parts: dict[int, Sequence[ShardWindow]] = {}

    def add(self, shard: int, rows: Integers, windows: Sequence[ShardWindow]) -> None:
        for k, each in enumerate(windows):
            self._quantiles[k, rows] = each.quantiles
            self._scored[k, rows] = each.scored
            self._scale[k, rows] = each.scale
        self._parts[shard] = [replace(each, quantiles=np.empty(0)) for each in windows]

    def result(self) -> ShardedBacktests:
        return ShardedBacktests(
            tuple(self._backtest(k) for k in range(len(self._windows))),
            tuple(self._accuracy(name, (name,)) for name in self._algorithms),
            self._accuracy(AUTOML, self._algorithms),
        )

    def _backtest(self, k: int) -> Backtest:
        panel, window = self._panel, self._windows[k]
        start = panel.frequency.shift(panel.origin, np.array([window.first]))[0]
        forecast = Forecast(panel.frequency, panel.keys, start, self._quantiles[k])
        actual, _ = panel.actuals(window.first, window.horizon)
        return Backtest(window, forecast, actual, self._scored[k], self._scale[k])

    def _accuracy(self, name: str, timed: Sequence[str]) -> AlgorithmAccuracy:
        # In the order of the shards, so that the last digits do not depend on who was first.
        shards = [self._parts[shard] for shard in sorted(self._parts)]
        windows = [
            pooled([part[k].accuracy[name] for part in shards], [part[k].sizes for part in shards])
            for k in range(len(self._windows))
        ]
        seconds = sum(part.seconds[each] for parts in shards for part in parts for each in timed)
        return AlgorithmAccuracy(name, tuple(windows), seconds)


def _windows_of(fits: Fits) -> list[Window]:
    """The windows, earliest first."""
    return sorted({window for _, window in fits}, key=lambda window: window.first)

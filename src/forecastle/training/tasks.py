"""The pieces of training that an Executor runs: plain data in, plain data out."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from forecastle.core.budget import Budget
from forecastle.evaluation.windows import Window
from forecastle.models.base import FittedModel
from forecastle.models.registry import model
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.ordering import ordered

Quantiles = npt.NDArray[np.float64]
Files = Mapping[str, bytes]
"""What `FittedModel.save` wrote, by file name: a fitted model that can travel."""


@dataclass(frozen=True)
class BacktestTask:
    """Fit ``algorithm`` on what lay before the first of ``windows`` and forecast each of them.

    For the later windows the fitted model is given the history up to them, as a predictor in
    use is given new data without being trained again. ``keep``: the fitted model is wanted too.
    ``fitted``: there is one already, which saw nothing of the windows.
    """

    algorithm: str
    panel: Panel
    windows: tuple[Window, ...]
    spec: ForecastSpec
    budget: Budget
    keep: bool = False
    fitted: Files | None = None


@dataclass(frozen=True)
class BacktestResult:
    """Per window the quantiles ``[n_series, horizon, len(GRID)]``, in order; seconds in all; the
    fitted model if it was wanted.
    """

    quantiles: tuple[Quantiles, ...]
    seconds: float
    files: Files | None = None


@dataclass(frozen=True)
class FitTask:
    """Fit ``algorithm`` on all of ``panel``."""

    algorithm: str
    panel: Panel
    spec: ForecastSpec
    budget: Budget


@dataclass(frozen=True)
class ForecastTask:
    """Forecast the steps after ``history`` with a fitted algorithm."""

    algorithm: str
    files: Files
    history: Panel


def run_backtest(task: BacktestTask) -> BacktestResult:
    """One algorithm, consecutive windows."""
    started = time.perf_counter()
    fitted = _fitted(task)
    quantiles = []
    for window in task.windows:
        history = task.panel.until(window.first, window.horizon)
        quantiles.append(ordered(fitted.predict(history), history).quantiles)
    files = files_of(fitted) if task.keep else None
    return BacktestResult(tuple(quantiles), time.perf_counter() - started, files)


def _fitted(task: BacktestTask) -> FittedModel:
    if task.fitted is not None:
        return loaded(task.algorithm, task.fitted)
    first = task.windows[0]
    train = task.panel.until(first.first, first.horizon)
    return model(task.algorithm).fit(train, task.spec, task.budget)


def run_fit(task: FitTask) -> Files:
    """One algorithm on everything, as files."""
    # On a cluster the workers, of which the threads were counted, may be on several machines.
    threads = min(task.budget.threads, os.cpu_count() or 1)
    budget = replace(task.budget, threads=threads)
    fitted = model(task.algorithm).fit(task.panel, task.spec, budget)
    return files_of(fitted)


def run_forecast(task: ForecastTask) -> Quantiles:
    """One member's quantiles, in order."""
    forecast = loaded(task.algorithm, task.files).predict(task.history)
    return ordered(forecast, task.history).quantiles


def loaded(algorithm: str, files: Files) -> FittedModel:
    """The model that `files_of` wrote."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        return model(algorithm).load(folder)


def files_of(fitted: FittedModel) -> Files:
    """What the model saves, read back as bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fitted.save(folder)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

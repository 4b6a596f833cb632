"""The blend in windows too early for AutoML to train there: two others are its evidence.

AutoML keeps windows back to choose the blend on and to see how series go together. Before early
windows so little history is then left that only the simplest members can be tried. Here the members
are fitted before each window on all that was known, and what AutoML finds on windows before is
found on the other windows, earlier or later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.cases import DEMAND, TIME, Case
from benchmarks.deep import panel_of
from forecastle.core.budget import Budget
from forecastle.evaluation.windows import Window
from forecastle.models.registry import REGISTRY
from forecastle.series.forecast import Forecast
from forecastle.series.groups import series_table
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.blend import Blend, choose_blend
from forecastle.training.dependence import Dependence, estimate_dependence
from forecastle.training.report import Backtest
from forecastle.training.tasks import BacktestTask, run_backtest


@dataclass(frozen=True, eq=False)
class Blended:
    """A window as the blend forecasts it, and what came true.

    Attributes:
        forecast: of all series.
        dependence: how they go together, by the other windows.
        series: a row per series, as in the forecast.
        actual: a row per series and step.
    """

    forecast: Forecast
    dependence: Dependence
    series: pl.DataFrame
    actual: pl.DataFrame


def blended_before(case: Case, count: int) -> Iterator[Blended]:
    """The last windows before a case's that do not overlap, earliest first.

    Args:
        case: what lies in its last window and after is not seen.
        count: how many; one alone has no other to learn from.
    """
    if not count:
        return
    panel, spec = panel_of(case)
    first = panel.n_time - count * case.horizon
    windows = [Window(first + k * case.horizon, case.horizon) for k in range(count)]
    members = _members(panel, spec, windows)
    for place, window in enumerate(windows):
        others = [k for k in range(count) if k != place]
        results = {name: [found[k] for k in others] for name, found in members.items()}
        blend = choose_blend(panel, [windows[k] for k in others], results, spec)
        evidence = [
            Backtest.of(panel, windows[k], _forecast(blend, panel, windows[k], members, k))
            for k in others
        ]
        forecast = _forecast(blend, panel, window, members, place)
        dependence = estimate_dependence(evidence, panel)
        yield Blended(forecast, dependence, series_table(panel), _actual(panel, window))


def _members(
    panel: Panel, spec: ForecastSpec, windows: list[Window]
) -> dict[str, tuple[Floats, ...]]:
    """Per algorithm that all windows allow, its quantiles of each, fitted before each."""
    earliest = panel.until(windows[0].first, spec.horizon)
    return {
        name: tuple(
            run_backtest(BacktestTask(name, panel, (window,), spec, Budget())).quantiles[0]
            for window in windows
        )
        for name, entry in REGISTRY.items()
        if not entry.left_out(panel.n_series) and not entry.model.unsuited(earliest, spec)
    }


def _forecast(
    blend: Blend,
    panel: Panel,
    window: Window,
    members: dict[str, tuple[Floats, ...]],
    place: int,
) -> Forecast:
    """The blend's, of a window; its members' results are at ``place``."""
    history = panel.until(window.first, window.horizon)
    return blend.forecast(history, {name: found[place] for name, found in members.items()})


def _actual(panel: Panel, window: Window) -> pl.DataFrame:
    """What came true in a window, as `Case.actuals` gives it."""
    actual, _ = panel.actuals(window.first, window.horizon)
    times = panel.times[window.first : window.first + window.horizon].astype("datetime64[D]")
    rows = np.repeat(np.arange(panel.n_series), window.horizon)
    return panel.keys[rows].with_columns(
        pl.Series(TIME, np.tile(times, panel.n_series)),
        pl.Series(DEMAND, np.nan_to_num(actual).ravel()),
    )

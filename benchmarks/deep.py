"""What the neural models add to the blend, on windows before the reported ones.

    python -m benchmarks.deep [--case skus] [--windows 3] [--deep CNN-QR,Deep_AR_Plus] [--data DIR]

Prints, as Markdown, the loss of each algorithm alone, of AutoML's blend without a neural model and
of the blend with it, on the second to last window of the case and those before; and the seconds
of one fit and its forecasts. Runs on a GPU where PyTorch sees one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.cases import CASES, FOLDER, Case
from forecastle.core.budget import Budget
from forecastle.evaluation.accuracy import window_accuracy
from forecastle.evaluation.windows import Window
from forecastle.library.settings import Settings
from forecastle.library.sources import read_tables
from forecastle.models.base import Capability
from forecastle.models.registry import REGISTRY
from forecastle.series.building import build_panel
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import choosing_windows
from forecastle.training.blend import choose_blend
from forecastle.training.tasks import BacktestTask, run_backtest

Quantiles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """What the algorithms forecast for one window and for those that choose.

    Attributes:
        panel: with the actuals.
        spec: what is forecast.
        window: that is judged.
        choosing: the windows before it.
        judged: per algorithm its quantiles of ``window``.
        chosen_on: per algorithm its quantiles of each choosing window.
        seconds: per algorithm, of the fit and forecast for ``window``.
    """

    panel: Panel
    spec: ForecastSpec
    window: Window
    choosing: tuple[Window, ...]
    judged: Mapping[str, Quantiles]
    chosen_on: Mapping[str, tuple[Quantiles, ...]]
    seconds: Mapping[str, float]

    def loss(self, quantiles: Quantiles) -> float:
        """The average wQL in the window."""
        start = self.panel.future_times(1)[0]
        forecast = Forecast(self.panel.frequency, self.panel.keys, start, quantiles)
        found = window_accuracy(self.panel, self.window, forecast, self.spec)
        return found.metrics.average_weighted_quantile_loss

    def blended(self, without: tuple[str, ...]) -> float:
        """The loss of AutoML's blend of all algorithms but some."""
        results = {name: q for name, q in self.chosen_on.items() if name not in without}
        blend = choose_blend(self.panel, self.choosing, results, self.spec)
        return self.loss(blend.combine(self.judged))


def panel_of(case: Case) -> tuple[Panel, ForecastSpec]:
    """What is known before the case's last window."""
    settings = Settings(
        horizon=case.horizon,
        frequency=case.frequency,
        holidays=case.country,
        quantiles=("0.1", "0.5", "0.9"),
    )
    sales = case.training(case.windows[-1])
    tables, _, recipe = read_tables(sales, case.known, case.static, settings)
    built = build_panel(tables.target, recipe, case.horizon, tables.related, tables.metadata)
    return built.panel, settings.forecast_spec()


def trials(case: Case, count: int, deep: tuple[str, ...]) -> Iterator[Trial]:
    """The windows from the second to last back."""
    panel, spec = panel_of(case)
    for number in range(1, count + 1):
        window = Window(panel.n_time - number * case.horizon, case.horizon)
        yield _trial(panel, spec, window, deep)


def _trial(panel: Panel, spec: ForecastSpec, window: Window, deep: tuple[str, ...]) -> Trial:
    choosing = choosing_windows(panel, spec, window.first)
    earliest = panel.until(choosing[0].first, spec.horizon)
    judged, chosen_on, seconds = {}, {}, {}
    for name, entry in REGISTRY.items():
        left_out = None if name in deep else entry.left_out(earliest.n_series)
        if left_out or entry.model.unsuited(earliest, spec):
            continue
        found = run_backtest(BacktestTask(name, panel, (window,), spec, Budget()))
        judged[name], seconds[name] = found.quantiles[0], found.seconds
        is_global = Capability.GLOBAL in entry.model.capabilities
        groups = [choosing] if is_global else [(each,) for each in choosing]
        tasks = [BacktestTask(name, panel, group, spec, Budget()) for group in groups]
        chosen_on[name] = tuple(q for task in tasks for q in run_backtest(task).quantiles)
    return Trial(panel, spec, window, choosing, judged, chosen_on, seconds)


def table(found: list[Trial], deep: tuple[str, ...]) -> str:
    """A line per algorithm and per blend, a column per window, the earliest last."""
    names = sorted({name for trial in found for name in trial.judged})
    lines = [
        _line(
            name,
            [trial.loss(trial.judged[name]) if name in trial.judged else np.nan for trial in found],
            _seconds(name, found),
        )
        for name in names
    ]
    lines.append(_line("AutoML without", [trial.blended(deep) for trial in found]))
    for name in deep:
        others = tuple(other for other in deep if other != name)
        lines.append(_line(f"AutoML with {name}", [trial.blended(others) for trial in found]))
    if len(deep) > 1:
        lines.append(_line("AutoML with all of them", [trial.blended(()) for trial in found]))
    steps = [str(trial.panel.future_times(1)[0])[:10] for trial in found[:1]]
    head = f"| known until {steps[0]} | {' | '.join(f'-{k + 2}' for k in range(len(found)))} |"
    rule = ["---", *["---:"] * (len(found) + 2)]
    return "\n".join([f"{head} mean | seconds |", f"| {' | '.join(rule)} |", *lines])


def _seconds(name: str, found: list[Trial]) -> str:
    return f"{np.mean([t.seconds[name] for t in found if name in t.seconds]):.0f}"


def _line(title: str, losses: list[float], seconds: str = "") -> str:
    cells = [f"{loss:.4f}" for loss in (*losses, float(np.mean(losses)))]
    return f"| {' | '.join([title, *cells, seconds])} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deep")
    parser.add_argument("--case", choices=CASES, default="skus")
    parser.add_argument("--windows", type=int, default=3, help="how many, default 3")
    parser.add_argument("--deep", default="CNN-QR,Deep_AR_Plus", help="the models to try")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the data")
    options = parser.parse_args(sys.argv[1:])
    deep = tuple(options.deep.split(","))
    print(table(list(trials(CASES[options.case](options.data), options.windows, deep)), deep))
    return 0


if __name__ == "__main__":
    sys.exit(main())

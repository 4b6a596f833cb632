"""How often totals come in within their 80 % intervals: Walmart's stores, departments and all.

    python -m benchmarks.totals [--windows 3] [--before 3] [--algorithms NAMES]
        [--backtest-windows 1]

For each of the last windows that do not overlap a predictor is trained on what was known before
(AutoML with its defaults), and forecasts 12 weeks. With ``--before`` as many windows before those
come first in the table, each blended with the others of them as evidence
(`benchmarks.totals_before`). Sums over all series, by store and by
department, of each week and of all 12, are held against what came true: the totals of the
forecast, those of series that were independent, and sums of the series' quantiles. The width is
that of the intervals together, as a share of the sales.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.cases import DEMAND, FOLDER, ITEM, TIME, Case, Window, walmart
from benchmarks.totals_before import blended_before
from forecastle.library.prediction import Prediction
from forecastle.library.predictor import Predictor
from forecastle.series.forecast import Forecast
from forecastle.series.groups import series_table
from forecastle.training.dependence import INDEPENDENT, Dependence
from forecastle.training.totals_table import totals_table

Floats = npt.NDArray[np.float64]

_WINDOWS = 3
_LEVELS = ("0.1", "0.9")
_GROUPS = {"all series": None, "stores": "Store", "departments": "dept"}
_WAYS = ("totals", "independent", "sums of quantiles")


@dataclass(frozen=True)
class Interval:
    """Intervals of sums, and what came true.

    Attributes:
        low: the lower ends.
        high: the upper ends.
        actual: what came true.
    """

    low: Floats
    high: Floats
    actual: Floats

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which came in within."""
        return (self.low <= self.actual) & (self.actual <= self.high)

    @property
    def width(self) -> float:
        """Of all intervals together, as a share of what came true."""
        return float((self.high - self.low).sum() / self.actual.sum())


Row = tuple[str, str, str]
"""Which sums, over which time, found in which way."""


def windows(case: Case, count: int) -> list[Case]:
    """The last windows of a case that do not overlap, earliest first, each as a case."""
    last, step = case.last_days[-1], timedelta(weeks=case.horizon)
    return [replace(case, last_days=(last - step * back,)) for back in reversed(range(count))]


def predict(
    case: Case, window: Window, algorithms: tuple[str, ...], backtest_windows: int
) -> Prediction:
    """The forecast of a window by a predictor that knows what was before."""
    known = case.known
    predictor = Predictor.train(
        case.training(window),
        horizon=case.horizon,
        frequency=case.frequency,
        related=None if known is None else known.filter(pl.col(TIME) <= window.last),
        metadata=case.static,
        algorithms=algorithms,
        backtest_windows=backtest_windows,
    )
    print(predictor.trained.dependence, predictor.trained.weights, flush=True)
    return predictor.predict()


def intervals(
    forecast: Forecast, dependence: Dependence, series: pl.DataFrame, actual: pl.DataFrame
) -> Iterator[tuple[Row, Interval]]:
    """The intervals of each kind of sum, over each time, found in each way.

    Args:
        forecast: of all series.
        dependence: how they go together.
        series: a row per series, as in the forecast.
        actual: what came true, a row per series and step.
    """
    named = actual.join(series.select(ITEM, "Store", "dept"), on=ITEM, how="inner")
    rows = np.repeat(np.arange(len(series)), forecast.horizon)
    steps = np.tile(np.arange(forecast.horizon), len(series))
    low, high = (forecast.of_type(level).ravel() for level in _LEVELS)
    sums = series[rows].with_columns(step=steps, p10=low, p90=high)
    for name, by in _GROUPS.items():
        keys = [] if by is None else [by]
        honest, alone = (
            totals_table(forecast, series, by, each, _LEVELS) for each in (dependence, INDEPENDENT)
        )
        for time, steps_of in (("a week", [TIME]), ("12 weeks", [])):
            true = _summed(named, [*keys, *steps_of], [DEMAND])[DEMAND].to_numpy()
            added = _summed(sums, [*keys, *(["step"] if steps_of else [])], ["p10", "p90"])
            one_step = pl.col(TIME).is_not_null() if steps_of else pl.col(TIME).is_null()
            tables = (honest.filter(one_step), alone.filter(one_step), added)
            for way, found in zip(_WAYS, tables, strict=True):
                ends = (found["p10"].to_numpy(), found["p90"].to_numpy())
                yield (name, time, way), Interval(*ends, true)


def _summed(rows: pl.DataFrame, names: list[str], values: list[str]) -> pl.DataFrame:
    """Sums by group and time, in that order."""
    sums = pl.col(values).sum()
    return rows.group_by(names).agg(sums).sort(names) if names else rows.select(sums)


def report(found: list[dict[Row, Interval]]) -> str:
    """A table in Markdown: coverage and mean width; of totals in each window too."""
    names = [f"window {k + 1}" for k in range(len(found))]
    others = [f"{way}: {what}" for way in _WAYS[1:] for what in ("inside", "width")]
    head = ["sums of", "over", *names, "pooled", "width", *others]
    lines = [f"| {' | '.join(head)} |", f"| --- | --- |{' ---: |' * (len(head) - 2)}"]
    for name, time, way in found[0]:
        if way == _WAYS[0]:
            each = [window[name, time, way].inside.mean() for window in found]
            ways = [_pooled([window[name, time, way] for window in found]) for way in _WAYS]
            shares = [*each, *(share for pair in ways for share in pair)]
            cells = " | ".join(f"{share:.1%}" for share in shares)
            lines.append(f"| {name} | {time} | {cells} |")
    return "\n".join(lines)


def _pooled(found: list[Interval]) -> tuple[float, float]:
    """The coverage of all intervals, and the mean width of the windows."""
    inside = np.concatenate([each.inside for each in found])
    return float(inside.mean()), float(np.mean([each.width for each in found]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, default=_WINDOWS)
    parser.add_argument("--before", type=int, default=0, help="windows before those, 3 or more")
    parser.add_argument("--algorithms", default="", help="names; empty: AutoML")
    parser.add_argument("--backtest-windows", type=int, default=1)
    parser.add_argument("--data", type=Path, default=FOLDER)
    given = parser.parse_args()
    algorithms = tuple(filter(None, given.algorithms.split(",")))
    cases = windows(walmart(given.data), given.windows)
    found = [
        dict(intervals(each.forecast, each.dependence, each.series, each.actual))
        for each in blended_before(cases[0], given.before)
    ]
    for case in cases:
        window = case.windows[0]
        prediction = predict(case, window, algorithms, given.backtest_windows)
        dependence, series = prediction.dependence, series_table(prediction.panel)
        actual = case.actuals(window)
        found.append(
            dict(intervals(prediction.forecast, dependence or INDEPENDENT, series, actual))
        )
        print(report(found), flush=True)


if __name__ == "__main__":
    main()

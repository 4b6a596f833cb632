"""Seconds and accuracy of a retraining beside those of a search, on the same data in the same run.

``python -m benchmarks.retraining`` trains on the sales until some steps before a window (`--newer`;
a horizon); then, with those steps, it searches anew and retrains, and both forecast the window: all
in one process, so that the seconds compare. `--cases`, `--windows`, `--series` as of `benchmarks`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.cases import CASES, FOLDER, TIME, Case, Window
from benchmarks.scoring import score
from forecastle import Predictor

_STEP = {"D": timedelta(days=1), "W": timedelta(weeks=1)}
_HEADER = """\
| case | series | windows | search s | retraining s | ratio | wQL search | wQL retraining | kept |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


@dataclass(frozen=True)
class Beside:
    """A window: seconds and average wQL of a search and of a retraining."""

    seconds: tuple[float, float]
    losses: tuple[float, float]
    kept: bool


def main() -> int:
    options = _parsed()
    print(_HEADER)
    for name in options.cases.split(","):
        case = CASES[name](options.data).smaller(options.windows, options.series)
        print(_row(case, [_beside(case, window, options.newer) for window in case.windows]))
    return 0


def _beside(case: Case, window: Window, newer: int | None) -> Beside:
    steps = case.horizon if newer is None else newer
    sales = case.training(window)
    older = sales.filter(pl.col(TIME) < window.first - steps * _STEP[case.frequency])
    earlier = Predictor.train(older, **_options(case))
    started = time.perf_counter()
    searched = Predictor.train(sales, **_options(case))
    between = time.perf_counter()
    retrained = earlier.retrain(sales, related=case.known, metadata=case.static)
    ended = time.perf_counter()
    kept = retrained.trained.origin.retraining
    return Beside(
        (between - started, ended - between),
        (_loss(case, window, searched), _loss(case, window, retrained)),
        kept is not None and kept.kept,
    )


def _options(case: Case) -> dict[str, Any]:
    return {
        "horizon": case.horizon,
        "frequency": case.frequency,
        "holidays": case.country,
        "quantiles": (0.1, 0.5, 0.9, "mean"),
        "related": case.known,
        "metadata": case.static,
    }


def _loss(case: Case, window: Window, predictor: Predictor) -> float:
    found = predictor.forecast().with_columns(pl.col(TIME).dt.date(), window=pl.lit(0))
    only = Case(**{**vars(case), "last_days": (window.last,)})
    return score(only, found).average_quantile_loss


def _row(case: Case, found: list[Beside]) -> str:
    search, again = np.sum([each.seconds for each in found], axis=0)
    losses = np.mean([each.losses for each in found], axis=0)
    return (
        f"| {case.name} | {len(case.items):,} | {len(found)} | {search:.1f} | {again:.1f} | "
        f"{search / again:.1f} | {losses[0]:.4f} | {losses[1]:.4f} | "
        f"{sum(each.kept for each in found)} of {len(found)} |"
    )


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default="uk_dev,skus,walmart")
    parser.add_argument("--windows", type=int, help="the last so many of each case")
    parser.add_argument("--series", type=int, help="so many series of each case")
    parser.add_argument("--newer", type=int, help="steps of newer data; default: a horizon")
    parser.add_argument("--data", type=Path, default=FOLDER)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

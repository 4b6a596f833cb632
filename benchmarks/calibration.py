"""Calibration: how often demand lies below the quantiles, over several windows of each case.

    python -m benchmarks.calibration [--cases uk23,walmart,skus] [--uk FILE] [--data DIR]
                                     [--windows N] [--algorithms LightGBM] [--plot FILE]

For p10, p50 and p90 the share of actuals strictly below is to be at most the level, and the share
at or below at least the level, within two standard errors. The errors of one window go together,
so a window counts as one observation, however many series it holds. The panels are measured on
the windows that AutoML reports, which play no part in its choices; the UK series on the forecasts
of ``python -m benchmarks --cases uk23 --contestants forecastle`` (``--uk``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import numpy as np
import numpy.typing as npt
import polars as pl
import vl_convert

import forecastle
from benchmarks.cases import CASES, DEMAND, FOLDER, ITEM, TIME, Case
from benchmarks.scoring import LEVELS
from forecastle.series.forecast import interpolation_weights

Floats = npt.NDArray[np.float64]

_ERRORS = 2.0
_CASES = ("uk23", "walmart", "skus")
_UK = Path("build") / "benchmarks" / "uk23" / "forecastle.parquet"
_HEADINGS = ("case", "windows", "level", "below", "at or below", "two errors", "held")


@dataclass(frozen=True)
class Coverage:
    """How often demand lay below one quantile of a case.

    Attributes:
        case: its title.
        windows: how many.
        level: of the quantile.
        below: share of actuals strictly below, the mean over windows.
        at_or_below: share at or below.
        errors: two standard errors of each of the two, over windows.
    """

    case: str
    windows: int
    level: float
    below: float
    at_or_below: float
    errors: tuple[float, float]

    @property
    def held(self) -> bool:
        """Whether the level lies between the two shares, within two standard errors."""
        return (
            self.below - self.errors[0] <= self.level
            and self.level <= self.at_or_below + self.errors[1]
        )

    @property
    def row(self) -> str:
        """A line of a Markdown table."""
        low, high = self.errors
        cells = (
            self.case,
            str(self.windows),
            f"p{100 * self.level:.0f}",
            f"{100 * self.below:.1f} %",
            f"{100 * self.at_or_below:.1f} %",
            f"{100 * max(low, high):.1f}",
            "yes" if self.held else "**no**",
        )
        return f"| {' | '.join(cells)} |"


def coverage(title: str, actuals: Sequence[Floats], quantiles: Sequence[Floats]) -> list[Coverage]:
    """The coverage at each of `LEVELS`.

    Args:
        title: of the case.
        actuals: per window ``[n]`` actuals.
        quantiles: per window ``[n, len(LEVELS)]``.
    """
    found = []
    for k, level in enumerate(LEVELS.values()):
        pairs = list(zip(actuals, quantiles, strict=True))
        below = np.array([np.mean(actual < quantile[:, k]) for actual, quantile in pairs])
        within = np.array([np.mean(actual <= quantile[:, k]) for actual, quantile in pairs])
        errors = (_standard_error(below), _standard_error(within))
        found.append(
            Coverage(
                title,
                len(pairs),
                level,
                float(below.mean()),
                float(within.mean()),
                (_ERRORS * errors[0], _ERRORS * errors[1]),
            )
        )
    return found


def _standard_error(shares: Floats) -> float:
    """Of the mean, from the scatter of the windows."""
    return float(shares.std(ddof=1) / np.sqrt(len(shares)))


def of_forecasts(case: Case, forecasts: pl.DataFrame) -> list[Coverage]:
    """The coverage of forecasts that a benchmark wrote: ``window``, item, timestamp, quantiles."""
    actuals, quantiles = [], []
    for number, window in enumerate(case.windows):
        part = forecasts.filter(pl.col("window") == number).with_columns(pl.col(TIME).cast(pl.Date))
        both = case.actuals(window).join(part, on=[ITEM, TIME], how="inner", validate="1:1")
        actuals.append(both[DEMAND].to_numpy())
        quantiles.append(both.select(list(LEVELS)).to_numpy())
    return coverage(case.title, actuals, quantiles)


def of_backtests(case: Case, windows: int, algorithms: str) -> list[Coverage]:
    """The coverage of the windows that AutoML, or one algorithm alone, reports."""
    with forecastle.ProcessExecutor() as executor:
        predictor = forecastle.Predictor.train(
            case.sales,
            horizon=case.horizon,
            frequency=case.frequency,
            holidays=case.country,
            quantiles=("0.1", "0.5", "0.9", "mean"),
            related=case.known,
            metadata=case.static,
            backtest_windows=windows,
            algorithms=algorithms,
            executor=executor,
        )
    loss = predictor.accuracy.blend.summary.average_weighted_quantile_loss
    print(f"{case.name}: wQL {loss:.4f}, {predictor.trained.weights}", file=sys.stderr)
    weights = interpolation_weights(tuple(LEVELS.values()))
    actuals, quantiles = [], []
    for backtest in predictor.trained.backtests:
        counts = np.isfinite(backtest.actual)
        actuals.append(backtest.actual[counts])
        quantiles.append((backtest.forecast.quantiles @ weights)[counts])
    return coverage(case.title, actuals, quantiles)


def plot(found: Sequence[Coverage]) -> alt.Chart:
    """Shares beside levels: a bar from *below* to *at or below*, whiskers of two errors."""
    table = pl.DataFrame(
        {
            "case": [each.case for each in found],
            "level": [100 * each.level for each in found],
            "below": [100 * each.below for each in found],
            "at_or_below": [100 * each.at_or_below for each in found],
            "low": [100 * (each.below - each.errors[0]) for each in found],
            "high": [100 * (each.at_or_below + each.errors[1]) for each in found],
        }
    )
    base = alt.Chart(table).encode(
        x=alt.X("level:Q", title="level, %", scale=alt.Scale(domain=[0, 100])),
    )
    share = alt.Y("low:Q", title="share of actuals, %", scale=alt.Scale(domain=[0, 100]))
    whisker = base.mark_rule(color="#5b7083").encode(y=share, y2="high:Q")
    bar = base.mark_rule(color="#1f6feb", strokeWidth=7).encode(y="below:Q", y2="at_or_below:Q")
    points = base.mark_point(filled=True, color="#1f6feb", size=40)
    ends = points.encode(y="below:Q") + points.encode(y="at_or_below:Q")
    diagonal = base.mark_line(color="#b0b8c0", strokeDash=[4, 4]).encode(y="level:Q")
    panel = alt.layer(diagonal, whisker, bar, ends).properties(width=200, height=200)
    return panel.facet(column=alt.Column("case:N", title=None))


def main() -> int:
    options = _parsed(sys.argv[1:])
    found: list[Coverage] = []
    for name in options.cases:
        case = CASES[name](options.data)
        if name == "uk23":
            found += of_forecasts(case, pl.read_parquet(options.uk))
        else:
            found += of_backtests(case, options.windows, options.algorithms)
    rule = ["---", *["---:"] * (len(_HEADINGS) - 1)]
    print(f"| {' | '.join(_HEADINGS)} |\n| {' | '.join(rule)} |")
    print("\n".join(each.row for each in found))
    if options.plot:
        picture = vl_convert.vegalite_to_svg(plot(found).to_dict())
        options.plot.write_text(picture, encoding="utf-8")
    return 0 if all(each.held for each in found) else 1


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("--cases", type=lambda text: text.split(","), default=list(_CASES))
    parser.add_argument("--uk", type=Path, default=_UK, help=f"default {_UK}")
    parser.add_argument("--windows", type=int, default=5, help="of a panel, default 5")
    parser.add_argument("--algorithms", default="AutoML", help="for the panels, default AutoML")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the data")
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

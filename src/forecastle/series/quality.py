"""Data quality: what a reader of the forecast should know about the series behind it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forecastle.series.alignment import WEEKDAYS
from forecastle.series.closed_weekdays import closed_weekdays
from forecastle.series.panel import Bools, Floats, Panel

_EXAMPLES = 3
_OUTLIER = 8.0  # robust standard deviations from what is usual
_MAD_TO_DEVIATION = 1.4826  # for a normal distribution
_LONGEST_PATTERN = 24  # steps; a longer season gives too few values to tell what is usual
_FEWEST_CYCLES = 4
_SHORT_SEASONS = 2
_QUIET_YEARS = 0.25  # without a sale at the end


@dataclass(frozen=True)
class QualityFinding:
    """One thing to know.

    Attributes:
        kind: ``no_history``, ``short``, ``quiet``, ``missing``, ``closed``, ``negative`` or
            ``outlier``.
        title: what was found, in a few words.
        detail: how much of it and where, in a sentence.
        series: how many series it concerns.
        values: how many periods; series, where the finding is about whole series.
    """

    kind: str
    title: str
    detail: str
    series: int
    values: int


def assess(panel: Panel) -> tuple[QualityFinding, ...]:
    """Everything worth knowing about a panel, the same order every time; empty if all is well."""
    checks: tuple[Callable[[Panel], QualityFinding | None], ...] = (
        _without_history,
        _short,
        _quiet,
        _missing,
        _closed,
        _negative,
        _outliers,
    )
    found = (check(panel) for check in checks)
    return tuple(finding for finding in found if finding is not None)


def _without_history(panel: Panel) -> QualityFinding | None:
    rows = panel.start >= panel.n_time
    detail = f"forecast from what the others show: {_names(panel, rows)}"
    return _about_series("no_history", "Series without history", detail, rows)


def _short(panel: Panel) -> QualityFinding | None:
    needed = _SHORT_SEASONS * panel.frequency.season
    rows = (panel.lengths < needed) & (panel.lengths > 0)
    detail = f"fewer than {needed} steps of {panel.frequency}: {_names(panel, rows)}"
    return _about_series("short", "Short series", detail, rows)


def _quiet(panel: Panel) -> QualityFinding | None:
    """Series that sold once and no longer do."""
    n_steps = max(round(panel.frequency.steps_per_year * _QUIET_YEARS), 1)
    sold = panel.observed & (panel.target != 0)
    rows = sold.any(axis=1) & (panel.lengths > n_steps) & ~sold[:, -n_steps:].any(axis=1)
    detail = f"no sale in the last {n_steps} steps of {panel.frequency}: {_names(panel, rows)}"
    return _about_series("quiet", "Series that stopped selling", detail, rows)


def _missing(panel: Panel) -> QualityFinding | None:
    begun = np.arange(panel.n_time) >= panel.start[:, None]
    cells = begun & ~panel.observed
    share = cells.sum() / max(int(begun.sum()), 1)
    detail = (
        f"{share:.1%} of all periods have no row and were filled by the rules; most in "
        f"{_worst(panel, cells)}"
    )
    return _about_values("missing", "Missing periods", detail, cells)


def _closed(panel: Panel) -> QualityFinding | None:
    closed = closed_weekdays(panel)
    rows: Bools = np.asarray(closed.any(axis=1))
    counts = closed.sum(axis=0)
    days = [
        f"{WEEKDAYS[day].capitalize()} ({counts[day]:,} of {panel.n_series:,} series)"
        for day in np.flatnonzero(counts)
    ]
    detail = f"no sales on {', '.join(days)}; no demand is expected then"
    return _about_series("closed", "Weekly closing days", detail, rows)


def _negative(panel: Panel) -> QualityFinding | None:
    cells = panel.observed & (panel.target < 0)
    total = float(panel.target[cells].sum())
    detail = f"returns exceed sales, {total:,.0f} in all; most in {_worst(panel, cells)}"
    return _about_values("negative", "Periods below zero", detail, cells)


def _outliers(panel: Panel) -> QualityFinding | None:
    found = unusual_values(panel)
    shown = [
        f"{_name(panel, row)} on {_date(panel, column)}: "
        f"{panel.target[row, column]:,.0f} (usual: {found.usual[row, column]:,.0f})"
        for row, column in found.first(_EXAMPLES)
    ]
    detail = f"far from what is usual, nothing was changed: {'; '.join(shown)}"
    return _about_values("outlier", "Unusual values", detail, found.cells)


@dataclass(frozen=True, eq=False)
class Unusual:
    """Values far from what is usual.

    Attributes:
        cells: ``[n_series, n_time]`` which they are.
        usual: ``[n_series, n_time]`` the median at the same place in the season.
        distance: ``[n_series, n_time]`` from it, in robust standard deviations.
    """

    cells: Bools
    usual: Floats
    distance: Floats

    def first(self, count: int) -> list[tuple[int, int]]:
        """The row and the column of those farthest away, at most ``count``."""
        distance = np.where(self.cells, self.distance, 0.0)
        order = np.argsort(-distance, axis=None, kind="stable")[:count]
        places = (divmod(int(place), distance.shape[1]) for place in order)
        return [place for place in places if self.cells[place]]


def unusual_values(panel: Panel) -> Unusual:
    """Sales more than eight robust standard deviations from what is usual.

    What comes every year, such as a Christmas peak, is usual.
    """
    usual, deviation = _usual(panel)
    distance = np.abs(panel.target - usual) / np.where(deviation > 0, deviation, np.nan)
    distance = np.where(panel.observed & (panel.target != 0), distance, 0.0)
    far = np.nan_to_num(distance) > _OUTLIER
    cells = far & ~_a_year_from(far, round(panel.frequency.steps_per_year))
    return Unusual(cells, usual, distance)


def _usual(panel: Panel) -> tuple[Floats, Floats]:
    """``[n_series, n_time]`` median at the same place in the season, of periods with a sale, and
    ``[n_series, 1]`` the usual distance from it, as a standard deviation.
    """
    season = panel.frequency.season
    if season > _LONGEST_PATTERN or panel.n_time < _FEWEST_CYCLES * season:
        season = 1
    sales = np.where(panel.observed & (panel.target != 0), panel.target, np.nan)
    usual = np.empty_like(sales)
    with warnings.catch_warnings():
        # Series without a sale have no median; NaN is what we want for them.
        warnings.filterwarnings("ignore", message="All-NaN slice", category=RuntimeWarning)
        for place in range(season):
            usual[:, place::season] = np.nanmedian(sales[:, place::season], axis=1, keepdims=True)
        deviation = np.nanmedian(np.abs(sales - usual), axis=1, keepdims=True)
    return usual, _MAD_TO_DEVIATION * deviation


def _a_year_from(cells: Bools, steps_per_year: int) -> Bools:
    """Whether a cell lies a year, give or take a step, before or after one of ``cells``."""
    found = np.zeros_like(cells)
    for lag in range(max(steps_per_year - 1, 1), steps_per_year + 2):
        found[:, lag:] |= cells[:, :-lag]
        found[:, :-lag] |= cells[:, lag:]
    return found


def _about_series(kind: str, title: str, detail: str, rows: Bools) -> QualityFinding | None:
    count = int(rows.sum())
    if not count:
        return None
    return QualityFinding(kind, title, f"{count:,} series: {detail}", count, count)


def _about_values(kind: str, title: str, detail: str, cells: Bools) -> QualityFinding | None:
    count, series = int(cells.sum()), int(cells.any(axis=1).sum())
    if not count:
        return None
    noun = "period" if count == 1 else "periods"
    text = f"{count:,} {noun} in {series:,} series: {detail}"
    return QualityFinding(kind, title, text, series, count)


def _worst(panel: Panel, cells: Bools) -> str:
    """The series with most of the cells: ``A7 (12), A8 (3)``."""
    counts = cells.sum(axis=1)
    order = np.argsort(-counts, kind="stable")[:_EXAMPLES]
    return ", ".join(f"{_name(panel, int(row))} ({counts[row]:,})" for row in order if counts[row])


def _names(panel: Panel, rows: Bools) -> str:
    found = np.flatnonzero(rows)
    shown = ", ".join(_name(panel, int(row)) for row in found[:_EXAMPLES])
    return f"{shown}, …" if len(found) > _EXAMPLES else shown


def _name(panel: Panel, row: int) -> str:
    return "/".join(panel.keys.row(row))


def _date(panel: Panel, column: int) -> str:
    start = str(panel.frequency.shift(panel.origin, column))
    return start.replace("T", " ") if panel.frequency.unit in ("min", "H") else start[:10]

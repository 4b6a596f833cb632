"""Last years' patterns, cleaned of chance by what all series share, at this year's level."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.core.threads import one_blas_thread
from forecastle.models.base import Capability
from forecastle.models.global_rows import without_closed_days
from forecastle.models.low_rank import Basis
from forecastle.models.residuals import series_scale
from forecastle.models.sequences import is_sparse
from forecastle.models.yearly_season import YEARS, Season
from forecastle.series.forecast import Forecast, normal_scores
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "model.json"
_FEWEST_SERIES = 20
# A series' own spread counts as much as that of all when it has this many errors.
_PRIOR_ERRORS = 5.0
_MEAN_ABSOLUTE_OF_NORMAL = 0.7979  # sqrt(2 / pi)


class LowRankSeasonal:
    """The same weeks of the last two years, without chance, shifted by the change in level.

    What one item sold in a week of last year is mostly chance; the patterns that all series share
    are not (`models.low_rank`). The change in level is the mean difference from a year before,
    weighted exponentially towards now. The quantiles' widths are those of the method's own
    errors at earlier origins, with patterns learnt before each; each series has its own spread,
    and all together have the shape of the distribution at each step ahead.
    """

    name: ClassVar[str] = "LowRankSeasonal"
    capabilities: ClassVar[Capability] = Capability.GLOBAL

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs a yearly season, seen once and a little more, and series that share it."""
        season = Season.of(panel)
        if season.lag <= 1:
            return f"frequency {panel.frequency} has no yearly season"
        if panel.n_series < _FEWEST_SERIES:
            return f"only {panel.n_series} series to learn from together; it needs {_FEWEST_SERIES}"
        if is_sparse(panel):
            return "demand is mostly zero: there are no patterns to tell from chance"
        needed = season.lag + max(1, season.stretch // 2) + spec.horizon
        if panel.n_time < needed:
            return f"needs {needed} steps of history; the longest series has fewer"
        return None

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedLowRank:
        """Learn the patterns, and how far forecasts from them were off."""
        season = Season.of(train)
        target = without_closed_days(train).target
        with one_blas_thread():
            clean = Clean.of(target, season)
            own = season.errors(target, clean.of_panel(target), spec.horizon)
            scale = series_scale(target, season.stretch)
            typical = float(np.nanmean(np.abs(own) / scale[:, None, None])) if own.size else 1.0
            spread = _spread(own, scale, typical)
            shape = _shape(target, season, spec.horizon, spread, budget)
        origin = train.times[clean.first] if train.n_time else train.origin
        return FittedLowRank(spec, season, str(origin), clean.basis, typical, shape)

    def load(self, folder: Path) -> FittedLowRank:
        """Read back what `FittedLowRank.save` wrote."""
        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        return FittedLowRank(
            ForecastSpec(**spec),
            Season(**values["season"]),
            values["origin"],
            Basis.from_json(values["basis"], values["n_time"]),
            values["typical"],
            np.array(values["shape"]),
        )


@dataclass(frozen=True, eq=False)
class Clean:
    """Patterns over some columns of a panel: from ``first`` on."""

    basis: Basis
    first: int

    @classmethod
    def of(cls, target: Floats, season: Season) -> Clean:
        """Learnt from the latest columns: the years that are used and one to measure levels."""
        first = max(target.shape[1] - (YEARS + 1) * season.lag, 0)
        return cls(Basis.of(target[:, first:]), first)

    def of_panel(self, target: Floats) -> Floats:
        """``target`` without chance where the patterns reach; elsewhere as it is, gaps filled."""
        n_time = target.shape[1]
        known = np.isfinite(target)
        sums = np.where(known, target, 0.0).sum(axis=1, keepdims=True)
        values = np.where(known, target, sums / np.maximum(known.sum(axis=1, keepdims=True), 1))
        first, last = max(self.first, 0), min(self.first + self.basis.patterns.shape[1], n_time)
        part = np.full((len(target), self.basis.patterns.shape[1]), np.nan)
        part[:, first - self.first : last - self.first] = target[:, first:last]
        values[:, first:last] = self.basis.shared(part)[:, first - self.first : last - self.first]
        return np.asarray(values)


@dataclass(frozen=True, eq=False)
class FittedLowRank:
    """Patterns, and the shape of the errors.

    Attributes:
        spec: what is forecast.
        season: of the panel learnt from.
        origin: timestamp of the patterns' first column.
        basis: the patterns.
        typical: mean absolute error of all series, in their scales.
        shape: ``[horizon, len(GRID)]`` quantiles of errors, in units of a series' spread.
    """

    spec: ForecastSpec
    season: Season
    origin: str
    basis: Basis
    typical: float
    shape: Floats

    def predict(self, history: Panel) -> Forecast:
        """Clean the history and carry it on."""
        horizon = self.spec.horizon
        target = without_closed_days(history).target
        start = np.array([np.datetime64(self.origin)])
        first = int(history.frequency.steps_between(history.origin, start)[0])
        with one_blas_thread():
            clean = Clean(self.basis, first).of_panel(target)
            point = self.season.point(target, clean, history.n_time, horizon)
            own = self.season.errors(target, clean, horizon)
        spread = _spread(own, series_scale(target, self.season.stretch), self.typical)
        quantiles = point[:, :, None] + spread[:, None, None] * self.shape
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """As JSON."""
        values = {
            "spec": asdict(self.spec),
            "season": asdict(self.season),
            "origin": self.origin,
            "n_time": self.basis.patterns.shape[1],
            "basis": self.basis.to_json(),
            "typical": self.typical,
            "shape": self.shape.tolist(),
        }
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def _spread(errors: Floats, scale: Floats, typical: float) -> Floats:
    """``[n_series]`` mean absolute error, drawn to that of all series where there are few."""
    known = np.isfinite(errors)
    counts = known.sum(axis=(1, 2))
    own = np.where(known, np.abs(errors), 0.0).sum(axis=(1, 2)) / np.maximum(counts, 1)
    return np.asarray((own * counts + typical * scale * _PRIOR_ERRORS) / (counts + _PRIOR_ERRORS))


def _shape(target: Floats, season: Season, horizon: int, spread: Floats, budget: Budget) -> Floats:
    """``[horizon, len(GRID)]`` quantiles of errors that were honest, in units of the spread.

    Patterns learnt with what is to be forecast know some of its chance; these are learnt before.
    The median is zero: a year in which all sold more than foretold says nothing of the next.
    """
    errors = []
    # Learning patterns takes the time: every other origin says as much.
    for origin in list(season.origins(target.shape[1], horizon))[::2]:
        past = target[:, :origin]
        clean = Clean.of(past, season).of_panel(past)
        actual = target[:, origin : origin + horizon]
        errors.append(actual - season.point(past, clean, origin, horizon))
        if budget.remaining <= 0:
            break
    usual = normal_scores(GRID) / _MEAN_ABSOLUTE_OF_NORMAL
    shape = np.repeat(usual[None], horizon, axis=0)
    if errors:
        relative = np.stack(errors, axis=1) / np.where(spread > 0, spread, 1.0)[:, None, None]
        by_step = relative.transpose(2, 0, 1).reshape(horizon, -1)
        known = np.isfinite(by_step).any(axis=1)
        shape[known] = np.nanquantile(by_step[known], GRID, axis=1).T
    return np.asarray(shape - shape[:, [len(GRID) // 2]])

"""Weights for the members of a blend, chosen on backtest windows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecastle.core.errors import InputError
from forecastle.core.quantiles import GRID
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS
from forecastle.evaluation.windows import Window
from forecastle.models.registry import NAIVE
from forecastle.series.forecast import Forecast, interpolation_weights
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.cold_start import fill_cold_starts
from forecastle.training.evidence import Evidence, QuantileEvidence, gather

_MEDIAN = GRID.index(0.5)
_ROUNDS = 30
_STRENGTH_POWER = 20.0
# So many windows show half of what many would: the errors of one go together.
_STRENGTH_PRIOR_WINDOWS = 1.0
_SMALLEST_STRENGTH = 0.02
_LARGEST_GREEDY_PART = 0.5
_SERIES_POWER = 3.0
# A series' own evidence counts as much as the group's when it has this many scored windows.
_SERIES_PRIOR_WINDOWS = 3.0
_SPREADS = (0.8, 0.85, 0.9, 0.95, 1.0)
# So many points show half of what many would.
_PRIOR_POINTS = 400.0


@dataclass(frozen=True, eq=False)
class Blend:
    """The members and their shares.

    Attributes:
        algorithms: the members.
        weights: ``[n_members]`` shares for the group; they sum to 1.
        series_weights: ``[n_series, n_members]`` shares per series; rows sum to 1.
        spread: factor on the distances of the quantiles from the median, at most 1. Errors of
            different members cancel, so that the mean of their medians errs less than they do,
            while the mean of their intervals is as wide as they are.
    """

    algorithms: tuple[str, ...]
    weights: Floats
    series_weights: Floats
    spread: float = 1.0

    def shares(self) -> dict[str, float]:
        """The group's shares by algorithm, largest first."""
        pairs = zip(self.algorithms, self.weights.tolist(), strict=True)
        return dict(sorted(pairs, key=lambda pair: -pair[1]))

    def combine(self, quantiles: Mapping[str, Floats]) -> Floats:
        """The weighted mean of the members' quantile functions, ``[n_series, horizon, n_grid]``.

        Averaging quantiles level by level keeps their order (Vincent 1912; Lichtendahl,
        Grushka-Cockayne and Winkler 2013, "Is it better to average probabilities or quantiles?").
        """
        total: Floats = np.zeros_like(next(iter(quantiles.values())))
        for k, name in enumerate(self.algorithms):
            total += self.series_weights[:, k, None, None] * quantiles[name]
        return _narrowed(total, self.spread)

    def forecast(self, history: Panel, quantiles: Mapping[str, Floats]) -> Forecast:
        """What the members' quantiles for the steps after ``history`` come to."""
        return fill_cold_starts(Forecast.after(history, self.combine(quantiles)), history)

    def of_series(self, rows: Integers) -> Blend:
        """The blend of some of the series."""
        return replace(self, series_weights=self.series_weights[rows])

    def without(self, names: Collection[str]) -> Blend:
        """The blend of the other members, whose shares grow alike.

        Raises:
            InputError: there are none.
        """
        used = np.array([name not in names for name in self.algorithms])
        if used.all():
            return self
        weights = self.weights * used
        if weights.sum() <= 0:
            raise InputError(
                f"none of {', '.join(self.algorithms)} can be trained in time; raise the time limit"
            )
        weights /= weights.sum()
        rows = self.series_weights * used
        totals = rows.sum(axis=1, keepdims=True)
        rows = np.where(totals > 0, rows / np.where(totals > 0, totals, 1.0), weights[None])
        kept = tuple(name for name, use in zip(self.algorithms, used, strict=True) if use)
        return Blend(kept, weights[used], rows[:, used], self.spread)


def choose_blend(
    panel: Panel,
    windows: Sequence[Window],
    results: Mapping[str, Sequence[Floats]],
    spec: ForecastSpec,
    metric: str = AVERAGE_WEIGHTED_QUANTILE_LOSS,
) -> Blend:
    """The blend for the group: shares by the metric, per series too, and the quantiles' spread.

    On these windows the result is never worse than its best member or the seasonal naive.

    Args:
        panel: holds the actuals.
        windows: the choosing windows.
        results: per algorithm its quantiles ``[n_series, horizon, len(GRID)]`` per window.
        spec: gives the levels whose loss counts.
        metric: what is to be small, one of `OPTIMIZATION_METRICS`.
    """
    names = tuple(results)
    evidence = gather(panel, windows, results, spec, metric)
    weights = _group_weights(evidence)
    series_weights = _series_weights(evidence, weights)
    if evidence.loss(_mixed(evidence, series_weights)) > evidence.member_losses().min():
        series_weights = np.repeat(weights[None], panel.n_series, axis=0)
    used = weights > 0
    kept = tuple(name for name, use in zip(names, used, strict=True) if use)
    blend = Blend(kept, weights[used], series_weights[:, used])
    return replace(blend, spread=_fitted_spread(evidence, blend, results, spec))


def choose_best(
    panel: Panel,
    windows: Sequence[Window],
    results: Mapping[str, Sequence[Floats]],
    spec: ForecastSpec,
    metric: str = AVERAGE_WEIGHTED_QUANTILE_LOSS,
) -> Blend:
    """The one algorithm with the least loss on the windows, as in legacy AutoML.

    The arguments are those of `choose_blend`. Of several as good, the first.
    """
    losses = gather(panel, windows, results, spec, metric).member_losses()
    return single(tuple(results)[int(np.argmin(losses))], panel.n_series)


def single(algorithm: str, n_series: int) -> Blend:
    """One algorithm alone."""
    return equal_blend((algorithm,), n_series)


def equal_blend(algorithms: Sequence[str], n_series: int) -> Blend:
    """Equal shares: for a single algorithm, or where there is no window to choose on."""
    names = [name for name in algorithms if name != NAIVE] or list(algorithms)
    weights = np.full(len(names), 1 / len(names))
    return Blend(tuple(names), weights, np.repeat(weights[None], n_series, axis=0))


def _greedy(evidence: Evidence) -> Floats:
    """Shares by how often each member was taken; stops when no addition helps."""
    n_members = len(evidence.members)
    taken = np.zeros(n_members)
    total = np.zeros_like(evidence.members[0])
    best = np.inf
    for count in range(1, _ROUNDS + 1):
        losses = [evidence.loss((total + member) / count) for member in evidence.members]
        choice = int(np.argmin(losses))
        if losses[choice] >= best - 1e-12:
            break
        best = losses[choice]
        taken[choice] += 1
        total += evidence.members[choice]
    return np.asarray(taken / taken.sum())


def _group_weights(evidence: Evidence) -> Floats:
    """``[n_members]`` shares by strength, and up to half by what does well together.

    Strength is a power of the inverse loss, with none far behind the best; the fewer windows
    there are, the less they tell of who is strong, and the lower is the power. Greedy forward
    selection with replacement (Caruana et al. 2004, "Ensemble selection from libraries of
    models") sees which members err alike, as strength does not, but fits the windows closely,
    and what it fits is partly luck: it takes part as far as there are points to tell by, and
    beyond that only where the blend would else lose to its best member.
    The numbers are in docs/explanation/accuracy.md.
    """
    losses = evidence.member_losses()
    best = losses.min()
    if best <= 0:
        return np.asarray((losses == best) / np.sum(losses == best))
    n_windows = evidence.actual.shape[0]
    power = _STRENGTH_POWER * n_windows / (n_windows + _STRENGTH_PRIOR_WINDOWS)
    strength = (best / losses) ** power
    strength = np.where(strength < _SMALLEST_STRENGTH, 0.0, strength)
    strength /= strength.sum()
    greedy = _greedy(evidence)
    least = _LARGEST_GREEDY_PART * _trust(evidence)
    for part in (least, *(each for each in (0.25, 0.5, 0.75) if each > least)):
        weights = (1 - part) * strength + part * greedy
        if evidence.loss(np.tensordot(weights, evidence.members, axes=1)) <= best:
            return np.asarray(weights)
    return np.asarray(greedy)


def _series_weights(evidence: Evidence, weights: Floats) -> Floats:
    """``[n_series, n_members]``: the group's shares, bent to what fits each series."""
    n_series = evidence.actual.shape[1]
    group = np.repeat(weights[None], n_series, axis=0)
    if n_series == 1:
        return group
    losses = evidence.series_losses().T
    scored_windows = np.isfinite(evidence.actual).all(axis=2).sum(axis=0)
    typical = np.where(losses > 0, losses, np.nan)
    counts = np.isfinite(typical).sum(axis=1, keepdims=True)
    mean = np.nansum(typical, axis=1, keepdims=True) / np.maximum(counts, 1)
    strength = (mean / typical) ** _SERIES_POWER
    strength = np.where(np.isfinite(strength), np.minimum(strength, 20.0), 1.0)
    own = group * strength
    own /= own.sum(axis=1, keepdims=True)
    trust = (scored_windows / (scored_windows + _SERIES_PRIOR_WINDOWS))[:, None]
    return np.asarray(trust * own + (1 - trust) * group)


def _fitted_spread(
    evidence: Evidence, blend: Blend, results: Mapping[str, Sequence[Floats]], spec: ForecastSpec
) -> float:
    """The factor with the least loss, drawn to 1 where there are few points to tell by.

    The loss is convex in it: what lies between the best and 1 loses no more than 1 does.
    """
    if not isinstance(evidence, QuantileEvidence) or len(blend.algorithms) == 1:
        return 1.0
    n_windows, weights = len(evidence.actual), interpolation_weights(spec.levels)
    wide = [blend.combine({name: results[name][k] for name in results}) for k in range(n_windows)]
    losses = [
        evidence.loss(np.stack([_narrowed(each, spread) @ weights for each in wide]))
        for spread in _SPREADS
    ]
    best = _SPREADS[len(losses) - 1 - int(np.argmin(losses[::-1]))]
    return 1 - _trust(evidence) * (1 - best)


def _trust(evidence: Evidence) -> float:
    """How far to believe what is fitted to the points of the windows, from 0 to 1."""
    points = float(np.isfinite(evidence.actual).sum())
    return points / (points + _PRIOR_POINTS)


def _narrowed(quantiles: Floats, spread: float) -> Floats:
    """Quantile functions with their distances from the median made smaller."""
    median = quantiles[..., [_MEDIAN]]
    return np.asarray(median + spread * (quantiles - median))


def _mixed(evidence: Evidence, series_weights: Floats) -> Floats:
    return np.asarray(np.einsum("sm,mwshl->wshl", series_weights, evidence.members))

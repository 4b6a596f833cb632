"""How series and steps go up and down together, as the backtests showed it.

A warm week lifts every shop, a new manager one shop, a fashion one department. Each actual is
placed in its forecast distribution (probability integral transform) and taken to a normal score;
the scores of a window are modelled as a Gaussian copula of crossed random effects::

    score[series, step] = sum over factors of (lasting[group] + passing[group, step])
                          + own[series] + rest

after Pinson and others (2009), "From probabilistic forecasts to statistical scenarios of
short-term wind power production", Wind Energy 12. A factor is a column whose values group the
series (the dimensions, metadata that name something, and none: all series as one). The variances
come by the method of moments, Searle, Casella and McCulloch (1992), "Variance Components",
chapter 5: pairs of scores that share a group, weighted by how much both move a total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.series.groups import EVERYONE, Members, grouping_columns, members_of, series_table
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.training.report import Backtest

# Series beyond these say little more about a few numbers; they are taken evenly.
_MOST_SERIES = 5_000
# Something is always left to each series and step.
_MOST_SHARED = 0.95
_LOW, _HIGH = GRID.index(0.1), GRID.index(0.9)
# What all series are expected to share before any window is seen (lasting, passing); groups of
# theirs: nothing beyond. And how many draws of a factor that is worth. A window is one draw of what
# lasts for all series: it takes many to outweigh the expectation.
_EXPECTED_OF_ALL, _EXPECTED_OF_GROUPS, _EXPECTED_DRAWS = (0.06, 0.03), (0.0, 0.0), 4.0


@dataclass(frozen=True)
class Factor:
    """What the series of a group have in common.

    Attributes:
        column: whose values are the groups; `EVERYONE`: all series are one group.
        lasting: share of the variance of the scores that is common to all steps of a group.
        passing: share that is common to one step of a group, beyond ``lasting``.
    """

    column: str
    lasting: float = 0.0
    passing: float = 0.0


@dataclass(frozen=True)
class Dependence:
    """Which share of the variance of the normal scores is common to whom.

    Attributes:
        factors: what groups of series have in common.
        series: common to all steps of one series, beyond the factors.
    """

    factors: tuple[Factor, ...] = ()
    series: float = 0.0

    @property
    def rest(self) -> float:
        """The share of a series and step alone."""
        return 1.0 - self.series - sum(each.lasting + each.passing for each in self.factors)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that group the series."""
        return tuple(each.column for each in self.factors if each.column != EVERYONE)

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {"factors": [asdict(each) for each in self.factors], "series": self.series}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(tuple(Factor(**each) for each in values["factors"]), values["series"])


INDEPENDENT = Dependence()


def estimate_dependence(backtests: Sequence[Backtest], panel: Panel) -> Dependence:
    """What the windows show; every score about zero, so that a common miss counts as common.

    Args:
        backtests: of the windows; of all series of ``panel`` or of some.
        panel: that they were made of.

    Returns:
        `INDEPENDENT` with no window, or no actuals in them.
    """
    known = [_Scores.of(test, panel) for test in backtests]
    seen = [each for each in known if each.weights.any()]
    if not seen:
        return INDEPENDENT
    columns = grouping_columns(panel)
    own = _sum(each.own() for each in seen)
    variance = float(own[0] / own[1]) or 1.0  # 0 where every forecast was right
    same, lasting = _shares(seen, columns, passing=True), _shares(seen, columns, passing=False)
    lasting, same = lasting / variance, same / variance
    draws = np.array([_draws(seen, name) for name in (EVERYONE, *columns)])
    horizon = seen[0].values.shape[1]
    expected = np.array([_EXPECTED_OF_ALL, *[_EXPECTED_OF_GROUPS] * len(columns)])
    lasts = _towards(lasting, draws, expected[:, 0])
    passes = _towards(np.maximum(same - lasting, 0.0), draws * horizon, expected[:, 1])
    steps = _sum(each.along() for each in seen)
    along = float(steps[0] / steps[1] / variance) if steps[1] > 0 else 0.0
    series = max(along - float(lasting.sum()), 0.0)
    return _limited((EVERYONE, *columns), lasts, passes, series)


def _limited(columns: Sequence[str], lasting: Floats, passing: Floats, series: float) -> Dependence:
    """Shares that leave something to each series and step."""
    shared = float(lasting.sum() + passing.sum() + series)
    factor = min(1.0, _MOST_SHARED / max(shared, _MOST_SHARED))
    factors = tuple(
        Factor(name, float(long * factor), float(short * factor))
        for name, long, short in zip(columns, lasting, passing, strict=True)
    )
    return Dependence(factors, series * factor)


def _towards(found: Floats, draws: Floats, expected: Floats) -> Floats:
    """Estimates from few draws of a factor, drawn towards what is expected of it."""
    return np.asarray((found * draws + expected * _EXPECTED_DRAWS) / (draws + _EXPECTED_DRAWS))


@dataclass(frozen=True, eq=False)
class _Scores:
    """The scores of a window.

    Attributes:
        values: ``[n_series, horizon]`` scores times weights; 0 where there is none.
        weights: ``[n_series, horizon]`` how much each moves a total; 0 where there is none.
        members: the groups of the series.
    """

    values: Floats
    weights: Floats
    members: Members

    @classmethod
    def of(cls, test: Backtest, panel: Panel) -> Self:
        """The scores of the actuals of a backtest that count."""
        rows = np.flatnonzero(test.scored)
        if len(rows) > _MOST_SERIES:
            rows = rows[np.linspace(0, len(rows) - 1, _MOST_SERIES).astype(np.int64)]
        quantiles = test.forecast.quantiles[rows]
        scores = score_actuals(quantiles, test.actual[rows])
        known = np.isfinite(scores)
        weights = _weights(np.where(known, quantiles[..., _HIGH] - quantiles[..., _LOW], 0.0))
        columns = grouping_columns(panel)
        table = test.forecast.keys[rows].join(
            series_table(panel), on=panel.keys.columns, how="left", maintain_order="left"
        )
        values = np.where(known, scores, 0.0) * weights
        return cls(values, weights, members_of(table, columns))

    def groups(self, column: str) -> Integers:
        """For each series the number of its group."""
        if column == EVERYONE:
            return np.zeros(len(self.values), dtype=np.int64)
        return self.members[column]

    def own(self) -> Floats:
        """Sums of squares: of values, of weights."""
        return np.array([(self.values**2).sum(), (self.weights**2).sum()])

    def along(self) -> Floats:
        """Sums of products of different steps of a series: of values, of weights."""
        both = (self.values, self.weights)
        return np.array([(each.sum(axis=1) ** 2).sum() - (each**2).sum() for each in both])

    def across(self, groups: Integers, *, passing: bool) -> Floats:
        """Sums of products of different series of a group: of values, of weights.

        Args:
            groups: the group of each series.
            passing: of the same step; else of different ones.
        """
        both = (self.values, self.weights)
        return np.array([_pairs(each, groups, passing=passing) for each in both])


def _weights(spread: Floats) -> Floats:
    """How much each score counts, from the spread of its forecast.

    What moves a total most counts most; by the root, so that a few large series do not decide
    alone; and each step counts alike, so that a Christmas does not.
    """
    root = np.sqrt(np.maximum(spread, 0.0))
    steps = root.sum(axis=0)
    return root / np.where(steps > 0, steps, 1.0)


def _pairs(values: Floats, groups: Integers, *, passing: bool) -> float:
    sums = np.zeros((int(groups.max()) + 1, values.shape[1]))
    np.add.at(sums, groups, values)
    same = float((sums**2).sum() - (values**2).sum())
    if passing:
        return same
    alone = float((values.sum(axis=1) ** 2).sum() - (values**2).sum())
    every = float((sums.sum(axis=1) ** 2).sum() - (sums**2).sum())
    return every - alone


def _shares(scores: Sequence[_Scores], columns: Sequence[str], *, passing: bool) -> Floats:
    """``[1 + len(columns)]`` the variance that each factor brings to pairs of series.

    Pairs that share a group of one column share one of another by chance or by nature (a shop has
    one region): what the pairs of each column have in common is the sum of what they share.
    """
    names = (EVERYONE, *columns)
    common = np.zeros(len(names))
    overlap = np.zeros((len(names), len(names)))
    for row, name in enumerate(names):
        sums = _sum(each.across(each.groups(name), passing=passing) for each in scores)
        if sums[1] <= 0:
            continue
        common[row] = sums[0] / sums[1]
        for column, other in enumerate(names):
            both = [
                s.across(_both(s.groups(name), s.groups(other)), passing=passing)[1] for s in scores
            ]
            overlap[row, column] = sum(both) / sums[1]
    from scipy.optimize import nnls  # slow to import, and every command would wait for it

    found, _ = nnls(overlap, np.maximum(common, 0.0))
    return np.asarray(found)


def _sum(parts: Iterable[Floats]) -> Floats:
    return np.asarray(np.sum(list(parts), axis=0))


def _both(one: Integers, other: Integers) -> Integers:
    """The groups of series that are together in both groupings."""
    _, codes = np.unique(one * (int(other.max()) + 1) + other, return_inverse=True)
    return np.asarray(codes, dtype=np.int64)


def _draws(scores: Sequence[_Scores], column: str) -> float:
    """How many groups, windows counted one by one, the evidence is of."""
    return float(sum(int(each.groups(column).max()) + 1 for each in scores))


def score_actuals(quantiles: Floats, actual: Floats) -> Floats:
    """The normal score of each actual in its forecast; the middle where quantiles are equal.

    Args:
        quantiles: ``[..., len(GRID)]``.
        actual: ``[...]``, NaN where missing.

    Returns:
        ``[...]`` scores, NaN where the actual is missing.
    """
    from scipy.special import ndtri

    levels = np.array([0.0, *GRID, 1.0])
    below = (quantiles < actual[..., None]).sum(axis=-1)
    up_to = (quantiles <= actual[..., None]).sum(axis=-1)
    last = len(GRID) - 1
    left = np.take_along_axis(quantiles, np.clip(below - 1, 0, last)[..., None], -1)[..., 0]
    right = np.take_along_axis(quantiles, np.clip(below, 0, last)[..., None], -1)[..., 0]
    inside = (below > 0) & (below <= last) & (up_to == below)
    share = np.where(inside, (actual - left) / np.where(right > left, right - left, 1.0), 0.5)
    before = np.where(below == 0, 0.0, levels[np.minimum(below, last) + 1])
    low = np.where(up_to > below, before, levels[below])
    after = np.where(up_to > last, 1.0, levels[up_to])
    high = np.where(up_to > below, after, levels[below + 1])
    found = low + share * (high - low)
    known = np.isfinite(actual)
    return np.where(known, ndtri(np.where(known, found, 0.5)), np.nan)

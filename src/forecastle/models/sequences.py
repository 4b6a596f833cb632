"""Series as local algorithms want them: the open days only, without gaps, in logarithms.

Closed weekdays are dropped, so that the season shrinks to the days that are open; holidays and
missing values in between take the value that their neighbours suggest; where a series never sold
nothing on an open day, the algorithm works on logarithms, in which effects multiply and a forecast
cannot be negative. Zeros are put back on closed days.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.local import LocalModel
from forecastle.series.closed_days import open_mask
from forecastle.series.panel import Bools, Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_FEWEST_OBSERVATIONS = 4
_SPARSE_SHARE = 0.3  # of days without a sale
_SPARSE_SERIES = 1 / 3
_LARGEST_GROWTH = 10.0
"""A forecast beyond this multiple of the largest value ever seen is a failure of the method."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """One series, ready for a local algorithm.

    Attributes:
        row: the series' row in the panel.
        values: ``[n]`` without gaps, in logarithms if ``is_log``.
        season: steps in a season of these values.
        columns: ``[n]`` the panel's columns that the values come from.
        steps: ``[n_open]`` which steps of the horizon are open (0-based).
        length: how many values ahead a forecast must reach to cover ``steps``.
        positions: ``[n_open]`` for each open step, which value ahead it is (0-based).
        is_log: whether the values are logarithms.
    """

    row: int
    values: Floats
    season: int
    columns: Integers
    steps: Integers
    length: int
    positions: Integers
    is_log: bool


class SequenceModel(LocalModel):
    """Base of the algorithms that work on one sequence at a time: implement `forecast`."""

    uses_logarithms = True

    @abstractmethod
    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """``[sequence.length, len(GRID)]`` quantiles, on the scale of the sequence's values.

        May raise ArithmeticError or ValueError where the method fails.
        """

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`: each series by itself.

        Where the method fails, or demand is too sparse for it, the series' level stands in.
        """
        result = np.zeros((history.n_series, spec.horizon, len(GRID)))
        sparse = sparse_series(history)
        for sequence in sequences(history, spec.horizon, self.uses_logarithms):
            is_hopeless = bool(sparse[sequence.row])
            ahead = _level(sequence) if is_hopeless else self._forecast(sequence, history, spec)
            result[sequence.row, sequence.steps] = ahead[sequence.positions]
        return result

    def _forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        if len(sequence.values) < _FEWEST_OBSERVATIONS or np.ptp(sequence.values) == 0:
            return _level(sequence)
        try:
            ahead = self.forecast(sequence, history, spec)
        except (ArithmeticError, ValueError, IndexError):
            return _level(sequence)
        ahead = np.exp(np.clip(ahead, -50, 50)) if sequence.is_log else ahead
        seen = np.exp(sequence.values) if sequence.is_log else sequence.values
        limit = _LARGEST_GROWTH * np.abs(seen).max()
        middle = ahead[:, len(GRID) // 2]
        if not np.isfinite(ahead).all() or np.abs(middle).max() > limit:
            return _level(sequence)
        return np.clip(ahead, -limit, limit)


def sequences(panel: Panel, horizon: int, logarithms: bool = True) -> Iterator[Sequence]:
    """The sequences of all series that have history, in the panel's order."""
    is_open = open_mask(panel, horizon)
    weekday = _weekdays(panel, horizon)
    for row in range(panel.n_series):
        if panel.start[row] < panel.n_time:
            yield _sequence(panel, row, is_open[row], weekday, horizon, logarithms)


def _sequence(
    panel: Panel, row: int, is_open: Bools, weekday: Integers, horizon: int, logarithms: bool
) -> Sequence:
    start = int(panel.start[row])
    past, future = is_open[: panel.n_time], is_open[panel.n_time :]
    kept = _kept_weekdays(past[start:], weekday[start : panel.n_time])
    columns = np.flatnonzero(kept[weekday[: panel.n_time]] & (np.arange(panel.n_time) >= start))
    season = panel.frequency.season
    season = int(kept.sum()) if season == len(kept) else season
    values = np.where(past[columns], panel.target[row, columns], np.nan)
    is_log = logarithms and _is_positive(values)
    if is_log:
        values = np.log(np.where(values > 0, values, np.nan))
    values = fill_gaps(values, season)
    ahead = kept[weekday[panel.n_time :]]
    steps = np.flatnonzero(ahead & future)
    positions = (np.cumsum(ahead) - 1)[steps]
    return Sequence(row, values, season, columns, steps, int(ahead.sum()), positions, is_log)


def _weekdays(panel: Panel, horizon: int) -> Integers:
    """``[n_time + horizon]`` 0 for Monday; all zero unless the data are daily."""
    times = panel.frequency.times(panel.origin, panel.n_time + horizon)
    if str(panel.frequency) != "D":
        return np.zeros(len(times), dtype=np.int64)
    return np.asarray((times.astype("datetime64[D]").astype(np.int64) + 3) % 7)


def _kept_weekdays(is_open: Bools, weekday: Integers) -> Bools:
    """``[7]`` weekdays but those that came and were never open; all if no day ever was open."""
    kept = np.ones(7, dtype=bool)
    if is_open.any():
        kept[weekday] = False
        kept[weekday[is_open]] = True
    return kept


def _is_positive(values: Floats) -> bool:
    """Whether logarithms suit: every value positive but for a rare slip."""
    known = values[np.isfinite(values)]
    return bool(known.size) and bool((known <= 0).mean() <= 0.02)


def fill_gaps(values: Floats, season: int) -> Floats:
    """``values`` with each gap filled by the mean of its neighbours a season before and after.

    Where there are none, by the mean of all values.
    """
    missing = np.flatnonzero(np.isnan(values))
    if not missing.size:
        return values
    filled = values.copy()
    overall = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
    for at in missing:
        offsets = at + season * np.array([-2, -1, 1, 2])
        offsets = offsets[(offsets >= 0) & (offsets < len(values))]
        near = values[offsets]
        near = near[np.isfinite(near)]
        filled[at] = near.mean() if near.size else overall
    return filled


def sparse_series(panel: Panel) -> Bools:
    """``[n_series]`` which series saw no demand on too many open days of late.

    A third of the days without a sale is enough to mislead what smooths a level.
    """
    last = max(panel.n_time // 4, 1)
    recent = panel.target[:, -last:]
    counted = np.isfinite(recent) & open_mask(panel, 0)[:, -last:]
    idle = (counted & (recent == 0)).sum(axis=1)
    return np.asarray(idle > _SPARSE_SHARE * np.maximum(counted.sum(axis=1), 1))


def is_sparse(panel: Panel) -> bool:
    """Whether more than a third of the series are sparse.

    Fewer than half, so that a panel that is sparse for most of a year is not taken for another
    in its best weeks.
    """
    return bool(panel.n_series) and float(sparse_series(panel).mean()) > _SPARSE_SERIES


def _level(sequence: Sequence) -> Floats:
    """The quantiles of the recent values: what stands in where a method fails."""
    values = np.exp(sequence.values) if sequence.is_log else sequence.values
    recent = values[-max(2 * sequence.season, 8) :]
    return np.repeat(np.quantile(recent, GRID)[None], sequence.length, axis=0)

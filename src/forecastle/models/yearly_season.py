"""The same steps of the last years at this year's level, and how far that was off before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecastle.models.last_year import level_stretch, long_lag
from forecastle.series.panel import Floats, Panel

YEARS = 2
"""How many count, each half of the one after it."""

_HALF_LIFE = 0.75  # of the stretch over which a level is measured
_FARTHEST = 6  # half-lives
_OWN = 0.8  # of a series' change in level; for the rest it changed as all did
_ALMOST_ZERO = 1e-12
_ORIGINS = 13  # at which the method's own errors are measured, over a year


@dataclass(frozen=True)
class Season:
    """The long season, and the stretch over which a level is measured, in steps."""

    lag: int
    stretch: int

    @classmethod
    def of(cls, panel: Panel) -> Season:
        """That of a panel."""
        return cls(long_lag(panel), level_stretch(panel))

    def point(self, target: Floats, clean: Floats, origin: int, horizon: int) -> Floats:
        """``[n_series, horizon]`` forecast from ``origin``; the level where no year is known."""
        steps = np.arange(horizon)
        total, weight = np.zeros((len(target), horizon)), 0.0
        for year in range(1, YEARS + 1):
            back = year * self.lag
            if origin - back < max(1, self.stretch // 2):
                break
            source = origin - back + steps % self.lag
            change = self._change(target, clean, origin, back)
            total += 0.5**year * (clean[:, source] + change[:, None])
            weight += 0.5**year
        if weight:
            return np.maximum(total / weight, 0.0)
        recent = clean[:, max(origin - self.stretch, 0) : origin]
        level = recent.mean(axis=1) if recent.size else np.zeros(len(target))
        return np.repeat(np.maximum(level, 0.0)[:, None], horizon, axis=1)

    def _change(self, target: Floats, clean: Floats, origin: int, back: int) -> Floats:
        """``[n_series]`` how much more is sold than ``back`` steps ago; 0 if nothing is known.

        Drawn to the change of all series together: some of each one's own is chance.
        """
        half_life = _HALF_LIFE * self.stretch
        reach = min(int(np.ceil(_FARTHEST * half_life)), origin - back)
        now = target[:, origin - reach : origin]
        before = slice(origin - back - reach, origin - back)
        past = np.where(np.isfinite(target[:, before]), target[:, before], clean[:, before])
        known = np.isfinite(now)
        weight = known * 0.5 ** (np.arange(reach)[::-1] / half_life)
        sums = np.maximum(weight.sum(axis=1), _ALMOST_ZERO)
        own = (weight * np.where(known, now - past, 0.0)).sum(axis=1) / sums
        level = (weight * np.abs(past)).sum(axis=1) / sums
        common = own.sum() / max(float(level.sum()), _ALMOST_ZERO) * level
        return np.asarray(_OWN * own + (1 - _OWN) * common)

    def origins(self, n_time: int, horizon: int) -> Iterator[int]:
        """Earlier origins, latest first, that leave a year and the horizon."""
        apart = max(1, self.lag // _ORIGINS)
        for k in range(_ORIGINS):
            origin = n_time - horizon - k * apart
            if origin - self.lag < max(1, self.stretch // 2):
                return
            yield origin

    def errors(self, target: Floats, clean: Floats, horizon: int) -> Floats:
        """``[n_series, n_origins, horizon]`` actual minus forecast; NaN where not known."""
        origins = self.origins(target.shape[1], horizon)
        found = [
            target[:, origin : origin + horizon] - self.point(target, clean, origin, horizon)
            for origin in origins
        ]
        return np.stack(found, axis=1) if found else np.zeros((len(target), 0, horizon))

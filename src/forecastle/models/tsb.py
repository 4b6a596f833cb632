"""TSB: intermittent demand as a chance of selling at all and a size when it sells."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.local import LocalModel
from forecastle.models.npts import sorted_by_value, weighted_quantiles
from forecastle.models.sequences import is_sparse
from forecastle.series.closed_days import open_mask
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_SMOOTHING = (0.03, 0.1)
_SIZE_HALF_LIFE = 120.0


class TSB(LocalModel):
    """Croston's split of intermittent demand, as Teunter, Syntetos and Babai (2011) smooth it.

    The chance of a sale is smoothed at every step, so that it fades while nothing sells; the
    sizes of past sales, recent ones more, give the distribution when something does. Where the
    original gives one number, this gives the quantiles of the mixture.
    """

    name: ClassVar[str] = "TSB"
    capabilities: ClassVar[Capability] = Capability.SPARSE

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Only for demand that is mostly zero."""
        return None if is_sparse(panel) else "demand is not intermittent"

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`."""
        past = np.where(open_mask(history, 0), history.target, np.nan)
        sizes, order = sorted_by_value(np.where(past == 0, np.nan, past))
        age = np.arange(history.n_time, 0, -1, dtype=float)
        weights = 0.5 ** (age / _SIZE_HALF_LIFE)
        parts = []
        for smoothing in _SMOOTHING:
            chance = smoothed_chance(past, smoothing)[:, None]
            within = (np.array(GRID)[None] - (1 - chance)) / np.maximum(chance, 1e-9)
            size = weighted_quantiles(sizes, order, weights, np.clip(within, 0.0, 1.0))
            parts.append(np.where(within > 0, size, 0.0))
        return np.repeat(np.mean(parts, axis=0)[:, None, :], spec.horizon, axis=1)


def smoothed_chance(past: Floats, smoothing: float) -> Floats:
    """``[n_series]`` exponentially smoothed share of steps with demand; NaN steps are passed."""
    known = np.isfinite(past)
    sold = np.where(known, past != 0, 0.0)
    chance = sold.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    for k in range(past.shape[1]):
        chance += np.where(known[:, k], smoothing * (sold[:, k] - chance), 0.0)
    return np.asarray(chance)

"""The seasonal naive: what was sold one season ago. The yardstick of every accuracy."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.models.base import Capability
from forecastle.models.local import LocalModel
from forecastle.models.residuals import error_quantiles, series_scale
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec


class SeasonalNaive(LocalModel):
    """Repeats the last season; quantiles from past errors one season ahead.

    Where the history is no longer than a season it repeats the last value.
    """

    name: ClassVar[str] = "SeasonalNaive"
    capabilities: ClassVar[Capability] = Capability.NONE

    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """See `LocalModel.quantiles`."""
        season = history.frequency.season
        season = season if history.n_time > season else 1
        filled = forward_filled(history.target, season)
        steps = np.arange(spec.horizon)
        point = filled[:, history.n_time - season + steps % season]
        errors = history.target[:, season:] - history.target[:, :-season]
        scale = series_scale(history.target, 4 * season)
        widths = error_quantiles(errors, scale)
        seasons_ahead = np.sqrt(1 + steps // season)
        return np.asarray(point[:, :, None] + seasons_ahead[None, :, None] * widths[:, None, :])


def forward_filled(target: Floats, season: int) -> Floats:
    """``target`` with each missing value taken from one season before, else zero."""
    filled = target.copy()
    for first in range(season, target.shape[1]):
        column = filled[:, first]
        missing = np.isnan(column)
        column[missing] = filled[missing, first - season]
    return np.asarray(np.nan_to_num(filled, nan=0.0))

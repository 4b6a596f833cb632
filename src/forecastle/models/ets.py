"""ETS: exponential smoothing with the form chosen by information criterion."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel, is_sparse
from forecastle.series.forecast import normal_scores
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

LONGEST_SEASON = 24
"""Longer seasons give silently flat forecasts."""


class ETS(SequenceModel):
    """Error, trend, season (Hyndman et al. 2002; statsforecast's AutoETS), on open days.

    Error and season are additive, in logarithms wherever the data allow them: that is the
    multiplicative form. The trend (none, additive, damped) is chosen.
    """

    name: ClassVar[str] = "ETS"
    capabilities: ClassVar[Capability] = Capability.NONE

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Sparse demand has no level to smooth; a long season is beyond it."""
        season = panel.frequency.season
        if season > LONGEST_SEASON:
            return f"the season of {season} steps is too long for it: MSTL+ETS carries it"
        if is_sparse(panel):
            return "demand is mostly zero: NPTS and TSB are made for that"
        return None

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`; the quantiles are the model's own normal ones."""
        from statsforecast.models import AutoETS

        season = sequence.season
        if season > LONGEST_SEASON or len(sequence.values) < 2 * season + 5:
            season = 1
        method = AutoETS(season_length=season, model="AZA")
        return normal_quantiles(method, sequence.values, sequence.length)


def normal_quantiles(method: Any, values: Floats, length: int) -> Floats:
    """``[length, len(GRID)]`` of a statsforecast method with normal intervals."""
    with warnings.catch_warnings():
        # Theta says so of a short sequence: the spread is rough then, which cannot be helped.
        warnings.filterwarnings("ignore", "Too few residuals", UserWarning)
        found = method.forecast(y=values, h=length, level=[80])
    mean = np.asarray(found["mean"])
    deviation = (np.asarray(found["hi-80"]) - mean) / normal_scores([0.9])[0]
    return np.asarray(mean[:, None] + deviation[:, None] * normal_scores(GRID)[None, :])

"""MSTL+ETS: take the seasons out, smooth what remains, put the seasons back."""

from __future__ import annotations

from typing import ClassVar

from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.models.statistical import normal_quantiles
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec


class MSTLETS(SequenceModel):
    """Multiple seasonal decomposition (Bandara, Hyndman and Bergmeir 2021) with ETS on the rest.

    The way to a season of 52 weeks that ETS alone cannot carry. What remains is smoothed without
    a trend: two or three years of weeks do not tell a trend from a season, and leaving it out is
    more accurate and twice as fast.
    """

    name: ClassVar[str] = "MSTL+ETS"
    capabilities: ClassVar[Capability] = Capability.NONE
    uses_logarithms = False

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs two long seasons; a short one ETS carries itself."""
        season = panel.frequency.season
        longest = int(panel.lengths.max(initial=0))
        if season <= 12:
            return f"the season of {season} steps is short: ETS carries it itself"
        if longest < 2 * season:
            return f"needs two seasons ({2 * season} steps); the longest series has {longest}"
        return None

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`."""
        from statsforecast.models import MSTL, AutoETS

        if len(sequence.values) < 2 * sequence.season:
            raise ValueError("less than two seasons")
        method = MSTL(season_length=sequence.season, trend_forecaster=AutoETS(model="ANN"))
        return normal_quantiles(method, sequence.values, sequence.length)

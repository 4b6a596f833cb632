"""ETS: exponential smoothing with the form chosen by information criterion."""

from __future__ import annotations

from typing import ClassVar

from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.models.statistical import LONGEST_SEASON, normal_quantiles, unsuited_to_smoothing
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec


class ETS(SequenceModel):
    """Error, trend, season (Hyndman et al. 2002; statsforecast's AutoETS), on open days.

    Error and season are additive, in logarithms wherever the data allow them: that is the
    multiplicative form. The trend (none, additive, damped) is chosen.
    """

    name: ClassVar[str] = "ETS"
    capabilities: ClassVar[Capability] = Capability.NONE

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Sparse demand has no level to smooth; a long season is beyond it."""
        return unsuited_to_smoothing(panel)

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`; the quantiles are the model's own normal ones."""
        from statsforecast.models import AutoETS

        season = sequence.season
        if season > LONGEST_SEASON or len(sequence.values) < 2 * season + 5:
            season = 1
        method = AutoETS(season_length=season, model="AZA")
        return normal_quantiles(method, sequence.values, sequence.length)

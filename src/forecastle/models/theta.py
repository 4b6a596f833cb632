"""Theta: a line and a smoothed curve through the deseasonalised series."""

from __future__ import annotations

from typing import ClassVar

from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.models.statistical import LONGEST_SEASON, normal_quantiles, unsuited_to_smoothing
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec


class Theta(SequenceModel):
    """The theta method (Assimakopoulos and Nikolopoulos 2000; statsforecast), on open days.

    Its season is left out where the history holds less than two of them: the decomposition then
    explodes.
    """

    name: ClassVar[str] = "Theta"
    capabilities: ClassVar[Capability] = Capability.NONE

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Its decomposition needs many seasons, and demand on most days."""
        return unsuited_to_smoothing(panel)

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`; the quantiles are the model's own normal ones."""
        from statsforecast.models import Theta as Method

        season = sequence.season
        if season > LONGEST_SEASON or len(sequence.values) <= 2 * season + 4:
            season = 1
        kind = "additive" if sequence.is_log else "multiplicative"
        method = Method(season_length=season, decomposition_type=kind)
        return normal_quantiles(method, sequence.values, sequence.length)

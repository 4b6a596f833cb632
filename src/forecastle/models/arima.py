"""ARIMA: orders chosen by information criterion."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.models.statistical import normal_quantiles
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_LONGEST_SEASON = 24
_FOURIER_ORDER = 4


class ARIMA(SequenceModel):
    """auto.arima (Hyndman and Khandakar 2008; statsforecast's AutoARIMA), on open days.

    Seasons of 24 steps and more enter as Fourier terms of order 4, as in Amazon Forecast
    (developer guide: aws-forecast-recipe-arima).
    """

    name: ClassVar[str] = "ARIMA"
    capabilities: ClassVar[Capability] = Capability.NONE

    def forecast(self, sequence: Sequence, history: Panel, spec: ForecastSpec) -> Floats:
        """See `SequenceModel.forecast`; the quantiles are the model's own normal ones."""
        from statsforecast.models import AutoARIMA

        values, length, season = sequence.values, sequence.length, sequence.season
        if len(values) < 2 * season:
            season = 1
        if season < _LONGEST_SEASON:
            return normal_quantiles(AutoARIMA(season_length=season), values, length)
        waves = fourier(len(values) + length, season)
        known, ahead = waves[: len(values)], waves[len(values) :]
        return normal_quantiles(AutoARIMA(), values, length, X=known, X_future=ahead)


def fourier(n: int, season: int) -> Floats:
    """``[n, 2 * order]`` sine and cosine waves of the season and its overtones."""
    angle = 2 * np.pi * np.outer(np.arange(n), np.arange(1, _FOURIER_ORDER + 1)) / season
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)

"""ARIMA: orders chosen by information criterion."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.sequences import Sequence, SequenceModel
from forecastle.series.forecast import normal_scores
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
            found = AutoARIMA(season_length=season).forecast(y=values, h=length, level=[80])
        else:
            waves = fourier(len(values) + length, season)
            found = AutoARIMA(season_length=1).forecast(
                y=values, h=length, X=waves[: len(values)], X_future=waves[-length:], level=[80]
            )
        mean = np.asarray(found["mean"])
        deviation = (np.asarray(found["hi-80"]) - mean) / normal_scores([0.9])[0]
        return np.asarray(mean[:, None] + deviation[:, None] * normal_scores(GRID)[None, :])


def fourier(n: int, season: int) -> Floats:
    """``[n, 2 * order]`` sine and cosine waves of the season and its overtones."""
    angle = 2 * np.pi * np.outer(np.arange(n), np.arange(1, _FOURIER_ORDER + 1)) / season
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)

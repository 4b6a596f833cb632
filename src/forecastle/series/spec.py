"""ForecastSpec: what is to be forecast, apart from the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, levels_of


@dataclass(frozen=True)
class ForecastSpec:
    """What is to be forecast.

    Attributes:
        horizon: number of steps ahead.
        forecast_types: quantiles (``"0.1"`` …) and ``"mean"``, as Amazon Forecast spells them.
        seed: decides every draw of chance.
        training_parameters: what to change in the one algorithm asked for, name → value, both as
            text, as Amazon Forecast takes them; see `models.parameters`.
    """

    horizon: int
    forecast_types: tuple[str, ...] = DEFAULT_FORECAST_TYPES
    seed: int = 0
    training_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels among the forecast types; the median if there are none."""
        return levels_of(self.forecast_types) or (0.5,)

"""What algorithms share that treat each series on its own.

A local algorithm learns nothing that outlives a forecast: its parameters are estimated from the
history that it is given, so "fitting" keeps only what is to be forecast.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from forecastle.core.budget import Budget
from forecastle.models.base import Capability
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "local.json"


class LocalModel(ABC):
    """Base of the local algorithms: implement `quantiles`."""

    name: ClassVar[str]
    capabilities: ClassVar[Capability] = Capability.NONE

    @abstractmethod
    def quantiles(self, history: Panel, spec: ForecastSpec) -> Floats:
        """``[n_series, horizon, len(GRID)]`` for the steps after ``history``."""

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Fit for any data unless the algorithm says otherwise."""
        return None

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> LocalFit:
        """Keep what is to be forecast."""
        return LocalFit(self, spec)

    def load(self, folder: Path) -> LocalFit:
        """Read back what `LocalFit.save` wrote."""
        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        values["forecast_types"] = tuple(values["forecast_types"])
        return LocalFit(self, ForecastSpec(**values))


@dataclass(frozen=True)
class LocalFit:
    """A local algorithm and what it is to forecast."""

    model: LocalModel
    spec: ForecastSpec

    def predict(self, history: Panel) -> Forecast:
        """Estimate and forecast each series of ``history``."""
        quantiles = self.model.quantiles(history, self.spec)
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """Write the specification as JSON."""
        (folder / _FILE).write_text(json.dumps(asdict(self.spec)), encoding="utf-8")

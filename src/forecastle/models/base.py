"""What a model is: the protocol that every algorithm fulfils."""

from __future__ import annotations

from enum import Flag, auto
from pathlib import Path
from typing import ClassVar, Protocol

from forecastle.core.budget import Budget
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec


class Capability(Flag):
    """What a model can use or do."""

    NONE = 0
    KNOWN = auto()
    """Uses covariates that are known in advance."""
    PAST = auto()
    """Uses covariates that are known only for the past."""
    STATIC = auto()
    """Uses item metadata."""
    CALENDAR = auto()
    """Uses holidays and events."""
    COLD_START = auto()
    """Forecasts series without history."""
    GLOBAL = auto()
    """Learns one model from all series; without it, each series stands alone."""
    SPARSE = auto()
    """Made for demand that is mostly zero."""
    GPU = auto()
    """Trains on a GPU where there is one."""


class FittedModel(Protocol):
    """A trained model; knows nothing of the panel it was trained on but what it learned."""

    def predict(self, history: Panel) -> Forecast:
        """Forecast the ``horizon`` steps after ``history``; never retrains shared parameters.

        Quantiles may come unsorted or negative: `training` puts them in order once. Every value
        is finite, also for series without a single observation.
        """

    def save(self, folder: Path) -> None:
        """Write everything to an existing, empty folder: JSON, Parquet, text; never pickle."""


class Model(Protocol):
    """An algorithm."""

    name: ClassVar[str]
    capabilities: ClassVar[Capability]

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Why this algorithm is not fit for the data, in a sentence; None if it is."""

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedModel:
        """Learn from ``train``. Deterministic for a given panel and ``spec.seed``."""

    def load(self, folder: Path) -> FittedModel:
        """Read back what `FittedModel.save` wrote."""

"""The global model: LightGBM that predicts quantiles directly for every series and step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.compression import UNCOMPRESSED, Compression
from forecastle.models.global_rows import (
    Context,
    too_few_origins,
    without_closed_days,
)
from forecastle.models.levels import TRAINED_LEVELS, spread_to_grid
from forecastle.models.trees import Sample, Settings, grow, predict_rows, settings_for
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "model.json"


class LightGBMQuantile:
    """One LightGBM per quantile level and seed over all series.

    A row is a (series, origin, step); the target is demand over the series' scale at the origin;
    rows are weighted by the square root of the scale, between counting every series alike and
    counting every unit of demand alike, which is what the weighted quantile loss does.
    """

    name: ClassVar[str] = "LightGBM"
    capabilities: ClassVar[Capability] = (
        Capability.GLOBAL
        | Capability.KNOWN
        | Capability.PAST
        | Capability.STATIC
        | Capability.CALENDAR
        | Capability.COLD_START
        | Capability.SPARSE
    )

    def unsuited(self, panel: Panel, spec: ForecastSpec) -> str | None:
        """Needs enough rows to learn from."""
        return too_few_origins(panel, spec)

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedLightGBM:
        """Train on rows sampled over all series and origins."""
        train = without_closed_days(train)
        context = Context.of(train)
        settings = settings_for(train)
        seeds = [
            _fit_levels(train, replace(spec, seed=spec.seed + k), context, settings, budget)
            for k in range(settings.seeds)
        ]
        boosters = tuple(zip(*seeds, strict=True))
        return FittedLightGBM(spec, context, boosters, settings.compression)

    def load(self, folder: Path) -> FittedLightGBM:
        """Read back what `FittedLightGBM.save` wrote."""
        import lightgbm

        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        boosters = [
            tuple(
                lightgbm.Booster(model_file=folder / _booster_file(level, k))
                for k in range(values["seeds"])
            )
            for level in TRAINED_LEVELS
        ]
        return FittedLightGBM(
            ForecastSpec(**spec),
            Context(**values["context"]),
            tuple(boosters),
            Compression(values.get("compression", 0.0)),  # earlier versions compressed nothing
        )


@dataclass(frozen=True)
class FittedLightGBM:
    """The boosters, ``[level][seed]``, and the compression of what they learnt."""

    spec: ForecastSpec
    context: Context
    boosters: tuple[tuple[Any, ...], ...]
    compression: Compression = UNCOMPRESSED

    def predict(self, history: Panel) -> Forecast:
        """Describe every series and step from the end of ``history`` and predict."""
        horizon = self.spec.horizon
        history = without_closed_days(history)
        every = np.arange(history.n_series)
        features, _, scale = self.context.describe_ahead(history, every, horizon)
        levels = [
            np.mean(
                [self.compression.expand(predict_rows(each, features)) for each in seeds], axis=0
            )
            for seeds in self.boosters
        ]
        trained = np.sort(np.stack(levels, axis=1), axis=1) * scale[:, None]
        quantiles = spread_to_grid(trained, TRAINED_LEVELS)
        quantiles = quantiles.reshape(history.n_series, horizon, len(GRID))
        return Forecast.after(history, quantiles)

    def contributions(self, history: Panel, series: Integers) -> tuple[Floats, list[str]]:
        """What each feature adds to the median of some series, by TreeSHAP.

        Lundberg et al. 2020, "From local explanations to global understanding with explainable AI
        for trees": the contributions of a row and the expectation add up to the prediction.

        Args:
            history: of all series, as for `predict`.
            series: which of them.

        Returns:
            ``[n_chosen, horizon, n_features + 1]`` in units of demand, the expectation last, and
            the names of the features. Their sum is the median before quantiles are put in order.
        """
        history = without_closed_days(history)
        horizon = self.spec.horizon
        features, names, scale = self.context.describe_ahead(history, series, horizon)
        parts = [
            self.compression.expand_parts(predict_rows(booster, features, contributions=True))
            for booster in self.boosters[TRAINED_LEVELS.index(0.5)]
        ]
        values = np.mean(parts, axis=0) * scale[:, None]
        return values.reshape(len(series), horizon, -1), names

    def save(self, folder: Path) -> None:
        """LightGBM's own text format, one file per level and seed."""
        for level, seeds in zip(TRAINED_LEVELS, self.boosters, strict=True):
            for k, booster in enumerate(seeds):
                booster.save_model(folder / _booster_file(level, k))
        values = {
            "spec": asdict(self.spec),
            "context": asdict(self.context),
            "seeds": len(self.boosters[0]),
            "compression": self.compression.width,
        }
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def _fit_levels(
    train: Panel, spec: ForecastSpec, context: Context, settings: Settings, budget: Budget
) -> list[Any]:
    """One booster per level, on rows drawn by ``spec.seed``."""
    sample = Sample.drawn(train, spec, context, settings.rows)
    dataset = sample.dataset(settings.compression.compress(sample.target))
    return [
        grow(dataset, {"objective": "quantile", "alpha": level}, settings, spec.seed, budget)
        for level in TRAINED_LEVELS
    ]


def _booster_file(level: float, seed: int) -> str:
    return f"p{round(level * 100):02d}-{seed}.txt"

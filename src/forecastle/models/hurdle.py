"""Sparse demand in two parts: whether something sells, and how much if it does."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.global_rows import (
    Context,
    too_few_origins,
    without_closed_days,
)
from forecastle.models.sequences import is_sparse
from forecastle.models.trees import Sample, Settings, grow, predict_rows, settings_for
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "model.json"
_LEVELS = np.linspace(0.005, 0.995, 100)
"""Of the errors' distribution."""
_FEWEST_SALES = 20
# What is expanded stays a number, whatever trees that were summed come to.
_FARTHEST = 50.0


class Hurdle:
    """A chance of a sale and a size of it, by trees over all series.

    Cragg 1971, "Some Statistical Models for Limited Dependent Variables with Application to the
    Demand for Durable Goods", Econometrica 39(5), with boosted trees in place of the probit and the
    regression. The logarithm of what sells has the same errors everywhere, so that two numbers a
    row make all of its quantiles: where there is more noise than anything else to learn, fewer
    things learnt are learnt better than each quantile on its own (`LightGBM`).
    """

    name: ClassVar[str] = "Hurdle"
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
        """Only for demand that is mostly zero; needs enough rows to learn from."""
        if not is_sparse(panel):
            return "demand is not intermittent"
        return too_few_origins(panel, spec)

    def fit(self, train: Panel, spec: ForecastSpec, budget: Budget) -> FittedHurdle:
        """Train on rows sampled over all series and origins."""
        train = without_closed_days(train)
        context = Context.of(train)
        settings = settings_for(train)
        seeds = [
            _fit_parts(train, replace(spec, seed=spec.seed + k), context, settings, budget)
            for k in range(settings.seeds)
        ]
        chances, sizes, errors = zip(*seeds, strict=True)
        return FittedHurdle(spec, context, chances, sizes, np.mean(errors, axis=0))

    def load(self, folder: Path) -> FittedHurdle:
        """Read back what `FittedHurdle.save` wrote."""
        import lightgbm

        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        spec = values["spec"] | {"forecast_types": tuple(values["spec"]["forecast_types"])}
        context = values["context"] | {"pooled": tuple(values["context"]["pooled"])}
        chances, sizes = (
            tuple(
                lightgbm.Booster(model_file=folder / _booster_file(part, k))
                for k in range(values["seeds"])
            )
            for part in ("chance", "size")
        )
        errors = np.array(values["errors"])
        return FittedHurdle(ForecastSpec(**spec), Context(**context), chances, sizes, errors)


@dataclass(frozen=True, eq=False)
class FittedHurdle:
    """The two parts, of each seed, and the errors of the second.

    Attributes:
        spec: what is forecast.
        context: what rows to predict share with those learnt from.
        chances: boosters of the chance that something sells.
        sizes: boosters of the logarithm of what sells, over the scale of the series.
        errors: ``[100]`` quantiles of the errors of ``sizes``, evenly from 0.005 to 0.995.
    """

    spec: ForecastSpec
    context: Context
    chances: tuple[Any, ...]
    sizes: tuple[Any, ...]
    errors: Floats

    def predict(self, history: Panel) -> Forecast:
        """Describe every series and step from the end of ``history`` and predict."""
        horizon = self.spec.horizon
        history = without_closed_days(history)
        every = np.arange(history.n_series)
        features, _, scale = self.context.describe_ahead(history, every, horizon)
        chance, size = (
            np.mean([predict_rows(each, features) for each in parts], axis=0)
            for parts in (self.chances, self.sizes)
        )
        quantiles = mixture_quantiles(chance, size, self.errors) * scale[:, None]
        quantiles = quantiles.reshape(history.n_series, horizon, len(GRID))
        return Forecast.after(history, quantiles)

    def save(self, folder: Path) -> None:
        """LightGBM's own text format, one file per part and seed, and JSON."""
        for part, boosters in (("chance", self.chances), ("size", self.sizes)):
            for k, booster in enumerate(boosters):
                booster.save_model(folder / _booster_file(part, k))
        values = {
            "spec": asdict(self.spec),
            "context": asdict(self.context),
            "seeds": len(self.chances),
            "errors": self.errors.tolist(),
        }
        (folder / _FILE).write_text(json.dumps(values), encoding="utf-8")


def mixture_quantiles(chance: Floats, size: Floats, errors: Floats) -> Floats:
    """``[n_rows, len(GRID)]`` quantiles of nothing, or of what sells if something does.

    Args:
        chance: ``[n_rows]`` that something sells.
        size: ``[n_rows]`` logarithm of what sells.
        errors: ``[100]`` quantiles of what is added to it.
    """
    chance = np.maximum(chance, 1e-9)[:, None]
    within = (np.array(GRID)[None] - (1 - chance)) / chance
    logarithm = size[:, None] + np.interp(within, _LEVELS, errors)
    return np.where(within > 0, np.exp(np.clip(logarithm, -_FARTHEST, _FARTHEST)), 0.0)


def _fit_parts(
    train: Panel, spec: ForecastSpec, context: Context, settings: Settings, budget: Budget
) -> tuple[Any, Any, Floats]:
    """The boosters of chance and size, and quantiles of the errors, on rows of one seed."""
    sample = Sample.drawn(train, spec, context, settings.rows)
    sold = sample.target > 0
    chance = grow(
        sample.dataset(sold.astype(float)), {"objective": "binary"}, settings, spec.seed, budget
    )
    # Where hardly a row sold, there is no size to learn: whatever sells, sells the series' mean.
    sales = sample.of(sold | (sold.sum() < _FEWEST_SALES))
    logarithm = np.log(np.where(sales.target > 0, sales.target, 1.0))
    size = grow(sales.dataset(logarithm), {"objective": "l2"}, settings, spec.seed, budget)
    errors = logarithm - predict_rows(size, sales.features)
    return chance, size, _weighted_quantiles(errors, sales.weight)


def _weighted_quantiles(values: Floats, weight: Floats) -> Floats:
    """``[100]`` quantiles of ``[n]`` values that count differently."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    middle = (share - weight[order] / 2) / share[-1]
    return np.interp(_LEVELS, middle, values[order])


def _booster_file(part: str, seed: int) -> str:
    return f"{part}-{seed}.txt"

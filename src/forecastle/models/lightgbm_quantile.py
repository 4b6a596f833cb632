"""The global model: LightGBM that predicts quantiles directly for every series and step."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.compression import UNCOMPRESSED, Compression
from forecastle.models.features import Features, category_names
from forecastle.models.global_rows import (
    Context,
    rows_ahead,
    sample_rows,
    too_few_origins,
    without_closed_days,
)
from forecastle.models.levels import TRAINED_LEVELS, spread_to_grid
from forecastle.models.sequences import is_sparse
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Floats, Integers, Panel
from forecastle.series.spec import ForecastSpec

_FILE = "model.json"
# Threads wait for each other longer than they work on fewer rows than this.
_FEWEST_ROWS_TO_SHARE = 40_000
# Sparse demand comes in spikes of many times the scale.
_SPIKES = Compression(0.05)


@dataclass(frozen=True)
class Settings:
    """Size of the trees, by the size of the panel; each seed draws rows of its own.

    ``compression`` is that of the target; ``feature_fraction`` the share of the features that each
    tree may split on. Features tell much the same in many ways, and trees that see fewer of them
    differ more from each other.
    """

    trees: int
    leaves: int
    learning_rate: float
    smallest_leaf: int
    rows: int
    seeds: int = 2
    compression: Compression = UNCOMPRESSED
    feature_fraction: float = 0.6


def settings_for(panel: Panel) -> Settings:
    """Small trees for few rows or sparse demand, which is mostly noise; larger ones otherwise."""
    # The steps from one origin share most of their features: more rows than this per series cost
    # time and gain nothing.
    rows = int(np.clip(750 * panel.n_series, 15_000, 80_000))
    if panel.n_series <= 5:
        return Settings(100, 8, 0.05, 20, rows)
    if is_sparse(panel):
        return Settings(60, 8, 0.1, 100, min(rows, 25_000), compression=_SPIKES)
    if panel.n_series <= 100:
        return Settings(150, 15, 0.05, 40, rows)
    return Settings(180, 31, 0.07, 60, rows, feature_fraction=0.3)


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
        features, _, scale = self._described(history, np.arange(history.n_series))
        levels = [
            np.mean([self.compression.expand(_predict(each, features)) for each in seeds], axis=0)
            for seeds in self.boosters
        ]
        trained = np.sort(np.stack(levels, axis=1), axis=1) * scale[:, None]
        quantiles = spread_to_grid(trained, TRAINED_LEVELS)
        quantiles = quantiles.reshape(history.n_series, horizon, len(GRID))
        start = history.future_times(1)[0]
        return Forecast(history.frequency, history.keys, start, quantiles)

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
        features, names, scale = self._described(without_closed_days(history), series)
        parts = [
            self.compression.expand_parts(_predict(booster, features, contributions=True))
            for booster in self.boosters[TRAINED_LEVELS.index(0.5)]
        ]
        values = np.mean(parts, axis=0) * scale[:, None]
        return values.reshape(len(series), self.spec.horizon, -1), names

    def _described(self, history: Panel, series: Integers) -> tuple[Features, list[str], Floats]:
        """Features of every step of some series, their names, and the scale of each row."""
        horizon = self.spec.horizon
        rows = rows_ahead(history, series, horizon)
        builder = self.context.builder(history, horizon)
        scale = builder.scale(rows.series, rows.origin)
        features, names = builder.build(rows, scale)
        return features, names, scale

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
    import lightgbm

    builder = context.builder(train, spec.horizon)
    rows = sample_rows(train, spec, settings.rows)
    scale = builder.scale(rows.series, rows.origin)
    features, names = builder.build(rows, scale)
    dataset = lightgbm.Dataset(
        features,
        label=settings.compression.compress(train.target[rows.series, rows.target] / scale),
        weight=np.sqrt(scale / scale.mean()),
        feature_name=names,
        categorical_feature=[n for n in category_names(context.categories) if n in names],
        params={"max_bin": 127, "verbosity": -1, "min_data_in_bin": 5},
        free_raw_data=False,
    )
    threads = 1 if len(features) < _FEWEST_ROWS_TO_SHARE else budget.threads
    return [
        lightgbm.train(
            _parameters(settings, level, spec.seed, threads),
            dataset,
            settings.trees,
            callbacks=[_stop_in_time(budget)] if budget.limit is not None else None,
        )
        for level in TRAINED_LEVELS
    ]


def _stop_in_time(budget: Budget) -> Callable[[Any], None]:
    """A callback that grows no more trees once the time is up; the backtest judges the rest."""
    from lightgbm.callback import EarlyStopException

    def stop(state: Any) -> None:
        if budget.remaining <= 0:
            raise EarlyStopException(state.iteration, [])

    return stop


def _predict(booster: Any, features: Features, *, contributions: bool = False) -> Floats:
    threads = 1 if len(features) < _FEWEST_ROWS_TO_SHARE else 0
    return np.asarray(booster.predict(features, pred_contrib=contributions, num_threads=threads))


def _parameters(settings: Settings, level: float, seed: int, threads: int) -> dict[str, Any]:
    return {
        "objective": "quantile",
        "alpha": level,
        "num_leaves": settings.leaves,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.smallest_leaf,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        "max_bin": 127,
        "cat_smooth": 20,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }


def _booster_file(level: float, seed: int) -> str:
    return f"p{round(level * 100):02d}-{seed}.txt"

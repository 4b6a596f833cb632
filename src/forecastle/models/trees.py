"""Gradient-boosted trees over the rows of all series: how large, on which rows, in which time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from forecastle.core.budget import Budget
from forecastle.models.compression import UNCOMPRESSED, Compression
from forecastle.models.features import Features, category_names
from forecastle.models.global_rows import Context, sample_rows
from forecastle.models.sequences import is_sparse
from forecastle.series.panel import Bools, Floats, Panel
from forecastle.series.spec import ForecastSpec

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


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows to learn from.

    Rows are weighted by the square root of the scale, between counting every series alike and
    counting every unit of demand alike, which is what the weighted quantile loss does.

    Attributes:
        features: ``[n_rows, n_features]``.
        names: of the features.
        categories: which of them hold codes of strings.
        target: ``[n_rows]`` demand over the series' scale at the origin.
        weight: ``[n_rows]``, about 1.
    """

    features: Features
    names: list[str]
    categories: list[str]
    target: Floats
    weight: Floats

    @classmethod
    def drawn(cls, train: Panel, spec: ForecastSpec, context: Context, most: int) -> Self:
        """At most so many rows over all series and origins, by ``spec.seed``."""
        rows = sample_rows(train, spec, most)
        features, names, scale = context.describe(train, rows, spec.horizon)
        categories = [name for name in category_names(context.categories) if name in names]
        target = train.target[rows.series, rows.target] / scale
        return cls(features, names, categories, target, np.sqrt(scale / scale.mean()))

    def of(self, chosen: Bools) -> Self:
        """Some of the rows."""
        return type(self)(
            self.features[chosen],
            self.names,
            self.categories,
            self.target[chosen],
            self.weight[chosen],
        )

    def dataset(self, label: Floats) -> Any:
        """The rows as LightGBM takes them, to learn ``[n_rows]`` labels."""
        import lightgbm

        return lightgbm.Dataset(
            self.features,
            label=label,
            weight=self.weight,
            feature_name=self.names,
            categorical_feature=self.categories,
            params={"max_bin": 127, "verbosity": -1, "min_data_in_bin": 5},
            free_raw_data=False,
        )


def grow(
    dataset: Any, objective: Mapping[str, Any], settings: Settings, seed: int, budget: Budget
) -> Any:
    """A booster: as many trees as the settings say, or as the time allows."""
    import lightgbm

    threads = 1 if len(dataset.data) < _FEWEST_ROWS_TO_SHARE else budget.threads
    return lightgbm.train(
        {**objective, **_parameters(settings, seed, threads)},
        dataset,
        settings.trees,
        callbacks=[_stop_in_time(budget)] if budget.limit is not None else None,
    )


def predict_rows(booster: Any, features: Features, *, contributions: bool = False) -> Floats:
    """``[n_rows]`` predictions, or ``[n_rows, n_features + 1]`` what each feature adds."""
    threads = 1 if len(features) < _FEWEST_ROWS_TO_SHARE else 0
    return np.asarray(booster.predict(features, pred_contrib=contributions, num_threads=threads))


def _stop_in_time(budget: Budget) -> Callable[[Any], None]:
    """A callback that grows no more trees once the time is up; the backtest judges the rest."""
    from lightgbm.callback import EarlyStopException

    def stop(state: Any) -> None:
        if budget.remaining <= 0:
            raise EarlyStopException(state.iteration, [])

    return stop


def _parameters(settings: Settings, seed: int, threads: int) -> dict[str, Any]:
    return {
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

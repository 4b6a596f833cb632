"""A training as people ask for it, and the operation of the API that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.jobs.training_request import ALGORITHM, HOLIDAY
from forecastle.service.predictors import REFERENCE

Rules = Mapping[str, str]

MOST_COUNTRIES_OF_ONE = 2
"""CreatePredictor takes so many SupplementaryFeatures, each of one country."""


@dataclass(frozen=True)
class TrainingWish:
    """What to train.

    Attributes:
        group: ARN of the dataset group.
        name: of the predictor.
        frequency: of the forecast.
        horizon: steps ahead.
        types: quantiles and ``mean``.
        metric: to make small; None: the usual one.
        algorithm: one by name; None: AutoML.
        countries: whose holidays count; none: no holidays.
        dimensions: columns that tell series of an item apart.
        rules: per attribute, how gaps are filled and rows of a period become one.
        boundary: where periods begin; None: as in the data. Of AutoML alone.
        windows: backtest windows of one algorithm by name, 1 to 5.
        tune: whether the training parameters of the algorithm are searched for.
        explain: whether an explanation follows the training. Of AutoML alone.
    """

    group: str
    name: str
    frequency: str
    horizon: int
    types: tuple[str, ...] = DEFAULT_FORECAST_TYPES
    metric: str | None = None
    algorithm: str | None = None
    countries: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    rules: Mapping[str, Rules] = field(default_factory=dict)
    boundary: Mapping[str, Any] | None = None
    windows: int = 1
    tune: bool = False
    explain: bool = False


def training_operation(wish: TrainingWish) -> tuple[str, dict[str, Any]]:
    """The operation that trains it, and its parameters."""
    shared = {
        "PredictorName": wish.name,
        "ForecastHorizon": wish.horizon,
        "ForecastTypes": list(wish.types),
        **({} if wish.metric is None else {"OptimizationMetric": wish.metric}),
    }
    if wish.algorithm is None:
        return "CreateAutoPredictor", shared | _automl(wish)
    return "CreatePredictor", shared | _by_name(wish, wish.algorithm)


def retraining_operation(name: str, reference: str) -> tuple[str, dict[str, Any]]:
    """The operation that trains again what a predictor was trained for, on the data of today."""
    return "CreateAutoPredictor", {"PredictorName": name, REFERENCE: reference}


def _automl(wish: TrainingWish) -> dict[str, Any]:
    attributes = [
        {"AttributeName": name, "Transformations": dict(rules)}
        for name, rules in wish.rules.items()
    ]
    holidays = [{"Name": HOLIDAY, "Configuration": {"CountryCode": list(wish.countries)}}]
    return {
        "ForecastFrequency": wish.frequency,
        **_some("ForecastDimensions", list(wish.dimensions)),
        **_some("TimeAlignmentBoundary", dict(wish.boundary or {})),
        "DataConfig": {
            "DatasetGroupArn": wish.group,
            **_some("AttributeConfigs", attributes),
            **_some("AdditionalDatasets", holidays if wish.countries else []),
        },
        **_some("ExplainPredictor", wish.explain),
    }


def _by_name(wish: TrainingWish, algorithm: str) -> dict[str, Any]:
    featurizations = [
        {
            "AttributeName": name,
            "FeaturizationPipeline": [
                {
                    "FeaturizationMethodName": "filling",
                    "FeaturizationMethodParameters": dict(rules),
                }
            ],
        }
        for name, rules in wish.rules.items()
    ]
    holidays = [{"Name": HOLIDAY, "Value": country} for country in wish.countries]
    return {
        "AlgorithmArn": f"{ALGORITHM}{algorithm}",
        **_some("PerformHPO", wish.tune),
        "EvaluationParameters": {"NumberOfBacktestWindows": wish.windows},
        "InputDataConfig": {
            "DatasetGroupArn": wish.group,
            **_some("SupplementaryFeatures", holidays),
        },
        "FeaturizationConfig": {
            "ForecastFrequency": wish.frequency,
            **_some("ForecastDimensions", list(wish.dimensions)),
            **_some("Featurizations", featurizations),
        },
    }


def _some(name: str, values: Any) -> dict[str, Any]:
    """The member, if it holds anything."""
    return {name: values} if values else {}

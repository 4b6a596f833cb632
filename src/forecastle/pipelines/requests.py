"""What a pipeline asks the service's operations for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecastle.jobs.training_request import ALGORITHM, HOLIDAY
from forecastle.pipelines.parameters import AUTO_ML
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.work import Work

Parameters = dict[str, Any]


def is_auto(pipeline: Pipeline) -> bool:
    """Whether CreateAutoPredictor trains, else CreatePredictor."""
    return pipeline.training.algorithm == AUTO_ML


def predictor_request(pipeline: Pipeline, group: str) -> Parameters:
    """The parameters of CreateAutoPredictor or CreatePredictor, but for the name.

    Args:
        pipeline: says how to train.
        group: ARN of the dataset group.
    """
    training = pipeline.training
    request = {
        "ForecastHorizon": pipeline.horizon,
        "ForecastTypes": list(training.forecast_types),
        **_given("OptimizationMetric", training.optimization_metric),
    }
    own = _of_auto(pipeline, group) if is_auto(pipeline) else _of_algorithm(pipeline, group)
    return _joined(request | own, training.parameters)


def source(work: Work, url: str) -> Parameters:
    """A DataSource or a Destination; whose bucket it is decides, the role is a formality."""
    role = f"arn:aws:iam::{work.run.account}:role/forecastle"
    return {"S3Config": {"Path": url, "RoleArn": role}}


def _of_auto(pipeline: Pipeline, group: str) -> Parameters:
    holidays = pipeline.training.holidays
    extras = [{"Name": HOLIDAY, "Configuration": {"CountryCode": [holidays]}}] if holidays else []
    return {
        "ForecastFrequency": pipeline.frequency,
        "DataConfig": {"DatasetGroupArn": group, **_given("AdditionalDatasets", extras)},
        **_given("ForecastDimensions", list(pipeline.training.dimensions)),
    }


def _of_algorithm(pipeline: Pipeline, group: str) -> Parameters:
    training = pipeline.training
    extras = [{"Name": HOLIDAY, "Value": training.holidays}] if training.holidays else []
    return {
        "AlgorithmArn": f"{ALGORITHM}{training.algorithm}",
        "InputDataConfig": {"DatasetGroupArn": group, **_given("SupplementaryFeatures", extras)},
        "FeaturizationConfig": {
            "ForecastFrequency": pipeline.frequency,
            **_given("ForecastDimensions", list(training.dimensions)),
        },
        "EvaluationParameters": {"NumberOfBacktestWindows": training.backtest_windows},
    }


def _given(name: str, value: Any) -> Parameters:
    return {name: value} if value else {}


def _joined(own: Parameters, more: Mapping[str, Any]) -> Parameters:
    """Parameters with others; structures are joined."""
    result = dict(own)
    for name, value in more.items():
        before = result.get(name)
        is_structure = isinstance(before, dict) and isinstance(value, Mapping)
        result[name] = _joined(before or {}, value) if is_structure else value
    return result

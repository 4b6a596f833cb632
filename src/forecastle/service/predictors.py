"""Legacy predictors, and what both kinds share: lists and accuracy."""

from __future__ import annotations

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS
from forecastle.evaluation.windows import LARGEST_BACKTEST_WINDOWS
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.service.algorithms import check_choice
from forecastle.service.context import Context
from forecastle.service.extras import check_supplementary_features
from forecastle.service.listing import Listing
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    find,
    minutes_left,
    pick,
    require_active,
    state,
)
from forecastle.service.related_reach import check_reach
from forecastle.service.training_data import TrainingData

_KIND = ResourceType.PREDICTOR
REFERENCE = "ReferencePredictorArn"
_METRIC = "OptimizationMetric"
_STRATEGY = "AutoMLOverrideStrategy"
_FILLING = "filling"


def create_predictor(context: Context, parameters: Parameters) -> Result:
    """CreatePredictor: one algorithm, or the best one of all.

    Raises:
        ResourceNotFound: the dataset group or one of its datasets is not there.
        ResourceInUse: data are being imported.
        InputError: the request cannot be trained; says which parameter and why.
    """
    check_choice(parameters)
    check_supplementary_features(parameters["InputDataConfig"].get("SupplementaryFeatures", ()))
    _check_evaluation(parameters)
    _check_featurizations(parameters["FeaturizationConfig"])
    request = TrainingRequest.read(parameters)
    data = TrainingData.of(context, request.group)
    data.check(request)
    check_reach(context, request)
    new = NewResource(_KIND, parameters["PredictorName"], parameters, edges=[Edge(data.group.arn)])
    return {"PredictorArn": add(context, new)}


def describe_predictor(context: Context, parameters: Parameters) -> Result:
    """DescribePredictor, for legacy predictors.

    Raises:
        InputError: it is an AutoPredictor.
    """
    predictor = find(context, parameters["PredictorArn"], _KIND)
    if is_auto(predictor):
        raise InputError(
            f"{predictor.arn} is an AutoPredictor; describe it with DescribeAutoPredictor"
        )
    request, details = predictor.request, predictor.details
    by_choice = bool(request.get("PerformAutoML"))
    return {
        "PredictorArn": predictor.arn,
        "PredictorName": predictor.name,
        "AlgorithmArn": details.get("algorithm_arn") or request.get("AlgorithmArn"),
        "AutoMLAlgorithmArns": details.get("algorithm_arns") if by_choice else None,
        "PerformAutoML": by_choice,
        "PerformHPO": bool(request.get("PerformHPO")),
        "TrainingParameters": details.get("training_parameters")
        or request.get("TrainingParameters"),
        "IsAutoPredictor": False,
        "ForecastTypes": forecast_types(predictor),
        "EvaluationParameters": _evaluation(request),
        **pick(
            request,
            "ForecastHorizon",
            _STRATEGY,
            "HPOConfig",
            "InputDataConfig",
            "FeaturizationConfig",
            "EncryptionConfig",
            _METRIC,
        ),
        "PredictorExecutionDetails": details.get("executions"),
        **of_training(context, predictor),
    }


def get_accuracy_metrics(context: Context, parameters: Parameters) -> Result:
    """GetAccuracyMetrics, for predictors of both kinds.

    Raises:
        ResourceInUse: it is being trained.
        InputError: its training did not succeed.
    """
    predictor = require_active(find(context, parameters["PredictorArn"], _KIND))
    config = configuration(predictor.request, predictor.details)
    return {
        "PredictorEvaluationResults": predictor.details.get("accuracy", []),
        "IsAutoPredictor": is_auto(predictor),
        _STRATEGY: config.get(_STRATEGY),
        _METRIC: config.get(_METRIC, AVERAGE_WEIGHTED_QUANTILE_LOSS),
    }


def is_auto(predictor: Resource) -> bool:
    """Whether CreateAutoPredictor made it."""
    return "InputDataConfig" not in predictor.request


def group_of(predictor: Resource) -> str:
    """ARN of the dataset group that it is trained on."""
    config = configuration(predictor.request, predictor.details)
    data = config["DataConfig"] if is_auto(predictor) else config["InputDataConfig"]
    return str(data["DatasetGroupArn"])


def forecast_types(predictor: Resource) -> list[str]:
    """The forecast types that it is trained for."""
    config = configuration(predictor.request, predictor.details)
    return list(config.get("ForecastTypes", DEFAULT_FORECAST_TYPES))


def of_training(context: Context, predictor: Resource) -> Result:
    """What both Describe operations tell of the training."""
    return {
        "DatasetImportJobArns": predictor.details.get("import_jobs"),
        "EstimatedTimeRemainingInMinutes": minutes_left(predictor),
        **state(context, predictor),
    }


def reference_of(context: Context, predictor: Resource) -> Result | None:
    """ReferencePredictorSummary of a retrained predictor."""
    arn = predictor.request.get(REFERENCE)
    if arn is None:
        return None
    found = context.service.catalog.resources.find(arn, predictor.account)
    return {"Arn": arn, "State": "Deleted" if found is None else "Active"}


def _evaluation(request: Parameters) -> Result:
    """EvaluationParameters with their defaults."""
    defaults = {
        "NumberOfBacktestWindows": 1,
        "BackTestWindowOffset": request["ForecastHorizon"],
    }
    return defaults | dict(request.get("EvaluationParameters", {}))


def _check_evaluation(request: Parameters) -> None:
    evaluation, horizon = _evaluation(request), request["ForecastHorizon"]
    windows, offset = evaluation["NumberOfBacktestWindows"], evaluation["BackTestWindowOffset"]
    if not 1 <= windows <= LARGEST_BACKTEST_WINDOWS:
        raise InputError(
            f"NumberOfBacktestWindows {windows} is out of range; use 1 to "
            f"{LARGEST_BACKTEST_WINDOWS}"
        )
    if offset < horizon:
        raise InputError(
            f"BackTestWindowOffset {offset} is less than the ForecastHorizon {horizon}; use "
            f"{horizon} or more"
        )


def _check_featurizations(config: Parameters) -> None:
    for featurization in config.get("Featurizations", ()):
        for method in featurization.get("FeaturizationPipeline", ()):
            if method["FeaturizationMethodName"] != _FILLING:
                raise InputError(
                    f"FeaturizationMethodName '{method['FeaturizationMethodName']}' is not known; "
                    f"use {_FILLING}"
                )


def _summary(context: Context, predictor: Resource) -> Result:
    return {
        "PredictorArn": predictor.arn,
        "PredictorName": predictor.name,
        "DatasetGroupArn": group_of(predictor),
        "IsAutoPredictor": is_auto(predictor),
        "ReferencePredictorSummary": reference_of(context, predictor),
        **state(context, predictor),
    }


list_predictors = Listing(_KIND, "Predictors", _summary, ("DatasetGroupArn",))

"""AutoPredictors: trained anew, or again with the configuration of an earlier predictor."""

from __future__ import annotations

from forecastle.catalog.resources import Edge
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.service.context import Context
from forecastle.service.explainabilities import (
    check_attributes,
    explain_when_trained,
    explainability_info,
)
from forecastle.service.extras import check_additional_datasets
from forecastle.service.monitors import add_monitor, monitor_info
from forecastle.service.predictors import (
    REFERENCE,
    forecast_types,
    is_auto,
    of_training,
    reference_of,
)
from forecastle.service.quotas import check_quotas
from forecastle.service.records import NewResource, Parameters, Result, add, find, new_ulid, pick
from forecastle.service.related_reach import check_reach
from forecastle.service.retraining import inherited
from forecastle.service.training_data import TrainingData

_KIND = ResourceType.PREDICTOR
_MONITOR, _EXPLAIN = "MonitorConfig", "ExplainPredictor"
_NEEDED = ("DataConfig", "ForecastFrequency", "ForecastHorizon")


def create_auto_predictor(context: Context, parameters: Parameters) -> Result:
    """CreateAutoPredictor: a new predictor, or a retrained or upgraded one.

    Raises:
        ResourceNotFound: the dataset group, one of its datasets or the reference is not there.
        ResourceInUse: data are being imported, or the reference is being trained.
        InputError: the request cannot be trained; says which parameter and why.
    """
    resolved = inherited(context, parameters) if REFERENCE in parameters else {}
    config = {**parameters, **resolved}
    for name in _NEEDED:
        if name not in config:
            raise InputError(
                f"{name} is missing; a new predictor needs it, only a retrained one "
                f"({REFERENCE}) inherits it"
            )
    check_additional_datasets(config["DataConfig"].get("AdditionalDatasets", ()))
    request = TrainingRequest.read(config)
    data = TrainingData.of(context, request.group)
    data.check(request)
    check_reach(context, request)
    name, nonce = parameters["PredictorName"], new_ulid(context)
    new = NewResource(
        _KIND,
        name,
        parameters,
        path=f"{name}_{nonce}",
        edges=[Edge(data.group.arn)],
        details={"resolved": resolved} if resolved else {},
        nonce=nonce,
    )
    _check_companions(context, parameters, request)
    arn = add(context, new)
    if _MONITOR in parameters:
        add_monitor(context, arn, parameters[_MONITOR])
    if parameters.get(_EXPLAIN):
        explain_when_trained(context, arn, name)
    return {"PredictorArn": arn}


def describe_auto_predictor(context: Context, parameters: Parameters) -> Result:
    """DescribeAutoPredictor.

    Raises:
        InputError: it is a legacy predictor.
    """
    predictor = find(context, parameters["PredictorArn"], _KIND)
    if not is_auto(predictor):
        raise InputError(
            f"{predictor.arn} is a legacy predictor; describe it with DescribePredictor"
        )
    config = configuration(predictor.request, predictor.details)
    return {
        "PredictorArn": predictor.arn,
        "PredictorName": predictor.name,
        "ForecastTypes": forecast_types(predictor),
        "OptimizationMetric": AVERAGE_WEIGHTED_QUANTILE_LOSS,
        **pick(
            config,
            "ForecastHorizon",
            "ForecastFrequency",
            "ForecastDimensions",
            "DataConfig",
            "EncryptionConfig",
            "OptimizationMetric",
            "TimeAlignmentBoundary",
        ),
        "ExplainabilityInfo": explainability_info(context, predictor),
        "MonitorInfo": monitor_info(context, predictor),
        "ReferencePredictorSummary": reference_of(context, predictor),
        **of_training(context, predictor),
    }


def _check_companions(context: Context, parameters: Parameters, request: TrainingRequest) -> None:
    """Whether the monitor and the explainability can be made, before the predictor is.

    Raises:
        LimitExceeded: their quota is used up.
        InputError: there is nothing to explain.
    """
    if _MONITOR in parameters:
        check_quotas(context, ResourceType.MONITOR, has_job=True)
    if parameters.get(_EXPLAIN):
        check_attributes(context, request)
        check_quotas(context, ResourceType.EXPLAINABILITY, has_job=True)

"""Explainabilities: what drives a predictor or a forecast."""

from __future__ import annotations

from datetime import datetime

from forecastle.catalog import status as life
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.explain import SPECIFIC
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.domains import TARGET_TIME_SERIES
from forecastle.service.context import Context
from forecastle.service.datasets import schema_attributes
from forecastle.service.exports import Export
from forecastle.service.listing import Listing
from forecastle.service.predictors import is_auto
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    bucket_of,
    find,
    minutes_left,
    pick,
    require_active,
    state,
)

_KIND = ResourceType.EXPLAINABILITY
_CONFIG, _DATA, _SCHEMA = "ExplainabilityConfig", "DataSource", "Schema"
_START, _END = "StartDateTime", "EndDateTime"
_SERIES, _TIMES = "TimeSeriesGranularity", "TimePointGranularity"
ALL_OF_ALL = {_SERIES: "ALL", _TIMES: "ALL"}


def create_explainability(context: Context, parameters: Parameters) -> Result:
    """CreateExplainability: for a predictor as a whole, or for series and times of a forecast.

    Raises:
        ResourceNotFound: the predictor or forecast is not there.
        ResourceInUse: it is being made or deleted.
        InputError: it has nothing to explain, or parameters do not go together.
    """
    resource = require_active(
        find(context, parameters["ResourceArn"], ResourceType.PREDICTOR, ResourceType.FORECAST)
    )
    _check_granularity(parameters)
    if resource.type is ResourceType.FORECAST:
        predictor = find(context, resource.request["PredictorArn"], ResourceType.PREDICTOR)
        _check_times(resource, parameters)
    else:
        predictor = resource
        _check_of_predictor(context, predictor, parameters)
    if not is_auto(predictor):
        raise InputError(
            f"{predictor.arn} is a legacy predictor; only AutoPredictors can be explained: "
            "upgrade it with CreateAutoPredictor and ReferencePredictorArn"
        )
    config = configuration(predictor.request, predictor.details)
    check_attributes(context, TrainingRequest.read(config))
    if _DATA in parameters:
        bucket_of(context, parameters[_DATA])
        schema_attributes(parameters.get(_SCHEMA, {}))
    new = NewResource(
        _KIND, parameters["ExplainabilityName"], parameters, edges=[Edge(resource.arn)]
    )
    return {"ExplainabilityArn": add(context, new)}


def explain_when_trained(context: Context, predictor: str, name: str) -> None:
    """ExplainPredictor: an explainability that waits for its predictor."""
    request = {"ExplainabilityName": name, "ResourceArn": predictor, _CONFIG: ALL_OF_ALL}
    path = predictor.rpartition("/")[2]
    add(context, NewResource(_KIND, name, request, path=path, edges=[Edge(predictor)]))


def check_attributes(context: Context, request: TrainingRequest) -> None:
    """Whether a predictor of that request knows anything beside the target.

    Raises:
        InputError: it does not.
    """
    group = find(context, request.group, ResourceType.DATASET_GROUP)
    datasets = (
        context.service.catalog.resources.find(arn, context.caller.account)
        for arn in group.request["DatasetArns"]
    )
    kinds = {each.request["DatasetType"] for each in datasets if each is not None}
    if not request.countries and not kinds - {TARGET_TIME_SERIES}:
        raise InputError(
            "there is nothing to explain: the predictor has neither related time series nor item "
            "metadata nor holidays; add one of them and train it again"
        )


def describe_explainability(context: Context, parameters: Parameters) -> Result:
    """DescribeExplainability."""
    found = find(context, parameters["ExplainabilityArn"], _KIND)
    return {
        **_named(found),
        "EnableVisualization": bool(found.request.get("EnableVisualization")),
        **pick(found.request, _DATA, _SCHEMA, _START, _END),
        "EstimatedTimeRemainingInMinutes": minutes_left(found),
        **state(context, found),
    }


def explainability_info(context: Context, predictor: Resource) -> Result | None:
    """ExplainabilityInfo of DescribeAutoPredictor."""
    found = explanation_of(context, predictor)
    return None if found is None else {"ExplainabilityArn": found.arn, "Status": found.status}


def explanation_of(context: Context, resource: Resource) -> Resource | None:
    """The newest explainability of a predictor or forecast."""
    found = [
        each
        for each in context.service.catalog.resources.children(resource.arn, owned=True)
        if each.type is _KIND and each.status not in life.DELETING
    ]
    return found[-1] if found else None


def _summary(context: Context, found: Resource) -> Result:
    return {**_named(found), **state(context, found)}


def _named(found: Resource) -> Result:
    return {
        "ExplainabilityArn": found.arn,
        "ExplainabilityName": found.name,
        **pick(found.request, "ResourceArn", _CONFIG),
    }


def _check_granularity(parameters: Parameters) -> None:
    """Whether what SPECIFIC needs is there, and nothing else.

    Raises:
        InputError: names the parameter.
    """
    config = parameters[_CONFIG]
    for granularity, names in ((_SERIES, (_DATA, _SCHEMA)), (_TIMES, (_START, _END))):
        wanted = config[granularity] == SPECIFIC
        for name in names:
            if (name in parameters) != wanted:
                said = "is missing" if wanted else "is given"
                remedy = "give it" if wanted else f"leave it out, or use {granularity} SPECIFIC"
                raise InputError(
                    f"{name} {said} while {granularity} is {config[granularity]}; {remedy}"
                )


def _check_of_predictor(context: Context, predictor: Resource, parameters: Parameters) -> None:
    if dict(parameters[_CONFIG]) != ALL_OF_ALL:
        raise InputError(
            f"{_SERIES} and {_TIMES} must be ALL for a predictor; to explain single series or "
            "times give the ARN of a forecast"
        )
    present = explanation_of(context, predictor)
    if present is not None:
        raise InputError(
            f"{predictor.arn} has an explainability already: {present.arn}; a predictor has only "
            "one, delete it first"
        )


def _check_times(forecast: Resource, parameters: Parameters) -> None:
    if _START not in parameters:
        return
    start, end = (_moment(parameters, name) for name in (_START, _END))
    first, last = (datetime.fromisoformat(forecast.details[name]) for name in ("first", "last"))
    if start > end:
        raise InputError(f"{_START} {start} lies after {_END} {end}; exchange them")
    if start < first or end > last:
        raise InputError(
            f"{_START} to {_END}, {start} to {end}, reach beyond the forecast, which goes from "
            f"{first} to {last}; choose times among these"
        )


def _moment(parameters: Parameters, name: str) -> datetime:
    try:
        return datetime.fromisoformat(parameters[name])
    except ValueError:
        raise InputError(
            f"{name} {parameters[name]} is no time; write it like 2026-12-24T00:00:00"
        ) from None


list_explainabilities = Listing(_KIND, "Explainabilities", _summary, ("ResourceArn",))

EXPLAINABILITY_EXPORT = Export(
    ResourceType.EXPLAINABILITY_EXPORT,
    "ExplainabilityExport",
    _KIND,
    "ExplainabilityArn",
    also=("ResourceArn",),
)

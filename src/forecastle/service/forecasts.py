"""Forecasts: a predictor and the latest data become values for the coming steps."""

from __future__ import annotations

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import parse_forecast_types
from forecastle.service.context import Context
from forecastle.service.datasets import schema_attributes
from forecastle.service.listing import Listing
from forecastle.service.predictors import forecast_types, group_of, is_auto
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

_KIND = ResourceType.FORECAST
_GROUP, _IS_AUTO = "dataset_group", "is_auto"


def create_forecast(context: Context, parameters: Parameters) -> Result:
    """CreateForecast: for all series, or those that a file selects.

    Raises:
        ResourceNotFound: the predictor is not there.
        ResourceInUse: it is being trained or deleted.
        InputError: its training failed, or a forecast type or the selector cannot be used.
    """
    predictor = require_active(find(context, parameters["PredictorArn"], ResourceType.PREDICTOR))
    types = list(parameters.get("ForecastTypes", forecast_types(predictor)))
    parse_forecast_types(types)
    if "TimeSeriesSelector" in parameters:
        check_selector(context, parameters["TimeSeriesSelector"])
    group = group_of(predictor)
    new = NewResource(
        _KIND,
        parameters["ForecastName"],
        {**parameters, "ForecastTypes": types},
        edges=[Edge(predictor.arn), Edge(group, owned=False)],
        details={_GROUP: group, _IS_AUTO: is_auto(predictor)},
    )
    return {"ForecastArn": add(context, new)}


def describe_forecast(context: Context, parameters: Parameters) -> Result:
    """DescribeForecast."""
    forecast = find(context, parameters["ForecastArn"], _KIND)
    return {
        "ForecastArn": forecast.arn,
        "ForecastName": forecast.name,
        **pick(forecast.request, "ForecastTypes", "PredictorArn", "TimeSeriesSelector"),
        "DatasetGroupArn": forecast.details[_GROUP],
        "EstimatedTimeRemainingInMinutes": minutes_left(forecast),
        **state(context, forecast),
    }


def check_selector(context: Context, selector: Parameters) -> None:
    """Refuse a TimeSeriesSelector that cannot be read.

    Raises:
        InputError: it names no file, or its Schema or bucket cannot be used.
    """
    identifiers = selector.get("TimeSeriesIdentifiers", {})
    if "DataSource" not in identifiers:
        raise InputError(
            "TimeSeriesSelector: TimeSeriesIdentifiers has no DataSource; say where the file of "
            "the series lies"
        )
    if "Schema" in identifiers:
        schema_attributes(identifiers["Schema"])
    bucket_of(context, identifiers["DataSource"])


def _summary(context: Context, forecast: Resource) -> Result:
    return {
        "ForecastArn": forecast.arn,
        "ForecastName": forecast.name,
        "PredictorArn": forecast.request["PredictorArn"],
        "CreatedUsingAutoPredictor": forecast.details[_IS_AUTO],
        "DatasetGroupArn": forecast.details[_GROUP],
        **state(context, forecast),
    }


list_forecasts = Listing(_KIND, "Forecasts", _summary, ("DatasetGroupArn", "PredictorArn"))

"""What-if analyses: which series of a forecast may be seen under other prices or promotions."""

from __future__ import annotations

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA
from forecastle.series.domains import RELATED_TIME_SERIES
from forecastle.service.context import Context
from forecastle.service.forecasts import check_selector
from forecastle.service.listing import Listing
from forecastle.service.predictors import group_of, is_auto
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

_KIND = ResourceType.WHAT_IF_ANALYSIS


def create_what_if_analysis(context: Context, parameters: Parameters) -> Result:
    """CreateWhatIfAnalysis: its job learns how demand answers to what is known ahead.

    Raises:
        ResourceNotFound: the forecast is not there.
        ResourceInUse: it is being made or deleted.
        InputError: it is not of an AutoPredictor, or nothing could be changed in it.
    """
    forecast = require_active(find(context, parameters["ForecastArn"], ResourceType.FORECAST))
    predictor = find(context, forecast.request["PredictorArn"], ResourceType.PREDICTOR)
    if not is_auto(predictor):
        raise InputError(
            f"forecast {forecast.arn} was made by a legacy predictor; what-if analyses take "
            "forecasts of an AutoPredictor, create one with CreateAutoPredictor"
        )
    if not has_related(context, group_of(predictor)):
        raise InputError(
            f"the dataset group {group_of(predictor)} has no related time series with data: there "
            "is nothing to change; import prices or promotions that reach to the end of the "
            "horizon, and train again"
        )
    if "TimeSeriesSelector" in parameters:
        check_selector(context, parameters["TimeSeriesSelector"])
    new = NewResource(
        _KIND, parameters["WhatIfAnalysisName"], parameters, edges=[Edge(forecast.arn)]
    )
    return {"WhatIfAnalysisArn": add(context, new)}


def describe_what_if_analysis(context: Context, parameters: Parameters) -> Result:
    """DescribeWhatIfAnalysis."""
    analysis = find(context, parameters["WhatIfAnalysisArn"], _KIND)
    return {
        **_summary(context, analysis),
        **pick(analysis.request, "TimeSeriesSelector"),
        "EstimatedTimeRemainingInMinutes": minutes_left(analysis),
    }


def has_related(context: Context, group: str) -> bool:
    """Whether a dataset group has a related time series with data."""
    resources, account = context.service.catalog.resources, context.caller.account
    found = resources.find(group, account)
    datasets = [] if found is None else found.request.get("DatasetArns", ())
    return any(
        dataset is not None
        and dataset.request["DatasetType"] == RELATED_TIME_SERIES
        and DATA in dataset.details
        for dataset in (resources.find(arn, account) for arn in datasets)
    )


def _summary(context: Context, analysis: Resource) -> Result:
    return {
        "WhatIfAnalysisArn": analysis.arn,
        "WhatIfAnalysisName": analysis.name,
        **pick(analysis.request, "ForecastArn"),
        **state(context, analysis),
    }


list_what_if_analyses = Listing(
    _KIND, "WhatIfAnalyses", _summary, ("WhatIfAnalysisArn", "ForecastArn")
)

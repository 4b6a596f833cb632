"""Exports of what-if forecasts: a baseline and up to 50 scenarios side by side."""

from __future__ import annotations

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.series.dataset_options import CSV
from forecastle.service.context import Context
from forecastle.service.listing import Listing
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

_KIND = ResourceType.WHAT_IF_FORECAST_EXPORT


def create_what_if_export(context: Context, parameters: Parameters) -> Result:
    """CreateWhatIfForecastExport.

    Raises:
        ResourceNotFound: a what-if forecast is not there.
        ResourceInUse: one is being made or deleted.
        InputError: one failed or is of another analysis, or the bucket cannot be used.
    """
    arns = list(dict.fromkeys(parameters["WhatIfForecastArns"]))
    kind = ResourceType.WHAT_IF_FORECAST
    scenarios = [require_active(find(context, arn, kind)) for arn in arns]
    for each in scenarios:
        if each.request["WhatIfAnalysisArn"] != scenarios[0].request["WhatIfAnalysisArn"]:
            raise InputError(
                f"{each.arn} belongs to another analysis than {scenarios[0].arn}, with a baseline "
                "of its own; export the what-if forecasts of one analysis together"
            )
    bucket_of(context, parameters["Destination"])
    new = NewResource(
        _KIND,
        parameters["WhatIfForecastExportName"],
        {"Format": CSV, **parameters, "WhatIfForecastArns": arns},
        edges=[Edge(arn) for arn in arns],
    )
    return {"WhatIfForecastExportArn": add(context, new)}


def describe_what_if_export(context: Context, parameters: Parameters) -> Result:
    """DescribeWhatIfForecastExport."""
    export = find(context, parameters["WhatIfForecastExportArn"], _KIND)
    return {
        **_summary(context, export),
        **pick(export.request, "Format"),
        "EstimatedTimeRemainingInMinutes": minutes_left(export),
    }


def _summary(context: Context, export: Resource) -> Result:
    return {
        "WhatIfForecastExportArn": export.arn,
        "WhatIfForecastExportName": export.name,
        **pick(export.request, "WhatIfForecastArns", "Destination"),
        **state(context, export),
    }


list_what_if_exports = Listing(
    _KIND, "WhatIfForecastExports", _summary, ("WhatIfForecastExportArn", "WhatIfForecastArn")
)

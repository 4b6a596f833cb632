"""What-if forecasts: an analysis' baseline under a changed future."""

from __future__ import annotations

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.what_if import REPLACEMENTS
from forecastle.series.dataset import DatasetSchema
from forecastle.series.domains import RELATED_TIME_SERIES
from forecastle.series.scenario import transformed
from forecastle.service.context import Context
from forecastle.service.datasets import schema_attributes
from forecastle.service.listing import Listing
from forecastle.service.queries import query
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
from forecastle.training.what_if import WhatIf

_KIND = ResourceType.WHAT_IF_FORECAST
_TRANSFORMATIONS = "TimeSeriesTransformations"


def create_what_if_forecast(context: Context, parameters: Parameters) -> Result:
    """CreateWhatIfForecast: by transformations, or by a file of replacement rows.

    Raises:
        ResourceNotFound: the analysis is not there.
        ResourceInUse: it is being made or deleted.
        InputError: nothing or too much is said, or the change cannot be made.
    """
    kind = ResourceType.WHAT_IF_ANALYSIS
    analysis = require_active(find(context, parameters["WhatIfAnalysisArn"], kind))
    given = [name for name in (_TRANSFORMATIONS, REPLACEMENTS) if parameters.get(name)]
    if len(given) != 1:
        found = "both are given" if given else "neither is given"
        raise InputError(f"give either {_TRANSFORMATIONS} or {REPLACEMENTS}: {found}")
    if given == [REPLACEMENTS]:
        _check_replacements(context, analysis, parameters[REPLACEMENTS])
    else:
        what_if = load_what_if(context, analysis)
        what_if.ratios(transformed(what_if.future, parameters[_TRANSFORMATIONS], what_if.columns))
    name = parameters["WhatIfForecastName"]
    new = NewResource(
        _KIND, name, parameters, path=f"{analysis.name}/{name}", edges=[Edge(analysis.arn)]
    )
    return {"WhatIfForecastArn": add(context, new)}


def describe_what_if_forecast(context: Context, parameters: Parameters) -> Result:
    """DescribeWhatIfForecast."""
    scenario = find(context, parameters["WhatIfForecastArn"], _KIND)
    return {
        **_summary(context, scenario),
        **pick(scenario.request, _TRANSFORMATIONS, REPLACEMENTS),
        "ForecastTypes": scenario.details.get("forecast_types"),
        "EstimatedTimeRemainingInMinutes": minutes_left(scenario),
    }


def query_what_if_forecast(context: Context, parameters: Parameters) -> Result:
    """QueryWhatIfForecast: as QueryForecast, and as long."""
    return query(context, find(context, parameters["WhatIfForecastArn"], _KIND), parameters)


def load_what_if(context: Context, analysis: Resource) -> WhatIf:
    """What an ACTIVE analysis found."""
    return WhatIf.load(context.service.stores.artifacts.open(analysis.details["artifact"]))


def _check_replacements(context: Context, analysis: Resource, source: Parameters) -> None:
    """What can be told of a file without reading it."""
    schema_attributes(source["Schema"])
    bucket_of(context, source)
    domain = analysis.details["domain"]
    schema = DatasetSchema.from_request(
        domain, RELATED_TIME_SERIES, source["Schema"].get("Attributes") or ()
    )
    needed = (schema.item, *analysis.details["dimensions"], "timestamp")
    missing = [name for name in needed if name not in schema.names]
    if missing:
        raise InputError(
            f"{REPLACEMENTS}: its Schema lacks '{missing[0]}'; rows are identified by "
            f"{', '.join(needed)}"
        )
    columns = load_what_if(context, analysis).columns
    features = [name for name in schema.names if name not in needed]
    if not features:
        raise InputError(
            f"{REPLACEMENTS}: its Schema has no attribute to replace; add "
            f"{' or '.join(columns.features)}"
        )
    for name in features:
        columns.feature(name)


def _summary(context: Context, scenario: Resource) -> Result:
    return {
        "WhatIfForecastArn": scenario.arn,
        "WhatIfForecastName": scenario.name,
        **pick(scenario.request, "WhatIfAnalysisArn"),
        **state(context, scenario),
    }


list_what_if_forecasts = Listing(
    _KIND, "WhatIfForecasts", _summary, ("WhatIfForecastArn", "WhatIfAnalysisArn")
)

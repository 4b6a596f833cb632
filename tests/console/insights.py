"""What jobs find out about a forecast, as they leave it: an explanation, an analysis, a monitor.

The seeded shop has no prices and no holidays, so that its training is short; these stand in.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.evaluations import FAILURE, SUCCESS, Evaluation
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.jobs.forecast import FILE
from forecastle.series.scenario import FutureColumns
from forecastle.service.addresses import arn_of
from forecastle.service.context import Context
from forecastle.service.explainabilities import ALL_OF_ALL
from forecastle.service.monitor_views import monitor_view
from forecastle.service.operations import call
from forecastle.training.explanation import Attribute, Explanation, Kind
from forecastle.training.explanation_archive import save_explanation
from forecastle.training.responses import Response
from forecastle.training.what_if import WhatIf
from tests.console import seeding
from tests.console.addresses import predictor_id

_WEEK = 7 * 86_400.0
_FIRST = 1_720_000_000.0


def new_explanation(context: Context, name: str, attribute: str = "list_price") -> str:
    """The ARN of an explanation of the shop's forecast: a price, a holiday, recent sales."""
    contributions = np.zeros((len(seeding.ITEMS), 7, 3))
    contributions[..., 0] = -12.0
    contributions[:, 4, 1] = 30.0
    contributions[..., 2] = 5.0
    explanation = Explanation(
        Frequency.parse("D"),
        pl.DataFrame({"item_id": sorted(seeding.ITEMS)}),
        np.datetime64("2026-12-21T00:00:00"),
        (
            Attribute(attribute, Kind.RELATED),
            Attribute("Holiday_US", Kind.HOLIDAYS),
            Attribute("recent sales", Kind.HISTORY),
        ),
        contributions,
        np.full((len(seeding.ITEMS), 7), 50.0),
    )
    with TemporaryDirectory() as folder:
        save_explanation(explanation, Path(folder))
        context.service.stores.artifacts.publish(Path(folder), f"explained-{name}")
    forecast = arn_of(context, ResourceType.FORECAST, seeding.FORECAST)
    request = {"ResourceArn": forecast, "ExplainabilityConfig": ALL_OF_ALL}
    kept = {"artifact": f"explained-{name}"}
    return _added(context, ResourceType.EXPLAINABILITY, name, forecast, request, kept)


def new_analysis(context: Context, name: str, feature: str = "price") -> str:
    """The ARN of an analysis of the shop's forecast: the price is 10, its elasticity -2."""
    service = context.service
    arn = arn_of(context, ResourceType.FORECAST, seeding.FORECAST)
    forecast = service.catalog.resources.find(arn)
    assert forecast is not None
    folder = service.stores.artifacts.open(forecast.details["artifact"])
    table = pl.read_parquet(folder / FILE).select("item_id", "timestamp")
    rows = table.with_columns(pl.lit(10.0).alias(feature))
    keys = rows.select("item_id").unique(maintain_order=True)
    fixed = {"fee": "it never changed in the history, so its effect cannot be known"}
    columns = FutureColumns("item_id", (), (feature,), (), fixed)
    response = Response(feature, True, np.full(len(keys), -2.0), -2.0, 0.1, 5.0, 12.0)
    what_if = WhatIf(columns, rows, keys.with_columns(pl.lit(-2.0).alias(feature)), (response,))
    with TemporaryDirectory() as place:
        what_if.save(Path(place))
        service.stores.artifacts.publish(Path(place), f"analysed-{name}")
    kept = ("item", "dimensions", "columns", "forecast_types", "frequency", "first", "last")
    details = {
        **{each: forecast.details[each] for each in kept},
        "features": what_if.facts(),
        "fixed": fixed,
        "artifact": f"analysed-{name}",
        "domain": "RETAIL",
        "series": len(keys),
    }
    request = {"WhatIfAnalysisName": name, "ForecastArn": arn}
    return _added(context, ResourceType.WHAT_IF_ANALYSIS, name, arn, request, details)


def new_monitor(context: Context, name: str) -> str:
    """The ARN of a monitor that found two good forecasts, a bad one, and one without actuals."""
    predictor = arn_of(context, ResourceType.PREDICTOR, predictor_id(context, seeding.PREDICTOR))
    asked = {"MonitorName": name, "ResourceArn": predictor}
    arn: str = call(context, "CreateMonitor", asked)["MonitorArn"]
    resources = context.service.catalog.resources
    for status in (life.CREATE_IN_PROGRESS, life.ACTIVE):
        resources.change(arn, lambda found, to=status: replace(found, status=to))
    expected = monitor_view(context, arn).expected or 0.0
    found = [
        Evaluation(
            forecast=f"{arn.rpartition(':')[0]}:forecast/week_{number}",
            forecast_nonce=f"nonce{number}",
            data="data",
            predictor=predictor,
            import_job=None,
            state=FAILURE if times is None else SUCCESS,
            window_start=_FIRST + number * _WEEK,
            window_end=_FIRST + (number + 1) * _WEEK - 86_400,
            metrics={} if times is None else {"AverageWeightedQuantileLoss": times * expected},
            items=5,
            message="none of the 5 series has actuals" if times is None else None,
            evaluated_at=_FIRST + number,
        )
        for number, times in enumerate((1.0, None, 0.9, 1.6))
    ]
    context.service.catalog.evaluations.add(arn, found)
    return arn


def _added(
    context: Context,
    kind: ResourceType,
    name: str,
    parent: str,
    request: dict[str, Any],
    details: dict[str, Any],
) -> str:
    """The ARN of a new resource that is ready; its artifact is there already."""
    arn, now = arn_of(context, kind, name), context.service.clock()
    resource = Resource(
        arn=arn,
        account=context.caller.account,
        type=kind,
        name=name,
        status=life.ACTIVE,
        created_at=now,
        modified_at=now,
        nonce=str(details["artifact"]),
        request=request,
        details=details,
    )
    context.service.catalog.resources.add(resource, [Edge(parent)])
    return arn

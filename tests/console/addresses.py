"""The addresses of every page."""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.context import Context
from forecastle.service.dashboards import starter_dashboard
from forecastle.service.operations import call

# Name → address, with the identifiers of what a shop has in braces.
PAGES: Mapping[str, str] = {
    "home": "/",
    "new-group": "/groups/new",
    "group": "/groups/{group}",
    "new-dataset": "/groups/{group}/dataset",
    "new-import": "/groups/{group}/import?dataset={dataset}&path={path}",
    "import": "/imports/{dataset}/{import}",
    "dataset": "/datasets/{dataset}",
    "train": "/groups/{group}/train",
    "predictor": "/predictors/{predictor}",
    "new-forecast": "/groups/{group}/forecast",
    "forecast": "/forecasts/{forecast}",
    "explanation": "/explanations/{explanation}?item={item}",
    "what-if": "/what-if/{analysis}?item={item}",
    "monitors": "/monitors",
    "monitor": "/monitors/{monitor}",
    "buckets": "/buckets",
    "new-bucket": "/buckets/new",
    "bucket": "/buckets/{bucket}",
    "pipelines": "/pipelines",
    "new-pipeline": "/pipelines/new",
    "pipeline": "/pipelines/{pipeline}",
    "edit-pipeline": "/pipelines/{pipeline}/edit",
    "run": "/runs/{run}",
    "dashboards": "/dashboards",
    "dashboard": "/dashboards/{dashboard}",
    "analysis": "/analysis?export={export}",
    "sql": "/sql",
    "users": "/users",
    "account": "/account",
}


def predictor_id(context: Context, name: str) -> str:
    """The identifier of a predictor: it has more than the name."""
    found = call(context, "ListPredictors", {})["Predictors"]
    return next(id_of(each["PredictorArn"]) for each in found if each["PredictorName"] == name)


def new_dashboard(
    context: Context,
    group: str,
    name: str,
    titles: tuple[str, str, str] = ("The next days", "Best sellers", "Day by day"),
) -> str:
    """The identifier of a new dashboard of a group's newest export."""
    arn = arn_of(context, ResourceType.DATASET_GROUP, group)
    return starter_dashboard(context, arn, name, titles).dashboard.dashboard_id

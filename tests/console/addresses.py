"""The addresses of every page."""

from __future__ import annotations

from collections.abc import Mapping

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

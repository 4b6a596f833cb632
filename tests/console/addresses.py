"""The addresses of every page, in the shop of `seeding`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.console.seeding import BUCKET, DATASET, EXPORT, FORECAST, GROUP, IMPORT, PREDICTOR

# Name → address. What is in braces is made by the tests: a pipeline, its run, a dashboard.
PAGES: Mapping[str, str] = {
    "home": "/",
    "new-group": "/groups/new",
    "group": f"/groups/{GROUP}",
    "new-dataset": f"/groups/{GROUP}/dataset",
    "new-import": f"/groups/{GROUP}/import?path=s3://{BUCKET}/input/sales.csv",
    "import": f"/imports/{DATASET}/{IMPORT}",
    "dataset": f"/datasets/{DATASET}",
    "train": f"/groups/{GROUP}/train",
    "predictor": f"/predictors/{PREDICTOR}",
    "new-forecast": f"/groups/{GROUP}/forecast",
    "forecast": f"/forecasts/{FORECAST}",
    "buckets": "/buckets",
    "new-bucket": "/buckets/new",
    "bucket": f"/buckets/{BUCKET}",
    "pipelines": "/pipelines",
    "new-pipeline": "/pipelines/new",
    "pipeline": "/pipelines/{pipeline}",
    "edit-pipeline": "/pipelines/{pipeline}/edit",
    "run": "/runs/{run}",
    "dashboards": "/dashboards",
    "dashboard": "/dashboards/{dashboard}",
    "analysis": f"/analysis?export={EXPORT}",
    "sql": "/sql",
    "users": "/users",
    "account": "/account",
}

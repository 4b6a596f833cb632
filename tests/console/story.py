"""A gift shop that could be: two years of twenty items, for pictures and whole stories.

Made by a real service, in the order in which a shop comes to it: the data until the end of
November, a predictor, its forecast and export; a week later the whole file again, by a pipeline.
So there is a forecast before the latest one, and one whose days have come to pass.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.names import ResourceType
from forecastle.pipelines.control import apply_pipeline, list_runs
from forecastle.pipelines.names import run_name
from forecastle.samples.till import TillData, generate_till_data
from forecastle.service.addresses import arn_of
from forecastle.service.context import Context
from forecastle.service.operations import call
from tests.compat.running import PATIENCE
from tests.console.addresses import new_dashboard, predictor_id
from tests.console.seeding import ROLE, forecast_and_export, until_active
from tests.console.story_insights import tell_insights, until_compared

BUCKET, GROUP, DATASET, IMPORT = "gift-shop", "gift_shop", "gift_shop_sales", "until_november"
PREDICTOR, FORECAST, EXPORT = "christmas_predictor", "early_december", "early_december_files"
PIPELINE = "every_morning"
HORIZON = 14
LAST_DAY = np.datetime64("2025-12-06", "D")
_EARLIER = LAST_DAY - np.timedelta64(7, "D")
_SEED = 3
_NAMES = {
    "candles": (
        "Lavender candle",
        "Vanilla candle",
        "Storm lantern",
        "Tealights, 24",
        "Hurricane lamp",
        "Beeswax pillar",
        "Scented votive",
        "Advent candle",
    ),
    "garden": ("Terracotta pot", "Bird feeder", "Bamboo rake"),
    "kitchen": ("Enamel mug", "Linen tea towel", "Cake tin"),
    "stationery": ("Fountain pen", "Gift wrap roll", "Greeting card"),
    "toys": ("Wooden train", "Jigsaw, 500 pieces", "Plush fox"),
}
_YAML = f"""\
# Each file that lands in input/ becomes a forecast; so do the mornings without one.
name: {PIPELINE}
group: {GROUP}
source:
  bucket: {BUCKET}
  prefix: input/
frequency: D
horizon: {HORIZON}
holidays: UK
schedule: "0 6 * * *"
export:
  bucket: {BUCKET}
  prefix: output/
"""


def shop() -> TillData:
    """The till's lines, with names that people give to items."""
    return _renamed(generate_till_data(_SEED, items=20, end=LAST_DAY))


def write_sales(path: Path, until: np.datetime64 = LAST_DAY) -> Path:
    """The lines of a till up to a day, with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    after = (until + np.timedelta64(1, "D")).astype("datetime64[us]").item()
    lines = shop().sales.filter(pl.col("timestamp") < after)
    lines.select("timestamp", "item_id", "demand").write_csv(
        path, datetime_format="%Y-%m-%d %H:%M:%S"
    )
    return path


def tell(context: Context, buckets: Path) -> dict[str, str]:
    """Play the story; a worker must be at work.

    Returns:
        The identifiers that `addresses.PAGES` have places for.
    """
    write_sales(buckets / BUCKET / "first" / "sales.csv", _EARLIER)
    group, sales = _group(context)
    _forecast(context, group)
    insights = tell_insights(context, buckets / BUCKET, BUCKET, sales, shop())
    write_sales(buckets / BUCKET / "input" / "sales.csv")
    apply_pipeline(context, _YAML, f"{PIPELINE}.yaml")
    run = _finished_run(context)
    latest = run_name(PIPELINE, run)
    until_compared(context, arn_of(context, ResourceType.MONITOR, insights["monitor"]))
    return {
        **insights,
        "group": GROUP,
        "dataset": DATASET,
        "import": IMPORT,
        "path": f"s3://{BUCKET}/input/sales.csv",
        "predictor": predictor_id(context, latest),
        "forecast": latest,
        "export": f"{latest}/{latest}",
        "bucket": BUCKET,
        "pipeline": PIPELINE,
        "run": run,
        "dashboard": new_dashboard(context, GROUP, "Christmas season"),
    }


def _finished_run(context: Context) -> str:
    """The one that the file which was there starts by itself."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for found in list_runs(context, PIPELINE):
            assert found.run.status in ("RUNNING", "SUCCEEDED"), found.run.message
            if found.run.status == "SUCCEEDED":
                return found.run.run_id
        time.sleep(0.2)
    raise AssertionError("the pipeline's run has not succeeded")


def _renamed(data: TillData) -> TillData:
    given: Counter[str] = Counter()
    names = {}
    for item, category in data.metadata.select("item_id", "category").iter_rows():
        names[item] = _NAMES[category][given[category]]
        given[category] += 1
    column = pl.col("item_id").replace_strict(names)
    return TillData(
        data.sales.with_columns(column),
        data.related.with_columns(column),
        data.metadata.with_columns(column),
    )


def _s3(path: str) -> dict[str, Any]:
    return {"S3Config": {"Path": f"s3://{BUCKET}/{path}", "RoleArn": ROLE}}


def _group(context: Context) -> tuple[str, str]:
    """The ARNs of the group and of its dataset, with the data until a week before the last day."""
    names = {"item_id": "string", "timestamp": "timestamp", "demand": "float"}
    order = ("timestamp", "item_id", "demand")
    dataset = call(
        context,
        "CreateDataset",
        {
            "DatasetName": DATASET,
            "Domain": "RETAIL",
            "DatasetType": "TARGET_TIME_SERIES",
            "DataFrequency": "D",
            "Schema": {
                "Attributes": [
                    {"AttributeName": name, "AttributeType": names[name]} for name in order
                ]
            },
        },
    )["DatasetArn"]
    group = call(
        context,
        "CreateDatasetGroup",
        {"DatasetGroupName": GROUP, "Domain": "RETAIL", "DatasetArns": [dataset]},
    )["DatasetGroupArn"]
    job = call(
        context,
        "CreateDatasetImportJob",
        {
            "DatasetImportJobName": IMPORT,
            "DatasetArn": dataset,
            "DataSource": _s3("first/sales.csv"),
            "TimestampFormat": "yyyy-MM-dd HH:mm:ss",
        },
    )
    until_active(context, "DescribeDatasetImportJob", job)
    return str(group), str(dataset)


def _forecast(context: Context, group: str) -> None:
    predictor = call(
        context,
        "CreateAutoPredictor",
        {
            "PredictorName": PREDICTOR,
            "ForecastHorizon": HORIZON,
            "ForecastFrequency": "D",
            "DataConfig": {
                "DatasetGroupArn": group,
                "AdditionalDatasets": [
                    {"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}
                ],
            },
        },
    )
    forecast_and_export(context, predictor, (FORECAST, EXPORT), _s3("exports/"))

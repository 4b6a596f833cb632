"""The gift shop with its prices: an explanation, scenarios and a monitor, for pictures of them.

A dataset group of its own, with the sales of the first one beside prices, promotions and what the
items are: the forecasts of the first stay as they are.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from forecastle.samples.till import TillData
from forecastle.service.addresses import id_of
from forecastle.service.context import Context
from forecastle.service.operations import call
from tests.compat.running import PATIENCE
from tests.console.seeding import ROLE, until_active

GROUP, PREDICTOR, FORECAST = "gift_shop_prices", "prices_predictor", "first_week_of_december"
ITEM = "Lavender candle"
_OFFERS, _ITEMS = "gift_shop_offers", "gift_shop_items"
_HORIZON = 7
_SCENARIOS = {"a_tenth_less": 0.9, "a_quarter_less": 0.75}


def tell_insights(
    context: Context, place: Path, bucket: str, sales: str, data: TillData
) -> dict[str, str]:
    """Play this part of the story; a worker must be at work.

    Args:
        context: who plays it.
        place: the folder of the bucket.
        bucket: its name.
        sales: the ARN of the dataset with the sales.
        data: the shop's.

    Returns:
        The identifiers of the explanation, the analysis, the monitor and an item.
    """
    for name, table in ((_OFFERS, data.related), (_ITEMS, data.metadata)):
        path = place / name / "rows.csv"
        path.parent.mkdir(parents=True)
        table.write_csv(path)
    datasets = [
        sales,
        _imported(context, bucket, _OFFERS, "RELATED_TIME_SERIES", _columns(data.related)),
        _imported(context, bucket, _ITEMS, "ITEM_METADATA", _columns(data.metadata)),
    ]
    predictor = _predictor(context, datasets)
    monitor = until_active(context, "DescribeAutoPredictor", predictor)["MonitorInfo"]["MonitorArn"]
    forecast = _made(context, "Forecast", ForecastName=FORECAST, **predictor)
    whole = {"TimeSeriesGranularity": "ALL", "TimePointGranularity": "ALL"}
    explanation = _made(
        context,
        "Explainability",
        ExplainabilityName="why_december",
        ResourceArn=forecast["ForecastArn"],
        ExplainabilityConfig=whole,
    )
    analysis = _made(context, "WhatIfAnalysis", WhatIfAnalysisName="cheaper_candles", **forecast)
    for name, factor in _SCENARIOS.items():
        action = {"AttributeName": "price", "Operation": "MULTIPLY", "Value": factor}
        changes = [{"Action": action, "TimeSeriesConditions": []}]
        _made(
            context,
            "WhatIfForecast",
            WhatIfForecastName=name,
            TimeSeriesTransformations=changes,
            **analysis,
        )
    return {
        "explanation": id_of(explanation["ExplainabilityArn"]),
        "analysis": id_of(analysis["WhatIfAnalysisArn"]),
        "monitor": id_of(monitor),
        "item": ITEM,
    }


def until_compared(context: Context, monitor: str) -> None:
    """Until a monitor has compared its forecast with what was sold."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = call(context, "ListMonitorEvaluations", {"MonitorArn": monitor})
        if found["PredictorMonitorEvaluations"]:
            return
        time.sleep(0.2)
    raise AssertionError(f"{monitor} has compared nothing")


def _columns(table: Any) -> dict[str, str]:
    """The attributes of a table, with their types."""
    return {
        name: "timestamp" if name == "timestamp" else "float" if dtype.is_numeric() else "string"
        for name, dtype in table.schema.items()
    }


def _imported(context: Context, bucket: str, name: str, kind: str, columns: dict[str, str]) -> str:
    """The ARN of a dataset with the rows of its folder."""
    attributes = [{"AttributeName": n, "AttributeType": t} for n, t in columns.items()]
    request: dict[str, Any] = {
        "DatasetName": name,
        "Domain": "RETAIL",
        "DatasetType": kind,
        "Schema": {"Attributes": attributes},
    }
    if "timestamp" in columns:
        request["DataFrequency"] = "D"
    dataset: str = call(context, "CreateDataset", request)["DatasetArn"]
    source = {"S3Config": {"Path": f"s3://{bucket}/{name}/", "RoleArn": ROLE}}
    job = call(
        context,
        "CreateDatasetImportJob",
        {
            "DatasetImportJobName": "all_rows",
            "DatasetArn": dataset,
            "DataSource": source,
            "TimestampFormat": "yyyy-MM-dd",
        },
    )
    until_active(context, "DescribeDatasetImportJob", job)
    return dataset


def _predictor(context: Context, datasets: list[str]) -> dict[str, str]:
    """The ARN of a predictor that is watched, as the parameter of the next request."""
    group = call(
        context,
        "CreateDatasetGroup",
        {"DatasetGroupName": GROUP, "Domain": "RETAIL", "DatasetArns": datasets},
    )["DatasetGroupArn"]
    holidays = {"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}
    return dict(
        call(
            context,
            "CreateAutoPredictor",
            {
                "PredictorName": PREDICTOR,
                "ForecastHorizon": _HORIZON,
                "ForecastFrequency": "D",
                "DataConfig": {"DatasetGroupArn": group, "AdditionalDatasets": [holidays]},
                "MonitorConfig": {"MonitorName": "prices_watched"},
            },
        )
    )


def _made(context: Context, kind: str, **request: Any) -> dict[str, str]:
    """The ARN of what a job has made, as the parameter of the next request."""
    made = dict(call(context, f"Create{kind}", request))
    until_active(context, f"Describe{kind}", made)
    return made

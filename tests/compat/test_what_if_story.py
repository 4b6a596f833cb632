"""Prices through boto3: a scenario beside its baseline, an explanation, a monitor, a refusal."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from tests.compat.running import Running
from tests.compat.sales import ROLE
from tests.compat.test_boto3 import client, source, wait

_DAYS, _HORIZON = 90, 3
_FIRST = date(2024, 1, 1)
_SHOP = "s3://shop/what_if"


def attributes(last: str) -> dict[str, Any]:
    names = {"item_id": "string", "timestamp": "timestamp", last: "float"}
    return {"Attributes": [{"AttributeName": n, "AttributeType": t} for n, t in names.items()]}


def write_shop(service: Running) -> None:
    """Two items; at four fifths of its price twice as many are sold."""
    chance = Random(1)
    days = [_FIRST + timedelta(day) for day in range(_DAYS + _HORIZON)]
    cheap = {(item, day) for item in "AB" for day in days[:_DAYS] if chance.random() < 0.25}
    tables = {
        "sales": [
            (item, day, round(chance.gauss(1, 0.05) * (80 if (item, day) in cheap else 40)))
            for item in "AB"
            for day in days[:_DAYS]
        ],
        "prices": [(item, day, 4 if (item, day) in cheap else 5) for item in "AB" for day in days],
    }
    for name, rows in tables.items():
        path = service.buckets / "shop" / "what_if" / name / "rows.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)


def dataset(forecast: Any, name: str, kind: str, last: str) -> str:
    arn = forecast.create_dataset(
        DatasetName=f"what_if_{name}",
        Domain="RETAIL",
        DatasetType=kind,
        DataFrequency="D",
        Schema=attributes(last),
    )["DatasetArn"]
    job = forecast.create_dataset_import_job(
        DatasetImportJobName="first",
        DatasetArn=arn,
        DataSource=source(f"{_SHOP}/{name}/"),
        TimestampFormat="yyyy-MM-dd",
    )
    found = wait(
        forecast.describe_dataset_import_job, DatasetImportJobArn=job["DatasetImportJobArn"]
    )
    assert found["Status"] == "ACTIVE", found
    return str(arn)


@pytest.fixture(scope="module")
def analysis(service: Running) -> dict[str, Any]:
    """An analysis of the forecast of a shop with prices."""
    write_shop(service)
    forecast = client(service, "forecast")
    arns = [
        dataset(forecast, "sales", "TARGET_TIME_SERIES", "demand"),
        dataset(forecast, "prices", "RELATED_TIME_SERIES", "price"),
    ]
    group = forecast.create_dataset_group(
        DatasetGroupName="what_if", Domain="RETAIL", DatasetArns=arns
    )
    predictor = forecast.create_auto_predictor(
        PredictorName="what_if",
        ForecastHorizon=_HORIZON,
        ForecastFrequency="D",
        DataConfig={"DatasetGroupArn": group["DatasetGroupArn"]},
        ExplainPredictor=True,
        MonitorConfig={"MonitorName": "what_if_watch"},
    )
    wait(forecast.describe_auto_predictor, **arn_of(predictor))
    week = forecast.create_forecast(ForecastName="what_if_week", **arn_of(predictor))
    wait(forecast.describe_forecast, **arn_of(week))
    made = forecast.create_what_if_analysis(WhatIfAnalysisName="price_cut", **arn_of(week))
    found = wait(forecast.describe_what_if_analysis, **arn_of(made))
    return {**found, **arn_of(group), **arn_of(predictor), **arn_of(week)}


def arn_of(made: dict[str, Any]) -> dict[str, str]:
    """The ARN in an answer, as the parameter of the next request."""
    return {name: value for name, value in made.items() if name.endswith("Arn")}


def test_a_price_cut_doubles_the_sales_and_is_exported(
    service: Running, analysis: dict[str, Any]
) -> None:
    assert analysis["Status"] == "ACTIVE", analysis
    forecast, query = client(service, "forecast"), client(service, "forecastquery")
    action = {"AttributeName": "Price", "Operation": "MULTIPLY", "Value": 0.8}
    only_a = {"AttributeName": "item_id", "AttributeValue": "A", "Condition": "EQUALS"}
    scenario = forecast.create_what_if_forecast(
        WhatIfForecastName="a_fifth",
        WhatIfAnalysisArn=analysis["WhatIfAnalysisArn"],
        TimeSeriesTransformations=[{"Action": action, "TimeSeriesConditions": [only_a]}],
    )
    found = wait(forecast.describe_what_if_forecast, **arn_of(scenario))
    assert found["Status"] == "ACTIVE", found
    assert found["ForecastTypes"] == ["0.1", "0.5", "0.9"]

    def sold(item: str, answer: Any, **arn: str) -> float:
        values = answer(Filters={"item_id": item}, **arn)["Forecast"]["Predictions"]["p50"]
        return float(sum(each["Value"] for each in values))

    for item, factor in (("A", 2.0), ("B", 1.0)):
        before = sold(item, query.query_forecast, ForecastArn=analysis["ForecastArn"])
        after = sold(item, query.query_what_if_forecast, **arn_of(scenario))
        assert after / before == pytest.approx(factor, rel=0.1), item

    export = forecast.create_what_if_forecast_export(
        WhatIfForecastExportName="both",
        WhatIfForecastArns=[scenario["WhatIfForecastArn"]],
        Destination={"S3Config": {"Path": f"{_SHOP}/out", "RoleArn": ROLE}},
    )
    wait(forecast.describe_what_if_forecast_export, **arn_of(export))
    (path,) = (service.buckets / "shop" / "what_if" / "out").iterdir()
    header = path.read_text().splitlines()[0]
    assert header == (
        "item_id,date,Baseline_p10,Baseline_p50,Baseline_p90,a_fifth_p10,a_fifth_p50,a_fifth_p90"
    )
    forecast.delete_resource_tree(ResourceArn=analysis["WhatIfAnalysisArn"])


def test_a_predictor_is_explained_as_soon_as_it_is_trained(
    service: Running, analysis: dict[str, Any]
) -> None:
    forecast = client(service, "forecast")
    predictor = forecast.describe_auto_predictor(PredictorArn=analysis["PredictorArn"])
    explained = {"ExplainabilityArn": predictor["ExplainabilityInfo"]["ExplainabilityArn"]}
    found = wait(forecast.describe_explainability, **explained)
    assert found["Status"] == "ACTIVE", found
    assert found["ResourceArn"] == analysis["PredictorArn"]

    made = forecast.create_explainability_export(
        ExplainabilityExportName="scores",
        **explained,
        Destination=source(f"{_SHOP}/why"),
    )
    wait(forecast.describe_explainability_export, **arn_of(made))
    files = (service.buckets / "shop" / "what_if" / "why").rglob("*.csv")
    assert any("price-NormalizedImpactScore" in path.read_text() for path in files)


def test_a_predictor_is_watched_paused_and_watched_again(
    service: Running, analysis: dict[str, Any]
) -> None:
    forecast = client(service, "forecast")
    predictor = forecast.describe_auto_predictor(PredictorArn=analysis["PredictorArn"])
    assert predictor["MonitorInfo"]["Status"] == "ACTIVE"
    monitor = predictor["MonitorInfo"]["MonitorArn"]
    described = forecast.describe_monitor(MonitorArn=monitor)
    baseline = {
        each["Name"] for each in described["Baseline"]["PredictorBaseline"]["BaselineMetrics"]
    }
    assert "AverageWeightedQuantileLoss" in baseline
    assert (
        forecast.list_monitor_evaluations(MonitorArn=monitor)["PredictorMonitorEvaluations"] == []
    )

    forecast.stop_resource(ResourceArn=monitor)
    assert wait(forecast.describe_monitor, MonitorArn=monitor)["Status"] == "ACTIVE_STOPPED"
    forecast.resume_resource(ResourceArn=monitor)
    assert wait(forecast.describe_monitor, MonitorArn=monitor)["Status"] == "ACTIVE"


def test_prices_that_end_too_early_are_refused_at_once(
    service: Running, analysis: dict[str, Any]
) -> None:
    forecast = client(service, "forecast")
    with pytest.raises(forecast.exceptions.InvalidInputException) as caught:
        forecast.create_auto_predictor(
            PredictorName="too_far",
            ForecastHorizon=_HORIZON + 2,
            ForecastFrequency="D",
            DataConfig={"DatasetGroupArn": analysis["DatasetGroupArn"]},
        )
    assert "values of 'price' up to 2024-04-02" in str(caught.value)
    assert "set ForecastHorizon to 3" in str(caught.value)

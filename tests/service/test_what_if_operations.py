"""What-if analyses, forecasts and exports: what is taken, told, listed, deleted and refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest

from forecastle.series.scenario import FutureColumns
from forecastle.training.responses import Response
from forecastle.training.what_if import WhatIf
from tests.service.service_world import NOON, PRICES, World, legacy

SCHEMA = {
    "Attributes": [
        {"AttributeName": "item_id", "AttributeType": "string"},
        {"AttributeName": "timestamp", "AttributeType": "timestamp"},
        {"AttributeName": "price", "AttributeType": "float"},
    ]
}
_DAYS = [datetime(2024, 1, day) for day in (1, 2)]


def priced_group(world: World) -> str:
    """A dataset group with sales and prices."""
    prices = world.filled(world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES"))
    return world.group(world.filled(world.dataset()), prices)


def forecast(world: World) -> str:
    """An ACTIVE forecast of an AutoPredictor with prices."""
    arn = world.forecast(world.trained(priced_group(world)))
    publish(world, arn, week())
    world.finish(arn)
    return arn


def week() -> pl.DataFrame:
    rows = {"item_id": ["A", "A", "B", "B"], "timestamp": _DAYS * 2, "p50": [1.0, 2.0, 3.0, 4.0]}
    return pl.DataFrame(rows)


def publish(world: World, arn: str, content: pl.DataFrame | WhatIf) -> None:
    """The artifact that a job leaves."""
    identity = f"{world.account}-{world.service.random(80)}"
    with TemporaryDirectory() as place:
        if isinstance(content, WhatIf):
            content.save(Path(place))
        else:
            content.write_parquet(Path(place) / "forecast.parquet")
        world.service.stores.artifacts.publish(Path(place), identity)
    world.change(arn, details={**world.find(arn).details, "artifact": identity})


def analysis(world: World, name: str = "prices", of: str | None = None, **more: Any) -> str:
    """An analysis that waits; its ARN."""
    arn = of or forecast(world)
    made = world.do("CreateWhatIfAnalysis", WhatIfAnalysisName=name, ForecastArn=arn, **more)
    return str(made["WhatIfAnalysisArn"])


def ready(world: World, name: str = "prices", of: str | None = None) -> str:
    """An analysis that is ACTIVE; its ARN."""
    arn = analysis(world, name, of)
    keys = pl.DataFrame({"item_id": ["A", "B"]})
    future = week().select("item_id", "timestamp").with_columns(price=10.0)
    response = Response("price", True, np.array([-1.5, -1.5]), -1.5, 0.1, 8.0, 12.0)
    columns = FutureColumns("item_id", (), ("price",), (), {"fee": "it never changed"})
    slopes = keys.with_columns(price=-1.5)
    publish(world, arn, WhatIf(columns, future.sort("item_id"), slopes, (response,)))
    world.finish(arn, domain="RETAIL", dimensions=[], forecast_types=["0.5"], columns=["p50"])
    return arn


def cut(attribute: str = "price", value: float = 0.9, *conditions: Any) -> list[Any]:
    action = {"AttributeName": attribute, "Operation": "MULTIPLY", "Value": value}
    return [{"Action": action, "TimeSeriesConditions": list(conditions)}]


def scenario(world: World, parent: str, name: str = "cheaper", **more: Any) -> str:
    """A what-if forecast that waits; its ARN."""
    given = {"TimeSeriesTransformations": cut()} | more
    made = world.do(
        "CreateWhatIfForecast", WhatIfForecastName=name, WhatIfAnalysisArn=parent, **given
    )
    return str(made["WhatIfForecastArn"])


def finished(world: World, parent: str, name: str = "cheaper") -> str:
    arn = scenario(world, parent, name)
    publish(world, arn, week())
    details = {"item": "item_id", "dimensions": [], "columns": ["p50"], "forecast_types": ["0.5"]}
    world.finish(arn, **details)
    return arn


def export(world: World, *arns: str, name: str = "csv") -> str:
    made = world.do(
        "CreateWhatIfForecastExport",
        WhatIfForecastExportName=name,
        WhatIfForecastArns=list(arns),
        Destination=world.s3("out"),
    )
    return str(made["WhatIfForecastExportArn"])


def test_an_analysis_is_described_and_listed(world: World) -> None:
    of = forecast(world)
    arn = analysis(world, of=of)
    assert arn.endswith(":what-if-analysis/prices")
    described = world.do("DescribeWhatIfAnalysis", WhatIfAnalysisArn=arn)
    assert described == {
        "WhatIfAnalysisArn": arn,
        "WhatIfAnalysisName": "prices",
        "ForecastArn": of,
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    for key, value in (("WhatIfAnalysisArn", arn), ("ForecastArn", of)):
        wanted = [{"Key": key, "Value": value, "Condition": "IS"}]
        assert world.do("ListWhatIfAnalyses", Filters=wanted)["WhatIfAnalyses"] == [described]
    others = [{"Key": "WhatIfAnalysisArn", "Value": arn, "Condition": "IS_NOT"}]
    assert world.do("ListWhatIfAnalyses", Filters=others)["WhatIfAnalyses"] == []


def test_only_an_auto_predictor_with_related_data_is_analysed(world: World) -> None:
    plain = world.forecast(world.trained())
    world.finish(plain)
    _, message = world.refusal("CreateWhatIfAnalysis", WhatIfAnalysisName="x", ForecastArn=plain)
    assert "has no related time series with data: there is nothing to change; import" in message
    sold = world.group(world.filled(world.dataset("sold")), name="old")
    old = world.do("CreatePredictor", **legacy(sold))["PredictorArn"]
    world.finish(old, artifact="old")
    made = world.forecast(old, "old_week")
    world.finish(made)
    _, message = world.refusal("CreateWhatIfAnalysis", WhatIfAnalysisName="x", ForecastArn=made)
    assert "was made by a legacy predictor; what-if analyses take forecasts of an Auto" in message


def test_a_forecast_that_is_not_finished_is_not_analysed(world: World) -> None:
    waiting = world.forecast(world.trained(priced_group(world)))
    name, _ = world.refusal("CreateWhatIfAnalysis", WhatIfAnalysisName="x", ForecastArn=waiting)
    assert name == "ResourceInUseException"


def test_a_what_if_forecast_is_described_and_listed(world: World) -> None:
    parent = ready(world)
    arn = scenario(world, parent)
    assert arn.endswith(":what-if-forecast/prices/cheaper")
    described = world.do("DescribeWhatIfForecast", WhatIfForecastArn=arn)
    assert described["WhatIfAnalysisArn"] == parent
    assert described["TimeSeriesTransformations"] == cut()
    for key, value in (("WhatIfForecastArn", arn), ("WhatIfAnalysisArn", parent)):
        wanted = [{"Key": key, "Value": value, "Condition": "IS"}]
        (listed,) = world.do("ListWhatIfForecasts", Filters=wanted)["WhatIfForecasts"]
        assert listed["WhatIfForecastName"] == "cheaper"
    world.finish(arn, forecast_types=["0.5"])
    assert world.do("DescribeWhatIfForecast", WhatIfForecastArn=arn)["ForecastTypes"] == ["0.5"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"TimeSeriesTransformations": []}, "either TimeSeriesTransformations or .* neither is"),
        ({"TimeSeriesTransformations": cut("colour")}, "'colour' is not in the related time ser"),
        ({"TimeSeriesTransformations": cut("FEE")}, "'fee' cannot be changed: it never changed"),
        ({"TimeSeriesTransformations": cut(value=0)}, "'price' would become 0"),
        (
            {
                "TimeSeriesTransformations": cut(
                    "price",
                    2,
                    {"AttributeName": "item_id", "AttributeValue": "Z", "Condition": "EQUALS"},
                )
            },
            "'Z' is not among the series of the analysis",
        ),
        (
            {
                "TimeSeriesTransformations": cut(
                    "price",
                    2,
                    {
                        "AttributeName": "timestamp",
                        "AttributeValue": "2025-01-01 00:00:00",
                        "Condition": "EQUALS",
                    },
                )
            },
            "2025-01-01 00:00:00 is not a step of the forecast; it goes from 2024-01-01 00:00:00",
        ),
    ],
)
def test_what_cannot_be_changed_is_told_before_a_job(
    world: World, given: dict[str, Any], message: str
) -> None:
    parent = ready(world)
    with pytest.raises(Exception, match=message) as caught:
        scenario(world, parent, **given)
    assert caught.value.wire_name == "InvalidInputException"


def test_replacement_rows_are_checked_by_their_schema(world: World) -> None:
    parent = ready(world)

    def source(*left_out: str, **renamed: str) -> dict[str, Any]:
        attributes = [
            {**each, "AttributeName": renamed.get(each["AttributeName"], each["AttributeName"])}
            for each in SCHEMA["Attributes"]
            if each["AttributeName"] not in left_out
        ]
        return {**world.s3("new.csv"), "Schema": {"Attributes": attributes}}

    def refused(given: dict[str, Any], **more: Any) -> str:
        parameters = {"WhatIfForecastName": "x", "WhatIfAnalysisArn": parent, **more}
        return world.refusal(
            "CreateWhatIfForecast", TimeSeriesReplacementsDataSource=given, **parameters
        )[1]

    assert "its Schema lacks 'timestamp'" in refused(source("timestamp"))
    assert "no attribute to replace; add price" in refused(source("price"))
    assert "'cost' is not in the related" in refused(source(price="cost"))
    assert "both are given" in refused(source(), TimeSeriesTransformations=cut())
    arn = scenario(
        world, parent, TimeSeriesTransformations=[], TimeSeriesReplacementsDataSource=source()
    )
    described = world.do("DescribeWhatIfForecast", WhatIfForecastArn=arn)
    assert described["TimeSeriesReplacementsDataSource"] == source()


def test_a_what_if_forecast_is_queried_as_a_forecast_is(world: World) -> None:
    arn = finished(world, ready(world))
    answer = world.do("QueryWhatIfForecast", WhatIfForecastArn=arn, Filters={"item_id": "b"})
    assert answer["Forecast"]["Predictions"]["p50"] == [
        {"Timestamp": "2024-01-01T00:00:00", "Value": 3.0},
        {"Timestamp": "2024-01-02T00:00:00", "Value": 4.0},
    ]
    _, message = world.refusal(
        "QueryWhatIfForecast", WhatIfForecastArn=arn, Filters={"item_id": "Z"}
    )
    assert "no series with item_id 'Z'" in message


def test_scenarios_of_one_analysis_are_exported_together(world: World) -> None:
    of = forecast(world)
    parent, other = ready(world, of=of), ready(world, "others", of)
    both = [finished(world, parent, name) for name in ("less", "more")]
    arn = export(world, *both)
    assert arn.endswith(":what-if-forecast-export/csv")
    described = world.do("DescribeWhatIfForecastExport", WhatIfForecastExportArn=arn)
    assert described["WhatIfForecastArns"] == both
    assert described["Format"] == "CSV"
    wanted = [{"Key": "WhatIfForecastArn", "Value": both[1], "Condition": "IS"}]
    listed = world.do("ListWhatIfForecastExports", Filters=wanted)["WhatIfForecastExports"]
    assert [each["WhatIfForecastExportArn"] for each in listed] == [arn]
    stranger = finished(world, other)
    with pytest.raises(Exception, match="belongs to another analysis"):
        export(world, both[0], stranger, name="mixed")


def test_what_depends_on_it_keeps_an_analysis(world: World) -> None:
    of = forecast(world)
    parent = ready(world, of=of)
    made = finished(world, parent)
    sent = export(world, made)
    name, message = world.refusal("DeleteWhatIfAnalysis", WhatIfAnalysisArn=parent)
    assert name == "ResourceInUseException"
    assert "what if forecast" in message
    world.do("StopResource", ResourceArn=sent)
    assert world.find(sent).status == "CREATE_STOPPED"
    world.do("DeleteResourceTree", ResourceArn=of)
    assert {world.find(arn).status for arn in (of, parent, made, sent)} == {"DELETE_PENDING"}


@pytest.mark.parametrize(
    ("setting", "make"),
    [
        ("quota_what_if_analyses", lambda world, parent: analysis(world, "two", of=parent[0])),
        ("quota_what_if_forecasts", lambda world, parent: scenario(world, parent[1])),
        ("quota_what_if_forecast_exports", lambda world, parent: export(world, parent[2])),
    ],
)
def test_every_kind_has_a_quota(world: World, setting: str, make: Any) -> None:
    of = forecast(world)
    parent = ready(world, of=of)
    made = finished(world, parent, "first")
    world.setting(**{setting: 0})
    with pytest.raises(Exception, match=f"raise the setting {setting}"):
        make(world, (of, parent, made))

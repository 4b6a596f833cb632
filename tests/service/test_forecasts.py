"""CreateForecast, DescribeForecast, ListForecasts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.service_world import NOON, World

SCHEMA = {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]}


def selector(world: World, **more: Any) -> dict[str, Any]:
    return {
        "TimeSeriesIdentifiers": {"DataSource": world.s3("items.csv"), "Schema": SCHEMA, **more}
    }


def test_a_forecast_has_the_types_of_its_predictor(world: World) -> None:
    group = world.sales()
    predictor = world.trained(group, ForecastTypes=["0.45", "mean"])
    arn = world.forecast(predictor)
    assert arn.endswith(":forecast/week")
    assert world.do("DescribeForecast", ForecastArn=arn) == {
        "ForecastArn": arn,
        "ForecastName": "week",
        "ForecastTypes": ["0.45", "mean"],
        "PredictorArn": predictor,
        "DatasetGroupArn": group,
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }


def test_or_those_that_are_asked_for(world: World) -> None:
    predictor = world.trained()
    arn = world.forecast(predictor, ForecastTypes=["0.01", "0.99"])
    assert world.do("DescribeForecast", ForecastArn=arn)["ForecastTypes"] == ["0.01", "0.99"]
    name, _ = world.refusal(
        "CreateForecast", ForecastName="b", PredictorArn=predictor, ForecastTypes=[]
    )
    assert name == "ValidationException"


def test_the_predictor_is_trained(world: World) -> None:
    predictor = world.predictor()
    name, message = world.refusal("CreateForecast", ForecastName="a", PredictorArn=predictor)
    assert name == "ResourceInUseException"
    assert message == f"predictor {predictor} is CREATE_PENDING; wait until it is ACTIVE"
    world.fail(predictor, "no")
    name, _ = world.refusal("CreateForecast", ForecastName="a", PredictorArn=predictor)
    assert name == "InvalidInputException"


def test_series_are_selected_by_a_file(world: World) -> None:
    arn = world.forecast(TimeSeriesSelector=selector(world, Format="CSV"))
    described = world.do("DescribeForecast", ForecastArn=arn)
    assert described["TimeSeriesSelector"] == selector(world, Format="CSV")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DataSource": None}, "TimeSeriesIdentifiers has no DataSource"),
        ({"Schema": {}}, "Schema has no attributes"),
    ],
)
def test_the_selector_is_complete(world: World, change: dict[str, Any], said: str) -> None:
    name, message = world.refusal(
        "CreateForecast",
        ForecastName="a",
        PredictorArn=world.trained(),
        TimeSeriesSelector=selector(world, **change),
    )
    assert name == "InvalidInputException"
    assert said in message


def test_forecasts_are_listed_by_predictor_group_and_status(world: World) -> None:
    group = world.sales()
    one, two = world.trained(group, "one"), world.trained(group, "two")
    first = world.forecast(one, "first")
    world.now += 1
    second = world.forecast(two, "second")
    world.finish(second)

    def listed(key: str, value: str, condition: str = "IS") -> list[str]:
        wanted = [{"Key": key, "Value": value, "Condition": condition}]
        found = world.do("ListForecasts", Filters=wanted)["Forecasts"]
        return [each["ForecastArn"] for each in found]

    assert listed("DatasetGroupArn", group) == [second, first]
    assert listed("PredictorArn", one) == [first]
    assert listed("PredictorArn", one, "IS_NOT") == [second]
    assert listed("Status", "ACTIVE") == [second]
    assert listed("Status", "ACTIVE", "IS_NOT") == [first]
    summary = world.do("ListForecasts")["Forecasts"][1]
    assert summary == {
        "ForecastArn": first,
        "ForecastName": "first",
        "PredictorArn": one,
        "CreatedUsingAutoPredictor": True,
        "DatasetGroupArn": group,
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }

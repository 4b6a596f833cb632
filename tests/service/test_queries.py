"""QueryForecast."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.service.service_world import World

FIRST = datetime(2024, 1, 1)
SERIES = (("Milk", "Berlin"), ("Milk", "Köln"), ("tea", "Berlin"), ("TEA", "Berlin"))
DAY = 86_400


@pytest.fixture
def forecast(world: World, tmp_path: Path) -> str:
    """A forecast of three days with the table that its job writes."""
    rows = [
        {"item_id": item, "store": store, "timestamp": FIRST + timedelta(days=day)}
        for item, store in sorted(SERIES)
        for day in range(3)
    ]
    table = (
        pl.DataFrame(rows)
        .with_row_index("number")
        .with_columns(
            pl.col("number").cast(pl.Float64).alias("p10"), (pl.col("number") + 0.5).alias("mean")
        )
    )
    table.drop("number").write_parquet(tmp_path / "forecast.parquet", row_group_size=4)
    arn = world.forecast()
    nonce = world.find(arn).nonce + world.account
    world.service.stores.artifacts.publish(tmp_path, nonce)
    world.finish(arn, artifact=nonce, item="item_id", dimensions=["store"], columns=["p10", "mean"])
    return arn


def query(world: World, arn: str, item: str, store: str, **more: Any) -> dict[str, Any]:
    answer = world.do(
        "QueryForecast", ForecastArn=arn, Filters={"item_id": item, "store": store}, **more
    )
    predictions: dict[str, Any] = answer["Forecast"]["Predictions"]
    return predictions


def test_one_series_is_told(world: World, forecast: str) -> None:
    assert query(world, forecast, "Milk", "Köln") == {
        "p10": [
            {"Timestamp": "2024-01-01T00:00:00", "Value": 3.0},
            {"Timestamp": "2024-01-02T00:00:00", "Value": 4.0},
            {"Timestamp": "2024-01-03T00:00:00", "Value": 5.0},
        ],
        "mean": [
            {"Timestamp": "2024-01-01T00:00:00", "Value": 3.5},
            {"Timestamp": "2024-01-02T00:00:00", "Value": 4.5},
            {"Timestamp": "2024-01-03T00:00:00", "Value": 5.5},
        ],
    }


def test_names_count_as_they_are_and_else_in_any_case(world: World, forecast: str) -> None:
    assert query(world, forecast, "milk", "KÖLN") == query(world, forecast, "Milk", "Köln")
    assert query(world, forecast, "tea", "Berlin") != query(world, forecast, "TEA", "Berlin")
    name, message = world.refusal(
        "QueryForecast", ForecastArn=forecast, Filters={"item_id": "Tea", "store": "Berlin"}
    )
    assert name == "InvalidInputException"
    assert message.startswith("2 series differ from item_id 'Tea', store 'Berlin' only in the case")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-01-02T00:00:00", None, [2, 3]),
        (None, "2024-01-02T00:00:00", [1, 2]),
        ("2024-01-02T00:00:00", "2024-01-02T00:00:00", [2]),
        ("2023-01-01T00:00:00", "2025-01-01T00:00:00", [1, 2, 3]),
    ],
)
def test_dates_narrow_it(
    world: World, forecast: str, start: str | None, end: str | None, days: list[int]
) -> None:
    dates = {"StartDate": start, "EndDate": end}
    given = {name: value for name, value in dates.items() if value}
    points = query(world, forecast, "tea", "Berlin", **given)["p10"]
    assert [point["Timestamp"] for point in points] == [
        f"2024-01-{day:02d}T00:00:00" for day in days
    ]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            {"StartDate": "2024-02-01T00:00:00"},
            "no step lies from StartDate 2024-02-01T00:00:00 to EndDate 2024-01-03T00:00:00; the "
            "forecast goes from 2024-01-01T00:00:00 to 2024-01-03T00:00:00",
        ),
        ({"StartDate": "2024-01-01"}, "StartDate '2024-01-01' is no date; write it as"),
        ({"EndDate": "2024-13-01T00:00:00"}, "EndDate '2024-13-01T00:00:00' is no date"),
        ({"Filters": {"item_id": "tea"}}, "'store' is missing for forecast"),
        (
            {"Filters": {"item_id": "tea", "store": "Berlin", "colour": "red"}},
            "'colour' is no key of forecast",
        ),
    ],
)
def test_what_cannot_be_queried(
    world: World, forecast: str, parameters: dict[str, Any], said: str
) -> None:
    filters = {"item_id": "tea", "store": "Berlin"}
    name, message = world.refusal(
        "QueryForecast", **{"ForecastArn": forecast, "Filters": filters, **parameters}
    )
    assert name == "InvalidInputException"
    assert said in message


def test_an_unknown_series_is_not_found(world: World, forecast: str) -> None:
    name, message = world.refusal(
        "QueryForecast", ForecastArn=forecast, Filters={"item_id": "beer", "store": "Berlin"}
    )
    assert name == "ResourceNotFoundException"
    assert message.startswith(
        f"no series with item_id 'beer', store 'Berlin' in forecast {forecast}"
    )


def test_the_domains_own_name_of_the_item_is_the_key(world: World, forecast: str) -> None:
    details = world.find(forecast).details
    world.change(forecast, details={**details, "item": "metric_name"})
    answer = world.do(
        "QueryForecast", ForecastArn=forecast, Filters={"metric_name": "tea", "store": "Berlin"}
    )
    assert len(answer["Forecast"]["Predictions"]["p10"]) == 3


def test_old_forecasts_cannot_be_queried(world: World, forecast: str) -> None:
    world.now += 30 * DAY - 1
    query(world, forecast, "tea", "Berlin")
    world.now += 1
    name, message = world.refusal(
        "QueryForecast", ForecastArn=forecast, Filters={"item_id": "tea", "store": "Berlin"}
    )
    assert name == "InvalidInputException"
    assert "is 30 days old; it can be queried for 30 days" in message


def test_a_forecast_in_the_making_cannot_be_queried(world: World) -> None:
    arn = world.forecast()
    name, _ = world.refusal("QueryForecast", ForecastArn=arn, Filters={"item_id": "tea"})
    assert name == "ResourceInUseException"


def test_no_answer_has_a_second_page(world: World, forecast: str) -> None:
    name, _ = world.refusal(
        "QueryForecast", ForecastArn=forecast, Filters={"item_id": "tea"}, NextToken="x"
    )
    assert name == "InvalidNextTokenException"

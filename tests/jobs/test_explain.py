"""Explainabilities and their exports: jobs are run."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.training.explanation_archive import load_explanation
from tests.jobs.job_world import ITEMS, PRICES, World, auto, s3

DAYS, HORIZON = 120, 3
ALL = {"TimeSeriesGranularity": "ALL", "TimePointGranularity": "ALL"}
SPECIFIC = {"TimeSeriesGranularity": "SPECIFIC", "TimePointGranularity": "SPECIFIC"}
SCHEMA = {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]}


def rows(days: int, value: str, amount: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (item, str(date(2024, 1, 1) + timedelta(day)), amount(place, day))
            for place, item in enumerate("AB=")
            for day in range(days)
        ],
        schema=["item_id", "timestamp", value],
        orient="row",
    )


def price(place: int, day: int) -> float:
    return 6.0 if (day * 7 + place * 3) % 11 < 3 else 9.0


def demand(place: int, day: int) -> float:
    return float((10 + day % 7 + 5 * place) * (2 if price(place, day) < 9 else 1))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.at(tmp_path_factory.mktemp("explain"))


@pytest.fixture(scope="module")
def predictor(world: World) -> Resource:
    sales = world.dataset("sales")
    prices = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    world.import_data(sales, world.upload("sales.csv", rows(DAYS, "demand", demand)), "first")
    related = world.upload("prices.csv", rows(DAYS + HORIZON, "price", price))
    world.import_data(prices, related, "first")
    names = "item_id,category\nA,food\nB,food\n=,toys\n"
    world.import_data(items, world.upload("items.csv", names), "first")
    holidays = {"Name": "holiday", "Configuration": {"CountryCode": ["US"]}}
    group = world.group(sales, prices, items)
    request = auto(group, HORIZON, DataConfig={"AdditionalDatasets": [holidays]})
    return world.run(ResourceType.PREDICTOR, "predictor", request)


@pytest.fixture(scope="module")
def forecast(world: World, predictor: Resource) -> Resource:
    return world.run(ResourceType.FORECAST, "forecast", {"PredictorArn": predictor.arn})


def explain(
    world: World, resource: Resource, name: str, config: dict[str, str] = ALL, **more: Any
) -> Resource:
    request = {"ResourceArn": resource.arn, "ExplainabilityConfig": config, **more}
    return world.run(ResourceType.EXPLAINABILITY, name, request)


def export(world: World, explained: Resource, **more: Any) -> pl.DataFrame:
    folder = f"out/{explained.name}{more.get('Format', '')}"
    request = {
        "ExplainabilityArn": explained.arn,
        "Destination": s3(f"s3://retail/{folder}"),
        **more,
    }
    world.run(ResourceType.EXPLAINABILITY_EXPORT, f"{explained.name}/{folder[4:]}", request)
    ((name, path),) = world.exported(folder).items()
    return pl.read_parquet(path) if name.endswith(".parquet") else pl.read_csv(path)


def test_a_predictor_is_explained_as_a_whole(world: World, predictor: Resource) -> None:
    made = explain(world, predictor, "whole")
    assert made.details["attributes"][:3] == ["price", "category", "Holiday_US"]
    assert made.details["series"] == 3
    kept = load_explanation(world.artifact(made))
    assert kept.contributions.shape == (3, HORIZON, len(kept.attributes))
    assert made.message is not None
    table = export(world, made)
    assert table.rows()[0][:2] == ("Aggregate", "Aggregate")
    assert table.columns[:4] == [
        "item_id",
        "date",
        "price-NormalizedImpactScore",
        "price-RawImpactScore",
    ]
    assert "Holiday_US-RawImpactScore" in table.columns
    assert len(table) == 1


def test_series_and_times_of_a_forecast(world: World, forecast: Resource) -> None:
    asked = s3(world.upload("asked.csv", "item_id\nA\n=\nnone\n"))
    made = explain(
        world,
        forecast,
        "some",
        SPECIFIC,
        DataSource=asked,
        Schema=SCHEMA,
        StartDateTime="2024-05-01T00:00:00",
        EndDateTime="2024-05-02T00:00:00",
    )
    assert made.message is not None
    assert "1 of 3 selected series are not in the data: none." in made.message
    table = export(world, made, Format="PARQUET")
    dates = ["2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z"]
    assert table.select("item_id", "date").rows() == [
        *((item, each) for item in "=A" for each in dates),
        *((item, "Aggregate") for item in "=A"),
        *(("Aggregate", each) for each in (*dates, "Aggregate")),
    ]
    raw = dict(
        zip(table.select("item_id", "date").rows(), table["price-RawImpactScore"], strict=True)
    )
    mean = sum(raw["A", each] for each in dates) / 2
    assert raw["A", "Aggregate"] == pytest.approx(mean)
    assert export(world, made)["item_id"].to_list()[0] == "'=", "no formula in a spreadsheet"


def test_times_that_the_latest_data_have_passed(world: World, forecast: Resource) -> None:
    config = {**ALL, "TimePointGranularity": "SPECIFIC"}
    times = {"StartDateTime": "2024-01-01T00:00:00", "EndDateTime": "2024-01-02T00:00:00"}
    with pytest.raises(InputError, match="no step lies from 2024-01-01T00:00:00 to"):
        explain(world, forecast, "past", config, **times)


def test_a_predictor_that_was_not_trained(world: World) -> None:
    failed = world.add(ResourceType.PREDICTOR, "failed", {}, "CREATE_FAILED")
    with pytest.raises(InputError, match="is CREATE_FAILED; train it again, then explain it"):
        explain(world, failed, "of_failed")


def test_a_target_alone_has_nothing_to_explain(tmp_path: Path) -> None:
    world = World.at(tmp_path)
    group = world.sales(rows(DAYS, "demand", demand))
    made = world.run(ResourceType.PREDICTOR, "predictor", auto(group, HORIZON))
    with pytest.raises(InputError, match="has no attributes to explain"):
        explain(world, made, "nothing")

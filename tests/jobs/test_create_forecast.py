"""Forecasts: from the latest data, without training anew."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.forecast import FILE
from forecastle.jobs.forecast_totals import GROUPS, TOTALS
from forecastle.training.dependence import Dependence
from tests.jobs.job_world import SALES, World, arn, legacy, s3

DAYS = 40


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def sales(items: str = "ABC", days: int = DAYS) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (item, str(date(2024, 1, 1) + timedelta(day)), float(10 + day % 7 + place))
            for place, item in enumerate(items)
            for day in range(days)
        ],
        schema=["item_id", "timestamp", "demand"],
        orient="row",
    )


def predictor(world: World, table: pl.DataFrame, **dataset) -> Resource:
    dims = [name for name in table.columns if name == "store"]
    features = {"ForecastDimensions": dims} if dims else {}
    group = world.sales(table, **dataset)
    request = legacy(group, "NPTS", FeaturizationConfig=features)
    return world.run(ResourceType.PREDICTOR, "predictor", request)


def forecast(world: World, made: Resource, name: str = "forecast", **request) -> Resource:
    return world.run(ResourceType.FORECAST, name, {"PredictorArn": made.arn, **request})


def rows(world: World, made: Resource) -> pl.DataFrame:
    return pl.read_parquet(world.artifact(made) / FILE)


def selector(path: str, *names: str, **more: str) -> dict:
    attributes = [{"AttributeName": name, "AttributeType": "string"} for name in names]
    identifiers = {"DataSource": s3(path), "Schema": {"Attributes": attributes}, **more}
    return {"TimeSeriesIdentifiers": identifiers}


def test_the_table_of_a_forecast(world: World):
    made = forecast(world, predictor(world, sales()))
    table = rows(world, made)
    assert table.columns == ["item_id", "timestamp", "p10", "p50", "p90", "mean"]
    assert table.equals(table.sort("item_id", "timestamp"))
    assert len(table) == 3 * 3
    details = dict(made.details)
    assert Dependence.from_json(details.pop("dependence")).factors
    assert details == {
        "artifact": made.nonce,
        "forecast_types": ["0.1", "0.5", "0.9"],
        "columns": ["p10", "p50", "p90"],
        "item": "item_id",
        "dimensions": [],
        "frequency": "D",
        "first": "2024-02-10T00:00:00",
        "last": "2024-02-12T00:00:00",
        "series": 3,
    }


def test_types_of_its_own(world: World):
    made = forecast(world, predictor(world, sales()), ForecastTypes=["mean", "0.05"])
    assert rows(world, made).columns == ["item_id", "timestamp", "p5", "mean"]


def test_totals_lie_beside_it(world: World):
    made = forecast(world, predictor(world, sales()), ForecastTypes=["0.1", "0.9", "mean"])
    totals, table = pl.read_parquet(world.artifact(made) / TOTALS), rows(world, made)
    assert totals.columns == ["grouped_by", "value", "timestamp", "p10", "p90", "mean"]
    of_all = totals.filter(pl.col("grouped_by").is_null())
    assert of_all["timestamp"].to_list() == [*table["timestamp"].unique().sort(), None]
    assert of_all["mean"].to_list()[-1] == pytest.approx(table["mean"].sum())
    of_items = totals.filter(pl.col("timestamp").is_null(), grouped_by="item_id")
    assert of_items["value"].to_list() == ["A", "B", "C"]
    sums = table.group_by("item_id", maintain_order=True).agg(pl.col("p10", "p90", "mean").sum())
    assert of_items["mean"].to_list() == pytest.approx(sums["mean"].to_list())
    assert (of_items["p10"] >= sums["p10"] - 1e-6).all()
    assert (of_items["p90"] <= sums["p90"] + 1e-6).all()
    assert pl.read_parquet(world.artifact(made) / GROUPS).rows() == [("A",), ("B",), ("C",)]


def test_totals_by_store_and_by_the_metadata_of_selected_series(world: World):
    table = sales("AB").with_columns(store=pl.lit("Leeds"))
    both = pl.concat([table, table.with_columns(store=pl.lit("York"))])
    trained = predictor(world, both, attributes=(*SALES, ("store", "string")))
    path = world.upload("ids.parquet", pl.DataFrame({"store": ["York"] * 2, "item_id": ["A", "B"]}))
    chosen = selector(path, "store", "item_id", Format="PARQUET")
    made = forecast(world, trained, TimeSeriesSelector=chosen)
    totals = pl.read_parquet(world.artifact(made) / TOTALS)
    assert totals.select("grouped_by", "value").unique(maintain_order=True).rows() == [
        (None, None),
        ("item_id", "A"),
        ("item_id", "B"),
    ]


def test_a_predictor_of_an_earlier_version_has_no_totals(world: World):
    trained = predictor(world, sales())
    [manifest] = world.artifact(trained).rglob("predictor.json")
    values = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(values | {"dependence": None}), encoding="utf-8")
    made = forecast(world, trained)
    assert "dependence" not in made.details
    assert not (world.artifact(made) / TOTALS).exists()


def test_a_forecast_uses_the_latest_import(world: World):
    trained = predictor(world, sales())
    dataset = world.find(arn(ResourceType.DATASET, "sales"))
    newer = world.upload("newer/sales.csv", sales("ABCD", DAYS + 10))
    world.import_data(dataset, newer, "second")
    table = rows(world, forecast(world, trained))
    assert table["timestamp"].min() == datetime(2024, 2, 20)
    assert table["item_id"].unique().sort().to_list() == ["A", "B", "C", "D"]


@pytest.mark.parametrize("header", ["", "item_id\n"], ids=["no header", "header"])
def test_selected_series(world: World, header: str):
    trained = predictor(world, sales())
    path = world.upload("ids.csv", f"{header}C\nX\nA\nC\n")
    made = forecast(world, trained, TimeSeriesSelector=selector(path, "item_id"))
    everything = rows(world, forecast(world, trained, "all"))
    assert rows(world, made).equals(everything.filter(pl.col("item_id") != "B"))
    assert made.details["series"] == 2
    assert made.message == "1 of 3 selected series are not in the data: X."


def test_series_are_selected_by_their_dimensions_too(world: World):
    table = sales("A").with_columns(store=pl.lit("Leeds"))
    both = pl.concat([table, table.with_columns(store=pl.lit("York"))])
    trained = predictor(world, both, attributes=(*SALES, ("store", "string")))
    keys = pl.DataFrame({"store": ["York"], "item_id": ["A"]})
    path = world.upload("ids.parquet", keys)
    chosen = selector(path, "store", "item_id", Format="PARQUET")
    table = rows(world, forecast(world, trained, TimeSeriesSelector=chosen))
    assert table.select("item_id", "store").unique().rows() == [("A", "York")]
    with pytest.raises(InputError, match="its Schema lacks 'store'"):
        forecast(world, trained, "two", TimeSeriesSelector=selector(path, "item_id"))


def test_no_selected_series_is_there(world: World):
    path = world.upload("ids.csv", "X\nY\n")
    with pytest.raises(InputError, match=r"none of its 2 series is in the data \(X, Y\)"):
        forecast(world, predictor(world, sales()), TimeSeriesSelector=selector(path, "item_id"))


def test_the_item_of_another_domain(world: World):
    names = {"item_id": "metric_name", "demand": "metric_value"}
    attributes = tuple((names.get(name, name), kind) for name, kind in SALES)
    trained = predictor(world, sales().rename(names), attributes=attributes, domain="METRICS")
    path = world.upload("ids.csv", "B\n")
    made = forecast(world, trained, TimeSeriesSelector=selector(path, "metric_name"))
    assert made.details["item"] == "metric_name"
    assert rows(world, made)["item_id"].unique().to_list() == ["B"]


def test_a_predictor_that_is_gone(world: World):
    trained = predictor(world, sales())
    world.catalog.resources.remove(trained.arn, trained.nonce)
    with pytest.raises(InputError, match="does not exist any more"):
        forecast(world, trained)

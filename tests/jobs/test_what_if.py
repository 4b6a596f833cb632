"""What-if analyses, forecasts and exports: from sales and prices to both sides in one file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from forecastle.catalog.resources import Resource
from forecastle.core.errors import ForecastleError
from forecastle.core.names import ResourceType
from forecastle.jobs.forecast import FILE
from tests.jobs.job_world import ITEMS, World, legacy, s3

_DAYS, _HORIZON, _ELASTICITY = 200, 3, -1.5
_FIRST = date(2024, 1, 1)
_ATTRIBUTES = (
    ("item_id", "string"),
    ("timestamp", "timestamp"),
    ("price", "float"),
    ("fee", "float"),
    ("stock", "float"),
)


def tables(items: str = "ABC") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sales with a known elasticity, and related rows: a fee that never changes, past stock."""
    rng = np.random.default_rng(1)
    days = [str(_FIRST + timedelta(day)) for day in range(_DAYS + _HORIZON)]
    sales, related = [], []
    for place, item in enumerate(items):
        price = np.where(rng.random(len(days)) < 0.2, 8.0, 10.0) * (1 + place)
        price[_DAYS:] = 10.0 * (1 + place)
        demand = rng.poisson(40 * (price / price.max()) ** _ELASTICITY)
        sales.append(
            pl.DataFrame({"item_id": item, "timestamp": days, "demand": demand}).head(_DAYS)
        )
        related.append(
            pl.DataFrame(
                {
                    "item_id": item,
                    "timestamp": days,
                    "price": price,
                    "fee": 1.0,
                    "stock": [*rng.uniform(1, 9, _DAYS), *[None] * _HORIZON],
                }
            )
        )
    return pl.concat(sales), pl.concat(related)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A shop with prices and metadata, and its forecast."""
    world = World.at(tmp_path_factory.mktemp("what_if"))
    sales, related = tables()
    target = world.dataset("sales")
    prices = world.dataset("prices", _ATTRIBUTES, kind="RELATED_TIME_SERIES")
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    world.import_data(target, world.upload("sales.csv", sales), "first")
    world.import_data(prices, world.upload("prices.csv", related), "first")
    table = pl.DataFrame({"item_id": list("ABC"), "category": ["tea", "tea", "coffee"]})
    world.import_data(items, world.upload("items.csv", table), "first")
    request = legacy(world.group(target, prices, items), "NPTS")
    made = world.run(ResourceType.PREDICTOR, "predictor", request)
    world.run(ResourceType.FORECAST, "week", {"PredictorArn": made.arn})
    return world


def week(world: World) -> Resource:
    return next(iter(world.catalog.resources.all_of([ResourceType.FORECAST])))


def analysis(world: World, name: str, **request: Any) -> Resource:
    given = {"ForecastArn": week(world).arn, **request}
    return world.run(ResourceType.WHAT_IF_ANALYSIS, name, given)


def scenario(world: World, parent: Resource, name: str, **request: Any) -> Resource:
    given = {"WhatIfAnalysisArn": parent.arn, **request}
    return world.run(ResourceType.WHAT_IF_FORECAST, f"{parent.name}/{name}", given)


def cut(factor: float = 0.8, *conditions: dict[str, str], attribute: str = "price") -> Any:
    action = {"AttributeName": attribute, "Operation": "MULTIPLY", "Value": factor}
    return [{"Action": action, "TimeSeriesConditions": list(conditions)}]


def of(item: str) -> dict[str, str]:
    return {"AttributeName": "item_id", "AttributeValue": item, "Condition": "EQUALS"}


def table(world: World, made: Resource) -> pl.DataFrame:
    return pl.read_parquet(world.artifact(made) / FILE)


@pytest.fixture(scope="module")
def whole(world: World) -> Resource:
    """An analysis of all series."""
    return analysis(world, "whole")


def test_an_analysis_tells_what_can_be_changed_and_why_not(whole: Resource):
    (price,) = whole.details["features"]
    assert price["name"] == "price"
    assert price["is_elasticity"]
    assert price["mean"] == pytest.approx(_ELASTICITY, abs=0.3)
    assert (price["low"], price["high"]) == (8.0, 30.0)
    assert whole.details["fixed"] == {
        "fee": "it never changed in the history, so its effect cannot be known",
        "stock": "its rows end with the history; import rows up to the end of the horizon and "
        "train again",
    }
    assert whole.details["metadata"] == ["category"]
    assert whole.details["series"] == 3


def test_a_price_cut_raises_all_quantiles_alike(world: World, whole: Resource):
    cheaper = table(world, scenario(world, whole, "cheaper", TimeSeriesTransformations=cut()))
    baseline = table(world, week(world))

    assert cheaper.columns == baseline.columns
    assert cheaper.select("item_id", "timestamp").equals(baseline.select("item_id", "timestamp"))
    ratios = cheaper.select("p10", "p50", "p90", "mean") / baseline.select(
        "p10", "p50", "p90", "mean"
    )
    assert ratios.to_numpy().min() == pytest.approx(0.8**_ELASTICITY, rel=0.1)
    assert ratios.to_numpy().max() == pytest.approx(0.8**_ELASTICITY, rel=0.1)
    assert cheaper.filter(pl.col("p10") > pl.col("p50")).is_empty()


def test_a_condition_leaves_the_others_as_they_are(world: World, whole: Resource):
    made = scenario(world, whole, "only_b", TimeSeriesTransformations=cut(0.8, of("B")))
    after, baseline = table(world, made), table(world, week(world))

    changed = after.filter(after["mean"] != baseline["mean"])["item_id"].unique().to_list()
    assert changed == ["B"]
    assert made.details["columns"] == ["p10", "p50", "p90"]


def test_a_value_that_was_never_seen_is_told(world: World, whole: Resource):
    made = scenario(world, whole, "half", TimeSeriesTransformations=cut(0.5, of("A")))
    assert made.message == (
        "'price' becomes 5, the history knows 8 to 30: beyond that the effect is drawn on, not "
        "seen."
    )


def test_a_price_of_zero_makes_no_sense(world: World, whole: Resource):
    with pytest.raises(ForecastleError, match="'price' would become 0; all its values so far are"):
        scenario(world, whole, "free", TimeSeriesTransformations=cut(0.0))


def replacements(world: World, text: str, *names: str) -> dict[str, Any]:
    """A file of replacement rows as CreateWhatIfForecast takes it."""
    types = {"item_id": "string", "timestamp": "timestamp"}
    attributes = [
        {"AttributeName": name, "AttributeType": types.get(name, "float")} for name in names
    ]
    source = s3(world.upload(f"replace/{world.count}.csv", text))
    return {**source, "Schema": {"Attributes": attributes}, "TimestampFormat": "yyyy-MM-dd"}


def test_replacement_rows_change_only_their_days(world: World, whole: Resource):
    day = _FIRST + timedelta(_DAYS + 1)
    rows = replacements(world, f"A,{day},8\n", "item_id", "timestamp", "price")
    made = scenario(world, whole, "replaced", TimeSeriesReplacementsDataSource=rows)
    after, baseline = table(world, made), table(world, week(world))

    changed = after.filter(after["p50"] != baseline["p50"])
    assert changed.select("item_id", pl.col("timestamp").dt.date()).rows() == [("A", day)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A,2024-07-20,8\nA,2024-07-20,9\n", "2024-07-20"),
        ("Z,2024-07-20,8\n", "Z is not among the series of the analysis"),
        ("A,2025-07-20,8\n", "2025-07-20 00:00:00 is not a step of the forecast"),
        ("A,2024-07-20,cheap\n", "cheap"),
    ],
)
def test_replacement_rows_that_cannot_be_used(
    world: World, whole: Resource, text: str, message: str
):
    rows = replacements(world, text, "item_id", "timestamp", "price")
    with pytest.raises(ForecastleError, match=message):
        scenario(world, whole, f"bad{world.count}", TimeSeriesReplacementsDataSource=rows)


def test_a_selector_limits_the_series(world: World):
    path = world.upload("ids.csv", "B\nX\n")
    identifiers = {
        "DataSource": s3(path),
        "Schema": {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]},
    }
    chosen = analysis(world, "one", TimeSeriesSelector={"TimeSeriesIdentifiers": identifiers})
    made = scenario(world, chosen, "cheaper", TimeSeriesTransformations=cut())

    assert table(world, made)["item_id"].unique().to_list() == ["B"]
    assert "1 of 2 selected series are not in the data: X." in (chosen.message or "")


def test_scenarios_stand_beside_their_baseline_in_an_export(world: World, whole: Resource):
    made = [
        scenario(world, whole, name, TimeSeriesTransformations=cut(factor))
        for name, factor in (("less", 0.9), ("more", 1.1))
    ]
    world.run(
        ResourceType.WHAT_IF_FORECAST_EXPORT,
        "both",
        {
            "WhatIfForecastArns": [each.arn for each in made],
            "Destination": s3("s3://retail/out"),
            "Format": "CSV",
        },
    )
    (path,) = world.exported("out").values()
    written = pl.read_csv(Path(path))

    assert written.columns == [
        *("item_id", "date"),
        *("Baseline_p10", "Baseline_p50", "Baseline_p90"),
        *("less_p10", "less_p50", "less_p90"),
        *("more_p10", "more_p50", "more_p90"),
    ]
    assert written["Baseline_p50"].to_list() == table(world, week(world))["p50"].to_list()
    assert written.filter(pl.col("more_p50") >= pl.col("less_p50")).is_empty()
    assert written["date"][0] == f"{_FIRST + timedelta(_DAYS)}T00:00:00Z"


def test_an_analysis_needs_something_to_change(tmp_path: Path):
    world = World.at(tmp_path)
    made = world.run(ResourceType.PREDICTOR, "predictor", legacy(world.sales(tables()[0]), "NPTS"))
    world.run(ResourceType.FORECAST, "week", {"PredictorArn": made.arn})
    with pytest.raises(ForecastleError, match="trained without related time series; import one"):
        analysis(world, "none")

"""What-if analyses as pages show them."""

from __future__ import annotations

import polars as pl
import pytest

from forecastle.core.errors import ResourceNotFound
from forecastle.service.context import Caller, Context
from forecastle.service.what_if_views import (
    LEGACY,
    NO_RELATED,
    compare,
    exports_of,
    offer,
    series_of,
    view_analysis,
)
from tests.service import test_what_if_operations as story
from tests.service.service_world import REGION, World, legacy


def asker(world: World) -> Context:
    return Context(world.service, Caller(world.account, world.role, REGION, "FCKEY"))


def described(world: World, arn: str) -> str:
    """The forecast with the details that its job leaves."""
    world.change(
        arn,
        details={
            **world.find(arn).details,
            "item": "item_id",
            "dimensions": [],
            "columns": ["p50", "p90"],
            "frequency": "D",
            "first": "2024-01-01T00:00:00",
            "last": "2024-01-02T00:00:00",
        },
    )
    return arn


def table(factor: float = 1.0) -> pl.DataFrame:
    """The artifact of a forecast or a scenario, with quantiles and means."""
    return story.week().with_columns(
        pl.col("p50") * factor, p90=pl.col("p50") * factor * 2, mean=pl.col("p50") * factor * 1.5
    )


def test_a_forecast_is_offered_what_it_allows(world: World) -> None:
    good = story.forecast(world)
    analysis = story.analysis(world, of=good)
    found = offer(asker(world), good)
    assert (found.forecast, found.obstacle, found.group) == ("week", "", "shop")
    assert found.analyses == (("prices", "prices", "CREATE_PENDING"),)
    world.do("StopResource", ResourceArn=analysis)
    world.do("DeleteWhatIfAnalysis", WhatIfAnalysisArn=analysis)
    assert offer(asker(world), good).analyses == ()


def test_the_obstacle_is_told(world: World) -> None:
    plain = world.forecast(world.trained())
    assert offer(asker(world), plain).obstacle == NO_RELATED
    sold = world.group(world.filled(world.dataset("sold")), name="old")
    old = world.do("CreatePredictor", **legacy(sold))["PredictorArn"]
    world.finish(old, artifact="old")
    assert offer(asker(world), world.forecast(old, "old_week")).obstacle == LEGACY


def test_scenarios_stand_beside_the_baseline(world: World) -> None:
    of = described(world, story.forecast(world))
    story.publish(world, of, table())
    parent = story.ready(world, of=of)
    made, waiting = story.finished(world, parent, "half"), story.scenario(world, parent, "later")
    world.change(made, details={**world.find(made).details, "columns": ["p50", "p90"]})
    story.publish(world, made, table(0.5))

    view = view_analysis(asker(world), parent)
    assert [(each.name, each.status) for each in view.scenarios] == [
        ("half", "ACTIVE"),
        ("later", "CREATE_PENDING"),
    ]
    assert view.keys == ("item_id",)
    whole = compare(asker(world), parent)
    assert whole.baseline.middle == (6.0, 9.0)
    assert whole.baseline.total == 15.0
    assert [(each.name, each.total) for each in whole.scenarios] == [("half", 7.5)]
    assert whole.baseline.low == ()
    one = compare(asker(world), parent, ("B",))
    assert (one.baseline.low, one.baseline.high) == ((3.0, 4.0), (6.0, 8.0))
    assert one.scenarios[0].middle == (1.5, 2.0)
    assert one == compare(asker(world), parent, ("B",))
    with pytest.raises(ResourceNotFound, match="no series Z in analysis prices"):
        compare(asker(world), parent, ("Z",))
    world.do("DeleteResourceTree", ResourceArn=made)
    assert [each.arn for each in view_analysis(asker(world), parent).scenarios] == [waiting]


def test_series_are_searched_and_exports_listed(world: World) -> None:
    of = described(world, story.forecast(world))
    parent = story.ready(world, of=of)
    assert series_of(asker(world), parent) == (("A",), ("B",))
    assert series_of(asker(world), parent, "b") == (("B",),)
    story.export(world, story.finished(world, parent), name="sent")
    assert exports_of(asker(world), parent) == (
        ("sent", "CREATE_PENDING", "", f"s3://{world.bucket}/out"),
    )

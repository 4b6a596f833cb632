"""CreateAutoPredictor with ReferencePredictorArn: trained again from what an earlier one found."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecastle.core.names import ResourceType
from forecastle.jobs.train import load_predictor
from forecastle.models.registry import REGISTRY
from tests.jobs.job_world import World, auto, legacy

DAYS = 70


@pytest.fixture(autouse=True)
def few_algorithms(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: REGISTRY[name] for name in ("SeasonalNaive", "NPTS", "Theta")}
    monkeypatch.setattr("forecastle.training.automl.REGISTRY", few)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def sales(items: str = "AB") -> pl.DataFrame:
    return pl.DataFrame(
        [
            (item, str(date(2024, 1, 1) + timedelta(day)), 10.0 + 3 * (day % 7) + day % 5 + place)
            for place, item in enumerate(items)
            for day in range(DAYS)
        ],
        schema=["item_id", "timestamp", "demand"],
        orient="row",
    )


def first(world: World, request=None):
    return world.run(ResourceType.PREDICTOR, "first", request or auto(world.sales(sales())))


def retrained(world: World, earlier):
    request = {**earlier.request, "ReferencePredictorArn": earlier.arn}
    return world.run(ResourceType.PREDICTOR, "again", request)


def test_it_takes_over_what_the_search_found(world: World) -> None:
    earlier = first(world)
    made = retrained(world, earlier)
    assert made.details["retraining"]["kept"]
    assert made.details["weights"] == earlier.details["weights"]
    assert "those of the earlier predictor" in made.message
    one, other = (load_predictor(world.artifact(each))[0] for each in (earlier, made))
    assert (one.blend.series_weights == other.blend.series_weights).all()


def test_if_the_items_are_others_it_searches_and_says_why(world: World) -> None:
    earlier = first(world)
    group = world.find(earlier.request["DataConfig"]["DatasetGroupArn"])
    dataset, newer = world.find(group.request["DatasetArns"][0]), sales("VWXYZ")
    world.import_data(dataset, world.upload("sales/newer.csv", newer), "second")
    made = retrained(world, earlier)
    assert not made.details["retraining"]["kept"]
    assert "chosen anew: the earlier predictor knows only 0 of 5 series" in made.message


def test_a_legacy_predictor_is_upgraded_by_a_search(world: World) -> None:
    group = world.sales(sales())
    earlier = first(world, legacy(group, "NPTS"))
    request = {**auto(group), "ReferencePredictorArn": earlier.arn}
    made = world.run(ResourceType.PREDICTOR, "upgraded", request)
    assert made.details["retraining"] is None
    assert len(made.details["algorithm_arns"]) == 3


def test_a_reference_that_is_gone_is_no_reason_to_fail(world: World) -> None:
    group = world.sales(sales())
    gone = "arn:aws:forecast:us-east-1:000000000000:predictor/gone"
    request = {**auto(group), "ReferencePredictorArn": gone}
    made = world.run(ResourceType.PREDICTOR, "again", request)
    assert made.details["retraining"] is None

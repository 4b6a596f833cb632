"""What the console is told of an explanation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.service.context import Caller, Context
from forecastle.service.explainabilities import ALL_OF_ALL
from forecastle.service.explanation_views import explanation_for, explanation_view
from forecastle.training.explanation import Attribute, Explanation, Kind
from forecastle.training.explanation_archive import save_explanation
from tests.service.service_world import ITEMS, REGION, World


def context(world: World) -> Context:
    return Context(world.service, Caller(world.account, Role.VIEWER, REGION, "test"))


@pytest.fixture
def predictor(world: World) -> str:
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    return world.trained(world.group(world.filled(world.dataset()), world.filled(items)))


@pytest.fixture
def explained(world: World, predictor: str, tmp_path: Path) -> str:
    asked = {"ExplainabilityName": "why", "ResourceArn": predictor}
    made = world.do("CreateExplainability", **asked, ExplainabilityConfig=ALL_OF_ALL)
    arn = str(made["ExplainabilityArn"])
    values = np.array([[[4.0, 1.0], [4.0, 1.0]], [[-2.0, 9.0], [-2.0, 9.0]]])
    explanation = Explanation(
        Frequency.parse("W"),
        pl.DataFrame({"item_id": ["jam", "tea"]}),
        np.datetime64("2026-11-02T00:00:00"),
        (Attribute("category", Kind.METADATA), Attribute("recent sales", Kind.HISTORY)),
        values,
        np.ones((2, 2)),
    )
    save_explanation(explanation, tmp_path)
    artifact = f"explained{world.account}"
    world.service.stores.artifacts.publish(tmp_path, artifact)
    world.finish(arn, artifact=artifact)
    return arn


def test_all_items_together(world: World, explained: str) -> None:
    found = explanation_view(context(world), explained)
    assert found.keys == (("jam",), ("tea",))
    category, history = found.scores
    assert (category.raw, category.impact, category.by_step) == (1.0, 1.0, (1.0, 1.0))
    assert (category.is_driver, history.is_driver) == (True, False)
    assert (found.unit, len(found.times), found.effects) == ("W", 2, ())


def test_one_item(world: World, explained: str) -> None:
    found = explanation_view(context(world), explained, ("tea",))
    assert found.scores[0].raw == -2.0
    assert found.scores[0].impact == -0.5, "half of what it is for jam"
    assert [each.mean for each in found.effects] == [-2.0]
    with pytest.raises(ResourceNotFound, match="'milk' is not among the items"):
        explanation_view(context(world), explained, ("milk",))


def test_before_the_job_there_is_only_the_state(world: World, predictor: str) -> None:
    assert explanation_for(context(world), predictor) is None
    made = world.do(
        "CreateExplainability",
        ExplainabilityName="why",
        ResourceArn=predictor,
        ExplainabilityConfig=ALL_OF_ALL,
    )["ExplainabilityArn"]
    assert explanation_for(context(world), predictor) == made
    found = explanation_view(context(world), made)
    assert (found.status, found.predictor, found.scores) == ("CREATE_PENDING", predictor, ())

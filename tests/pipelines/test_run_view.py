"""A run as people look at it: its steps, also those to come, and what they made."""

from __future__ import annotations

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import ResourceNotFound
from forecastle.pipelines.run_view import NOT_REACHED, WAITING, look_at_run
from forecastle.service.context import Caller, Context
from tests.pipelines.run_world import RunWorld


@pytest.fixture
def world(tmp_path):
    with RunWorld.at(tmp_path) as world:
        yield world


def look(world: RunWorld, run_id: str):
    caller = Caller(world.world.account, Role.VIEWER, "us-east-1", "Ada")
    return look_at_run(Context(world.world.service, caller), run_id)


def test_a_run_that_begins_waits_for_its_steps(world):
    view = look(world, world.begin().run_id)
    assert [upload.key for upload in view.files] == ["input/sales.csv"]
    assert [step.name for step in view.steps] == [
        "check", "import", "train", "forecast", "export", "results", "notify",
    ]  # fmt: skip
    assert {step.status for step in view.steps} == {WAITING}
    assert view.steps[0].seconds is None


def test_what_each_step_made_can_be_looked_at(world):
    run = world.go(world.begin())
    view = look(world, run.run_id)
    assert [step.status for step in view.steps] == ["SUCCEEDED"] * 6 + ["SKIPPED"]
    made = {step.name: [each.kind for each in step.made] for step in view.steps}
    assert made == {
        "check": [],
        "import": ["import", "group"],
        "train": ["predictor"],
        "forecast": ["forecast"],
        "export": ["files"],
        "results": [],
        "notify": [],
    }
    [files] = view.steps[4].made
    assert files.place.startswith(f"s3://{world.world.bucket}/output/uk_sales_")
    assert all(step.seconds > 0 for step in view.steps)


def test_a_run_that_failed_reached_no_further_step(world):
    run = world.go(world.begin({"sales.csv": "a,b\n"}))
    view = look(world, run.run_id)
    states = {step.name: step.status for step in view.steps}
    assert states["check"] == "FAILED"
    assert states["import"] == states["results"] == NOT_REACHED
    assert view.steps[0].message in view.run.message


def test_another_accounts_run_is_not_there(world):
    run = world.begin()
    stranger = Context(world.world.service, Caller("1" * 12, Role.ADMIN, "us-east-1", "Eve"))
    with pytest.raises(ResourceNotFound):
        look_at_run(stranger, run.run_id)

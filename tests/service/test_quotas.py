"""Quotas of an account."""

from __future__ import annotations

import pytest

from tests.service.service_world import World


def test_resources_are_counted_by_type_and_account(world: World) -> None:
    world.setting(quota_datasets=2)
    for name in ("one", "two"):
        world.dataset(name)
    with pytest.raises(Exception, match="datasets of account") as caught:
        world.dataset("three")
    assert caught.value.wire_name == "LimitExceededException"
    assert str(caught.value) == (
        f"datasets of account {world.account}: 2, at most 2; delete some, or raise the setting "
        "quota_datasets"
    )
    world.group()
    world.another().dataset("three")


def test_a_name_that_is_taken_is_told_first(world: World) -> None:
    world.setting(quota_datasets=1)
    world.dataset("one")
    with pytest.raises(Exception, match="A dataset already exists"):
        world.dataset("one")


def test_unfinished_jobs_are_counted(world: World) -> None:
    world.setting(quota_parallel_jobs=1)
    dataset = world.dataset()
    first = world.import_job(dataset, "first")
    with pytest.raises(Exception, match="unfinished dataset import jobs of account") as caught:
        world.import_job(dataset, "second")
    assert "wait until some are finished, or raise the setting quota_parallel_jobs" in str(
        caught.value
    )
    world.finish(first)
    world.import_job(dataset, "second")


@pytest.mark.parametrize(
    ("setting", "operation"),
    [
        ("quota_dataset_groups", "group"),
        ("quota_dataset_import_jobs", "import_job"),
        ("quota_predictors", "predictor"),
        ("quota_forecasts", "forecast"),
    ],
)
def test_every_type_has_a_quota(world: World, setting: str, operation: str) -> None:
    arguments = {
        "import_job": lambda: (world.dataset(),),
        "predictor": lambda: (world.sales(),),
        "forecast": lambda: (world.trained(),),
    }.get(operation, tuple)()
    world.setting(**{setting: 0})
    with pytest.raises(Exception, match=f"raise the setting {setting}") as caught:
        getattr(world, operation)(*arguments)
    assert caught.value.wire_name == "LimitExceededException"

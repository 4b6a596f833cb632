"""Pipelines as people look at them, switch them, and choose files for them."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import AccessDenied, InputError, ResourceAlreadyExists, ResourceNotFound
from forecastle.pipelines.changing import change_pipeline, enable_pipeline, make_pipeline
from forecastle.pipelines.control import apply_pipeline, start_run
from forecastle.pipelines.overview import (
    list_overviews,
    overview,
    source_files,
    webhook_address,
)
from forecastle.service.context import Caller, Context
from tests.pipelines.watched_world import ACCOUNT, NOW, World

TEXT = """\
# ours
name: uk_sales
source: {bucket: retail, prefix: input/}
frequency: D
horizon: 7
export: {bucket: retail, prefix: input/out/}
schedule: 0 6 * * *
"""


@pytest.fixture
def context(world: World) -> Context:
    return Context(world.service, Caller(ACCOUNT, Role.OPERATOR, "eu-west-1", "Ada"))


def as_role(context: Context, role: Role) -> Context:
    return replace(context, caller=replace(context.caller, role=role))


def test_each_pipeline_with_its_last_run(context, world):
    apply_pipeline(context, TEXT, "uk.yaml")
    [fresh] = list_overviews(as_role(context, Role.VIEWER))
    assert (fresh.name, fresh.last, fresh.problem) == ("uk_sales", None, None)
    assert fresh.due_at > NOW
    world.drop("input/sales.csv")
    run_id = start_run(context, "uk_sales", None, "person")
    assert overview(context, "uk_sales").last.run_id == run_id
    with pytest.raises(ResourceNotFound, match="pipeline 'other' is not there"):
        overview(context, "other")


def test_a_text_that_cannot_be_read_any_more_is_told(context, world):
    record = apply_pipeline(context, TEXT, "uk.yaml")
    world.service.catalog.pipelines.apply(replace(record, text=TEXT.replace("D", "fortnight")))
    [found] = list_overviews(context)
    assert found.pipeline is None
    assert "frequency 'fortnight' is not known" in found.problem


def test_switching_changes_one_line_of_the_text(context):
    apply_pipeline(context, TEXT, "uk.yaml")
    assert enable_pipeline(context, "uk_sales", False).text == f"{TEXT}enabled: false\n"
    found = overview(context, "uk_sales")
    assert (found.pipeline.enabled, found.due_at) == (False, None)
    assert enable_pipeline(context, "uk_sales", True).text == TEXT
    with pytest.raises(AccessDenied):
        enable_pipeline(as_role(context, Role.VIEWER), "uk_sales", False)


def test_a_new_pipeline_takes_the_place_of_none(context):
    assert make_pipeline(context, TEXT).name == "uk_sales"
    with pytest.raises(ResourceAlreadyExists, match="pipeline 'uk_sales' is there already"):
        make_pipeline(context, TEXT)


def test_a_change_makes_no_other_pipeline(context):
    make_pipeline(context, TEXT)
    change_pipeline(context, "uk_sales", TEXT.replace("horizon: 7", "horizon: 9"))
    assert overview(context, "uk_sales").pipeline.horizon == 9
    with pytest.raises(InputError, match="line 2: name 'us_sales' is another one"):
        change_pipeline(context, "uk_sales", TEXT.replace("uk_sales", "us_sales"))
    assert len(list_overviews(context)) == 1


def test_the_files_of_a_pipeline_newest_first_without_its_exports(context, world):
    apply_pipeline(context, TEXT, "uk.yaml")
    for age, key in enumerate(("b.csv", "A.csv", "old.csv", "note.txt", "out/forecast.csv")):
        path = world.drop(f"input/{key}")
        os.utime(path, (NOW - age, NOW - age))
    keys = [info.key for info in source_files(context, "uk_sales")]
    assert keys == ["input/b.csv", "input/A.csv", "input/old.csv"]
    assert [info.key for info in source_files(context, "uk_sales", "a.CSV")] == ["input/A.csv"]
    assert len(source_files(context, "uk_sales", limit=1)) == 1


def test_the_token_of_the_webhook_is_for_administrators(context):
    assert "/events?token=000000000000-" in webhook_address(as_role(context, Role.ADMIN))
    with pytest.raises(AccessDenied):
        webhook_address(context)

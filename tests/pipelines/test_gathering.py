"""Gathering: one run for all that comes within a window; nothing is left behind by a crash."""

import pytest

from forecastle.pipelines import noticing
from forecastle.pipelines.gathering import start_waiting
from forecastle.pipelines.noticing import notice
from tests.pipelines.watched_world import ACCOUNT


def drop_and_tell(world, key):
    world.drop(key)
    return notice(world.service, ACCOUNT, "retail", key, "file")


def test_the_first_upload_opens_a_window_and_the_run_takes_all_of_it(any_world):
    any_world.apply(gather_seconds=60)
    keys = [f"input/{number}.csv" for number in range(50)]
    for key in keys:
        any_world.clock.now += 1
        assert drop_and_tell(any_world, key) == []
    any_world.clock.now += 10
    assert start_waiting(any_world.service) == []
    any_world.clock.now += 1
    assert len(start_waiting(any_world.service)) == 1
    assert any_world.files() == [set(keys)]
    assert start_waiting(any_world.service) == []


def test_what_comes_after_the_window_opens_another(world):
    world.apply(gather_seconds=60)
    for key in ("input/a.csv", "input/b.csv"):
        drop_and_tell(world, key)
        world.clock.now += 60
        assert len(start_waiting(world.service)) == 1
    assert world.files() == [{"input/a.csv"}, {"input/b.csv"}]


def test_an_upload_whose_run_a_crash_prevented_gets_it_later(any_world, monkeypatch):
    any_world.apply()
    monkeypatch.setattr(noticing, "begin", lambda *_: None)
    assert drop_and_tell(any_world, "input/a.csv") == []
    monkeypatch.undo()
    assert start_waiting(any_world.service) == []
    any_world.clock.now += 2
    assert len(start_waiting(any_world.service)) == 1
    assert any_world.files() == [{"input/a.csv"}]


@pytest.mark.parametrize("changes", [{"enabled": False}, None], ids=["disabled", "deleted"])
def test_uploads_wait_where_no_pipeline_runs(world, changes):
    world.apply(gather_seconds=5)
    drop_and_tell(world, "input/a.csv")
    if changes is None:
        world.service.catalog.pipelines.delete(ACCOUNT, "sales")
    else:
        world.apply(**changes)
    world.clock.now += 5
    assert start_waiting(world.service) == []


def test_a_window_that_another_worker_ended_is_not_ended_again(world, monkeypatch):
    world.apply(gather_seconds=5)
    drop_and_tell(world, "input/a.csv")
    world.clock.now += 5
    stale = world.service.catalog.pipelines.waiting()
    assert len(start_waiting(world.service)) == 1
    monkeypatch.setattr(world.service.catalog.pipelines, "waiting", lambda: stale)
    assert start_waiting(world.service) == []
    assert len(world.runs()) == 1

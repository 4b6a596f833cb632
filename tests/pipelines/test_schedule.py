"""Schedules start runs on the latest files, each exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from forecastle.core.errors import InputError, StorageError
from forecastle.pipelines import schedule
from forecastle.pipelines.schedule import start_due
from tests.pipelines.watched_world import ACCOUNT, NOW

EVERY_HOUR = "0 * * * *"


@pytest.fixture
def hourly(any_world):
    """A pipeline that is due a minute from now, and then at full hours; a file lies there."""
    any_world.apply(schedule=EVERY_HOUR)
    any_world.drop("input/a.csv")
    return any_world


def test_a_run_begins_when_it_is_due_on_the_latest_file(hourly):
    assert start_due(hourly.service) == []
    hourly.clock.now += 60
    assert len(start_due(hourly.service)) == 1
    assert start_due(hourly.service) == []
    (run,) = hourly.runs()
    assert run.trigger == "schedule"


def test_of_many_workers_one_begins_it(hourly):
    hourly.clock.now += 60
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: start_due(hourly.service), range(12)))
    assert len(hourly.runs()) == 1


def test_the_same_file_runs_again_at_the_next_time(hourly):
    hourly.clock.now += 60
    start_due(hourly.service)
    record = hourly.service.catalog.pipelines.find(ACCOUNT, "sales")
    assert record.due_at % 3600 == 0
    assert hourly.clock.now < record.due_at <= hourly.clock.now + 3600
    hourly.clock.now = record.due_at
    assert len(start_due(hourly.service)) == 1


def test_what_was_due_while_nothing_ran_is_made_up_for_once(hourly):
    hourly.clock.now += 30 * 3600
    assert len(start_due(hourly.service)) == 1
    assert start_due(hourly.service) == []


def test_without_files_nothing_begins_and_it_is_said(world, caplog):
    world.apply(schedule=EVERY_HOUR)
    world.clock.now += 60
    assert start_due(world.service) == []
    assert "nothing to do on schedule" in caplog.text
    assert world.service.catalog.pipelines.find(ACCOUNT, "sales").due_at > NOW + 60


def test_a_pipeline_that_is_off_keeps_no_schedule(world):
    world.apply(schedule=EVERY_HOUR, enabled=False)
    world.drop("input/a.csv")
    world.clock.now += 60
    assert start_due(world.service) == []


def test_where_the_bucket_fails_it_is_tried_again_in_a_minute(world, monkeypatch):
    world.apply(schedule=EVERY_HOUR)
    world.drop("input/a.csv")
    world.clock.now += 60
    fail(monkeypatch, StorageError("the disk is away"))
    assert start_due(world.service) == []
    monkeypatch.undo()
    world.clock.now += 59
    assert start_due(world.service) == []
    world.clock.now += 1
    assert len(start_due(world.service)) == 1


def test_where_a_run_is_refused_the_next_time_is_waited_for(world, monkeypatch):
    world.apply(schedule=EVERY_HOUR)
    world.clock.now += 60
    fail(monkeypatch, InputError("no such bucket"))
    assert start_due(world.service) == []
    monkeypatch.undo()
    world.drop("input/a.csv")
    world.clock.now += 60
    assert start_due(world.service) == []


def fail(monkeypatch, error):
    def start_run(*_):
        raise error

    monkeypatch.setattr(schedule, "start_run", start_run)

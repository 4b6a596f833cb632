"""Files in folders count when they stand still; the system's clock is the test's."""

import os
import time

import pytest

from forecastle.pipelines.noticing import watched
from forecastle.pipelines.settling import Settling
from forecastle.storage.locations import Location
from tests.pipelines.watched_world import ACCOUNT, Clock

KEY = "input/sales.csv"


class Looks:
    """The settling of one pipeline's files, and a timer in the test's hand."""

    def __init__(self, world, **source):
        world.apply(source={"bucket": "retail", "prefix": "input/", "quiet_seconds": 2, **source})
        self.world, self.timer = world, Clock(0.0)
        self.settling = Settling(world.service, self.timer)

    def add(self, key=KEY, **how):
        (pipeline,) = watched(self.world.service)
        self.settling.add(pipeline, key, "file", **how)

    def after(self, seconds):
        """How many runs begin at a look some seconds later."""
        return len(self.runs_after(seconds))

    def runs_after(self, seconds):
        """The runs that begin then, in their order."""
        self.timer.now += seconds
        return self.settling.look()


@pytest.fixture
def looks(world):
    return Looks(world)


def test_a_file_counts_when_size_and_time_stood_still_for_so_long(looks, world):
    world.drop(KEY)
    looks.add()
    assert [looks.after(seconds) for seconds in (0, 1, 0.9, 0.1)] == [0, 0, 0, 1]
    assert not looks.settling.waits()
    assert world.runs()[0].trigger == "file"


def test_a_file_that_grows_waits_from_its_last_change(looks, world):
    path = world.drop(KEY)
    looks.add()
    for _ in range(5):
        assert looks.after(1.9) == 0
        with path.open("a") as file:
            file.write("b,2\n")
        assert looks.after(0.1) == 0
    assert looks.after(2) == 1
    (run,) = world.runs()
    (upload,) = world.service.catalog.pipelines.uploads(ACCOUNT, "sales", run_id=run.run_id)
    assert upload.size == 24


def test_of_files_that_are_whole_at_once_the_newest_comes_last(looks, world):
    """Its data are to win, whatever the names are."""
    for name, written in (("a", 3.0), ("b", 1.0), ("c", 2.0)):
        os.utime(world.drop(f"input/{name}.csv"), (written, written))
        looks.add(f"input/{name}.csv")
    looks.after(0)
    begun = [
        world.service.catalog.pipelines.uploads(ACCOUNT, "sales", run_id=run)[0].key
        for run in looks.runs_after(2)
    ]
    assert begun == ["input/b.csv", "input/c.csv", "input/a.csv"]


def test_a_new_time_alone_is_a_change(looks, world):
    path = world.drop(KEY)
    looks.add()
    looks.after(1.9)
    os.utime(path, (5.0, 5.0))
    assert [looks.after(0.1), looks.after(1.9), looks.after(0.1)] == [0, 0, 1]


def test_what_came_by_a_rename_is_whole(looks, world):
    _rename_into(world)
    looks.add(came=True)
    assert [looks.after(0), looks.after(0.1)] == [0, 1]


def test_what_is_being_written_under_its_name_is_not(looks, world):
    world.drop(KEY)
    looks.add(came=True)
    assert [looks.after(0), looks.after(1.9), looks.after(0.1)] == [0, 0, 1]


def test_a_rename_of_a_file_that_is_still_written_afterwards_waits(looks, world):
    path = _rename_into(world)
    looks.add(came=True)
    looks.after(0)
    path.write_text("b,2\nc,3\n")
    assert [looks.after(0.1), looks.after(1.9), looks.after(0.1)] == [0, 0, 1]


def test_an_empty_file_waits_for_its_content_but_not_for_ever(looks, world):
    path = world.drop(KEY, "")
    looks.add(came=True)
    assert [looks.after(0), looks.after(19)] == [0, 0]
    path.write_text("a,1\n")
    assert [looks.after(0), looks.after(2)] == [0, 1]
    world.drop("input/empty.csv", "")
    looks.add("input/empty.csv")
    assert [looks.after(0), looks.after(19), looks.after(1)] == [0, 0, 1]


def test_a_file_that_goes_is_forgotten(looks, world):
    path = world.drop(KEY)
    looks.add()
    looks.after(0)
    path.unlink()
    assert looks.after(5) == 0
    assert not looks.settling.waits()


def test_found_twice_it_is_looked_at_once(looks, world):
    world.drop(KEY)
    looks.add()
    looks.after(0)
    looks.add(came=True)
    assert looks.after(2) == 1
    looks.add()
    assert [looks.after(0), looks.after(2)] == [0, 0]
    assert len(world.runs()) == 1


def test_of_a_pipeline_that_is_gone_or_another_nothing_starts(looks, world):
    world.drop(KEY)
    looks.add()
    looks.after(0)
    world.apply(horizon=14)
    assert looks.after(2) == 0
    looks.add()
    looks.after(0)
    world.service.catalog.pipelines.delete(ACCOUNT, "sales")
    assert looks.after(2) == 0
    assert not looks.settling.waits()


def test_one_file_that_fails_does_not_hold_the_others(looks, world, monkeypatch, caplog):
    for key in (KEY, "input/good.csv"):
        world.drop(key)
        looks.add(key)
    bucket = type(world.service.stores.bucket(ACCOUNT, Location("retail", "input/")))
    find = bucket.find
    monkeypatch.setattr(bucket, "find", lambda self, key: _fail(find(self, key), key))
    assert [looks.after(0), looks.after(2)] == [0, 1]
    assert "the next listing finds it again" in caplog.text


def _fail(info, key):
    if key == KEY:
        raise OSError("bad sector")
    return info


def _rename_into(world):
    """Written beside, and a moment of the disk's clock later given its name."""
    outside = world.drop(".upload")
    written = outside.stat().st_mtime_ns
    while time.time_ns() < written + 20_000_000:
        time.sleep(0.005)
    path = world.drop(KEY)
    outside.replace(path)
    return path

"""The threads of a worker notice what lands, in folders and on S3, also while nothing ran."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from forecastle.catalog.buckets import BucketRecord
from forecastle.pipelines.gathering import start_waiting
from forecastle.pipelines.listing import Listing
from forecastle.pipelines.settling import Settling
from forecastle.pipelines.watching import Watching
from tests.pipelines.watched_world import ACCOUNT, Clock
from tests.servers import FaultyS3

QUICK = {"bucket": "retail", "prefix": "input/", "quiet_seconds": 0.3}
FIFTY = [f"input/{number}.csv" for number in range(50)]


@contextmanager
def watching(world, workers=1):
    """Workers' threads at work on a clock that goes."""
    service = replace(world.service, clock=time.time)
    running = [Watching(service) for _ in range(workers)]
    for each in running:
        each.start()
    try:
        yield
    finally:
        for each in running:
            each.stop()


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def wait_for_runs(world, count):
    wait_for(lambda: len(world.runs()) >= count)


def drop_whole(world, key):
    """As careful programs do: written under a hidden name, then renamed."""
    path = world.drop(f"{key.rpartition('/')[0]}/.part")
    path.rename(path.parents[len(key.split("/")) - 1] / key)


def test_fifty_files_in_a_burst_are_fifty_runs_however_many_workers_watch(any_world):
    any_world.apply(source=QUICK)
    with watching(any_world, workers=3):
        for number, key in enumerate(FIFTY):
            drop_whole(any_world, key) if number % 2 else any_world.drop(key)
        wait_for_runs(any_world, 50)
    assert any_world.run_keys() == dict.fromkeys(FIFTY, 1)


def test_fifty_files_in_a_burst_are_one_run_where_they_are_gathered(world):
    world.apply(source=QUICK, gather_seconds=3)
    with watching(world, workers=2):
        for key in FIFTY:
            world.drop(key)
        wait_for_runs(world, 1)
    assert world.run_keys() == dict.fromkeys(FIFTY, 1)
    assert len(world.runs()) == 1


def test_a_file_is_read_when_it_is_complete(world):
    world.apply(source=QUICK)
    with watching(world):
        path = world.drop("input/sales.csv", "")
        with path.open("a") as file:
            for _ in range(10):
                file.write("a,1\n")
                file.flush()
                time.sleep(0.1)
        wait_for_runs(world, 1)
    (run,) = world.runs()
    (upload,) = world.service.catalog.pipelines.uploads(ACCOUNT, "sales", run_id=run.run_id)
    assert upload.size == 40


def test_what_landed_while_nothing_ran_is_found_and_nothing_twice(world):
    world.apply(source=QUICK)
    world.drop("input/first.csv")
    with watching(world):
        wait_for_runs(world, 1)
    world.drop("input/second.csv")
    with watching(world, workers=2):
        wait_for_runs(world, 2)
        world.drop("input/third.csv")
        wait_for_runs(world, 3)
    assert world.files() == [{"input/first.csv"}, {"input/second.csv"}, {"input/third.csv"}]


def test_a_pipeline_takes_effect_while_it_is_watched(world):
    with watching(world):
        world.apply("first", source=QUICK)
        world.drop("input/a.csv")
        wait_for(lambda: len(world.runs("first")) == 1)
        (world.service.settings.buckets_dir / "shop").mkdir()
        world.apply("second", source={**QUICK, "bucket": "shop"})
        world.drop("input/b.csv", bucket="shop")
        wait_for(lambda: len(world.runs("second")) == 1)


def test_a_folder_that_comes_with_its_files(world):
    outside = world.drop("elsewhere/deep/a.csv").parents[1]
    world.apply(source=QUICK)
    with watching(world):
        world.drop("input/first.csv")
        wait_for_runs(world, 1)
        outside.rename(outside.parent / "input" / "moved")
        wait_for_runs(world, 2)
    assert world.files()[1] == {"input/moved/deep/a.csv"}


def test_a_thread_that_fails_goes_on(world, monkeypatch, caplog):
    monkeypatch.setattr("forecastle.pipelines.watching._AFTER_FAILURE_SECONDS", 0.05)
    seen = []

    def fail_once(service):
        seen.append(service)
        if len(seen) == 1:
            raise OSError("the database is away")
        return start_waiting(service)

    monkeypatch.setattr("forecastle.pipelines.gathering.start_waiting", fail_once)
    with watching(world):
        wait_for(lambda: len(seen) > 2)
    assert "watching (due) failed: the database is away" in caplog.text


def test_it_can_be_stopped_although_it_was_interrupted_while_it_began(world, monkeypatch):
    start = threading.Thread.start

    def interrupted(thread):
        if thread.name == "watching-listing":
            raise KeyboardInterrupt
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    watching = Watching(world.service)
    with pytest.raises(KeyboardInterrupt):
        watching.start()
    watching.stop()
    assert "watching-folders" not in {each.name for each in threading.enumerate()}


class TestListing:
    @pytest.fixture
    def server(self):
        with FaultyS3() as server:
            yield server

    @pytest.fixture
    def listing(self, world, server):
        record = BucketRecord("remote", ACCOUNT, server.endpoint, "key", "secret")
        world.service.stores.register(record)
        world.apply(source={"bucket": "remote", "prefix": "input/"})
        return Listing(world.service, Settling(world.service, Clock()))

    def test_objects_on_s3_are_whole_and_start_runs_once(self, world, server, listing):
        assert listing.look() == []
        server.objects["input/a.csv"] = b"a,1\n"
        server.objects["input/empty.csv"] = b""
        assert len(listing.look()) == 2
        assert listing.look() == []
        server.objects["input/a.csv"] = b"a,2\n"
        assert len(listing.look()) == 1
        assert world.run_keys() == {"input/a.csv": 2, "input/empty.csv": 1}

    def test_what_another_worker_noticed_is_known(self, world, server, listing):
        server.objects["input/a.csv"] = b"a,1\n"
        other = Listing(world.service, Settling(world.service, Clock()))
        assert [len(other.look()), len(listing.look()), len(other.look())] == [1, 0, 0]

    def test_a_source_that_fails_does_not_hold_the_others(self, world, server, listing, caplog):
        world.service.stores.register(
            BucketRecord("away", ACCOUNT, server.endpoint, "key", "secret")
        )
        world.apply("away", source={"bucket": "away"})
        server.objects["input/a.csv"] = b"a,1\n"
        server.faults = [403]
        assert len(listing.look()) == 1
        assert "its source cannot be listed" in caplog.text

    def test_a_pipeline_that_is_made_again_begins_anew(self, world, server, listing):
        server.objects["input/a.csv"] = b"a,1\n"
        assert len(listing.look()) == 1
        record = world.service.catalog.pipelines.find(ACCOUNT, "sales")
        world.service.catalog.pipelines.delete(ACCOUNT, "sales")
        world.service.catalog.pipelines.apply(replace(record, created_at=record.created_at + 1))
        assert len(listing.look()) == 1

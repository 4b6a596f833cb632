"""An upload is one, whoever tells of it; what nobody waits for starts nothing."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from forecastle.catalog.pipelines import RUNNING
from forecastle.core.errors import StorageError
from forecastle.pipelines.existing import EXISTING
from forecastle.pipelines.gathering import start_waiting
from forecastle.pipelines.noticing import notice
from forecastle.storage.folder_bucket import FolderBucket
from tests.pipelines.watched_world import ACCOUNT, NOW, OTHER

KEY = "input/sales.csv"


def tell(world, key=KEY, *, bucket="retail", account=ACCOUNT, trigger="webhook"):
    return notice(world.service, account, bucket, key, trigger)


def test_an_upload_starts_a_run_that_knows_what_started_it(any_world):
    record = any_world.apply()
    any_world.drop(KEY)
    (run_id,) = tell(any_world)
    (run,) = any_world.runs()
    assert (run.run_id, run.status, run.trigger) == (run_id, RUNNING, "webhook")
    assert (run.text, run.region, run.started_at) == (record.text, "us-east-1", NOW)
    assert not run.dispatched
    (upload,) = any_world.service.catalog.pipelines.uploads(ACCOUNT, "sales", run_id=run_id)
    assert (upload.url, upload.size, upload.noticed_at) == (f"s3://retail/{KEY}", 4, NOW)


def test_told_twice_by_anybody_it_is_one_run_and_a_changed_file_another(any_world):
    any_world.apply()
    path = any_world.drop(KEY)
    assert len(tell(any_world, trigger="cloudtrail")) == 1
    assert tell(any_world, trigger="sqs") == tell(any_world) == []
    path.write_text("a,2\nb,3\n")
    assert len(tell(any_world)) == 1
    assert any_world.files() == [{KEY}, {KEY}]


def test_fifty_uploads_told_by_many_at_once_are_fifty_runs(any_world):
    any_world.apply()
    keys = [f"input/{number}.csv" for number in range(50)]
    for key in keys:
        any_world.drop(key)
    with ThreadPoolExecutor(6) as pool:
        begun = list(pool.map(lambda key: tell(any_world, key), [*keys, *keys, *reversed(keys)]))
    assert any_world.run_keys() == dict.fromkeys(keys, 1)
    assert sorted(run for each in begun for run in each) == sorted(
        run.run_id for run in any_world.runs()
    )


RELATED = {"schema": {"item_id": "string", "timestamp": "timestamp", "price": "float"}}
NO_SOURCES = [
    "output/sales.csv",
    "sales.csv",
    "input/",
    "input/notes.txt",
    "input/.sales.csv",
    "input/_temporary/sales.csv",
    "input/missing.csv",
    "input/../../secret.csv",
]


@pytest.mark.parametrize("key", NO_SOURCES)
def test_what_nobody_waits_for(world, key):
    world.apply()
    if ".." not in key and not key.endswith(("/", "missing.csv")):
        world.drop(key)
    assert tell(world, key) == []
    assert tell(world, KEY, bucket="other") == []
    assert world.runs() == []


def test_a_pipeline_does_not_start_itself_by_its_export(world):
    world.apply(source={"bucket": "retail"})
    world.drop("output/part0.csv")
    world.drop("sales.csv")
    assert tell(world, "output/part0.csv") == []
    assert len(tell(world, "sales.csv")) == 1


def test_every_pipeline_that_waits_for_a_file_runs(world):
    world.apply("first")
    world.apply("second")
    world.apply("idle", enabled=False)
    world.drop(KEY)
    assert len(tell(world)) == 2
    assert [len(world.runs(name)) for name in ("first", "second", "idle")] == [1, 1, 0]


def test_an_account_tells_only_of_its_own_buckets_and_the_operator_of_all(world):
    world.bucket("theirs", OTHER)
    world.apply("theirs", OTHER, source={"bucket": "theirs"})
    world.drop("sales.csv", bucket="theirs")
    assert tell(world, "sales.csv", bucket="theirs") == []
    assert len(tell(world, "sales.csv", bucket="theirs", account=None)) == 1


def test_a_file_that_was_just_written_is_left_to_those_who_watch_it(world):
    world.apply()
    path = world.drop(KEY)
    os.utime(path, (NOW - 1, NOW - 1))
    assert tell(world) == []
    world.clock.now += 2
    assert len(tell(world)) == 1


def test_an_empty_file_waits_longer_for_its_content(world):
    world.apply()
    os.utime(world.drop(KEY, ""), (NOW - 5, NOW - 5))
    assert tell(world) == []
    world.clock.now += 20
    assert len(tell(world)) == 1


def test_one_pipeline_without_its_bucket_does_not_hold_the_others(world):
    world.bucket("theirs", OTHER)
    world.apply("broken", source={"bucket": "theirs"}, account=OTHER)
    world.service.catalog.buckets.remove("theirs")
    world.apply("sound", source={"bucket": "retail"})
    world.drop("sales.csv")
    assert tell(world, "sales.csv", bucket="theirs", account=None) == []
    assert len(tell(world, "sales.csv")) == 1


def test_a_bucket_that_fails_is_told_so_that_the_event_comes_again(world, monkeypatch):
    world.apply()

    def fail(*_):
        raise StorageError("the disk is away")

    monkeypatch.setattr(FolderBucket, "find", fail)
    with pytest.raises(StorageError):
        tell(world)


def test_a_pipeline_that_cannot_be_read_is_said_once_and_holds_nobody(world, caplog):
    world.apply("sound")
    broken = world.apply("broken")
    world.service.catalog.pipelines.apply(type(broken)(**{**vars(broken), "text": "horizon: x"}))
    for key in ("input/a.csv", "input/b.csv"):
        world.drop(key)
        assert len(tell(world, key)) == 1
    assert [each.levelname for each in caplog.records].count("ERROR") == 1


class TestWhatWasThereBefore:
    def test_the_newest_file_of_each_dataset_starts_one_run_and_old_ones_none(self, any_world):
        world = any_world
        for day in range(1, 9):
            path = world.drop(f"input/{day}.csv")
            os.utime(path, (NOW - 1e6 + day, NOW - 1e6 + day))
        os.utime(world.drop("input/7.related.csv"), (NOW - 2e6, NOW - 2e6))
        world.apply(datasets={"related": RELATED})
        assert len(start_waiting(world.service)) == 1
        assert world.files() == [{"input/8.csv", "input/7.related.csv"}]
        assert world.runs()[0].trigger == EXISTING
        assert [tell(world, f"input/{day}.csv") for day in range(1, 9)] == [[]] * 8
        assert start_waiting(world.service) == []

    def test_a_file_with_an_old_date_that_comes_later_is_new(self, world):
        world.apply()
        os.utime(world.drop(KEY), (1.0, 1.0))
        assert len(tell(world)) == 1

    def test_an_empty_bucket_and_only_empty_files_start_nothing(self, world):
        world.drop(KEY, "")
        world.apply()
        assert start_waiting(world.service) == []

    def test_applied_again_nothing_runs_again(self, world):
        world.drop(KEY)
        world.apply()
        start_waiting(world.service)
        world.apply(horizon=14)
        assert start_waiting(world.service) == []
        assert len(world.runs()) == 1

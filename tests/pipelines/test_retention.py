"""Retention: what old runs made goes; what is needed stays."""

from __future__ import annotations

import pytest

from forecastle.catalog.pipelines import FAILED
from forecastle.core.names import ResourceType
from forecastle.pipelines.retention import clean_up
from tests.pipelines.run_world import HANGS, Fails, RunWorld

DAY = 86_400
MADE = (
    ResourceType.DATASET_IMPORT_JOB,
    ResourceType.PREDICTOR,
    ResourceType.FORECAST,
    ResourceType.FORECAST_EXPORT_JOB,
)


class Shop(RunWorld):
    """Runs leave files as their exports and reports do."""

    def go(self, run):
        done = super().go(run)
        step = self.steps(run).get("export")
        if step is not None and "parts" in step.results:
            self.bucket().write(f"{step.results['parts']}0.csv", b"item_id\n")
            self.bucket().write(f"output/_report/{run.run_id}.html", b"<html>")
        return done

    def day(self, **changes):
        """A day passes, a file comes; its run."""
        self.world.now += DAY
        return self.go(self.begin(**changes))

    def left(self):
        """The names of what the runs made, and of the files that are left, by their run."""
        names = {job.name[-12:] for kind in MADE for job in self.made(kind)}
        files = [info.key for info in self.bucket().list("output/")]
        return names, files

    def _publish(self, service, pipeline, run, arns):
        url = f"s3://{self.world.bucket}/output/_report/{run.run_id}.html"
        return {"report": url, "files": ["of another meaning"]}


@pytest.fixture
def world(tmp_path):
    with Shop.at(tmp_path) as world:
        yield world


def ends(*runs):
    return {run.run_id[-12:].lower() for run in runs}


def test_off_by_default(world):
    world.day()
    world.day()
    world.world.now += 1000 * DAY
    assert clean_up(world.world.service) == []
    assert len(world.pipelines.runs(world.world.account)) == 2


def test_old_runs_go_with_all_that_they_made(world):
    world.bucket().write("output/of_somebody_else.csv", b"item_id\n")
    runs = [world.day(retention_days=2.5) for _ in range(5)]

    gone = clean_up(world.world.service)

    assert set(gone) == {run.run_id for run in runs[:2]}
    names, files = world.left()
    assert names == ends(*runs[2:])
    assert len(files) == 3 * 2 + 1
    assert "output/of_somebody_else.csv" in files
    assert not any(end in file for file in files for end in ends(*runs[:2]))
    assert world.pipelines.runs(world.world.account)[::-1] == runs[2:]
    assert world.made(ResourceType.DATASET) != []
    assert clean_up(world.world.service) == []


def test_the_newest_run_that_made_a_forecast_stays_however_old(world):
    world.day(retention_days=1)
    kept = world.day(retention_days=1)
    world.resources.script[ResourceType.PREDICTOR] = [Fails("no luck")]
    failed = world.day(retention_days=1)
    assert failed.status == FAILED
    world.world.now += 100 * DAY

    assert len(clean_up(world.world.service)) == 2

    assert world.left()[0] == ends(kept)
    assert world.pipelines.runs(world.world.account) == [kept]


def test_a_run_at_work_stays(world):
    world.day(retention_days=1)
    world.world.now += DAY
    begun = world.begin(retention_days=1)
    world.world.now += 100 * DAY
    clean_up(world.world.service)
    assert begun in world.pipelines.runs(world.world.account)


def test_a_predictor_that_newer_runs_use_stays_until_they_are_gone(world):
    changes = {"retention_days": 1.5, "retrain_after_days": 3}
    first, second, third = (world.day(**changes) for _ in range(3))
    assert third.details["arns"]["predictor"] == first.details["arns"]["predictor"]

    assert clean_up(world.world.service) == []
    assert {each.name[-12:] for each in world.made(ResourceType.FORECAST)} == ends(second, third)
    assert len(world.made(ResourceType.PREDICTOR)) == 1

    newest = [world.day(**changes) for _ in range(3)][-1]
    clean_up(world.world.service)
    predictors = [each.arn for each in world.made(ResourceType.PREDICTOR)]
    assert predictors == [newest.details["arns"]["predictor"]]


def test_the_monitor_of_a_predictor_stays_and_goes_with_it(world):
    changes = {"retention_days": 1.5, "retrain_after_days": 3, "retrain": "on drift"}
    days = [world.day(**changes) for _ in range(3)]
    clean_up(world.world.service)
    [monitor] = world.made(ResourceType.MONITOR)
    assert monitor.request["ResourceArn"] == days[0].details["arns"]["predictor"]

    newest = [world.day(**changes) for _ in range(3)][-1]
    clean_up(world.world.service)
    [monitor] = world.made(ResourceType.MONITOR)
    assert monitor.request["ResourceArn"] == newest.details["arns"]["predictor"]


def test_what_clients_made_from_a_predictor_keeps_it(world):
    old = world.day(retention_days=1)
    predictor = old.details["arns"]["predictor"]
    own = world.world.forecast(predictor, name="by_hand")
    world.day(retention_days=1)
    world.world.now += DAY

    assert clean_up(world.world.service) == []

    assert predictor in [each.arn for each in world.made(ResourceType.PREDICTOR)]
    world.world.do("DeleteForecast", ForecastArn=own)
    assert clean_up(world.world.service) == [old.run_id]


def test_what_is_still_being_made_keeps_its_run(world):
    old = world.day(retention_days=1)
    world.day(retention_days=1)
    world.resources.script[ResourceType.FORECAST_EXPORT_JOB] = [HANGS]
    world.world.do(
        "CreateForecastExportJob",
        ForecastExportJobName="by_hand",
        ForecastArn=old.details["arns"]["forecast"],
        Destination=world.world.s3(),
    )
    world.world.now += DAY
    assert clean_up(world.world.service) == []
    assert old in world.pipelines.runs(world.world.account)


def test_a_bucket_that_is_gone_keeps_the_run(world, caplog):
    old = world.day(retention_days=1)
    world.day(retention_days=1)
    world.world.now += DAY
    world.world.service.catalog.buckets.remove(world.world.bucket)
    assert clean_up(world.world.service) == []
    assert f"run {old.run_id} is not removed yet" in caplog.text

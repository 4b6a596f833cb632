from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Edge
from forecastle.core.names import ResourceType
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.recovery import bury_the_dead, mend, take_over, this_host
from forecastle.jobs.runner import Runner
from forecastle.jobs.steps import Steps
from forecastle.jobs.workflows import Kind, identity
from tests.catalog.records import a_resource


class Queued:
    """The job queue, with jobs that stand in it so or so."""

    def __init__(self, **over: bool) -> None:
        self.over, self.at_work, self.recovered = over, set(), []

    def executors_at_work(self):
        return self.at_work

    def recover(self, workers):
        self.recovered += workers
        return len(workers)

    def standings(self, identities):
        return {name: over for name, over in self.over.items() if name in identities}


@pytest.fixture
def settings(tmp_path):
    return ServiceSettings(data_dir=tmp_path)


@pytest.fixture
def catalog(settings):
    catalog = Catalog.open(settings, migrate=True)
    yield catalog
    catalog.close()


@pytest.fixture
def steps(catalog, settings):
    return Steps(catalog, Runner(settings, settings.data_dir / "work"), lambda: 2.0)


def test_a_process_of_this_machine_that_is_gone_is_dead_at_once(catalog):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    catalog.workers.register("gone", this_host(), gone.pid)
    catalog.workers.register("alive", this_host(), os.getpid())
    catalog.workers.register("elsewhere", "another machine", gone.pid)
    bury_the_dead(catalog, timeout=30)
    assert [each.worker for each in catalog.workers.list()] == ["alive", "elsewhere"]


def test_who_falls_silent_is_dead(catalog):
    catalog.workers.register("silent", "another machine", 1)
    catalog.workers.register("alive", "another machine", 2)
    with catalog.engine.begin() as connection:
        connection.execute(
            text("UPDATE workers SET heartbeat_at = heartbeat_at - 31 WHERE worker = 'silent'")
        )
    bury_the_dead(catalog, timeout=30)
    assert [each.worker for each in catalog.workers.list()] == ["alive"]


def test_jobs_of_workers_that_are_not_registered_are_taken_over(catalog):
    catalog.workers.register("alive", this_host(), os.getpid())
    queued = Queued()
    assert take_over(catalog, queued) == 0
    queued.at_work = {"alive", "gone"}
    assert take_over(catalog, queued) == 1
    assert queued.recovered == ["gone"]


def test_what_waits_for_a_job_that_broke_down_is_ended(catalog, steps):
    dataset = a_resource("sales", ResourceType.DATASET, status=life.UPDATE_IN_PROGRESS)
    broken = a_resource(
        "monday",
        ResourceType.DATASET_IMPORT_JOB,
        status=life.CREATE_IN_PROGRESS,
        request={"DatasetArn": dataset.arn},
    )
    going = a_resource("gone", status=life.DELETE_IN_PROGRESS)
    well = a_resource("well", status=life.CREATE_IN_PROGRESS)
    for resource in (dataset, broken, going, well):
        catalog.resources.add(resource, [Edge(dataset.arn)] if resource is broken else [])
    queued = Queued(
        **{
            identity(broken, Kind.CREATE): True,
            identity(going, Kind.DELETE): True,
            identity(well, Kind.CREATE): False,
        }
    )

    mend(catalog, queued, steps)

    failed = catalog.resources.find(broken.arn)
    assert failed.status == life.CREATE_FAILED
    assert "broke down" in failed.message
    assert catalog.resources.find(dataset.arn).status == life.ACTIVE
    assert catalog.resources.find(going.arn) is None
    assert catalog.resources.find(well.arn) == well


def test_a_job_that_the_queue_has_lost_is_queued_again(catalog, steps):
    lost = a_resource("lost", status=life.CREATE_IN_PROGRESS)
    catalog.resources.add(lost)
    mend(catalog, Queued(), steps)
    assert [each.arn for each in catalog.resources.undispatched()] == [lost.arn]

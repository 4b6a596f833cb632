"""Workers die in the midst of a run: it goes on elsewhere, and nothing is made twice."""

from __future__ import annotations

import random
import secrets
import signal
import time

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import CANCELLED, RUNNING, SUCCEEDED
from forecastle.core.names import ResourceType
from forecastle.jobs.stores import Stores
from forecastle.pipelines.control import apply_pipeline
from forecastle.pipelines.run_control import cancel_run
from forecastle.service.context import Caller, Context, Service
from tests.faults.site import ACCOUNT, wait_until

TEXT = """
name: uk_sales
source:
  bucket: shop
  prefix: input/
  quiet_seconds: 0.1
frequency: D
horizon: 7
export:
  bucket: shop
  prefix: output/
"""
MADE = (
    ResourceType.DATASET_GROUP,
    ResourceType.DATASET,
    ResourceType.DATASET_IMPORT_JOB,
    ResourceType.PREDICTOR,
    ResourceType.FORECAST,
    ResourceType.FORECAST_EXPORT_JOB,
)
DEATHS = (
    ("after", "check SUCCEEDED"),
    ("after", "CreateDatasetImportJob"),
    ("before", "import SUCCEEDED"),
    ("after", "CreateAutoPredictor"),
    ("after", "CreateForecast"),
    ("before", "export SUCCEEDED"),
    ("before", "run SUCCEEDED"),
)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database; the others run on both."""


class Shop:
    """A site with a pipeline that waits for files."""

    def __init__(self, site):
        self.site, self.catalog = site, site.catalog
        stores = Stores.open(site.settings, site.catalog)
        service = Service(site.catalog, site.settings, stores, time.time, secrets.randbits)
        self.context = Context(service, Caller(ACCOUNT, Role.OPERATOR, "us-east-1", "me"))
        apply_pipeline(self.context, TEXT, "uk.yaml")

    def start_worker(self, *death):
        return self.site.start_worker(*death, program="pipeline_worker")

    def drop(self, name="sales.csv"):
        folder = self.site.settings.buckets_dir / "shop" / "input"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("a,2024-01-01,1\na,2024-01-02,2\n")

    @property
    def runs(self):
        """Oldest first."""
        return self.catalog.pipelines.runs(ACCOUNT)[::-1]

    def wait_for(self, *statuses):
        """Wait until the runs have these statuses."""
        wait_until(
            lambda: tuple(run.status for run in self.runs) == statuses,
            lambda: f"{self.runs}\n{self.steps()}",
        )

    def steps(self):
        return [self.catalog.pipelines.steps(run.run_id) for run in self.runs]

    def wait_for_step(self, name, status=RUNNING):
        wait_until(
            lambda: any((s.step, s.status) == (name, status) for each in self.steps() for s in each)
        )

    def made(self):
        """How many there are of each kind."""
        return [self.catalog.resources.count(ACCOUNT, kind) for kind in MADE]


@pytest.fixture
def shop(site):
    return Shop(site)


def test_a_run_survives_a_death_in_each_of_its_steps(shop):
    shop.drop()
    for death in DEATHS:
        assert shop.start_worker(*death).wait() == -signal.SIGKILL
        assert [run.status for run in shop.runs] == [RUNNING]

    shop.start_worker()

    shop.wait_for(SUCCEEDED)
    assert shop.made() == [1] * len(MADE)
    [steps] = shop.steps()
    assert {step.status for step in steps if step.step != "notify"} == {SUCCEEDED}


def test_another_worker_takes_the_run_over(shop):
    first = shop.start_worker("after", "CreateForecast")
    second = shop.start_worker("after", "CreateForecast")
    shop.drop()
    wait_until(lambda: first.poll() is not None or second.poll() is not None)
    shop.start_worker()
    shop.wait_for(SUCCEEDED)
    assert shop.made() == [1] * len(MADE)


@on_sqlite
def test_runs_of_one_pipeline_follow_each_other(shop):
    shop.start_worker()
    for name in ("monday.csv", "tuesday.csv"):
        shop.drop(name)
    shop.wait_for(SUCCEEDED, SUCCEEDED)
    monday, tuesday = shop.steps()
    assert monday[-1].ended_at <= tuesday[0].started_at
    assert shop.made() == [1, 1, 2, 2, 2, 2]


@on_sqlite
def test_a_run_that_is_cancelled_stops_what_it_makes(shop):
    """While no worker lives, the run is over all the same; a worker then leaves it."""
    worker = shop.start_worker("after", "CreateAutoPredictor")
    shop.drop()
    assert worker.wait() == -signal.SIGKILL
    cancel_run(shop.context, shop.runs[0].run_id)

    shop.start_worker()

    shop.wait_for_step("train", CANCELLED)
    shop.wait_for(CANCELLED)
    [predictor] = shop.catalog.resources.page(ACCOUNT, ResourceType.PREDICTOR)
    assert predictor.status == life.CREATE_STOPPED
    assert shop.made()[-2:] == [0, 0]


@on_sqlite
@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_runs_survive_deaths_at_any_moment(shop, kills):
    chance = random.Random(20101202)
    names = [f"day{number}.csv" for number in range(1 + kills // 4)]
    for name in names:
        shop.drop(name)
    for _ in range(kills):
        worker = shop.start_worker()
        time.sleep(chance.uniform(0.0, 2.0))
        worker.kill()
        worker.wait()
    shop.start_worker()
    shop.wait_for(*[SUCCEEDED] * len(names))
    assert shop.made() == [1, 1, *[len(names)] * 4]

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.collection import Collector, clear_workspaces
from tests.catalog.records import a_resource

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Store:
    """Artifacts without files."""

    def __init__(self, **published: timedelta) -> None:
        self.published = {name: NOW - age for name, age in published.items()}

    def identities(self):
        return iter(self.published.items())

    def delete(self, identity):
        del self.published[identity]


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog.open(ServiceSettings(data_dir=tmp_path), migrate=True)
    yield catalog
    catalog.close()


def test_what_nobody_names_goes_in_the_second_round(catalog):
    day = timedelta(days=1)
    catalog.resources.add(a_resource("p", status=life.ACTIVE, details={"artifact": "named"}))
    catalog.resources.add(a_resource("d", status=life.ACTIVE, details={"data": "imported"}))
    store = Store(named=day, imported=day, forgotten=day, young=timedelta(minutes=5))
    collector = Collector(catalog, store)
    assert collector.collect(NOW) == []
    assert collector.collect(NOW) == ["forgotten"]
    assert sorted(store.published) == ["imported", "named", "young"]


def test_what_a_job_may_still_read_or_name_stays_until_it_is_over(catalog):
    job = a_resource("reader", status=life.CREATE_IN_PROGRESS)
    catalog.resources.add(job)
    store = Store(**{"old": timedelta(days=1), job.nonce: timedelta(days=1)})
    collector = Collector(catalog, store)
    for _ in range(3):
        assert collector.collect(NOW) == []
    catalog.resources.change(
        job.arn,
        lambda found: replace(found, status=life.ACTIVE, details={"artifact": job.nonce}),
    )
    catalog.resources.add(a_resource("later", status=life.CREATE_IN_PROGRESS))
    assert collector.collect(NOW) == ["old"]


def test_the_folders_of_workers_that_are_gone_are_cleared(catalog, tmp_path):
    work = tmp_path / "work"
    for name in ("living", "dead"):
        (work / name / "job").mkdir(parents=True)
    catalog.workers.register("living", "here", 1)
    clear_workspaces(work, catalog.workers)
    assert [path.name for path in work.iterdir()] == ["living"]
    clear_workspaces(tmp_path / "none", catalog.workers)

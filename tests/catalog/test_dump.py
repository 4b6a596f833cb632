"""Rows out of one database and into another."""

from __future__ import annotations

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.audit import AuditEntry
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.database import connect, newest_revision
from forecastle.catalog.dump import dump, load
from forecastle.catalog.resources import Edge
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings
from tests.catalog.records import ACCOUNT, a_resource

ENTRY = AuditEntry(1.0, "r", ACCOUNT, None, None, "CreateForecast", None, "OK")


@pytest.fixture
def dumped(tmp_path):
    """The tables of an SQLite database in which much goes on."""
    catalog = Catalog.open(ServiceSettings(data_dir=tmp_path / "first"), migrate=True)
    parent = a_resource("parent", status=life.ACTIVE, details={"artifact": "x"})
    catalog.resources.add(parent, tags={"team": "ü"})
    for status in (life.CREATE_IN_PROGRESS, life.CREATE_STOPPING, life.DELETE_IN_PROGRESS):
        child = a_resource(status, status=status, progress={"fraction": 0.5})
        catalog.resources.add(child, [Edge(parent.arn)])
    catalog.access_keys.create(ACCOUNT, Role.ADMIN, 1.0)
    catalog.audit.add(ENTRY)
    catalog.workers.register("one", "here", 1)
    tables = {}
    dump(catalog.engine, lambda name, rows: tables.update({name: list(rows)}))
    catalog.close()
    return tables


@pytest.fixture
def empty(settings):
    engine = connect(settings.database)
    yield engine
    engine.dispose()


def test_a_database_is_filled_with_what_another_held(settings, empty, dumped):
    load(empty, newest_revision(), dumped.__getitem__, overwrite=False)

    catalog = Catalog.open(settings)
    parent = a_resource("parent", status=life.ACTIVE, details={"artifact": "x"})
    assert catalog.resources.find(parent.arn) == parent
    assert catalog.resources.tags(parent.arn) == {"team": "ü"}
    assert len(catalog.resources.children(parent.arn, owned=True)) == 3
    assert catalog.workers.list() == [], "workers live where they are"
    catalog.audit.add(ENTRY)
    assert list(catalog.audit.entries()) == [ENTRY, ENTRY]
    catalog.close()


def test_jobs_that_were_unfinished_begin_anew_under_other_nonces(settings, empty, dumped):
    load(empty, newest_revision(), dumped.__getitem__, overwrite=False)

    catalog = Catalog.open(settings)
    due = {each.name: each for each in catalog.resources.undispatched()}
    assert {name: each.status for name, each in due.items()} == {
        life.CREATE_IN_PROGRESS: life.CREATE_PENDING,
        life.DELETE_IN_PROGRESS: life.DELETE_PENDING,
    }
    assert all(each.nonce != f"nonce-{name}" for name, each in due.items())
    assert all(each.progress is None for each in due.values())
    stopped = catalog.resources.find(a_resource(life.CREATE_STOPPING).arn)
    assert stopped.status == life.CREATE_STOPPED
    catalog.close()


def test_data_are_overwritten_only_on_request_and_completely(settings, empty, catalog, dumped):
    catalog.resources.add(a_resource("old"))
    with pytest.raises(InputError, match="add --overwrite"):
        load(empty, newest_revision(), dumped.__getitem__, overwrite=False)
    assert catalog.resources.find(a_resource("old").arn) is not None

    load(empty, newest_revision(), dumped.__getitem__, overwrite=True)
    assert catalog.resources.find(a_resource("old").arn) is None
    assert catalog.resources.find(a_resource("parent").arn) is not None


def test_a_load_that_breaks_off_leaves_the_database_as_it_was(settings, empty, catalog, dumped):
    catalog.resources.add(a_resource("old"))

    def broken(name):
        yield from dumped[name]
        if name == "tags":
            raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        load(empty, newest_revision(), broken, overwrite=True)
    assert catalog.resources.find(a_resource("old").arn) is not None


def test_rows_of_a_newer_version_are_refused(empty, dumped):
    with pytest.raises(InputError, match="install the version of Forecastle that wrote it"):
        load(empty, "9999", dumped.__getitem__, overwrite=False)

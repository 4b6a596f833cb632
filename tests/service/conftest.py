"""The service on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings
from tests.databases import new_database
from tests.service.service_world import World


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def catalog_and_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Catalog, ServiceSettings]]:
    with ExitStack() as closing:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgresql_server")
            url = closing.enter_context(new_database(server))
        # The first account is nobody's here: buckets belong to whom they are registered for.
        settings = ServiceSettings(
            data_dir=tmp_path_factory.mktemp(request.param),
            database_url=url,
            account="999999999999",
        )
        catalog = Catalog.open(settings, migrate=True)
        closing.callback(catalog.close)
        yield catalog, settings


@pytest.fixture
def world(catalog_and_settings: tuple[Catalog, ServiceSettings]) -> World:
    return World.open(*catalog_and_settings)

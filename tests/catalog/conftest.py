"""A catalog on each database."""

from __future__ import annotations

import pytest

from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings


@pytest.fixture
def settings(tmp_path, database_url):
    return ServiceSettings(data_dir=tmp_path, database_url=database_url)


@pytest.fixture
def catalog(settings):
    catalog = Catalog.open(settings, migrate=True)
    yield catalog
    catalog.close()

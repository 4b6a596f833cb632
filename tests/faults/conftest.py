"""A site on each database."""

from __future__ import annotations

import pytest

from forecastle.core.settings import ServiceSettings
from tests.faults.site import Site

_TIMEOUT_SECONDS = 3


@pytest.fixture
def site(tmp_path, database_url):
    settings = ServiceSettings(
        data_dir=tmp_path, database_url=database_url, worker_timeout=_TIMEOUT_SECONDS
    )
    site = Site(settings)
    yield site
    site.close()

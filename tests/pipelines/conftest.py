"""A world of pipelines on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.watched_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.at(tmp_path)
    yield made
    made.service.catalog.close()


@pytest.fixture
def any_world(tmp_path: Path, database_url: str | None) -> Iterator[World]:
    """On SQLite and on PostgreSQL."""
    made = World.at(tmp_path, database_url=database_url)
    yield made
    made.service.catalog.close()

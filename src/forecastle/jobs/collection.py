"""Collecting what nobody names any more: artifacts, and the folders of dead workers' jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.catalog.workers import Workers
from forecastle.core.names import ResourceType
from forecastle.storage.artifacts import ArtifactStore

_SETTLED = timedelta(hours=1)
_NAMING = ("artifact", "data")


class Collector:
    """Deletes artifacts that no resource names, in two rounds.

    What is found unnamed may still be read by a job or a backup that began before: it goes in a
    later round, when every job that was unfinished then is over. What is younger than an hour may
    be about to be named.
    """

    def __init__(self, catalog: Catalog, artifacts: ArtifactStore) -> None:
        self._catalog, self._artifacts = catalog, artifacts
        self._readers: dict[str, set[str]] = {}

    def collect(self, now: datetime) -> list[str]:
        """One round; what was deleted."""
        old = {name for name, made in self._artifacts.identities() if made < now - _SETTLED}
        resources = list(self._catalog.resources.all_of(list(ResourceType)))
        unfinished = {each.nonce for each in resources if each.status in life.UNFINISHED}
        unnamed = old - _named(resources) - unfinished
        free = [
            name
            for name in sorted(unnamed)
            if name in self._readers and not self._readers[name] & unfinished
        ]
        for name in free:
            self._artifacts.delete(name)
        self._readers = {
            name: self._readers.get(name, unfinished) for name in unnamed.difference(free)
        }
        return free


def clear_workspaces(folder: Path, workers: Workers) -> None:
    """Delete the folders of workers that are gone; each worker's folder bears its name.

    A worker registers before it makes its folder: the folders are looked at first.
    """
    found = list(folder.iterdir()) if folder.is_dir() else []
    living = {each.worker for each in workers.list()}
    for path in found:
        if path.name not in living:
            shutil.rmtree(path, ignore_errors=True)


def _named(resources: Iterable[Resource]) -> set[str]:
    return {str(each.details[key]) for each in resources for key in _NAMING if key in each.details}

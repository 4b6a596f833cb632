"""Listing: a look at every source now and then, for what was told to nobody."""

from __future__ import annotations

import logging

from forecastle.core.errors import ForecastleError
from forecastle.pipelines.noticing import (
    Watched,
    is_source,
    notice_object,
    source_bucket,
    upload_of,
    watched,
)
from forecastle.pipelines.settling import Settling
from forecastle.service.context import Service
from forecastle.storage.buckets import ObjectInfo

LISTING = "listing"
_log = logging.getLogger(__name__)


class Listing:
    """Finds what landed while nothing ran, and where nobody sends events.

    Args:
        service: with the pipelines and the buckets.
        settling: takes the files of folders, which may still be written.
    """

    def __init__(self, service: Service, settling: Settling) -> None:
        self._service, self._settling = service, settling
        self._seen: dict[tuple[str, str, float], set[str]] = {}

    def look(self) -> list[str]:
        """List every source once; the runs that began. One that fails does not hold the others."""
        begun: list[str] = []
        pipelines = watched(self._service)
        for each in pipelines:
            try:
                begun += self._look_at(each)
            except ForecastleError as error:
                _log.warning("pipeline %s: its source cannot be listed: %s", _name(each), error)
        current = {_name(each) for each in pipelines}
        self._seen = {name: seen for name, seen in self._seen.items() if name in current}
        return begun

    def _look_at(self, watched: Watched) -> list[str]:
        source, account = watched.pipeline.source, watched.record.account
        in_folder = self._service.stores.folder(account, source.bucket) is not None
        begun: list[str] = []
        for info in self._unseen(watched):
            if in_folder:
                self._settling.add(watched, info.key, LISTING)
            else:
                begun += notice_object(self._service, watched, info, LISTING)
        return begun

    def _unseen(self, watched: Watched) -> list[ObjectInfo]:
        """The files of a pipeline that nobody has noticed yet, the newest last: its data win."""
        source, name = watched.pipeline.source, _name(watched)
        found = {
            upload_of(self._service, watched, info, LISTING).identity: info
            for info in source_bucket(self._service, watched).list(source.prefix)
            if is_source(watched.pipeline, source.bucket, info.key)
        }
        seen = self._seen.setdefault(name, set())
        if found.keys() - seen:
            seen |= self._service.catalog.pipelines.seen(*name[:2])
        unseen = [info for each, info in found.items() if each not in seen]
        return sorted(unseen, key=lambda info: (info.modified, info.key))


def _name(watched: Watched) -> tuple[str, str, float]:
    """A pipeline that is deleted and made again is another one."""
    return watched.record.account, watched.record.name, watched.record.created_at

"""Settling: files in folders count once they stand still, for nobody says when one is closed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from forecastle.pipelines.noticing import Watched, notice_object, patience, source_bucket
from forecastle.service.context import Service
from forecastle.storage.buckets import Bucket, ObjectInfo

# What came under its name by a rename was written before; it stands still from the first look on.
_RENAMED_SECONDS = 0.1
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Candidate:
    """A file that may still be written.

    Attributes:
        watched: whose it is.
        key: of the file in its bucket.
        trigger: who found it.
        came: it has this name since just now.
        etag: of the last look; None before the first.
        since: when it was first seen so, in seconds of the timer.
        renamed: all shows that it came whole.
    """

    watched: Watched
    key: str
    trigger: str
    came: bool
    etag: str | None = None
    since: float = 0.0
    renamed: bool = False

    @property
    def name(self) -> tuple[str, str, str]:
        """Unlike that of all others."""
        return self.watched.record.account, self.watched.record.name, self.key


class Settling:
    """Files that were found, until their size and time stand still; safe for threads.

    Args:
        service: that notices them.
        timer: seconds since some moment.
    """

    def __init__(self, service: Service, timer: Callable[[], float]) -> None:
        self._service, self._timer = service, timer
        self._candidates: dict[tuple[str, str, str], _Candidate] = {}
        self._lock = threading.Lock()

    def add(self, watched: Watched, key: str, trigger: str, *, came: bool = False) -> None:
        """A file was found; ``came`` if it has this name since just now."""
        self._keep(_Candidate(watched, key, trigger, came))

    def waits(self) -> bool:
        """Whether there are files to look at."""
        return bool(self._candidates)

    def look(self) -> list[str]:
        """Look at every file once; the runs that began because one stood still long enough.

        Files that are whole at the same look are noticed in the order in which they were written:
        the newest comes last, and its data win.
        """
        whole: list[tuple[ObjectInfo, _Candidate]] = []
        buckets: dict[tuple[str, str], Bucket] = {}
        for name in list(self._candidates):
            with self._lock:
                candidate = self._candidates.pop(name)
            with _others_go_on(name):
                info = self._look_at(candidate, buckets)
                whole += [] if info is None else [(info, candidate)]
        begun: list[str] = []
        for info, candidate in sorted(whole, key=lambda each: (each[0].modified, each[0].key)):
            with _others_go_on(candidate.name):
                begun += notice_object(self._service, candidate.watched, info, candidate.trigger)
        return begun

    def _keep(self, candidate: _Candidate) -> None:
        with self._lock:
            self._candidates.setdefault(candidate.name, candidate)

    def _look_at(
        self, candidate: _Candidate, buckets: dict[tuple[str, str], Bucket]
    ) -> ObjectInfo | None:
        """What is to be noticed; None where it is kept for another look, or forgotten."""
        owner = candidate.watched.record.account, candidate.watched.pipeline.source.bucket
        if owner not in buckets:
            buckets[owner] = source_bucket(self._service, candidate.watched)
        info = buckets[owner].find(candidate.key)
        if info is None:
            return None
        now = self._timer()
        if info.etag != candidate.etag:
            renamed = candidate.came and candidate.etag is None
            whole = renamed and _came_whole(buckets[owner], candidate.key)
            self._keep(replace(candidate, etag=info.etag, since=now, renamed=whole))
        elif now - candidate.since < _patience(candidate, info):
            self._keep(candidate)
        elif self._is_unchanged(candidate.watched):
            return info
        return None

    def _is_unchanged(self, watched: Watched) -> bool:
        """Whether the pipeline is as it was; else the next listing finds the files it wants."""
        record = watched.record
        now = self._service.catalog.pipelines.find(record.account, record.name)
        return now is not None and now.text == record.text


@contextmanager
def _others_go_on(name: tuple[str, str, str]) -> Iterator[None]:
    """Whatever is wrong with a file, the others must not wait for it."""
    try:
        yield
    except Exception as error:
        _log.warning("file %s: %s; the next listing finds it again", name, error)


def _came_whole(bucket: Bucket, key: str) -> bool:
    """Whether a file was renamed after it was last written, or had its attributes set then.

    Writing sets both times alike; a rename sets that of the change alone.
    """
    path = bucket.local_path(key)
    if path is None:
        return False
    stat = path.stat()
    return stat.st_size > 0 and stat.st_ctime_ns > stat.st_mtime_ns


def _patience(candidate: _Candidate, info: ObjectInfo) -> float:
    quiet = patience(candidate.watched.pipeline.source, info.size)
    return min(quiet, _RENAMED_SECONDS) if candidate.renamed else quiet

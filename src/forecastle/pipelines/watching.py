"""Watching: the threads in which a worker notices files, whoever tells of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from forecastle.core.errors import ForecastleError
from forecastle.pipelines import gathering, schedule
from forecastle.pipelines.folder_watch import FolderWatch
from forecastle.pipelines.listing import Listing
from forecastle.pipelines.noticing import Watched, watched
from forecastle.pipelines.queue_polling import QueuePolling
from forecastle.pipelines.settling import Settling
from forecastle.service.context import Service

_SETTLE_SECONDS, _DUE_SECONDS = 0.1, 0.5
_AFTER_FAILURE_SECONDS, _STOP_SECONDS = 5.0, 3.0
_log = logging.getLogger(__name__)


class Watching:
    """Watches folders, lists sources, keeps schedules, ends gatherings, polls the queue.

    Any number of workers may do so at once: what is noticed twice is one upload in the catalog.

    Args:
        service: with the pipelines.
        timer: seconds since some moment.
    """

    def __init__(self, service: Service, timer: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._ending, self._look = threading.Event(), threading.Event()
        self._settling = Settling(service, timer)
        self._folders = FolderWatch(service, self._settling, self._look.set)
        self._listing = Listing(service, self._settling)
        self._known: list[Watched] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; what landed while nothing ran is noticed first."""
        self._repeat("folders", 0.0, lambda: self._folders.follow(self._ending))
        self._repeat("settling", _SETTLE_SECONDS, self._settling.look)
        self._repeat("listing", 0.0, self._list)
        self._repeat("due", _DUE_SECONDS, self._start_what_is_due)
        url = self._service.settings.sqs_queue_url
        if url is not None:
            self._repeat("queue", 0.0, QueuePolling(self._service, url).poll)

    def stop(self) -> None:
        """End; returns when nothing is noticed any more, or after some seconds."""
        self._ending.set()
        self._look.set()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))

    def _list(self) -> None:
        self._look.wait(max(self._service.settings.listing_seconds, 1))
        self._look.clear()
        if not self._ending.is_set():
            self._listing.look()

    def _start_what_is_due(self) -> None:
        pipelines = watched(self._service)
        if pipelines != self._known:
            self._known = pipelines
            self._look.set()
        gathering.start_waiting(self._service)
        schedule.start_due(self._service)

    def _repeat(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        """Do something again and again in a thread of its own, whatever comes of it."""

        def repeat() -> None:
            while not self._ending.is_set():
                pause = seconds
                try:
                    action()
                except Exception as error:
                    pause = _AFTER_FAILURE_SECONDS
                    known = isinstance(error, ForecastleError)
                    _log.error("watching (%s) failed: %s", name, error, exc_info=not known)
                self._ending.wait(pause)

        thread = threading.Thread(target=repeat, name=f"watching-{name}", daemon=True)
        thread.start()
        self._threads.append(thread)  # afterwards: only what was started can be waited for

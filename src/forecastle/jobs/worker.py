"""A worker: takes jobs, tells that it lives, and looks after what others left behind."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from forecastle.catalog.catalog import Catalog
from forecastle.core.names import ResourceType, ulid
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.collection import Collector, clear_workspaces
from forecastle.jobs.dispatcher import Dispatcher
from forecastle.jobs.extension import MakeExtension
from forecastle.jobs.monitoring import Monitoring
from forecastle.jobs.queues import Queue
from forecastle.jobs.recovery import bury_the_dead, mend, take_over, this_host
from forecastle.jobs.runner import CHILD, Runner
from forecastle.jobs.steps import Steps
from forecastle.jobs.stores import Stores
from forecastle.jobs.workflows import Workflows

DECLARED_DEAD = 3
"""Exit code of a worker whose jobs others have taken over."""

_DISPATCH_SECONDS = 0.2
_BEATS_PER_TIMEOUT = 6
_MONITOR_SECONDS, _MEND_SECONDS, _COLLECT_SECONDS = 1.0, 60.0, 600.0
_log = logging.getLogger(__name__)

MakeSteps = Callable[[Catalog, Runner, Callable[[], float]], Steps]


class Worker:
    """One worker process; `run` lasts until it is told to end.

    Args:
        settings: of the service.
        queues: the queue of each type of job.
        command: begins the child process of a job.
        make_steps: makes the steps of the jobs.
        extensions: make what the worker does beside the jobs.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        queues: Mapping[ResourceType, Queue],
        command: Sequence[str] = CHILD,
        make_steps: MakeSteps = Steps,
        extensions: Sequence[MakeExtension] = (),
    ) -> None:
        self.name = ulid(int(time.time() * 1000), secrets.randbits(80))
        self._settings = settings
        self._catalog = Catalog.open(settings)
        self._work = settings.data_dir / "work"
        self._runner = Runner(settings, self._work / self.name, command)
        self._steps = make_steps(self._catalog, self._runner, time.time)
        self._workflows = Workflows(settings, self._steps, self.name)
        self._extensions = [make(settings, self._catalog) for make in extensions]
        self._dispatcher = Dispatcher(self._catalog.resources, self._workflows.enqueue, queues)
        self._monitoring = Monitoring(self._catalog, time.time)
        self._collector = Collector(self._catalog, Stores.open(settings, self._catalog).artifacts)
        self._ending = threading.Event()

    def run(self, ready: Callable[[], None] = lambda: None) -> NoReturn:
        """Work until `end` is called or Ctrl-C is pressed; the process ends with it.

        Args:
            ready: called when jobs are taken.
        """
        with suppress(KeyboardInterrupt):
            self._begin()
            ready()
            self._ending.wait()
        self.end()
        self._leave()

    def _begin(self) -> None:
        """Take jobs from now on."""
        self._catalog.workers.register(self.name, this_host(), os.getpid())
        self._every(self._settings.worker_timeout / _BEATS_PER_TIMEOUT, self._beat)
        self._workflows.launch()
        self._every(self._settings.worker_timeout / _BEATS_PER_TIMEOUT, self._look_after_others)
        self._every(_MEND_SECONDS, self._mend)
        self._every(_COLLECT_SECONDS, self._collect)
        self._every(_DISPATCH_SECONDS, self._dispatch)
        self._every(_MONITOR_SECONDS, self._monitor)
        for extension in self._extensions:
            for duty in extension.launch(self._workflows):
                self._every(duty.seconds, duty.action)

    def end(self) -> None:
        """Stop working: the jobs at work are killed and run again elsewhere, or at the next start.

        May be called from a signal handler.
        """
        self._ending.set()

    def _leave(self) -> NoReturn:
        """The jobs at work never return; whoever finds them without a worker takes them over."""
        self._runner.close()
        for extension in self._extensions:
            extension.end()
        try:
            self._catalog.workers.leave(self.name)
        except SQLAlchemyError:
            _log.exception("worker %s could not take its leave", self.name)
        os._exit(0)

    def _beat(self) -> None:
        if not self._catalog.workers.beat(self.name) and not self._ending.is_set():
            _log.error("worker %s was taken for dead by others; it ends", self.name)
            self._runner.close()
            os._exit(DECLARED_DEAD)

    def _dispatch(self) -> None:
        self._dispatcher.dispatch()

    def _monitor(self) -> None:
        self._monitoring.begin()

    def _look_after_others(self) -> None:
        bury_the_dead(self._catalog, self._settings.worker_timeout)
        recovered = take_over(self._catalog, self._workflows)
        if recovered:
            _log.info("%d jobs of dead workers are queued again", recovered)

    def _mend(self) -> None:
        mend(self._catalog, self._workflows, self._steps)

    def _collect(self) -> None:
        clear_workspaces(self._work, self._catalog.workers)
        for name in self._collector.collect(datetime.now(UTC)):
            _log.info("artifact %s is deleted; nothing names it", name)

    def _every(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something again and again, in a thread of its own, whatever comes of it."""

        def repeat() -> None:
            while not self._ending.is_set():
                try:
                    action()
                except Exception:
                    _log.exception("worker %s: %s failed", self.name, action.__name__)
                self._ending.wait(seconds)

        threading.Thread(target=repeat, name=action.__name__, daemon=True).start()

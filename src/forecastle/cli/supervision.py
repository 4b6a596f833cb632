"""Keeping a worker process alive beside the web process."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

from forecastle.core.settings import ServiceSettings

_COMMAND = (sys.executable, "-m", "forecastle", "worker", "--leash")
_FIRST_PAUSE, _LONGEST_PAUSE, _STEADY_SECONDS = 0.5, 30.0, 60.0
_ENDING_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Supervisor:
    """Runs one worker, and another one whenever it ends; use it in a ``with`` statement.

    The worker's standard input is a leash: it ends when this process dies, however it dies.

    Args:
        settings: handed on to the worker.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._environment = {**os.environ, **settings.environment()}
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="supervisor", daemon=True)

    def __enter__(self) -> Supervisor:
        """Start the worker."""
        self._process = self._start()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End the worker, politely at first."""
        self._ending.set()
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        self._thread.join()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            _COMMAND, stdin=subprocess.PIPE, env=self._environment, start_new_session=True
        )

    def _keep_alive(self) -> None:
        pause = _FIRST_PAUSE
        while self._process is not None:
            started = time.monotonic()
            code = self._process.wait()
            if self._ending.is_set():
                return
            steady = time.monotonic() - started > _STEADY_SECONDS
            pause = _FIRST_PAUSE if steady else min(_LONGEST_PAUSE, 2 * pause)
            _log.warning("the worker ended (exit code %s); another starts in %.0f s", code, pause)
            if self._ending.wait(pause):
                return
            self._process = self._start()

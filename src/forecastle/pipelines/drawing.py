"""The process that draws reports: started for the first one, kept warm for the next, then let go.

A fresh process needs seconds to load what draws; fifty files that land at once need it fifty times.
"""

from __future__ import annotations

import threading

from forecastle.compute.processes import ProcessExecutor
from forecastle.pipelines.run_report import HistoryFacts, ReportTask, draw_report

_IDLE_SECONDS = 60.0


class Drawing:
    """Draws one report at a time.

    Args:
        idle_seconds: after which the process ends if there is nothing to draw.
    """

    def __init__(self, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._executor = ProcessExecutor(1)
        self._one_at_a_time = threading.Lock()
        self._end: threading.Timer | None = None

    def draw(self, task: ReportTask) -> HistoryFacts:
        """See `run_report.draw_report`.

        Raises:
            InputError: see `run_report.draw_report`.
            ForecastleError: the process was killed, most often for want of memory.
        """
        with self._one_at_a_time:
            if self._end is not None:
                self._end.cancel()
            try:
                [(_, facts)] = self._executor.map(draw_report, [task])
            finally:
                self._end = threading.Timer(self._idle_seconds, self.close)
                self._end.daemon = True
                self._end.start()
            return facts

    def close(self) -> None:
        """End the process; the next report starts another one."""
        with self._one_at_a_time:
            self._executor.close()


DRAWING = Drawing()
"""Of this program."""

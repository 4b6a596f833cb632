"""Who takes part: a module of `benchmarks.peers` each, and the interpreter that runs it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec

AUTOGLUON_PYTHON = "FORECASTLE_BENCH_AUTOGLUON_PYTHON"


@dataclass(frozen=True)
class Contestant:
    """A way to forecast.

    Attributes:
        name: as on the command line, and of its module in `benchmarks.peers`.
        title: for people.
    """

    name: str
    title: str

    @property
    def interpreter(self) -> str | None:
        """The Python that can run it; None: it is not installed."""
        if not self.name.startswith("autogluon"):
            return sys.executable
        return os.environ.get(AUTOGLUON_PYTHON) or (
            sys.executable if find_spec("autogluon") else None
        )


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant("forecastle", "Forecastle"),
        Contestant("autogluon", "AutoGluon medium"),
        Contestant("autogluon_high", "AutoGluon high"),
        Contestant("prophet", "Prophet"),
        Contestant("auto_ets", "AutoETS"),
        Contestant("auto_arima", "AutoARIMA"),
        Contestant("seasonal_naive", "Seasonal naive"),
    )
}

"""AutoGluon, preset high_quality: as `autogluon`, with more models and larger ones."""

from __future__ import annotations

from functools import partial

from benchmarks.peers.autogluon import forecast
from benchmarks.peers.exchange import answer

if __name__ == "__main__":
    answer(partial(forecast, preset="high_quality"), "autogluon.timeseries", "torch")

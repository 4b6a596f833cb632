"""What the three contestants of statsforecast share: the sales alone, normal quantiles."""

from __future__ import annotations

from typing import Any

import pandas as pd
from statsforecast import StatsForecast

from benchmarks.peers.exchange import DEMAND, ITEM, TIME, Task

_NAMES = {ITEM: "unique_id", TIME: "ds", DEMAND: "y"}


def forecast(task: Task, model: Any) -> pd.DataFrame:
    """``model`` with its defaults on every series, on all cores."""
    engine = StatsForecast(models=[model], freq=task.pandas_frequency, n_jobs=-1)
    found = engine.forecast(df=task.regular().rename(columns=_NAMES), h=task.horizon, level=[80])
    name = model.alias
    return pd.DataFrame(
        {
            ITEM: found["unique_id"],
            TIME: found["ds"],
            "p10": found[f"{name}-lo-80"],
            "p50": found[name],
            "p90": found[f"{name}-hi-80"],
            "mean": found[name],
        }
    )

"""Prophet with its defaults, the holidays, and what is known in advance; a process per core."""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from prophet import Prophet

from benchmarks.peers.exchange import DEMAND, ITEM, TIME, Task, answer

_NAMES = {TIME: "ds", DEMAND: "y"}


def forecast(task: Task) -> pd.DataFrame:
    sales = task.regular().rename(columns=_NAMES)
    groups = [group for _, group in sales.groupby(ITEM)]
    if len(groups) == 1:
        return _one_series(task, groups[0])
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawn) as pool:
        return pd.concat(pool.map(partial(_one_series, task), groups, chunksize=20))


def _one_series(task: Task, sales: pd.DataFrame) -> pd.DataFrame:
    for name in ("cmdstanpy", "prophet"):
        logging.getLogger(name).setLevel(logging.ERROR)
    np.random.seed(0)  # its intervals are drawn by chance
    item = sales[ITEM].iloc[0]
    model = Prophet(interval_width=0.8, holidays=_holidays(task))
    times = pd.date_range(sales["ds"].max(), periods=task.horizon + 1, freq=task.pandas_frequency)
    ahead = pd.DataFrame({"ds": times[1:]})
    if task.known_file is not None:
        known = pd.read_parquet(task.known_file, filters=[(ITEM, "==", item)])
        known = known.drop(columns=ITEM).rename(columns=_NAMES)
        for name in known.columns.drop("ds"):
            model.add_regressor(name)
        sales, ahead = sales.merge(known, on="ds"), ahead.merge(known, on="ds")
    found = model.fit(sales.drop(columns=ITEM)).predict(ahead)
    return pd.DataFrame(
        {
            ITEM: item,
            TIME: found["ds"],
            "p10": found["yhat_lower"],
            "p50": found["yhat"],
            "p90": found["yhat_upper"],
            "mean": found["yhat"],
        }
    )


def _holidays(task: Task) -> pd.DataFrame | None:
    if not task.holidays:
        return None
    found = pd.DataFrame(task.holidays, columns=["ds", "holiday"])
    return found.assign(ds=pd.to_datetime(found["ds"]))


if __name__ == "__main__":
    answer(forecast, "prophet")

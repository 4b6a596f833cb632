"""Small panels for tests."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.series.calendar import Calendar
from forecastle.series.panel import Panel


def make_panel(target, first="2010-01-04", frequency="D", calendar=None, observed=None):
    """A panel without covariates from ``[n_series, n_time]`` demand; NaN is missing.

    The default first day is a Monday.
    """
    demand = np.atleast_2d(np.asarray(target, dtype=float))
    n_series, n_time = demand.shape
    present = ~np.isnan(demand)
    start = np.where(present.any(axis=1), present.argmax(axis=1), n_time)
    return Panel(
        frequency=Frequency.parse(frequency),
        keys=pl.DataFrame({"item_id": [f"item{row:03d}" for row in range(n_series)]}),
        origin=np.datetime64(first, "s"),
        start=start,
        target=demand,
        observed=present if observed is None else observed,
        known=np.zeros((n_series, n_time, 0)),
        known_names=(),
        past=np.zeros((n_series, n_time, 0)),
        past_names=(),
        static=pl.DataFrame(height=n_series),
        calendar=calendar or Calendar(),
    )

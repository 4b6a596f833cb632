"""Small panels of whole shops for the tests of models, training and contracts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from forecastle.series.calendar import Calendar
from forecastle.series.panel import Panel
from tests.series.panels import make_panel

HORIZON = 5


def shop_panel(
    target,
    frequency="D",
    horizon=HORIZON,
    first="2010-01-04",
    known=None,
    static=None,
    countries=(),
):
    """A panel whose future is known for ``horizon`` steps, as training and forecasts get it.

    ``known`` is ``[n_series, n_time + horizon]`` of one covariate, ``price``; ``static`` maps
    metadata columns to a value per series. The default first day is a Monday.
    """
    panel = make_panel(target, first=first, frequency=frequency, calendar=Calendar(countries))
    values = np.zeros((panel.n_series, panel.n_time + horizon, 0))
    if known is not None:
        values = np.asarray(known, dtype=float)[:, :, None]
    table = pl.DataFrame(static) if static else pl.DataFrame(height=panel.n_series)
    names = () if known is None else ("price",)
    return replace(panel, known=values, known_names=names, static=table)


def busy_demand(n_series=2, n_time=120, season=7, seed=1):
    """``[n_series, n_time]`` positive demand with a season, a slight trend and noise."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_time)
    shape = 1 + 0.4 * np.sin(2 * np.pi * time / season) + 0.001 * time
    size = 20.0 * (1 + np.arange(n_series))[:, None]
    return size * shape * rng.lognormal(0, 0.1, (n_series, n_time))


def sparse_demand(n_series=3, n_time=120, seed=2):
    """``[n_series, n_time]`` counts, mostly zero."""
    return np.random.default_rng(seed).poisson(0.3, (n_series, n_time)).astype(float)


def same_panel(one: Panel, other: Panel) -> bool:
    """Whether two panels hold the same, NaN for NaN."""
    arrays = ("start", "target", "observed", "known", "past")
    return (
        all(np.array_equal(getattr(one, n), getattr(other, n), equal_nan=True) for n in arrays)
        and one.keys.equals(other.keys)
        and one.static.equals(other.static)
        and (one.frequency, one.origin, one.calendar, one.known_names, one.past_names)
        == (other.frequency, other.origin, other.calendar, other.known_names, other.past_names)
    )

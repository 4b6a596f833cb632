"""Quantiles of the total over some series of a forecast.

A total of all series lies beside the forecast, as the job drew it. For a selection it is drawn from
the quantiles that were asked for: on straight lines in normal scores between them, and beyond them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from forecastle.core.quantiles import GRID, MEAN
from forecastle.jobs.forecast_totals import BY, DEPENDENCE, GROUPS, TOTALS
from forecastle.series.columns import TIMESTAMP
from forecastle.series.forecast import mean_weights, normal_scores
from forecastle.series.groups import members_of
from forecastle.series.panel import Floats
from forecastle.service.forecast_table import ForecastTable, chosen_keys, one_way
from forecastle.training.dependence import Dependence
from forecastle.training.totals import total_quantiles

_KEPT = 16
# Draws of all series and steps: half a second.
_MOST_NUMBERS = 10_000_000
# Quantiles that reach this far say enough of what lies beyond.
_LOW, _HIGH = 0.2, 0.8


def knows_totals(table: ForecastTable, search: str = "") -> bool:
    """Whether quantiles of a total can be told: its predictor must know how series go together."""
    if DEPENDENCE not in table.resource.details:
        return False
    levels = _levels(table)
    return not search.strip() or (bool(levels) and levels[0] <= _LOW and levels[-1] >= _HIGH)


def honest_totals(table: ForecastTable, search: str = "") -> pl.DataFrame:
    """Quantiles and the mean of the total over the series that match a search.

    Args:
        table: of which `knows_totals`.
        search: words; none is every series.

    Returns:
        ``timestamp`` and the columns of values, by time.
    """
    return _honest_totals(table, one_way(search))


@lru_cache(maxsize=_KEPT)
def _honest_totals(table: ForecastTable, search: str) -> pl.DataFrame:
    if not search:
        known = pl.read_parquet(table.path.with_name(TOTALS))
        of_all = known.filter(pl.col(BY).is_null() & pl.col(TIMESTAMP).is_not_null())
        return of_all.select(TIMESTAMP, *table.columns)
    return _drawn(table, search)


def _drawn(table: ForecastTable, search: str) -> pl.DataFrame:
    keys = list(table.key_columns)
    rows = table.scan().join(chosen_keys(table, search), on=keys, how="semi")
    found = rows.sort(*keys, TIMESTAMP).collect()
    times = found[TIMESTAMP].unique().sort()
    shape = (len(found) // len(times), len(times))
    levels = _levels(table)
    given = found.select(table.quantiles).to_numpy().reshape(*shape, len(levels))
    means = found[MEAN].to_numpy().reshape(shape)
    grid = _on_grid(given, levels)
    series = found.filter(pl.col(TIMESTAMP) == times[0]).select(keys)
    groups = pl.read_parquet(table.path.with_name(GROUPS))
    named = series.join(groups, on=keys, how="left", maintain_order="left")
    dependence = Dependence.from_json(table.resource.details[DEPENDENCE])
    drawn = total_quantiles(
        grid,
        np.zeros(shape[0], dtype=np.int64),
        dependence,
        members_of(named, dependence.columns),
        levels,
        most=_MOST_NUMBERS,
    ).steps[0]
    # The mean is known exactly; what was supposed beyond the quantiles may miss it a little.
    mean = means.sum(axis=0)
    drawn += (mean - (grid @ mean_weights()).sum(axis=0))[:, None]
    drawn = np.maximum(drawn, 0.0) if (given >= 0).all() else drawn
    values = dict(zip(table.quantiles, drawn.T, strict=True))
    return pl.DataFrame({TIMESTAMP: times, **values, MEAN: mean})


def _levels(table: ForecastTable) -> list[float]:
    return [int(name[1:]) / 100 for name in table.quantiles]


def _on_grid(given: Floats, levels: list[float]) -> Floats:
    """``[n_series, horizon, len(GRID)]`` from the quantiles at some levels."""
    known, wanted = normal_scores(levels), normal_scores(GRID)
    right = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    share = (wanted - known[right - 1]) / (known[right] - known[right - 1])
    found = given[..., right - 1] * (1 - share) + given[..., right] * share
    return np.maximum(found, 0.0) if (given >= 0).all() else found

"""Portions: sales of very many items are summed some items at a time, to bound the memory.

Summing needs several times the memory of its result while it runs. So tables whose result would be
large are read once to count, and then once per portion: a range of items. Put one after the other,
the results of the portions are the result of all.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.series.columns import ITEM, TIMESTAMP

_MANY_ROWS = 20_000_000
_GROUPS_AT_A_TIME = 5_000_000
_MOST_PORTIONS = 16  # each is a pass; beyond, what one needs is small beside the result

_ROWS, _EARLIEST, _LATEST = "rows of the item", "its first timestamp", "its last timestamp"


def portions(rows: pl.LazyFrame, frequency: Frequency) -> list[pl.Expr]:
    """Filters that part ``rows`` by item, ascending; rows without an item are in the first part.

    Args:
        rows: ``item_id``, ``timestamp`` and more.
        frequency: of the periods that they are summed to.
    """
    total = int(rows.select(pl.len()).collect(engine="streaming").item())
    if total <= _MANY_ROWS:
        return [pl.lit(True)]
    span = (pl.col(_LATEST) - pl.col(_EARLIEST)).dt.total_seconds() / 86_400
    periods = (span / frequency.approximate_days).ceil() + 1
    items = (
        rows.group_by(ITEM)
        .agg(
            pl.len().alias(_ROWS),
            pl.col(TIMESTAMP).min().alias(_EARLIEST),
            pl.col(TIMESTAMP).max().alias(_LATEST),
        )
        .filter(pl.col(ITEM).is_not_null())
        .sort(ITEM)
        .select(ITEM, pl.min_horizontal(_ROWS, periods.fill_null(1)).alias(_ROWS))
        .collect(engine="streaming")
    )
    groups = items[_ROWS].to_numpy()
    before = np.cumsum(groups) - groups
    most = max(_GROUPS_AT_A_TIME, groups.sum() / _MOST_PORTIONS)
    portion = (before // most).astype(np.int64)
    firsts = items[ITEM].gather(np.flatnonzero(np.diff(portion, prepend=-1)))
    return _ranges([str(item) for item in firsts[1:]])


def _ranges(bounds: list[str]) -> list[pl.Expr]:
    """A filter for each range between the bounds; each begins with a bound."""
    item = pl.col(ITEM)
    if not bounds:
        return [pl.lit(True)]
    inner = [(item >= low) & (item < high) for low, high in pairwise(bounds)]
    return [item.is_null() | (item < bounds[0]), *inner, item >= bounds[-1]]

"""Which series belong together: a shop, a department, a brand, or all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from forecastle.series.panel import Integers, Panel

Members = Mapping[str, Integers]
"""Per column, for each series the number of its group."""

EVERYONE = ""
"""In the place of a column: all series are one group."""

_MOST_COLUMNS = 4


def members_of(series: pl.DataFrame, columns: Sequence[str]) -> dict[str, Integers]:
    """The groups of the series in each of some columns.

    A missing value is a group too; where a column is missing, each series is alone.
    """
    together, alone = np.zeros(len(series), np.int64), np.arange(len(series), dtype=np.int64)
    known = {name: _codes(series[name]) for name in columns if name in series.columns}
    known |= {EVERYONE: together}
    return {name: known.get(name, alone) for name in columns}


def _codes(values: pl.Series) -> Integers:
    texts = values.cast(pl.String).fill_null("")
    return texts.rank("dense").cast(pl.Int64).to_numpy() - 1


def grouping_columns(panel: Panel) -> tuple[str, ...]:
    """Columns whose values several series share: dimensions, then metadata; the first few.

    One that tells hardly more than another (the size of a shop, beside the shop) is left out.
    """
    table = series_table(panel)
    found: list[str] = []
    for name in table.columns:
        if is_name(table[name]) and 1 < table[name].n_unique() <= panel.n_series / 2:
            found += [] if any(_says_the_same(table, name, each) for each in found) else [name]
    return tuple(found[:_MOST_COLUMNS])


def is_name(values: pl.Series) -> bool:
    """Whether values name something: text, or whole numbers such as those of shops."""
    if values.dtype == pl.String:
        return True
    return values.dtype.is_numeric() and bool((values.drop_nulls() % 1 == 0).all())


def _says_the_same(table: pl.DataFrame, one: str, other: str) -> bool:
    both, fewer, more = (
        table.select(pl.struct(one, other).n_unique()).item(),
        *sorted((table[one].n_unique(), table[other].n_unique())),
    )
    return bool(both == more and fewer > more / 2)


def series_table(panel: Panel) -> pl.DataFrame:
    """A row per series: its keys, and its metadata."""
    extra = [name for name in panel.static.columns if name not in panel.keys.columns]
    return pl.concat([panel.keys, panel.static.select(extra)], how="horizontal")

"""Item metadata: what is fixed about an item, such as its category or brand.

The rules are Amazon Forecast's (guide: item-metadata-datasets): every item is listed, and there
are at most 10 columns.
"""

from __future__ import annotations

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, InputError
from forecastle.series.recipe import ITEM, Names

_MOST_COLUMNS = 10  # item_id among them


def metadata_columns(metadata: pl.DataFrame | None, wanted: Names | None) -> Names:
    """The columns to use beside ``item_id``.

    Args:
        metadata: ``item_id`` and columns of strings or floats; None without metadata.
        wanted: what the predictor was trained on; None: all.

    Raises:
        InputError: wanted columns are missing, or there are too many.
    """
    found = () if metadata is None else tuple(name for name in metadata.columns if name != ITEM)
    if wanted is None:
        if len(found) + 1 > _MOST_COLUMNS:
            raise InputError(
                f"item metadata: {len(found) + 1} columns; use at most {_MOST_COLUMNS}, "
                f"{ITEM} among them"
            )
        return found
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InputError(
            f"item metadata: no column '{missing[0]}', which the predictor was trained with; "
            "give the metadata that it was trained with, or newer ones of the same columns"
        )
    return wanted


def static_table(metadata: pl.DataFrame | None, keys: pl.DataFrame, columns: Names) -> pl.DataFrame:
    """The metadata of each series: ``n_series`` rows, ``columns`` as strings or floats.

    A missing string is empty, a missing number NaN.

    Raises:
        InputError: items are not listed; names the first ten.
    """
    if metadata is None or not columns:
        return keys.drop(keys.columns)
    missing = keys.join(metadata, on=ITEM, how="anti")[ITEM].unique(maintain_order=True)
    if len(missing):
        shown = ", ".join(missing[:PROBLEMS_SHOWN])
        more = ", …" if len(missing) > PROBLEMS_SHOWN else ""
        raise InputError(
            f"item metadata: {len(missing)} items are not listed: {shown}{more}; "
            "add a row for each item"
        )
    rows = keys.select(ITEM).join(
        metadata.select(ITEM, *columns), on=ITEM, how="left", maintain_order="left"
    )
    text, numbers = pl.col(pl.String), pl.col(pl.Float64)
    return rows.drop(ITEM).with_columns(text.fill_null(""), numbers.fill_null(float("nan")))

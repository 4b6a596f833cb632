"""Item metadata: what is fixed about an item, such as its category or brand.

The rules are Amazon Forecast's (guide: item-metadata-datasets): every item is listed, and there
are at most 10 columns.
"""

from __future__ import annotations

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, InputError
from forecastle.series.recipe import ITEM, Types

_MOST_COLUMNS = 10  # item_id among them


def metadata_types(metadata: pl.DataFrame | None, trained: Types | None) -> Types:
    """The columns to use beside ``item_id``, and whether each is a ``string`` or a ``float``.

    Args:
        metadata: ``item_id`` and columns of strings or floats; None without metadata.
        trained: what the predictor was trained on; None: take all.

    Raises:
        InputError: trained columns are missing or of another type, or there are too many.
    """
    found = {} if metadata is None else _types(metadata)
    if trained is None:
        if len(found) + 1 > _MOST_COLUMNS:
            raise InputError(
                f"item metadata: {len(found) + 1} columns; use at most {_MOST_COLUMNS}, "
                f"{ITEM} among them"
            )
        return found
    for name, type_ in trained.items():
        if name not in found:
            raise InputError(
                f"item metadata: no column '{name}', which the predictor was trained with; add it"
            )
        if found[name] != type_:
            raise InputError(
                f"item metadata: the column '{name}' is now a {found[name]}; the predictor was "
                f"trained with a {type_}; write it as it was"
            )
    return trained


def _types(metadata: pl.DataFrame) -> dict[str, str]:
    return {
        name: "float" if dtype.is_numeric() else "string"
        for name, dtype in metadata.schema.items()
        if name != ITEM
    }


def static_table(metadata: pl.DataFrame | None, keys: pl.DataFrame, columns: Types) -> pl.DataFrame:
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
    rows = keys.select(ITEM).join(metadata, on=ITEM, how="left", maintain_order="left")
    return rows.select(
        pl.col(name).cast(pl.Float64).fill_null(float("nan"))
        if type_ == "float"
        else pl.col(name).cast(pl.String).fill_null("")
        for name, type_ in columns.items()
    )

"""Item metadata: what is fixed about an item, such as its category or brand.

The rules are Amazon Forecast's (guide: item-metadata-datasets): there are at most 10 columns, and
every item should be listed; those that are not are told of.
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


def unlisted(metadata: pl.DataFrame | None, keys: pl.DataFrame) -> tuple[str, ...]:
    """What is to be said of items that the metadata do not list: none, or one message.

    Amazon Forecast wants every item listed; one that is not can be forecast all the same, by its
    own history and as an item of which nothing else is known.
    """
    if metadata is None:
        return ()
    items = keys.select(ITEM).unique(maintain_order=True)
    missing = items.join(metadata, on=ITEM, how="anti", maintain_order="left")[ITEM]
    if not len(missing):
        return ()
    shown = ", ".join(missing[:PROBLEMS_SHOWN])
    more = ", …" if len(missing) > PROBLEMS_SHOWN else ""
    return (
        f"item metadata list {len(items) - len(missing)} of {len(items)} items; nothing is known "
        f"of {shown}{more}: add a row for each",
    )


def static_table(metadata: pl.DataFrame | None, keys: pl.DataFrame, columns: Types) -> pl.DataFrame:
    """The metadata of each series: ``n_series`` rows, ``columns`` as strings or floats.

    A missing string is empty, a missing number NaN; so are all of an item that is not listed.
    """
    if metadata is None or not columns:
        return keys.drop(keys.columns)
    rows = keys.select(ITEM).join(metadata, on=ITEM, how="left", maintain_order="left")
    return rows.select(
        pl.col(name).cast(pl.Float64).fill_null(float("nan"))
        if type_ == "float"
        else pl.col(name).cast(pl.String).fill_null("")
        for name, type_ in columns.items()
    )

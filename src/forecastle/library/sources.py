"""Sources: the tables that the user gives, read into the shape that panels are built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from forecastle.core.errors import InputError
from forecastle.library.history import History
from forecastle.library.settings import Settings
from forecastle.library.tables import Table, check_table
from forecastle.series.columns import ITEM
from forecastle.series.reading import ReadFacts, ReadOptions, TargetTable, read_target
from forecastle.series.recipe import DataRecipe
from forecastle.series.side_tables import read_metadata, read_related


def read_tables(
    data: Table, related: Table | None, metadata: Table | None, settings: Settings
) -> tuple[History, TargetTable, DataRecipe]:
    """Read what a predictor is to be trained on.

    Raises:
        InputError: a table or a setting cannot be used.
    """
    _check(data, related, metadata)
    calendar = settings.calendar()  # a wrong country is told before a large file is read
    target = read_target(data, settings.read_options())
    recipe = settings.recipe(target, calendar)
    tables = _with_side_tables(target, recipe, related, metadata)
    return tables, target, recipe


def read_newer(
    predictor_columns: Sequence[str] | None,
    recipe: DataRecipe,
    history: History,
    data: Table,
    related: Table | None,
    metadata: Table | None,
) -> tuple[History, ReadFacts]:
    """A predictor's history, continued by newer tables, and what was found in the newer sales.

    Args:
        predictor_columns: the names that the columns were given for training, if any.
        recipe: the predictor's.
        history: the predictor's.
        data: newer sales.
        related: newer related data.
        metadata: newer metadata.

    Raises:
        InputError: a table cannot be used, or the predictor was trained without its like.
    """
    _check(data, related, metadata)
    _refuse_unknown("related data", related, history.related)
    _refuse_unknown("item metadata", metadata, history.metadata)
    options = ReadOptions(
        columns=None if predictor_columns is None else tuple(predictor_columns),
        dimensions=recipe.dimensions,
        frequency=recipe.frequency,
        aggregation=recipe.aggregation,
        alignment=recipe.alignment,
        timestamp_format=recipe.timestamp_format,
    )
    target = _same_item(read_target(data, options), history)
    newer = _with_side_tables(target, recipe, related, metadata)
    return history.continued(newer), target.facts


def _with_side_tables(
    target: TargetTable, recipe: DataRecipe, related: Table | None, metadata: Table | None
) -> History:
    """The sales with what stands beside them, read in the same way."""
    return History(
        target.observations,
        None
        if related is None
        else read_related(
            related,
            dimensions=recipe.dimensions,
            alignment=recipe.alignment,
            item=_only_item(target.observations) if ITEM not in target.columns else None,
        ),
        None if metadata is None else read_metadata(metadata),
    )


def _same_item(target: TargetTable, history: History) -> TargetTable:
    """Without a column of items the file's name stands for the item: newer files go on with it."""
    stored = _only_item(history.target)
    if ITEM in target.columns or stored is None or _only_item(target.observations) is None:
        return target
    observations = target.observations.with_columns(pl.lit(stored).alias(ITEM))
    return replace(target, observations=observations)


def _only_item(observations: pl.DataFrame) -> str | None:
    items = observations[ITEM].unique()
    return str(items[0]) if len(items) == 1 else None


def _check(data: Table, related: Table | None, metadata: Table | None) -> None:
    check_table(data, "data")
    for role, table in (("related", related), ("metadata", metadata)):
        if table is not None:
            check_table(table, role)


def _refuse_unknown(name: str, given: Table | None, known: pl.DataFrame | None) -> None:
    if given is not None and known is None:
        raise InputError(f"the predictor was trained without {name}; leave them out or train anew")

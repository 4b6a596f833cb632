"""TimeSeriesSelector: a file of the series that a forecast is wanted for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, InputError
from forecastle.jobs.context import JobContext
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_files import open_files
from forecastle.series.dataset_options import CSV, ImportOptions
from forecastle.series.domains import ITEM_METADATA, Field, domain
from forecastle.series.panel import Integers
from forecastle.series.recipe import DataRecipe
from forecastle.storage.buckets import source_files
from forecastle.storage.locations import Location


def selected_series(
    context: JobContext, keys: pl.DataFrame, recipe: DataRecipe
) -> tuple[Integers | None, list[str]]:
    """Which of some series a CreateForecast selects.

    Args:
        context: of the forecast job.
        keys: the series that there are.
        recipe: of the predictor.

    Returns:
        The rows of ``keys``, None for all, and messages that name series which are not there.

    Raises:
        InputError: the file cannot be read, lacks a key, or names none of the series.
    """
    selector = context.resource.request.get("TimeSeriesSelector", {})
    identifiers = selector.get("TimeSeriesIdentifiers")
    if not identifiers:
        return None, []
    return series_of_file(context, keys, recipe, identifiers, "TimeSeriesSelector")


def series_of_file(
    context: JobContext,
    keys: pl.DataFrame,
    recipe: DataRecipe,
    identifiers: Mapping[str, Any],
    member: str,
) -> tuple[Integers, list[str]]:
    """The series that a file names: ``DataSource``, ``Schema`` and ``Format`` of a request.

    Args:
        context: of the job.
        keys: the series that there are.
        recipe: of the predictor.
        identifiers: where the file lies and what its columns are.
        member: of the request, that holds them; for errors.

    Returns:
        The rows of ``keys``, and messages that name series which are not there.

    Raises:
        InputError: the file cannot be read, lacks a key, or names none of the series.
    """
    asked = _read(context, identifiers, recipe, member)
    numbered = keys.with_row_index("row")
    found = numbered.join(asked, on=keys.columns, how="semi", maintain_order="left")
    unknown = asked.join(keys, on=keys.columns, how="anti", maintain_order="left")
    if found.is_empty():
        raise InputError(
            f"{member}: none of its {len(asked)} series is in the data "
            f"({_listed(unknown)}); name series as the target time series does"
        )
    rows = found["row"].cast(pl.Int64).to_numpy()
    message = (
        f"{len(unknown)} of {len(asked)} selected series are not in the data: {_listed(unknown)}."
    )
    return np.asarray(rows), [message] if len(unknown) else []


def _read(
    context: JobContext, identifiers: Mapping[str, Any], recipe: DataRecipe, member: str
) -> pl.DataFrame:
    """The distinct series that are asked for, by the keys of the recipe."""
    schema = _schema(identifiers, recipe, member)
    options = ImportOptions(format=identifiers.get("Format") or CSV)
    location = Location.parse(identifiers["DataSource"]["S3Config"]["Path"])
    bucket = context.stores.bucket(context.resource.account, location)
    columns = {schema.stored_name(name): name for name in schema.names}
    cells = [
        pl.col(columns[key]).cast(pl.String).str.strip_chars().alias(key) for key in recipe.keys
    ]
    with source_files(bucket, location) as files, ExitStack() as stack:
        tables = open_files(files, schema, options, stack)
        rows = pl.concat(table.rows.select(cells) for table in tables).collect()
    return rows.filter(pl.all_horizontal(pl.all() != "")).unique(maintain_order=True)


def _schema(identifiers: Mapping[str, Any], recipe: DataRecipe, member: str) -> DatasetSchema:
    """The columns of the file; without a Schema, the item and the dimensions.

    Raises:
        InputError: the Schema lacks one of them.
    """
    keys = (domain(recipe.domain).item, *recipe.dimensions)
    given = identifiers.get("Schema", {}).get("Attributes") or ()
    names = [each["AttributeName"] for each in given] or keys
    missing = [name for name in keys if name not in names]
    if missing:
        raise InputError(
            f"{member}: its Schema lacks '{missing[0]}'; the series of this predictor "
            f"are identified by {', '.join(keys)}"
        )
    # Read as item metadata are: a table of words, whose first line need not be a header.
    fields = tuple(Field(name, "string") for name in names)
    return DatasetSchema(recipe.domain, ITEM_METADATA, fields)


def _listed(series: pl.DataFrame) -> str:
    """``A7, A8`` or ``A7/Berlin``; the first ten."""
    shown = ", ".join("/".join(row) for row in series.head(PROBLEMS_SHOWN).iter_rows())
    return f"{shown}, …" if len(series) > PROBLEMS_SHOWN else shown

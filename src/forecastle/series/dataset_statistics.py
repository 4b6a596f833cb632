"""Field statistics of an import, in the shape of DescribeDatasetImportJob.

Amazon Forecast tells the minimum, maximum, average and deviation of numbers, the first and last
timestamp, and how many values of each field there are, as strings, numbers and a second time as
``…Long`` (observed in its notebooks).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from forecastle.series.dataset import NUMBERS, DatasetSchema
from forecastle.series.domains import Field

Statistics = dict[str, dict[str, Any]]

_LARGEST_INTEGER = 2**31 - 1
_DIGITS = 12  # averages are added in any order, so their last digits vary from run to run
_N_ROWS = "number of rows"


def nan_flag(name: str) -> str:
    """The column that says where a number was NaN or infinite."""
    return f"{name} is NaN"


def is_number(field: Field, schema: DatasetSchema) -> bool:
    """Whether a column is stored as numbers."""
    return field.type in NUMBERS and not schema.is_dimension(field)


def aggregations(schema: DatasetSchema, *, is_large: bool) -> list[pl.Expr]:
    """What to ask of the rows about numbers and timestamps, in one select.

    The rows hold these attributes by their names, numbers finite or null, and beside each number
    its `nan_flag`.

    Args:
        schema: names the attributes.
        is_large: estimate the distinct values, within about 15 percent: to count them takes
            memory for each.
    """
    asked = [pl.len().alias(_N_ROWS)]
    for field in schema.attributes:
        name, column = field.name, pl.col(field.name)
        if is_number(field, schema) or field.type == "timestamp":
            distinct = column.approx_n_unique() if is_large else column.n_unique()
            asked += [
                column.null_count().alias(f"{name} nulls"),
                distinct.alias(f"{name} distinct"),
                column.min().alias(f"{name} min"),
                column.max().alias(f"{name} max"),
            ]
        if is_number(field, schema):
            asked += [
                pl.col(nan_flag(name)).sum().alias(f"{name} NaNs"),
                column.mean().alias(f"{name} mean"),
                column.std().alias(f"{name} deviation"),
            ]
    return asked


def n_rows(found: Mapping[str, Any], blank: int) -> int:
    """How many rows have content."""
    return int(found[_N_ROWS]) - blank


def field_statistics(
    found: Mapping[str, Any], stored: pl.DataFrame, schema: DatasetSchema, blank: int
) -> Statistics:
    """The statistics of each attribute.

    ``Count`` is the number of cells that are not empty, NaN among them; ``Stddev`` that of a
    sample, 0 for a single value.

    Args:
        found: what the `aggregations` gave.
        stored: the stored rows, which hold all there is to know about text.
        schema: names the attributes.
        blank: blank rows among the rows, which do not count.
    """
    return {
        field.name: (
            _of_values(found, field, schema, blank)
            if is_number(field, schema) or field.type == "timestamp"
            else _of_text(stored[schema.stored_name(field.name)], n_rows(found, blank))
        )
        for field in schema.attributes
    }


def _of_text(stored: pl.Series, n_filled: int) -> dict[str, Any]:
    # Keys are never null, so that a target, whose rows are stored together, has no null here.
    absent = stored.null_count()
    counts = {
        "Count": n_filled - absent,
        "CountDistinct": stored.n_unique() - (absent > 0),
        "CountNull": absent,
    }
    return {**_short(counts), **_long(counts)}


def _of_values(
    found: Mapping[str, Any], field: Field, schema: DatasetSchema, blank: int
) -> dict[str, Any]:
    name, numeric = field.name, is_number(field, schema)
    absent = int(found[f"{name} nulls"])
    present = int(found[_N_ROWS]) - absent
    nans = int(found[f"{name} NaNs"]) if numeric else 0
    counts = {
        "Count": present + nans,
        "CountDistinct": min(int(found[f"{name} distinct"]) - (absent > 0), present),
        "CountNull": absent - nans - blank,
    }
    if numeric:
        counts["CountNan"] = nans
    values: dict[str, str | float] = {}
    if present:
        values = {end.title(): _text(found[f"{name} {end}"], field) for end in ("min", "max")}
    if present and numeric:
        values["Avg"] = _rounded(found[f"{name} mean"])
        values["Stddev"] = _rounded(found[f"{name} deviation"] or 0.0)
    return {**_short(counts), **values, **_long(counts)}


def _short(counts: Mapping[str, int]) -> dict[str, int]:
    return {key: count if count <= _LARGEST_INTEGER else -1 for key, count in counts.items()}


def _long(counts: Mapping[str, int]) -> dict[str, int]:
    return {f"{key}Long": count for key, count in counts.items()}


def _text(value: datetime | float, field: Field) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='seconds')}Z"
    return str(int(value)) if field.type == "integer" else str(value)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

"""Stored datasets: a table on disk, newer imports merged into it, and the way back to a panel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, InputError, Problem
from forecastle.series.alignment import Alignment, period_start
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_statistics import Statistics
from forecastle.series.dataset_target import merged_target

ROWS = "rows.parquet"
_FACTS = "facts.json"
_RELATED = "related data"


@dataclass(frozen=True, eq=False)
class DatasetTable:
    """What an import made of its files.

    Attributes:
        rows: the stored form, sorted by its keys: of a target as `condensed` describes it, of
            related data and metadata the rows themselves (numbers Float64, null where missing);
            those of metadata are what `build_panel` takes.
        statistics: FieldStatistics of the import.
        n_rows: rows with content that were imported.
        data_size_gb: size of the files that were imported, in units of 2^30 bytes.
    """

    rows: pl.DataFrame
    statistics: Statistics
    n_rows: int
    data_size_gb: float

    def save(self, folder: Path) -> None:
        """Write the table into a folder: Parquet and JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        self.rows.write_parquet(folder / ROWS)
        facts = {
            "statistics": self.statistics,
            "n_rows": self.n_rows,
            "data_size_gb": self.data_size_gb,
        }
        (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> DatasetTable:
        """The inverse of `save`."""
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        return cls(pl.read_parquet(folder / ROWS, glob=False), **facts)

    @staticmethod
    def scan(folder: Path) -> pl.LazyFrame:
        """The rows alone, to be read piece by piece."""
        return pl.scan_parquet(folder / ROWS, glob=False)


def merged(stored: DatasetTable, newer: DatasetTable, schema: DatasetSchema) -> DatasetTable:
    """A dataset after an INCREMENTAL import.

    A newer row takes the place of the stored one with the same keys and timestamp. Transactions,
    which are stored as sums, are added to what is there. The facts are those of the newer import.
    """
    if schema.is_target:
        return replace(newer, rows=merged_target(stored.rows, newer.rows, schema))
    keys = list(schema.keys)
    kept = stored.rows.join(newer.rows, on=keys, how="anti")
    return replace(newer, rows=pl.concat([kept, newer.rows]).sort(keys))


def related_rows(
    rows: pl.DataFrame,
    schema: DatasetSchema,
    alignment: Alignment,
    dimensions: Sequence[str] = (),
) -> pl.DataFrame:
    """Stored related data as `build_panel` takes them: one row per key and period.

    Args:
        rows: of a related `DatasetTable`.
        schema: of the dataset.
        alignment: the periods of the forecast; timestamps become the start of theirs.
        dimensions: the forecast dimensions.

    Raises:
        InputError: an attribute is neither a number nor a forecast dimension.
        DataError: a period comes twice; related data are never aggregated.
    """
    words = [name for name in schema.dimensions if name not in dimensions]
    if words:
        raise InputError(
            f"The attribute(s) [{', '.join(words)}] present in the RELATED_TIME_SERIES schema "
            "should be of numeric type such as `integer` or `float`, or be added as a forecast "
            "dimension"
        )
    aligned = rows.with_columns(period_start(pl.col(TIMESTAMP), alignment))
    keys = list(schema.keys)
    _refuse_joined(aligned, keys, alignment)
    return aligned.sort(keys)


def _refuse_joined(rows: pl.DataFrame, keys: list[str], alignment: Alignment) -> None:
    """Refuse rows that fall into one period."""
    joined = rows.group_by(keys).len().filter(pl.col("len") > 1).drop("len")
    if joined.is_empty():
        return
    problems = [
        Problem(
            _RELATED,
            ", ".join(f"{key} '{value}'" for key, value in row.items())
            + f" comes more than once in {alignment}; related data are never aggregated, give one "
            "row for each period",
        )
        for row in joined.bottom_k(PROBLEMS_SHOWN, by=keys).sort(keys).iter_rows(named=True)
    ]
    raise DataError(problems, joined.height)

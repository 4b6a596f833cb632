"""Answers of SQL for people: a limited table, its CSV, and what can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError
from forecastle.pipelines.sql import Limits, run_query
from forecastle.pipelines.sql_tables import TABLES, Table, find_tables
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.storage.exports import without_formulas

ON_A_PAGE = Limits(rows=10_000, seconds=30.0, megabytes=256)
"""The web process holds an answer while somebody looks at it."""


@dataclass(frozen=True)
class TableColumns:
    """A table that can be queried.

    Attributes:
        name: of the table.
        columns: name and type of each, such as ``p50`` and ``number``.
    """

    name: str
    columns: tuple[tuple[str, str], ...]


def ask(context: Context, text: str, limits: Limits = ON_A_PAGE) -> pl.DataFrame:
    """The answer to a query over what the caller's account has.

    Raises:
        InputError: see `sql.run_query`.
        StorageError: an artifact could not be read.
    """
    require(context, Role.VIEWER, "Query")
    return run_query(context.service, context.caller.account, text, limits)


def as_csv(answer: pl.DataFrame) -> str:
    """CSV in which a spreadsheet finds no formula.

    Raises:
        InputError: a column holds lists or structures.
    """
    try:
        return answer.with_columns(without_formulas(cs.string())).write_csv()
    except pl.exceptions.ComputeError as error:
        raise InputError(
            f"the answer cannot be CSV ({error}); cast the column to VARCHAR"
        ) from error


def describe_tables(context: Context) -> tuple[TableColumns, ...]:
    """The tables and their columns, as the account's forecasts and data have them now."""
    require(context, Role.VIEWER, "Query")
    tables = find_tables(context.service, context.caller.account, TABLES)
    return tuple(TableColumns(each.name, _columns(each)) for each in tables)


def _columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Those of all its files, numbers last, as a query sees them."""
    found: dict[str, pl.DataType] = dict(table.rows.schema) if not table.parts else {}
    for part in table.parts:
        written = pl.read_parquet_schema(part.path)
        kept = {k: v for k, v in written.items() if k in (part.columns or written)}
        found |= {**dict.fromkeys(part.constants, pl.String()), **kept}
    named = ((name, _type(kind)) for name, kind in found.items())
    return tuple(sorted(named, key=lambda column: column[1] == NUMBER))


TEXT, TIME, NUMBER = "text", "time", "number"


def _type(kind: pl.DataType) -> str:
    if kind.is_numeric():
        return NUMBER
    return TIME if kind.is_temporal() else TEXT

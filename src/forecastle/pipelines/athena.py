"""Amazon Athena's statements over a Parquet export: a table of all runs, a view of the latest.

Athena reads all that lies below a table's LOCATION, so the table holds the parts of every run; the
view tells those of one run by the pseudo column ``"$path"``. Files and folders whose names begin
with an underscore are hidden from Athena, Hive and Spark; that is where a pipeline keeps its
manifest, its report and these statements.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecastle.core.errors import InputError

_TYPES: dict[pl.DataType, str] = {
    pl.String(): "string",
    pl.Float64(): "double",
    pl.Int64(): "bigint",
}


def athena_statements(
    name: str, location: str, schema: pl.Schema, latest: str, comment: str
) -> str:
    """``CREATE EXTERNAL TABLE`` and ``CREATE OR REPLACE VIEW``.

    Args:
        name: of the table; the view is called ``<name>_latest``.
        location: ``s3://bucket/folder/``.
        schema: of a part, as its Parquet file has it.
        latest: what the names of the latest run's parts begin with.
        comment: of the table, in words.

    Raises:
        InputError: a column has a type that no export has.
    """
    columns = ",\n".join(f"  {_quoted(key)} {_type(key, kind)}" for key, kind in schema.items())
    selected = ", ".join(_as_identifier(key) for key in schema)
    return (
        "-- Run each statement by itself in the Athena console.\n"
        f"CREATE EXTERNAL TABLE IF NOT EXISTS {_quoted(name)} (\n{columns}\n)\n"
        f"COMMENT '{_hive_text(comment)}'\n"
        f"STORED AS PARQUET\nLOCATION '{_hive_text(location)}';\n\n"
        f"-- The latest run alone.\n"
        f"CREATE OR REPLACE VIEW {_as_identifier(f'{name}_latest')} AS\n"
        f"SELECT {selected}\nFROM {_as_identifier(name)}\n"
        f"WHERE strpos(\"$path\", '/{_text(latest)}') > 0;\n"
    )


def columns_of(names: Sequence[str], texts: Sequence[str]) -> pl.Schema:
    """The schema of an export's parts: texts are strings, all else is a number."""
    return pl.Schema({name: pl.String() if name in texts else pl.Float64() for name in names})


def _type(name: str, kind: pl.DataType) -> str:
    if kind not in _TYPES:
        raise InputError(f"column '{name}' has the type {kind}, which no export writes")
    return _TYPES[kind]


def _quoted(name: str) -> str:
    """For data definition statements, which are Hive's."""
    return "`" + name.replace("`", "``") + "`"


def _as_identifier(name: str) -> str:
    """For queries, which are Trino's."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return value.replace("'", "''")


def _hive_text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")

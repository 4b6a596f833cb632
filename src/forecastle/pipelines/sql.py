"""SQL over an account's forecasts, history and accuracy: read-only, and nothing but those.

A query runs in a process of its own, which is killed when it takes too long or too much memory.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from forecastle.core.errors import InputError
from forecastle.pipelines.sql_check import FAILURE, QUERY, RESULT, named_tables
from forecastle.pipelines.sql_tables import TABLES, Table, find_tables
from forecastle.service.context import Service

_MEGABYTE = 2**20
_START_SECONDS = 30.0
# Nothing that is secret: the variables with which Python finds itself.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LANG")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How much a query may take.

    Attributes:
        rows: of the answer.
        seconds: from its start.
        megabytes: of memory, and of the answer.
    """

    rows: int = 10_000
    seconds: float = 30.0
    megabytes: int = 512


def run_query(
    service: Service, account: str, text: str, limits: Limits | None = None
) -> pl.DataFrame:
    """The answer to one SELECT, in DuckDB's SQL, over the tables `sql_tables.TABLES`.

    Args:
        service: the service.
        account: whose resources the tables hold.
        text: the query.
        limits: what it may take; None: the default ones.

    Raises:
        InputError: the query is wrong, is not allowed, or takes too much; or its answer has a type
            that tables here do not have.
        StorageError: an artifact could not be read.
    """
    chosen = limits or Limits()
    tables = find_tables(service, account, named_tables(text, TABLES))
    with TemporaryDirectory(prefix="forecastle-") as name:
        folder = Path(name)
        _ask(folder, text, tables, chosen)
        _run(folder, chosen)
        return _read(folder / RESULT)


def _ask(folder: Path, text: str, tables: Sequence[Table], limits: Limits) -> None:
    query = {
        "text": text,
        "rows": limits.rows,
        "seconds": limits.seconds,
        "bytes": limits.megabytes * _MEGABYTE,
        "tables": {table.name: _record(table, folder) for table in tables},
    }
    (folder / QUERY).write_text(json.dumps(query), encoding="utf-8")


def _record(table: Table, folder: Path) -> dict[str, Any]:
    rows = folder / f"{table.name}.parquet"
    table.rows.write_parquet(rows)
    parts = [
        {"path": str(part.path), "constants": dict(part.constants), "columns": part.columns}
        for part in table.parts
    ]
    return {"parts": parts, "rows": str(rows)}


def _run(folder: Path, limits: Limits) -> None:
    command = [sys.executable, "-P", "-m", "forecastle.pipelines.sql_child", str(folder)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds + _START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"the query took more than {limits.seconds:g} seconds; narrow it"
        ) from None
    failure = folder / FAILURE
    if failure.exists():
        raise InputError(failure.read_text(encoding="utf-8"))
    if done.returncode != 0:
        _log.warning("a query was ended (%d): %s", done.returncode, done.stderr[-2000:].decode())
        raise InputError(
            f"the query took more than {limits.seconds:g} seconds or {limits.megabytes} MB of "
            "memory, and was ended; narrow it"
        )


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_ipc(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(
            f"the answer has a column of a type that cannot be shown ({error}); cast it, for "
            "example to VARCHAR"
        ) from error

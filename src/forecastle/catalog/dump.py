"""The tables as rows of plain values: out of one database, into another, of either kind."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select, text

from forecastle.catalog import status as life
from forecastle.catalog.database import newest_revision, upgrade_to
from forecastle.catalog.tables import AUDIT, LOGIN_LINKS, METADATA, RESOURCES, SESSIONS, WORKERS
from forecastle.core.errors import InputError

Rows = Iterable[Mapping[str, Any]]

_AT_A_TIME = 1000
_VERSIONS = "alembic_version"
_FLEETING = (WORKERS, SESSIONS, LOGIN_LINKS)
_BEGIN_AGAIN = {
    life.CREATE_IN_PROGRESS: life.CREATE_PENDING,
    life.CREATE_STOPPING: life.CREATE_STOPPED,
    life.UPDATE_IN_PROGRESS: life.ACTIVE,
    life.ACTIVE_STOPPING: life.ACTIVE_STOPPED,
    life.DELETE_IN_PROGRESS: life.DELETE_PENDING,
}
_DUE = (life.CREATE_PENDING, life.DELETE_PENDING)


def table_names() -> list[str]:
    """The tables worth keeping, each after those that it refers to; not who is at work."""
    return [table.name for table in METADATA.sorted_tables if table not in _FLEETING]


def dump(engine: Engine, write: Callable[[str, Iterator[dict[str, Any]]], None]) -> None:
    """Hand out every table's rows, as they were at one moment, while others go on writing."""
    options: dict[str, Any] = {"write": False}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        for name in table_names():
            rows = connection.execute(select(METADATA.tables[name]))
            write(name, (dict(row._mapping) for row in rows))


def load(engine: Engine, revision: str, read: Callable[[str], Rows], *, overwrite: bool) -> None:
    """Fill the database with rows of a revision and bring it up to date, or leave it as it was.

    Jobs that were unfinished then begin anew, under new nonces: the queue knows the old ones.

    Raises:
        InputError: the database is not empty and may not be overwritten, or the rows were written
            by a newer version.
    """
    if revision > newest_revision():
        raise InputError(
            f"the backup is of revision {revision}, this version knows {newest_revision()}; "
            "install the version of Forecastle that wrote it"
        )
    with engine.begin() as connection:
        if not overwrite and _has_rows(connection):
            raise InputError(
                "the database holds data already; restore into an empty one, or add --overwrite"
            )
        _drop(connection)
        upgrade_to(connection, revision)
        tables = MetaData()
        tables.reflect(connection)
        for name in table_names():
            if name in tables.tables:
                _fill(connection, tables.tables[name], read(name))
        upgrade_to(connection, "head")


def _has_rows(connection: Connection) -> bool:
    found = MetaData()
    found.reflect(connection)
    counts = (
        connection.execute(select(func.count()).select_from(found.tables[name])).scalar_one()
        for name in table_names()
        if name in found.tables
    )
    return any(counts)


def _drop(connection: Connection) -> None:
    """Drop the catalog's tables; those of others in the same database stay."""
    found = MetaData()
    found.reflect(connection)
    ours = {*METADATA.tables, _VERSIONS}
    for table in reversed(found.sorted_tables):
        if table.name in ours:
            table.drop(connection)


def _fill(connection: Connection, table: Table, rows: Rows) -> None:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(_begun_again(row) if table.name == RESOURCES.name else row)
        if len(batch) == _AT_A_TIME:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    if connection.dialect.name == "postgresql" and table.name == AUDIT.name:
        connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('audit', 'number'), "
                "(SELECT COALESCE(MAX(number), 0) + 1 FROM audit), false)"
            )
        )


def _begun_again(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A resource without its job, which went on elsewhere or is lost."""
    status = _BEGIN_AGAIN.get(row["status"], row["status"])
    if status not in _DUE:
        return {**row, "status": status, "progress": None}
    nonce = secrets.token_hex(13)
    return {**row, "status": status, "progress": None, "dispatched": False, "nonce": nonce}

"""Opening the database and bringing it up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from forecastle.core.errors import ForecastleError

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 30


def connect(url: str) -> Engine:
    """An engine for the catalog's URL; makes the folder of an SQLite file."""
    if not url.startswith("sqlite:///"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the tables up to date, in one transaction; the revisions before and after."""
    with engine.begin() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        upgrade_to(connection, "head")
        return before, newest_revision()


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the tables to a revision, within a transaction that is open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def check_up_to_date(engine: Engine) -> None:
    """Refuse to work on a database of another version.

    Raises:
        ForecastleError: says which command helps.
    """
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest_revision():
        raise ForecastleError(
            f"the database is at revision {found}, this version needs {newest_revision()}; "
            "run `forecastle db upgrade`"
        )


def newest_revision() -> str:
    """The revision that this version of Forecastle works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Readers do not wait for the writer, references hold, SQLAlchemy begins transactions."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: Any) -> None:
    """Take the writer's lock at once: two that read first and then write would deadlock."""
    wants_write = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_write else "BEGIN")

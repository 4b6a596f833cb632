"""Which workers live: each tells of itself again and again; who falls silent is dead.

All times are the database's own, so that clocks which differ between machines do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, insert, literal_column, select
from sqlalchemy import update as update_rows

from forecastle.catalog.tables import WORKERS


@dataclass(frozen=True)
class WorkerRecord:
    """A worker and when it was last heard of, in seconds since 1970."""

    worker: str
    host: str
    process: int
    started_at: float
    heartbeat_at: float


class Workers:
    """The workers in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)
        self._now = _clock(engine)

    def register(self, worker: str, host: str, process: int) -> None:
        """A worker begins."""
        with self._engine.begin() as connection:
            connection.execute(
                insert(WORKERS).values(
                    worker=worker,
                    host=host,
                    process=process,
                    started_at=self._now,
                    heartbeat_at=self._now,
                )
            )

    def beat(self, worker: str) -> bool:
        """A worker lives; False if others have taken it for dead."""
        with self._engine.begin() as connection:
            done = connection.execute(
                update_rows(WORKERS)
                .where(WORKERS.c.worker == worker)
                .values(heartbeat_at=self._now)
            )
        return done.rowcount == 1

    def leave(self, worker: str) -> bool:
        """A worker ends, or is declared dead; True for the one caller that took it out."""
        with self._engine.begin() as connection:
            done = connection.execute(delete(WORKERS).where(WORKERS.c.worker == worker))
        return done.rowcount == 1

    def silent(self, seconds: float) -> list[str]:
        """Those not heard of for that long."""
        query = select(WORKERS.c.worker).where(WORKERS.c.heartbeat_at < self._now - seconds)
        with self._reading.connect() as connection:
            return [str(row.worker) for row in connection.execute(query)]

    def count_alive(self, seconds: float) -> int:
        """How many were heard of within that time."""
        query = select(func.count()).where(WORKERS.c.heartbeat_at >= self._now - seconds)
        with self._reading.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def list(self) -> list[WorkerRecord]:
        """All that are registered, oldest first."""
        query = select(WORKERS).order_by(WORKERS.c.started_at)
        with self._reading.connect() as connection:
            return [WorkerRecord(**row._mapping) for row in connection.execute(query)]

    def now(self) -> float:
        """The database's clock."""
        with self._reading.connect() as connection:
            return float(connection.execute(select(self._now)).scalar_one())


def _clock(engine: Engine) -> Any:
    if engine.dialect.name == "sqlite":
        return literal_column("(julianday('now') - 2440587.5) * 86400.0")
    return func.extract("epoch", func.clock_timestamp())

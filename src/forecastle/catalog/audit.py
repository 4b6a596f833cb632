"""The audit log: who asked for what change, from where, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select

from forecastle.catalog.tables import AUDIT


@dataclass(frozen=True)
class AuditEntry:
    """One request that changed something, or was refused.

    ``outcome`` is ``OK`` or the name of the error; ``account`` is None where nobody was known.
    """

    at: float
    request_id: str
    account: str | None
    access_key_id: str | None
    address: str | None
    operation: str
    resource: str | None
    outcome: str


class AuditLog:
    """The audit log in the database; it is only ever added to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def add(self, entry: AuditEntry) -> None:
        """Write an entry."""
        with self._engine.begin() as connection:
            connection.execute(insert(AUDIT).values(**vars(entry)))

    def entries(self, account: str | None = None) -> Iterator[AuditEntry]:
        """Of an account, or all; oldest first."""
        columns = [column for column in AUDIT.c if column.name != "number"]
        query = select(*columns).order_by(AUDIT.c.number)
        if account is not None:
            query = query.where(AUDIT.c.account == account)
        with self._reading.connect() as connection:
            for row in connection.execute(query):
                yield AuditEntry(**row._mapping)

"""Which bucket belongs to which account, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from forecastle.catalog.tables import BUCKETS
from forecastle.catalog.vault import Vault
from forecastle.core.errors import InputError


@dataclass(frozen=True)
class BucketRecord:
    """A registered bucket.

    Attributes:
        name: of the bucket; one owner each, as in S3.
        account: the owner.
        endpoint: of its S3 server; None: the service's own, or a folder.
        access_key_id: for that endpoint; None: the service's own.
        secret: in plain text here; encrypted in the database.
        region: for that endpoint.
        created_at: seconds since 1970.
    """

    name: str
    account: str
    endpoint: str | None = None
    access_key_id: str | None = None
    secret: str | None = None
    region: str | None = None
    created_at: float = 0.0

    def __repr__(self) -> str:
        """Without the secret."""
        return f"BucketRecord({self.name}, account={self.account}, endpoint={self.endpoint})"


class Buckets:
    """The registered buckets in the database."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine, self._vault = engine, vault
        self._reading = engine.execution_options(write=False)

    def add(self, record: BucketRecord) -> None:
        """Register a bucket.

        Raises:
            InputError: it is registered already.
        """
        secret = None if record.secret is None else self._vault.encrypt(record.secret)
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(BUCKETS).values(**vars(replace(record, secret=secret))))
        except IntegrityError:
            raise InputError(
                f"bucket '{record.name}' is registered already; "
                f"`forecastle bucket remove {record.name}` takes it out"
            ) from None

    def find(self, name: str) -> BucketRecord | None:
        """The bucket of that name, whoever owns it."""
        with self._reading.connect() as connection:
            row = connection.execute(select(BUCKETS).where(BUCKETS.c.name == name)).first()
        return None if row is None else self._as_record(row)

    def list(self, account: str | None = None) -> list[BucketRecord]:
        """Those of an account, or all; by name."""
        query = select(BUCKETS).order_by(BUCKETS.c.name)
        if account is not None:
            query = query.where(BUCKETS.c.account == account)
        with self._reading.connect() as connection:
            return [self._as_record(row) for row in connection.execute(query)]

    def remove(self, name: str) -> None:
        """Forget a bucket; what is in it stays.

        Raises:
            InputError: it is not registered.
        """
        with self._engine.begin() as connection:
            done = connection.execute(delete(BUCKETS).where(BUCKETS.c.name == name))
        if done.rowcount == 0:
            raise InputError(f"bucket '{name}' is not registered; see `forecastle bucket list`")

    def _as_record(self, row: Row[tuple[object, ...]]) -> BucketRecord:
        values = dict(row._mapping)
        if values["secret"] is not None:
            values["secret"] = self._vault.decrypt(values["secret"])
        return BucketRecord(**values)

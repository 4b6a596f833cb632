"""Access keys: who may sign requests, for which account and with which role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Engine, Row, insert, select
from sqlalchemy import update as update_rows

from forecastle.catalog.tables import ACCESS_KEYS
from forecastle.catalog.vault import Vault
from forecastle.core.errors import InputError

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_BYTES = 30


class Role(StrEnum):
    """What a key may do; each role may also do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def may_act_as(self, needed: Role) -> bool:
        """Whether the role is enough."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class AccessKey:
    """An access key; ``secret`` is in plain text here and never logged."""

    access_key_id: str
    secret: str
    account: str
    role: Role
    created_at: float
    revoked_at: float | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"AccessKey({self.access_key_id}, account={self.account}, role={self.role})"


class AccessKeys:
    """The access keys in the database."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine, self._vault = engine, vault
        self._reading = engine.execution_options(write=False)

    def create(self, account: str, role: Role, now: float) -> AccessKey:
        """A new key.

        Raises:
            InputError: the account is not 12 digits.
        """
        if not (account.isascii() and account.isdigit() and len(account) == 12):
            raise InputError(f"account '{account}' is no account; use 12 digits")
        identity = "FC" + "".join(secrets.choice(_ALPHABET) for _ in range(18))
        key = AccessKey(identity, secrets.token_urlsafe(_SECRET_BYTES), account, role, now)
        row = vars(replace(key, secret=self._vault.encrypt(key.secret)))
        with self._engine.begin() as connection:
            connection.execute(insert(ACCESS_KEYS).values(**row))
        return key

    def find(self, access_key_id: str) -> AccessKey | None:
        """The key of that id, revoked or not."""
        query = select(ACCESS_KEYS).where(ACCESS_KEYS.c.access_key_id == access_key_id)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else self._as_key(row)

    def list(self) -> list[AccessKey]:
        """All keys, oldest first."""
        query = select(ACCESS_KEYS).order_by(ACCESS_KEYS.c.created_at, ACCESS_KEYS.c.access_key_id)
        with self._reading.connect() as connection:
            return [self._as_key(row) for row in connection.execute(query)]

    def revoke(self, access_key_id: str, now: float) -> None:
        """The key opens nothing from now on.

        Raises:
            InputError: there is no such key.
        """
        with self._engine.begin() as connection:
            done = connection.execute(
                update_rows(ACCESS_KEYS)
                .where(ACCESS_KEYS.c.access_key_id == access_key_id)
                .values(revoked_at=now)
            )
        if done.rowcount == 0:
            raise InputError(
                f"access key '{access_key_id}' is not known; see `forecastle keys list`"
            )

    def _as_key(self, row: Row[tuple[object, ...]]) -> AccessKey:
        values = dict(row._mapping)
        values["secret"] = self._vault.decrypt(values["secret"])
        return AccessKey(**{**values, "role": Role(values["role"])})

"""Users of the console: their passwords are kept as scrypt hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select
from sqlalchemy import update as update_rows

from forecastle.catalog.access_keys import Role
from forecastle.catalog.tables import USERS

# RFC 7914; 16 MiB and some 50 ms a try (OWASP's advice for scrypt with r = 8 and p = 5).
_COST, _BLOCK, _LANES = 2**14, 8, 5
_PASSWORD_BYTES = 12


@dataclass(frozen=True)
class User:
    """Somebody who may log in to the console.

    Attributes:
        name: to log in with.
        account: whose resources are seen.
        role: what may be done.
        preferences: language and the like; JSON values.
    """

    name: str
    account: str
    role: Role
    preferences: Mapping[str, Any] = field(default_factory=dict)


class Users:
    """The users in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def create(self, name: str, account: str, role: Role, now: float) -> str:
        """A new user, or a known one with a new password; the password, for once in plain text."""
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        values = {"password": _hashed(password), "account": account, "role": str(role)}
        with self._engine.begin() as connection:
            changed = connection.execute(
                update_rows(USERS).where(USERS.c.name == name).values(**values)
            )
            if changed.rowcount == 0:
                connection.execute(insert(USERS).values(name=name, created_at=now, **values))
        return password

    def authenticate(self, name: str, password: str) -> User | None:
        """The user, if name and password are right; it takes as long if they are not."""
        query = select(USERS).where(USERS.c.name == name)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        stored = _hashed("") if row is None else str(row.password)
        if not _matches(password, stored) or row is None:
            return None
        return _as_user(row)

    def find(self, name: str) -> User | None:
        """The user of that name."""
        with self._reading.connect() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).first()
        return None if row is None else _as_user(row)

    def list(self, account: str | None = None) -> list[User]:
        """Those of an account, or all; by name."""
        query = select(USERS).order_by(USERS.c.name)
        if account is not None:
            query = query.where(USERS.c.account == account)
        with self._reading.connect() as connection:
            return [_as_user(row) for row in connection.execute(query)]

    def change(
        self,
        name: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        preferences: Mapping[str, Any] | None = None,
    ) -> bool:
        """Give a user what is not None; False if there is none of that name."""
        values = {
            "role": None if role is None else str(role),
            "password": None if password is None else _hashed(password),
            "preferences": None if preferences is None else json.dumps(dict(preferences)),
        }
        given = {column: value for column, value in values.items() if value is not None}
        with self._engine.begin() as connection:
            changed = connection.execute(
                update_rows(USERS).where(USERS.c.name == name).values(**given)
            )
        return changed.rowcount == 1

    def remove(self, name: str) -> bool:
        """Forget a user, with the sessions; False if there is none of that name."""
        with self._engine.begin() as connection:
            return connection.execute(delete(USERS).where(USERS.c.name == name)).rowcount == 1

    def any(self) -> bool:
        """Whether there is a user."""
        with self._reading.connect() as connection:
            return connection.execute(select(USERS.c.name).limit(1)).first() is not None


def _as_user(row: Row[tuple[object, ...]]) -> User:
    values = row._mapping
    preferences = values["preferences"]
    return User(
        str(values["name"]),
        str(values["account"]),
        Role(values["role"]),
        json.loads(preferences) if preferences else {},
    )


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{_encoded(salt)}${_encoded(_scrypt(password, salt))}"


def _matches(password: str, stored: str) -> bool:
    salt, _, expected = stored.partition("$")
    found = _scrypt(password, base64.b64decode(salt))
    return hmac.compare_digest(found, base64.b64decode(expected))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=64 * 2**20
    )


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()

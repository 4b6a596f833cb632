"""Users of the console: their passwords are kept as scrypt hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError

from forecastle.catalog.access_keys import Role
from forecastle.catalog.passwords import hashed, matches, new_password
from forecastle.catalog.tables import USERS
from forecastle.core.errors import ResourceAlreadyExists, ResourceInUse


@dataclass(frozen=True)
class User:
    """Somebody who may log in to the console.

    Attributes:
        name: to log in with.
        account: whose resources are seen.
        role: what may be done.
        preferences: language and the like; JSON values.
        created_at: seconds since 1970.
    """

    name: str
    account: str
    role: Role
    preferences: Mapping[str, Any] = field(default_factory=dict)
    created_at: float = 0.0


class Users:
    """The users in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def create(self, name: str, account: str, role: Role, now: float) -> str:
        """A new user; the password, for once in plain text.

        Raises:
            ResourceAlreadyExists: the name is taken.
        """
        password = new_password()
        values = {"name": name, "account": account, "role": str(role), "created_at": now}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(USERS).values(password=hashed(password), **values))
        except IntegrityError:
            raise ResourceAlreadyExists(
                f"a user '{name}' is there already; choose another name"
            ) from None
        return password

    def authenticate(self, name: str, password: str) -> User | None:
        """The user, if name and password are right; it takes as long if they are not."""
        query = select(USERS).where(USERS.c.name == name)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        right = matches(password, None if row is None else str(row.password))
        return _as_user(row) if right and row is not None else None

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
        password: str | None = None,
        preferences: Mapping[str, Any] | None = None,
    ) -> bool:
        """Give a user what is not None; False if there is none of that name."""
        values = {
            "password": None if password is None else hashed(password),
            "preferences": None if preferences is None else json.dumps(dict(preferences)),
        }
        given = {column: value for column, value in values.items() if value is not None}
        with self._engine.begin() as connection:
            changed = connection.execute(
                update_rows(USERS).where(USERS.c.name == name).values(**given)
            )
        return changed.rowcount == 1

    def renew_password(self, name: str) -> str:
        """Give a user a new password; the password, for once in plain text."""
        password = new_password()
        self.change(name, password=password)
        return password

    def change_role(self, name: str, role: Role) -> bool:
        """Give a user another role; False if there is none of that name.

        Raises:
            ResourceInUse: the account would be left without an administrator.
        """
        with self._engine.begin() as connection:
            if role is not Role.ADMIN:
                _keep_an_administrator(connection, name)
            changed = connection.execute(
                update_rows(USERS).where(USERS.c.name == name).values(role=str(role))
            )
        return changed.rowcount == 1

    def remove(self, name: str) -> bool:
        """Forget a user, with the sessions; False if there is none of that name.

        Raises:
            ResourceInUse: the account would be left without an administrator.
        """
        with self._engine.begin() as connection:
            _keep_an_administrator(connection, name)
            return connection.execute(delete(USERS).where(USERS.c.name == name)).rowcount == 1

    def any(self) -> bool:
        """Whether there is a user."""
        with self._reading.connect() as connection:
            return connection.execute(select(USERS.c.name).limit(1)).first() is not None


def _keep_an_administrator(connection: Connection, name: str) -> None:
    """Refuse what concerns the only administrator of an account.

    The rows are locked, in the order of their names: of two administrators who remove each other
    at the same time, one stays.
    """
    account = select(USERS.c.account).where(USERS.c.name == name).scalar_subquery()
    query = (
        select(USERS.c.name)
        .where(USERS.c.account == account, USERS.c.role == str(Role.ADMIN))
        .order_by(USERS.c.name)
        .with_for_update()
    )
    if list(connection.execute(query).scalars()) == [name]:
        raise ResourceInUse(
            f"'{name}' is the last administrator of the account; "
            "give somebody else the role admin first"
        )


def _as_user(row: Row[tuple[object, ...]]) -> User:
    values = row._mapping
    preferences = values["preferences"]
    return User(
        str(values["name"]),
        str(values["account"]),
        Role(values["role"]),
        json.loads(preferences) if preferences else {},
        float(values["created_at"]),
    )

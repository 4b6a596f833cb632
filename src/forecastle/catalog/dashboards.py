"""Dashboards, and the links that show one of them to people without a login.

A link is a random text that only its holder has; the database has its hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError

from forecastle.catalog.sessions import digest, new_token
from forecastle.catalog.tables import DASHBOARDS, SHARES
from forecastle.core.errors import ResourceAlreadyExists, ResourceInUse, ResourceNotFound


@dataclass(frozen=True)
class Dashboard:
    """A dashboard.

    Attributes:
        dashboard_id: a ULID.
        account: whose it is.
        name: unique in the account.
        content: its tiles, as plain values.
        created_at: seconds since 1970.
        created_by: a user's name.
        changed_at: seconds since 1970.
        changed_by: a user's name.
        version: counts the changes.
    """

    dashboard_id: str
    account: str
    name: str
    content: Sequence[Mapping[str, Any]]
    created_at: float
    created_by: str
    changed_at: float
    changed_by: str
    version: int = 0


@dataclass(frozen=True)
class Share:
    """A link to a dashboard; its token is known to none but its holder.

    Attributes:
        share_id: a ULID.
        dashboard_id: what it shows.
        account: whose it is.
        created_at: seconds since 1970.
        created_by: a user's name.
        expires_at: seconds since 1970.
    """

    share_id: str
    dashboard_id: str
    account: str
    created_at: float
    created_by: str
    expires_at: float


class Dashboards:
    """The dashboards and shares in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def create(self, dashboard: Dashboard) -> None:
        """Keep a new one.

        Raises:
            ResourceAlreadyExists: the account has one of that name.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(DASHBOARDS).values(**_as_row(dashboard)))
        except IntegrityError as error:
            raise _taken(dashboard.name) from error

    def find(self, account: str, dashboard_id: str) -> Dashboard | None:
        """The account's dashboard of that id."""
        found = self._select(
            DASHBOARDS.c.account == account, DASHBOARDS.c.dashboard_id == dashboard_id
        )
        return found[0] if found else None

    def list(self, account: str) -> Sequence[Dashboard]:
        """The account's, by name."""
        return self._select(DASHBOARDS.c.account == account)

    def change(self, changed: Dashboard) -> None:
        """Put another name and content in the place of those of ``changed.version``.

        Raises:
            ResourceNotFound: it is gone.
            ResourceInUse: somebody else changed it since that version.
            ResourceAlreadyExists: the name is taken.
        """
        row = {**_as_row(changed), "version": changed.version + 1}
        mine = (
            DASHBOARDS.c.account == changed.account,
            DASHBOARDS.c.dashboard_id == changed.dashboard_id,
        )
        was_seen = DASHBOARDS.c.version == changed.version
        try:
            with self._engine.begin() as connection:
                done = connection.execute(
                    update_rows(DASHBOARDS).where(*mine, was_seen).values(**row)
                )
        except IntegrityError as error:
            raise _taken(changed.name) from error
        if done.rowcount == 0:
            raise self._collision(changed)

    def delete(self, account: str, dashboard_id: str) -> bool:
        """Forget a dashboard, with its links; False if there is none."""
        mine = (DASHBOARDS.c.account == account, DASHBOARDS.c.dashboard_id == dashboard_id)
        with self._engine.begin() as connection:
            return connection.execute(delete(DASHBOARDS).where(*mine)).rowcount == 1

    def share(self, share: Share) -> str:
        """Keep a new link; its token, for once."""
        token = new_token()
        with self._engine.begin() as connection:
            connection.execute(insert(SHARES).values(digest=digest(token), **vars(share)))
        return token

    def shared(self, token: str) -> Share | None:
        """The link of a token, expired or not."""
        query = select(SHARES).where(SHARES.c.digest == digest(token))
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _as_share(row)

    def shares(self, account: str, dashboard_id: str) -> Sequence[Share]:
        """The links to a dashboard, newest first."""
        query = (
            select(SHARES)
            .where(SHARES.c.account == account, SHARES.c.dashboard_id == dashboard_id)
            .order_by(SHARES.c.created_at.desc(), SHARES.c.share_id.desc())
        )
        with self._reading.connect() as connection:
            return [_as_share(row) for row in connection.execute(query)]

    def revoke(self, account: str, share_id: str) -> bool:
        """Take a link back; False if there is none."""
        mine = (SHARES.c.account == account, SHARES.c.share_id == share_id)
        with self._engine.begin() as connection:
            return connection.execute(delete(SHARES).where(*mine)).rowcount == 1

    def _select(self, *conditions: Any) -> Sequence[Dashboard]:
        query = select(DASHBOARDS).where(*conditions).order_by(DASHBOARDS.c.name)
        with self._reading.connect() as connection:
            return [_as_dashboard(row) for row in connection.execute(query)]

    def _collision(self, changed: Dashboard) -> ResourceNotFound | ResourceInUse:
        found = self.find(changed.account, changed.dashboard_id)
        if found is None:
            return ResourceNotFound(
                f"dashboard '{changed.name}' was deleted meanwhile; save it under a new name"
            )
        return ResourceInUse(
            f"dashboard '{found.name}' was changed meanwhile by {found.changed_by}; load it again"
        )


def _taken(name: str) -> ResourceAlreadyExists:
    return ResourceAlreadyExists(f"there is a dashboard '{name}' already; choose another name")


def _as_row(dashboard: Dashboard) -> dict[str, Any]:
    content = json.dumps(list(dashboard.content), ensure_ascii=False, allow_nan=False)
    return {**vars(dashboard), "content": content}


def _as_dashboard(row: Row[Any]) -> Dashboard:
    values = dict(row._mapping)
    return Dashboard(**{**values, "content": tuple(json.loads(values["content"]))})


def _as_share(row: Row[Any]) -> Share:
    values = dict(row._mapping)
    del values["digest"]
    return Share(**values)

"""Who is logged in to the console, and links that log in once.

Both are random texts that only the browser holds; the database has their hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from forecastle.catalog.tables import LOGIN_LINKS, SESSIONS

_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Session:
    """A login.

    Attributes:
        user: the name.
        created_at: seconds since 1970.
        expires_at: seconds since 1970.
        address: that it came from.
    """

    user: str
    created_at: float
    expires_at: float
    address: str | None


class Sessions:
    """The sessions and one-time links in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)

    def open(self, user: str, now: float, seconds: float, address: str | None) -> str:
        """Begin a session; its token. Sessions that have ended are cleared away."""
        token = new_token()
        values = {"user": user, "created_at": now, "expires_at": now + seconds, "address": address}
        with self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
            connection.execute(insert(SESSIONS).values(digest=digest(token), **values))
        return token

    def find(self, token: str, now: float) -> Session | None:
        """The session of a token, unless it has ended."""
        query = select(SESSIONS).where(
            SESSIONS.c.digest == digest(token), SESSIONS.c.expires_at > now
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Session(row.user, row.created_at, row.expires_at, row.address)

    def living(self, tokens: Collection[str], now: float) -> set[str]:
        """Those of some tokens whose sessions have not ended."""
        by_digest = {digest(token): token for token in tokens}
        query = select(SESSIONS.c.digest).where(
            SESSIONS.c.digest.in_(by_digest), SESSIONS.c.expires_at > now
        )
        with self._reading.connect() as connection:
            return {by_digest[found] for found in connection.execute(query).scalars()}

    def close(self, token: str) -> None:
        """End a session; one that is not there is no error."""
        with self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest(token)))

    def close_all(self, user: str, but: str | None = None) -> None:
        """End all sessions and links of a user.

        Args:
            user: the name.
            but: the token of a session that goes on.
        """
        kept = digest(but) if but else ""
        with self._engine.begin() as connection:
            connection.execute(
                delete(SESSIONS).where(SESSIONS.c.user == user, SESSIONS.c.digest != kept)
            )
            connection.execute(delete(LOGIN_LINKS).where(LOGIN_LINKS.c.user == user))

    def make_link(self, user: str, now: float, seconds: float) -> str:
        """The token of a link that logs the user in once."""
        token = new_token()
        with self._engine.begin() as connection:
            connection.execute(delete(LOGIN_LINKS).where(LOGIN_LINKS.c.expires_at <= now))
            connection.execute(
                insert(LOGIN_LINKS).values(
                    digest=digest(token), user=user, expires_at=now + seconds
                )
            )
        return token

    def use_link(self, token: str, now: float) -> str | None:
        """The user whom a link logs in; None if it was used, has ended or never was."""
        link = LOGIN_LINKS.c.digest == digest(token)
        with self._engine.begin() as connection:
            row = connection.execute(select(LOGIN_LINKS).where(link)).first()
            # Of two that come at once, only one deletes it.
            used = connection.execute(delete(LOGIN_LINKS).where(link)).rowcount
        if row is None or used != 1 or row.expires_at <= now:
            return None
        return str(row.user)


def new_token() -> str:
    """A random text that fits into a URL or a cookie; 256 bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(token: str) -> str:
    """What the database keeps of a token; 64 characters."""
    return hashlib.sha256(token.encode()).hexdigest()

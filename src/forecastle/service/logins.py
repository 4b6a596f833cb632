"""Logging in to the console: by password or by a link that works once."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from forecastle.catalog.users import User
from forecastle.core.errors import InputError, RequestError
from forecastle.core.token_buckets import TokenBuckets
from forecastle.service.auditing import entry_of
from forecastle.service.context import Service, request_id

LINK_SECONDS = 15 * 60.0
"""How long a one-time link works where nothing else is asked for."""

_SECONDS_PER_HOUR = 3600
# Wrong passwords of one user, and from one address: five at once, then one every twenty seconds.
_FAILURES_PER_SECOND, _FAILURES_AT_ONCE = 0.05, 5.0
# Scrypt takes 16 MiB and 50 ms a try: strangers shall not take all cores with it.
_TRIES_AT_A_TIME = 2


class LoginRefused(RequestError):
    """Name or password is wrong, or there were too many tries."""

    wire_name = "AccessDeniedException"


@dataclass(frozen=True)
class Door:
    """Where people log in.

    Attributes:
        service: the service.
        tries: what is left of each user's and address's wrong passwords.
        busy: keeps passwords from being checked all at once.
    """

    service: Service
    tries: TokenBuckets
    busy: threading.Semaphore

    @classmethod
    def of(cls, service: Service) -> Door:
        """One for a process."""
        tries = TokenBuckets(_FAILURES_PER_SECOND, _FAILURES_AT_ONCE, service.clock)
        return cls(service, tries, threading.Semaphore(_TRIES_AT_A_TIME))

    def log_in(self, name: str, password: str, address: str | None) -> str:
        """Begin a session; its token.

        Raises:
            LoginRefused: name or password is wrong (the text does not tell which), or there were
                too many tries.
        """
        allowed = [self.tries.take(each) for each in (f"user {name}", f"address {address}")]
        if not all(allowed):
            self._audit(name, address, "Throttled")
            raise LoginRefused("Too many tries; wait a minute and try again")
        with self.busy:
            user = self.service.catalog.users.authenticate(name, password)
        if user is None:
            self._audit(name, address, LoginRefused.wire_name)
            raise LoginRefused("User name or password is wrong")
        return self._open(user, address)

    def log_in_by_link(self, token: str, address: str | None) -> str:
        """Begin the session of the user whom a one-time link names; its token.

        Raises:
            LoginRefused: the link was used, has expired, or never was one.
        """
        catalog = self.service.catalog
        name = catalog.sessions.use_link(token, self.service.clock())
        user = None if name is None else catalog.users.find(name)
        if user is None:
            self._audit("-", address, LoginRefused.wire_name)
            raise LoginRefused("This link was used already or has expired; ask for a new one")
        return self._open(user, address)

    def visitor(self, token: str | None) -> User | None:
        """The user whom a session's token belongs to."""
        if not token:
            return None
        session = self.service.catalog.sessions.find(token, self.service.clock())
        return None if session is None else self.service.catalog.users.find(session.user)

    def log_out(self, token: str, address: str | None) -> None:
        """End a session."""
        user = self.visitor(token)
        self.service.catalog.sessions.close(token)
        if user is not None:
            self._audit(user.name, address, "OK", "LogOut", user.account)

    def _open(self, user: User, address: str | None) -> str:
        service = self.service
        seconds = service.settings.session_hours * _SECONDS_PER_HOUR
        token = service.catalog.sessions.open(user.name, service.clock(), seconds, address)
        self._audit(user.name, address, "OK", "LogIn", user.account)
        return token

    def _audit(
        self,
        name: str,
        address: str | None,
        outcome: str,
        operation: str = "LogIn",
        account: str | None = None,
    ) -> None:
        service = self.service
        entry = entry_of(
            request_id(service),
            address,
            at=service.clock(),
            account=account,
            access_key_id=f"user/{name}",
            operation=operation,
            resource=None,
            outcome=outcome,
        )
        service.catalog.audit.add(entry)


def make_login_link(service: Service, name: str, seconds: float = LINK_SECONDS) -> str:
    """The path of a link that logs a user in once.

    Raises:
        InputError: there is no such user.
    """
    if service.catalog.users.find(name) is None:
        raise InputError(f"user '{name}' is not there; `forecastle user list` shows all")
    token = service.catalog.sessions.make_link(name, service.clock(), seconds)
    return f"/login/link/{token}"

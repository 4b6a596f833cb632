"""Logging in to the console: by password or by a link that works once."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from forecastle.catalog.users import User
from forecastle.core.errors import RequestError, ResourceNotFound
from forecastle.core.token_buckets import TokenBuckets
from forecastle.service.auditing import entry_of
from forecastle.service.context import Service, request_id

LINK_SECONDS = 15 * 60.0
"""How long a one-time link works where nothing else is asked for."""

_SECONDS_PER_HOUR = 3600
# Wrong passwords, per second and at once: for one user from one address, where somebody guesses or
# mistypes; from one address, where many may sit behind one router; and for one user from anywhere,
# which only those feel who never logged in from where they are. Who is kept out by others' guesses
# is let in by a link.
_OF_BOTH = (0.05, 5.0)
_OF_ADDRESS = (0.5, 30.0)
_OF_USER = (0.2, 100.0)
_LONGEST_NAME = 64
_IPV6_NETWORK = 64


class LoginRefused(RequestError):
    """Name or password is wrong, or there were too many tries."""

    wire_name = "AccessDeniedException"


@dataclass(frozen=True)
class Door:
    """Where people log in.

    Attributes:
        service: the service.
        of_both: what is left of a user's wrong passwords from an address.
        of_address: what is left of an address's wrong passwords.
        of_user: what is left of a user's wrong passwords, from wherever.
        known: names and addresses that logged in with the right password.
    """

    service: Service
    of_both: TokenBuckets
    of_address: TokenBuckets
    of_user: TokenBuckets
    known: set[tuple[str, str]]

    @classmethod
    def of(cls, service: Service) -> Door:
        """One for a process."""
        both, address, user = (
            TokenBuckets(*limit, service.clock) for limit in (_OF_BOTH, _OF_ADDRESS, _OF_USER)
        )
        return cls(service, both, address, user, set())

    def log_in(self, name: str, password: str, address: str | None) -> str:
        """Begin a session; its token.

        Raises:
            LoginRefused: name or password is wrong (the text does not tell which), or there were
                too many tries.
        """
        name, network = name[:_LONGEST_NAME], _network(address)
        taken = self._take(name, network)
        if taken is None:
            self._audit(name, address, "Throttled")
            raise LoginRefused("Too many tries; wait a minute and try again")
        user = self.service.catalog.users.authenticate(name, password)
        if user is None:
            self._audit(name, address, LoginRefused.wire_name)
            raise LoginRefused("User name or password is wrong")
        for buckets, key in taken:
            buckets.give_back(key)
        self.known.add((name, network))
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

    def _take(self, name: str, network: str) -> list[tuple[TokenBuckets, str]] | None:
        """Count a try before it is made: many at once are counted too. None: it is one too many."""
        counted = [(self.of_both, f"{name} {network}"), (self.of_address, network)]
        if (name, network) not in self.known:
            counted.append((self.of_user, name))
        # One after the other: a try that is refused shall not use up what is left of the rest.
        return counted if all(buckets.take(key) for buckets, key in counted) else None

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
        ResourceNotFound: there is no such user.
    """
    if service.catalog.users.find(name) is None:
        raise ResourceNotFound(f"user '{name}' is not there; `forecastle user list` shows all")
    token = service.catalog.sessions.make_link(name, service.clock(), seconds)
    return f"/login/link/{token}"


def _network(address: str | None) -> str:
    """Who is counted as one: an IPv4 address, or the network of 2^64 that an IPv6 address is in."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return str(address)
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))

"""What `forecastle serve` and `forecastle console` do alike: listen, and tell who may come in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecastle.core.settings import ServiceSettings
    from forecastle.service.context import Service

_BACKLOG = 2048


@contextmanager
def listening(settings: ServiceSettings) -> Iterator[socket.socket]:
    """The socket, bound before anything else is started.

    Raises:
        InputError: the address or the port is not to be had.
    """
    from forecastle.core.errors import InputError

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named because asyncio switches off Nagle's algorithm only then: with it every
    # answer on a connection that stays open takes 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise InputError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); "
                "choose another --port or stop what listens there"
            ) from error
        listener.listen(_BACKLOG)
        yield listener


def address_of(settings: ServiceSettings, listener: socket.socket) -> str:
    """The URL; the port may be one that was free."""
    return settings.address(listener.getsockname()[1])


def introduce(service: Service, address: str | None) -> None:
    """Show what opens a new service, at once: whatever happens next, it is not made again.

    Args:
        service: may be new.
        address: of the console, for a link that logs in once; None: it is elsewhere.
    """
    from forecastle.service.logins import LINK_SECONDS, make_login_link
    from forecastle.service.start import FIRST_USER, first_access

    first = first_access(service)
    lines = []
    if first.key is not None:
        lines += [
            f"  export AWS_ACCESS_KEY_ID={first.key.access_key_id}",
            f"  export AWS_SECRET_ACCESS_KEY={first.key.secret}",
        ]
    if first.password is not None:
        lines.append(f"  console: user {FIRST_USER}, password {first.password}")
        if address is not None:
            link = f"{address}{make_login_link(service, FIRST_USER)}"
            lines.append(f"  or, once within {LINK_SECONDS / 60:.0f} minutes: {link}")
    if lines:
        lines = ["First start. Write these down, they are shown only now:", *lines, ""]
        print("\n".join(lines), flush=True)

"""Open pages: each belongs to the session that it was opened in, and ends with it.

A page in the browser talks to the server through a socket that lasts as long as the page. What it
asks the service for is checked each time; here the page itself is taken away, with all that it
shows, when its session ends: by signing out, by time, by a new password, wherever that happened.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from nicegui import Client, core

from forecastle.console.visitor import House

LOGIN = "/login"

_SESSION = "session"
_OPEN_TO_STRANGERS = "/share/"
_SECONDS = 3.0
# What a browser sends about a page, each with the page's name.
_MESSAGES = ("event", "javascript_response", "ack", "log")
_LOG = logging.getLogger(__name__)


def claim(client: Client, token: str) -> None:
    """Note whose page it is.

    Args:
        client: the page, as NiceGUI keeps it.
        token: of the session.
    """
    client.storage[_SESSION] = token


def may_reach(client_id: str, token: str | None) -> bool:
    """Whether a browser may talk to a page.

    Args:
        client_id: the page; of one that is gone nothing is reached, and the browser is told so.
        token: of the browser's session, which lives; None: a stranger.
    """
    client = Client.instances.get(client_id)
    if client is None:
        return True
    owner = client.storage.get(_SESSION)
    if owner is None:  # what somebody shared, or a wrong address
        return token is not None or client.page.path.startswith(_OPEN_TO_STRANGERS)
    return token is not None and hmac.compare_digest(str(owner), token)


def bind_sockets() -> None:
    """Let a socket talk about the page that it was opened for, and about no other."""
    for name in _MESSAGES:
        core.sio.on(name, _only_own(core.sio.handlers["/"][name]))


def _only_own(handler: Callable[[str, dict[str, Any]], None]) -> Callable[[str, Any], None]:
    def handle(socket: str, message: Any) -> None:
        if isinstance(message, Mapping) and message.get("client_id") in core.sio.rooms(socket):
            handler(socket, dict(message))

    return handle


async def end_pages(tokens: Collection[str], *, back: bool = True) -> None:
    """Lead the pages of sessions that have ended to the login, and forget what they showed.

    Args:
        tokens: of the sessions.
        back: whether the login leads back to each page.
    """
    for client in list(Client.instances.values()):
        if client.storage.get(_SESSION) in tokens:
            url = client.request.url
            path = url.path + (f"?{url.query}" if url.query else "")
            message = {"path": login_path(path) if back else LOGIN, "new_tab": False}
            await core.sio.emit("open", message, room=client.id)
            if client.id in Client.instances:
                client.delete()


async def watch_sessions(house: House) -> None:
    """End pages whose sessions were ended by time, on another page, or by another process."""
    sessions, clock = house.service.catalog.sessions, house.service.clock
    while True:
        await asyncio.sleep(_SECONDS)
        owners = [client.storage.get(_SESSION) for client in Client.instances.values()]
        tokens = {str(owner) for owner in owners if owner is not None}
        try:
            living = await house.in_thread(sessions.living, tokens, clock())
            await end_pages(tokens - living)
        except Exception:  # the database may be away for a while: what pages ask for is refused
            _LOG.warning("sessions could not be looked after", exc_info=True)


def login_path(target: str) -> str:
    """The login's address, from which one comes back to a page."""
    return LOGIN if target == "/" else f"{LOGIN}?next={quote(target, safe='')}"

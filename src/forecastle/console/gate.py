"""Gate: nothing of the console is reached without a session, or from another site's page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import nicegui
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecastle.console.open_pages import LOGIN, login_path, may_reach
from forecastle.console.visitor import CURRENT, HOUSE, House, Visitor
from forecastle.console.wishes import Wishes
from forecastle.service.logins import Door

SESSION_COOKIE = "forecastle_session"

# Files that are the same for all.
_ASSETS = ("/assets/", f"/_nicegui/{nicegui.__version__}/", "/favicon.ico")
_SOCKETS, _UPLOADS = "/_nicegui_ws/", "/_nicegui/client/"
# What strangers may ask for besides; sockets are those of what somebody shared.
_SHARED = "/share/"
_OPEN = (f"{LOGIN}/", _SHARED, _SOCKETS)
_READING = ("GET", "HEAD", "OPTIONS")
_SEE_OTHER, _FORBIDDEN, _LENGTH_REQUIRED, _TOO_LARGE = 303, 403, 411, 413
_MEGABYTE = 2**20
# Vue compiles its templates in the browser, which needs eval; nothing comes from elsewhere.
_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_ELSEWHERE = "This request came from another site's page; open the console itself and try again."
_NOT_YOURS = "This page was opened by somebody else, or the session has ended; log in again."


class Gate:
    """ASGI middleware: lets in who has a session, and tells pages who it is.

    Args:
        app: the console.
        house: what all visitors share.
        door: knows the sessions.
    """

    def __init__(self, app: ASGIApp, house: House, door: Door) -> None:
        self._app, self._house, self._door = app, house, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on to the console."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection, path = HTTPConnection(scope), str(scope["path"])
        if _from_elsewhere(scope, connection.headers):
            await _refuse(scope, receive, send, _FORBIDDEN, _ELSEWHERE)
            return
        visitor = None if path.startswith(_ASSETS) else await self._visitor(connection)
        if visitor is None and not (path == LOGIN or path.startswith((*_OPEN, *_ASSETS))):
            await _to_login(scope, receive, send)
            return
        if not _may_pass(connection, path, visitor):
            await _refuse(scope, receive, send, _FORBIDDEN, _NOT_YOURS)
            return
        if path.startswith(_UPLOADS) and not await self._takes(scope, receive, send):
            return
        CURRENT.set(visitor)
        HOUSE.set(self._house)
        headed = _with_headers(
            send, kept=path.startswith(_ASSETS), unlisted=path.startswith(_SHARED)
        )
        await self._app(scope, receive, headed)

    async def _takes(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether an upload is small enough; what is not is refused before it comes."""
        length = Headers(scope=scope).get("content-length", "")
        most = self._house.service.settings.upload_megabytes
        if not length.isdigit():
            await _refuse(scope, receive, send, _LENGTH_REQUIRED, "Say how long the file is.")
        elif int(length) > (most + 1) * _MEGABYTE:  # what is around the file takes some bytes too
            text = f"The file is larger than {most} MB (setting upload_megabytes)."
            await _refuse(scope, receive, send, _TOO_LARGE, text)
        else:
            return True
        return False

    async def _visitor(self, connection: HTTPConnection) -> Visitor | None:
        token = connection.cookies.get(SESSION_COOKIE)
        if token is None:
            return None
        user = await self._house.in_thread(self._door.visitor, token)
        if user is None:
            return None
        wishes = Wishes.of(connection, user.preferences)
        return Visitor(
            house=self._house,
            token=token,
            user=user,
            language=wishes.language,
            dark=wishes.dark,
            address=None if connection.client is None else connection.client.host,
            zone=wishes.zone,
        )


def _may_pass(connection: HTTPConnection, path: str, visitor: Visitor | None) -> bool:
    """Whether the page that a socket or an upload names is one of the browser's own."""
    token = None if visitor is None else visitor.token
    if path.startswith(_SOCKETS):
        page = connection.query_params.get("client_id")
        return page is not None and may_reach(page, token)
    if path.startswith(_UPLOADS):
        return may_reach(path.removeprefix(_UPLOADS).partition("/")[0], token)
    return True


def _from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether another site's page makes the browser ask for a change, or opens a socket.

    Browsers name the page's origin in both cases.
    """
    origin, socket = headers.get("origin"), str(scope["path"]).startswith(_SOCKETS)
    if scope["type"] == "http" and scope["method"] in _READING and not socket:
        return False
    if origin is None:
        site = headers.get("sec-fetch-site", "none")
        return scope["type"] == "websocket" or site not in ("none", "same-origin")
    host = headers.get("host", "").lower()
    return not host or urlsplit(origin).netloc.lower() != host


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(f"{text}\n", status)(scope, receive, _with_headers(send))


async def _to_login(scope: Scope, receive: Receive, send: Send) -> None:
    """To the login, and from there back."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    path = scope.get("raw_path", b"/").decode("ascii", "replace")
    query = scope["query_string"].decode("ascii", "replace")
    back = f"{path}?{query}" if query else path
    response = RedirectResponse(login_path(back), _SEE_OTHER)
    await response(scope, receive, _with_headers(send))


def _with_headers(send: Send, *, kept: bool = False, unlisted: bool = False) -> Send:
    """Security for whatever is sent; only files that are the same for all may be kept.

    What is shared by a link is ``unlisted``: search engines are to leave it alone.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if not kept:
                headers.setdefault("cache-control", "no-store")
            if unlisted:
                headers.setdefault("x-robots-tag", "noindex, nofollow")
        await send(message)

    return sending

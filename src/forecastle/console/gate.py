"""Gate: nothing of the console is reached without a session, or from another site's page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecastle.console.visitor import CURRENT, House, Visitor
from forecastle.console.wishes import Wishes
from forecastle.service.logins import Door

SESSION_COOKIE = "forecastle_session"
LOGIN = "/login"

# What strangers may see: the login, files that are the same for all, and what somebody shared.
_OPEN = (LOGIN, "/assets/", "/_nicegui/", "/_nicegui_ws/", "/favicon.ico", "/share/")
_READING = ("GET", "HEAD", "OPTIONS")
_FORBIDDEN, _SEE_OTHER = 403, 303
# Vue compiles its templates in the browser, which needs eval; nothing comes from elsewhere.
_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


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
        connection = HTTPConnection(scope)
        if _from_elsewhere(scope, connection.headers):
            await _refuse(scope, receive, send)
            return
        visitor = await self._visitor(connection)
        if visitor is None and not connection.url.path.startswith(_OPEN):
            await _to_login(connection)(scope, receive, send)
            return
        CURRENT.set(visitor)
        await self._app(scope, receive, _with_headers(send))

    async def _visitor(self, connection: HTTPConnection) -> Visitor | None:
        token = connection.cookies.get(SESSION_COOKIE)
        if token is None or connection.url.path.startswith(("/assets/", "/_nicegui/")):
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


def _from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether another site's page makes the browser ask for a change, or opens a web socket.

    Browsers name the page's origin in both cases.
    """
    origin = headers.get("origin")
    if scope["type"] == "http" and scope["method"] in _READING:
        return False
    if origin is None:
        return scope["type"] == "websocket" or headers.get("sec-fetch-site") == "cross-site"
    return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    text = "This request came from another site's page; open the console itself and try again.\n"
    await PlainTextResponse(text, _FORBIDDEN)(scope, receive, send)


def _to_login(connection: HTTPConnection) -> Response:
    """To the login, and from there back; only pages of this console are gone back to."""
    path = connection.url.path
    if connection.url.query:
        path += f"?{connection.url.query}"
    target = LOGIN if path == "/" else f"{LOGIN}?next={quote(path, safe='')}"
    return RedirectResponse(target, _SEE_OTHER)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending

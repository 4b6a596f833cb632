"""The login: plain forms that need no script, so that strangers get nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from forecastle.console.assets import asset
from forecastle.console.gate import SESSION_COOKIE
from forecastle.console.language import LANGUAGES, mark
from forecastle.console.open_pages import LOGIN, end_pages, login_path
from forecastle.console.visitor import House
from forecastle.console.wishes import LANGUAGE_COOKIE, Wishes
from forecastle.service.logins import Door, LoginRefused

_MOST_BYTES, _BODY_SECONDS = 4096, 20.0
# A try takes 16 MiB and 50 ms of a core: strangers get two of each, and a short queue.
_TRIES_AT_A_TIME, _MOST_WAITING = 2, 20
_SEE_OTHER, _UNAUTHORIZED = 303, 401
_SECONDS_PER_HOUR = 3600
_YEAR = 365 * 24 * _SECONDS_PER_HOUR
_TOO_MANY = mark("Too many tries; wait a minute and try again")
# A path, as browsers read it: nothing that they skip or take for the beginning of a host.
_OWN_PAGE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
# The login needs far less than the pages.
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
# What is said in the reader's language of what the service refuses in English.
_REASONS = (
    mark("User name or password is wrong"),
    _TOO_MANY,
    mark("This link was used already or has expired; ask for a new one"),
)


@dataclass(frozen=True)
class Login:
    """``/login``, ``/login/link/TOKEN`` and ``/logout``."""

    house: House
    door: Door
    templates: Environment
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_TRIES_AT_A_TIME, thread_name_prefix="login")
    )
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_WAITING))

    @classmethod
    def of(cls, house: House, door: Door) -> Login:
        """With the templates of the package."""
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        return cls(house, door, Environment(loader=loader, autoescape=True))

    def routes(self) -> list[Route]:
        """For the console's application."""
        return [
            Route(LOGIN, self.show, methods=["GET"]),
            Route(LOGIN, self.log_in, methods=["POST"]),
            Route(f"{LOGIN}/link/{{token}}", self.show_link, methods=["GET"]),
            Route(f"{LOGIN}/link/{{token}}", self.use_link, methods=["POST"]),
            Route("/logout", self.log_out, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form; who is logged in already goes on."""
        language = request.query_params.get("language")
        target = _own_page(request.query_params.get("next"))
        if language is not None and language in LANGUAGES:
            response = RedirectResponse(login_path(target), _SEE_OTHER)
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="lax")
            return response
        token = request.cookies.get(SESSION_COOKIE)
        if await self.house.in_thread(self.door.visitor, token) is not None:
            return RedirectResponse(target, _SEE_OTHER)
        return self._form(request, target)

    async def log_in(self, request: Request) -> Response:
        """Name and password."""
        fields = await _fields(request)
        target = _own_page(fields.get("next"))
        address = _address(request)
        name, password = fields.get("name", ""), fields.get("password", "")
        try:
            token = await self._try(name, password, address)
        except LoginRefused as error:
            return self._form(request, target, name=name, error=str(error))
        return await self._welcome(request, target, token)

    async def _try(self, name: str, password: str, address: str | None) -> str:
        """The token of a new session; pages do not wait for those who guess."""
        if self.places.locked():
            raise LoginRefused(_TOO_MANY)
        async with self.places:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self.threads, self.door.log_in, name, password, address
            )

    async def show_link(self, request: Request) -> Response:
        """A button: programs that look at links in messages shall not use them up."""
        return self._page(request, "link.html", {"error": None})

    async def use_link(self, request: Request) -> Response:
        """Log in once."""
        token = request.path_params["token"]
        try:
            session = await self.house.in_thread(self.door.log_in_by_link, token, _address(request))
        except LoginRefused as error:
            text = Wishes.of(request, {}).language(str(error))
            return self._page(request, "link.html", {"error": text}, _UNAUTHORIZED)
        return await self._welcome(request, "/", session)

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        token = request.cookies.get(SESSION_COOKIE)
        response = RedirectResponse(LOGIN, _SEE_OTHER)
        if token:
            await self.house.in_thread(self.door.log_out, token, _address(request))
            # Afterwards: the page that asked shall see the answer first.
            response.background = BackgroundTask(end_pages, {token}, back=False)
        response.delete_cookie(SESSION_COOKIE)
        return response

    async def _welcome(self, request: Request, target: str, token: str) -> Response:
        before = request.cookies.get(SESSION_COOKIE)
        if before:
            await self.house.in_thread(self.door.log_out, before, _address(request))
            await end_pages({before})
        response = RedirectResponse(target, _SEE_OTHER)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=self.house.service.settings.session_hours * _SECONDS_PER_HOUR,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _form(
        self, request: Request, target: str, name: str = "", error: str | None = None
    ) -> Response:
        text = None if error is None else Wishes.of(request, {}).language(error)
        values = {"target": target, "name": name, "error": text}
        status = 200 if error is None else _UNAUTHORIZED
        return self._page(request, "login.html", values, status)

    def _page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        wishes = Wishes.of(request, {})
        page = self.templates.get_template(template).render(
            t=wishes.language,
            language=wishes.language,
            languages=LANGUAGES,
            asset=asset,
            quote=quote,
            **values,
        )
        return HTMLResponse(page, status, _HEADERS)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a small form; nothing of a large one, or one that does not come."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return {}
    except (TimeoutError, ClientDisconnect):
        return {}
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _own_page(path: str | None) -> str:
    """The page to go to; nowhere but on this console."""
    return path if path and _OWN_PAGE.fullmatch(path) else "/"


def _address(connection: HTTPConnection) -> str | None:
    return None if connection.client is None else connection.client.host

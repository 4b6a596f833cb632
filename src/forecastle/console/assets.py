"""The console's own files for the browser: style, script, logo."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

FOLDER = Path(__file__).parent / "static"
_PREFIX = "/assets"
_FOR_EVER = b"public, max-age=31536000, immutable"


@cache
def asset(name: str) -> str:
    """The address of a file; it changes with the content, so browsers may keep it for ever."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"{_PREFIX}/{digest}/{name}"


class _Kept(StaticFiles):
    """Static files that browsers keep."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", _FOR_EVER))
            await send(message)

        await super().__call__(scope, receive, sending)


def routes() -> list[Mount]:
    """For the console's application."""
    return [Mount(f"{_PREFIX}/{{digest}}", app=_Kept(directory=FOLDER))]

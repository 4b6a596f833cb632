"""Files that pages offer: plain addresses, with the rights of the one who is logged in.

A page that offers a file registers what writes it::

    @download("/download/sql.csv")
    async def sql_csv(visitor: Visitor, request: Request) -> Response:
        return await written_file(visitor, "answer.csv", write_answer, request.query_params["q"])

The file is written whole before the first byte is sent: what goes wrong is told, rather than that
a download breaks off.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Concatenate, ParamSpec
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, Router

from forecastle.console.visitor import CURRENT, SessionEnded, Visitor
from forecastle.core.errors import AccessDenied, ForecastleError, ResourceNotFound
from forecastle.service.context import Context

_P = ParamSpec("_P")
Handler = Callable[[Visitor, Request], Awaitable[Response]]

_PREFIX = "/download"
_LOGIN = "/login"
_SEE_OTHER, _BAD_REQUEST, _FORBIDDEN, _NOT_FOUND = 303, 400, 403, 404
_CHUNK = 1 << 20
_MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
_ANY_MEDIA_TYPE = "application/octet-stream"
# Letters of every script, digits, and what no system takes for a path or an option.
_UNSAFE = re.compile(r"[^\w.()+ -]|^[. -]+|[. ]+$")
_LONGEST_NAME = 120
_ROUTES = Router()


def download_routes() -> list[BaseRoute]:
    """For the console's application; pages add to them when they are imported."""
    return [Mount(_PREFIX, app=_ROUTES)]


def download(path: str) -> Callable[[Handler], Handler]:
    """Register what answers an address below ``/download/``; strangers never reach it.

    Args:
        path: with places in braces, as Starlette has them: ``/download/forecasts/{name}.csv``.
    """

    def register(handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            visitor = CURRENT.get()
            if visitor is None:  # the session ended between the gate and here
                return RedirectResponse(_LOGIN, _SEE_OTHER)
            try:
                return await handler(visitor, request)
            except SessionEnded:
                return RedirectResponse(_LOGIN, _SEE_OTHER)
            except ForecastleError as error:
                return PlainTextResponse(f"{error}\n", _status(error))

        _ROUTES.routes.append(Route(path.removeprefix(_PREFIX), answer, methods=["GET"]))
        return handler

    return register


async def written_file(
    visitor: Visitor,
    name: str,
    write: Callable[Concatenate[Context, Path, _P], None],
    *arguments: _P.args,
    **named: _P.kwargs,
) -> Response:
    """A file that a function of the service writes; it is gone from the disk once it is sent.

    Args:
        visitor: who asks.
        name: of the file; letters that are not safe in one are replaced.
        write: ``write(context, path, ...)``.
        arguments: what follows the path.
        named: what follows the path.

    Raises:
        ForecastleError: whatever ``write`` refuses.
    """
    with tempfile.TemporaryDirectory(prefix="forecastle-download-") as folder:
        path = Path(folder) / "file"
        await visitor.do(write, path, *arguments, **named)
        file = path.open("rb")
    return attachment(name, _chunks(file), os.fstat(file.fileno()).st_size)


def attachment(name: str, chunks: Iterator[bytes], size: int | None = None) -> Response:
    """A file that is saved, and never shown: what is in it cannot act in the console's name.

    Args:
        name: of the file; letters that are not safe in one are replaced.
        chunks: its content; read in a thread.
        size: in bytes, if it is known.
    """
    safe = safe_name(name)
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe)}",
        "cache-control": "no-store",
    }
    if size is not None:
        headers["content-length"] = str(size)
    kind = _MEDIA_TYPES.get(Path(safe).suffix.lower(), _ANY_MEDIA_TYPE)
    return StreamingResponse(chunks, headers=headers, media_type=kind)


def safe_name(name: str) -> str:
    """The name of a file that every system takes: no path, no control characters, not too long."""
    stem, dot, ending = _UNSAFE.sub("_", name).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[:_LONGEST_NAME] or '_'}{dot}{ending[:_LONGEST_NAME]}"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _status(error: ForecastleError) -> int:
    if isinstance(error, AccessDenied):
        return _FORBIDDEN
    return _NOT_FOUND if isinstance(error, ResourceNotFound) else _BAD_REQUEST

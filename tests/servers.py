"""Servers for tests: an S3 server that fails on command, and SeaweedFS with a key."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from forecastle.storage.seaweed import SeaweedKey, SeaweedServer

KEY = SeaweedKey("AKIAFORECASTLETESTS0", "a-secret-of-these-tests")


@contextmanager
def seaweed(folder: Path, *keys: SeaweedKey) -> Iterator[SeaweedServer]:
    """SeaweedFS on a free port, open to `KEY` or to the keys given."""
    with SeaweedServer(folder, keys or (KEY,)) as server:
        yield server


class FaultyS3:
    """An S3 server in a thread that plays a list of faults, one per request, and then works.

    Faults: a status (500, 503, 403), ``"slow"`` (no answer until the server closes), ``"cut"``
    (half of the body, then the end of the connection), ``None`` (a good answer).
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.faults: list[int | str | None] = []
        self.for_ever: int | str | None = None
        self.requests: list[str] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.faulty = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def next_fault(self) -> int | str | None:
        return self.faults.pop(0) if self.faults else self.for_ever

    def __enter__(self) -> FaultyS3:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _answer(self) -> None:
        faulty: FaultyS3 = self.server.faulty  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        faulty.requests.append(f"{self.command} {self.path}")
        fault = faulty.next_fault()
        if fault == "slow":
            faulty.closing.wait(10)
            self.close_connection = True
        elif isinstance(fault, int):
            self._send(fault, _error(fault))
        else:
            self._serve(faulty, body, cut=fault == "cut")

    do_GET = do_PUT = do_DELETE = _answer  # noqa: N815 (the names that the server calls)

    def _serve(self, faulty: FaultyS3, body: bytes, *, cut: bool) -> None:
        parts = urlsplit(self.path)
        _, _, key = unquote(parts.path).lstrip("/").partition("/")
        if self.command == "PUT":
            faulty.objects[key] = body
            self._send(200, b"", ETag=_etag(body))
        elif self.command == "DELETE":
            faulty.objects.pop(key, None)
            self._send(204, b"")
        elif not key:
            prefix = parse_qs(parts.query).get("prefix", [""])[0]
            self._send(200, _listing(faulty.objects, prefix), cut=cut)
        elif key in faulty.objects:
            self._object(faulty.objects[key], cut=cut)
        else:
            self._send(404, _error(404, "NoSuchKey"))

    def _object(self, content: bytes, *, cut: bool) -> None:
        headers = {"ETag": _etag(content), "Last-Modified": formatdate(0, usegmt=True)}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            self._send(200, content, cut=cut, **headers)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self._send(206, content[first : last + 1], cut=cut, **headers)

    def _send(self, status: int, body: bytes, *, cut: bool = False, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str | None = None) -> bytes:
    named = code or {403: "AccessDenied", 503: "SlowDown"}.get(status, "InternalError")
    return (
        f"<Error><Code>{named}</Code><Message>the {status} of this test</Message></Error>".encode()
    )


def _listing(objects: dict[str, bytes], prefix: str) -> bytes:
    found = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><ETag>{_etag(content)}</ETag>"
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        for key, content in sorted(objects.items())
        if key.startswith(prefix)
    )
    return (
        f"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>{found}"
        "</ListBucketResult>"
    ).encode()

"""A request and its answer, free of any web framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Received:
    """A request, read in full.

    Attributes:
        method: ``POST``.
        path: ``/``.
        query: what stands behind the question mark, undecoded.
        headers: names in lower case. One that was sent twice stands here once, its values joined
            by commas, so that what was signed is also what is read.
        body: as it came.
        address: of the client; None if unknown.
        request_id: tells the request from all others.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    address: str | None
    request_id: str


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    content_type: str
    body: bytes


def join_headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name, as HTTP joins those sent twice (RFC 9110, section 5.2)."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers

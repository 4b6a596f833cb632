"""Delivering an event to a webhook: signed, tried again, never followed elsewhere.

The header ``X-Forecastle-Signature: t=<seconds>,v1=<hex>`` holds an HMAC-SHA256, under the
notification's secret, of the seconds since 1970, a full stop, and the body. A receiver computes the
same, compares in constant time, and refuses what is older than some minutes: a recorded request
cannot be sent again later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from forecastle.core.errors import InputError, StorageError

SIGNATURE = "X-Forecastle-Signature"
PAUSES = (1.0, 4.0)
"""Seconds before each further try."""

_SECONDS = 10.0
_PASSING = (408, 425, 429, 500, 502, 503, 504)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The value of the header."""
    content = b"%d." % seconds + body
    digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def deliver(
    url: str,
    event: Mapping[str, Any],
    secret: str | None,
    now: float,
    pauses: Sequence[float] = PAUSES,
) -> None:
    """Post an event as JSON.

    Args:
        url: ``https://…`` or ``http://…``.
        event: its ``id`` also goes into ``X-Forecastle-Delivery``.
        secret: signs it; None sends it unsigned.
        now: seconds since 1970.
        pauses: before each further try of what may pass by itself.

    Raises:
        InputError: the receiver refuses it.
        StorageError: the receiver could not be reached, or failed, each time.
    """
    body = json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Forecastle",
        "X-Forecastle-Delivery": str(event["id"]),
    }
    if secret is not None:
        headers[SIGNATURE] = signature(secret, int(now), body)
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    for pause in (*pauses, None):
        failure = _tried(request)
        if failure is None:
            return
        if pause is None:
            raise StorageError(f"{place(url)} {failure}; check the receiver")
        time.sleep(pause)


def place(url: str) -> str:
    """Where an address leads, without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _tried(request: urllib.request.Request) -> str | None:
    """Why another try may help; None if it was taken.

    Raises:
        InputError: no other try would help.
    """
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        if error.code in _PASSING:
            return f"answered {error.code}"
        raise InputError(
            f"{place(request.full_url)} answered {error.code}; check the address, and what the "
            "receiver expects"
        ) from error
    except (OSError, ValueError) as error:
        return f"could not be reached ({getattr(error, 'reason', error)})"
    return None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An event goes where the pipeline says, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: urllib then raises the answer as an error."""

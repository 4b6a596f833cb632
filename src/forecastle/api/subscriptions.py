"""Confirming that Amazon SNS may send its messages here: the address it gives is fetched once."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from forecastle.core.errors import InputError, StorageError

_AMAZON = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\?\S*")
_SECONDS = 10.0


def confirm_subscription(url: str, other: str | None) -> None:
    """Fetch the address with which a subscription is confirmed.

    Only Amazon's servers are asked, or the one of the setting ``sns_endpoint_url``: whoever sends a
    message must not choose what this machine connects to.

    Args:
        url: ``SubscribeURL`` of the message.
        other: a server that counts like Amazon's.

    Raises:
        InputError: it is no address of Amazon SNS.
        StorageError: the server did not confirm it.
    """
    if not _AMAZON.fullmatch(url) and not _is_at(url, other):
        raise InputError(
            f"SubscribeURL {url[:200]!r} is not at https://sns.<region>.amazonaws.com/; for "
            "another server set sns_endpoint_url"
        )
    try:
        with urllib.request.build_opener(_NoRedirects).open(url, timeout=_SECONDS) as answer:
            answer.read(1)
    except (OSError, ValueError) as error:
        raise StorageError(
            f"the subscription was not confirmed by {urlsplit(url).netloc} ({error}); ask SNS to "
            "send the request again"
        ) from error


def _is_at(url: str, other: str | None) -> bool:
    """Whether an address is on a server."""
    if other is None:
        return False
    asked, known = urlsplit(url), urlsplit(other)
    return asked.scheme in ("http", "https") and (asked.scheme, asked.netloc) == (
        known.scheme,
        known.netloc,
    )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is none."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: urllib then raises the answer as an error."""

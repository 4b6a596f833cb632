"""How much one key may ask, and how much is worked on at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from forecastle.api.refusals import Throttled, TooBusy
from forecastle.core.token_buckets import TokenBuckets


@dataclass(frozen=True)
class RateLimit:
    """Requests per second of one key."""

    buckets: TokenBuckets
    per_second: int

    def check(self, access_key_id: str) -> None:
        """Count a request.

        Raises:
            Throttled: the key has used up its burst.
        """
        if not self.buckets.take(access_key_id):
            raise Throttled(
                f"Rate exceeded: access key {access_key_id} may send {self.per_second} requests "
                "per second (setting requests_per_second); wait a moment and try again"
            )


class Gate:
    """Lets a number of requests in at the same time; the others are told to come again."""

    def __init__(self, most: int) -> None:
        self._most, self._inside = max(most, 1), 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Be inside for a while; called by the event loop alone.

        Raises:
            TooBusy: it is full.
        """
        if self._inside >= self._most:
            raise TooBusy(
                f"{self._most} requests are being worked on already (setting "
                "max_concurrent_requests); wait a moment and try again"
            )
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

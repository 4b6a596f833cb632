"""How much one key may ask, and how much is worked on at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from forecastle.api.refusals import Throttled, TooBusy


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class TokenBuckets:
    """A token bucket per name: ``burst`` at once, ``per_second`` on average; 0 is no limit."""

    def __init__(self, per_second: float, burst: float, timer: Callable[[], float]) -> None:
        self._per_second, self._burst, self._timer = per_second, max(burst, 1.0), timer
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> bool:
        """Take a token; False if there is none."""
        if not self._per_second:
            return True
        with self._lock:
            bucket = self._filled(name)
            if bucket.tokens < 1.0:
                return False
            bucket.tokens -= 1.0
            return True

    def _filled(self, name: str) -> _Bucket:
        now = self._timer()
        bucket = self._buckets.setdefault(name, _Bucket(self._burst, now))
        gained = max(now - bucket.filled_at, 0.0) * self._per_second
        bucket.tokens, bucket.filled_at = min(self._burst, bucket.tokens + gained), now
        return bucket


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

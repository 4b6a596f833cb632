"""Token buckets: how often something may happen, on average and at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


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

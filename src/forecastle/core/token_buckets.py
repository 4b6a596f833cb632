"""Token buckets: how often something may happen, on average and at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

# Beyond so many names the full buckets are forgotten: they are as good as new ones.
_MOST_BUCKETS = 10_000


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class TokenBuckets:
    """A token bucket per name: ``burst`` at once, ``per_second`` on average; 0 is no limit."""

    def __init__(self, per_second: float, burst: float, timer: Callable[[], float]) -> None:
        self._per_second, self._burst, self._timer = per_second, max(burst, 1.0), timer
        self._buckets: dict[str, _Bucket] = {}
        self._most = _MOST_BUCKETS
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

    def give_back(self, name: str) -> None:
        """Return a token that was taken: what it was taken for does not count."""
        if self._per_second:
            with self._lock:
                bucket = self._filled(name)
                bucket.tokens = min(self._burst, bucket.tokens + 1.0)

    def _filled(self, name: str) -> _Bucket:
        now = self._timer()
        if len(self._buckets) >= self._most and name not in self._buckets:
            self._forget_full(now)
        bucket = self._buckets.setdefault(name, _Bucket(self._burst, now))
        gained = max(now - bucket.filled_at, 0.0) * self._per_second
        bucket.tokens, bucket.filled_at = min(self._burst, bucket.tokens + gained), now
        return bucket

    def _forget_full(self, now: float) -> None:
        """Strangers make up names: they shall not fill the memory."""
        seconds = self._burst / self._per_second
        kept = {
            name: each for name, each in self._buckets.items() if now < each.filled_at + seconds
        }
        self._buckets = kept
        self._most = max(_MOST_BUCKETS, 2 * len(kept))

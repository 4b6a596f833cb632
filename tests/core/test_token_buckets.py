"""Token buckets: at once, on average, and for names without number."""

from __future__ import annotations

from forecastle.core import token_buckets
from forecastle.core.token_buckets import TokenBuckets


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate():
    clock = Clock()
    buckets = TokenBuckets(0.5, 3, clock)
    assert [buckets.take("ann") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("bob")
    clock.now = 2.0
    assert [buckets.take("ann") for _ in range(2)] == [True, False]


def test_what_is_given_back_can_be_taken_again_and_no_more_than_that():
    buckets = TokenBuckets(0.5, 2, Clock())
    assert buckets.take("ann")
    buckets.give_back("ann")
    buckets.give_back("ann")
    assert [buckets.take("ann") for _ in range(3)] == [True, True, False]


def test_a_rate_of_nothing_is_no_limit():
    buckets = TokenBuckets(0.0, 1, Clock())
    buckets.give_back("ann")
    assert all(buckets.take("ann") for _ in range(10))


def test_names_are_forgotten_once_their_buckets_are_full_again(monkeypatch):
    monkeypatch.setattr(token_buckets, "_MOST_BUCKETS", 3)
    clock = Clock()
    buckets = TokenBuckets(1.0, 2, clock)
    for name in "abc":
        buckets.take(name)
    clock.now = 1.5
    assert [buckets.take("c") for _ in range(3)] == [True, True, False]
    clock.now = 2.0
    buckets.take("d")  # a and b are full again and forgotten, c is not
    assert not buckets.take("c")
    assert set(buckets._buckets) == {"c", "d"}

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text


def _fall_silent(catalog, worker, seconds):
    with catalog.engine.begin() as connection:
        connection.execute(
            text("UPDATE workers SET heartbeat_at = heartbeat_at - :s WHERE worker = :w"),
            {"s": seconds, "w": worker},
        )


def test_a_worker_lives_as_long_as_it_tells_so(catalog):
    catalog.workers.register("one", "here", 1)
    catalog.workers.register("two", "here", 2)
    _fall_silent(catalog, "one", 100)
    assert catalog.workers.silent(30) == ["one"]
    assert catalog.workers.beat("one")
    assert catalog.workers.silent(30) == []
    assert [each.worker for each in catalog.workers.list()] == ["one", "two"]
    assert abs(catalog.workers.now() - catalog.workers.list()[0].heartbeat_at) < 30


def test_one_alone_takes_a_dead_worker_out_who_then_learns_of_it(catalog):
    catalog.workers.register("one", "here", 1)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: catalog.workers.leave("one"), range(4)))
    assert sorted(taken) == [False, False, False, True]
    assert not catalog.workers.beat("one")

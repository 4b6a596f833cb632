import pickle
import time

import pytest

from forecastle.core.budget import Budget


class Clock:
    """A clock that is moved by hand."""

    now = 100.0

    def __call__(self):
        return self.now


def test_a_budget_counts_down_and_never_below_nothing():
    clock = Clock()
    budget = Budget(10, clock)
    assert budget.remaining == 10
    clock.now += 4
    assert (budget.elapsed, budget.remaining) == (4, 6)
    assert budget.allows(6)
    assert not budget.allows(6.1)
    clock.now += 20
    assert budget.remaining == 0


def test_without_a_limit_everything_fits():
    assert Budget().allows(1e12)


def test_a_budget_can_go_on_from_an_earlier_start():
    clock = Clock()
    assert Budget(10, clock, started=95.0).remaining == 5


def test_handed_to_another_machine_it_counts_on(monkeypatch):
    there = pickle.dumps(Budget(100))
    # That machine was started a day later, and the way took three seconds.
    here, now = time.monotonic, time.time
    monkeypatch.setattr(time, "monotonic", lambda: here() - 86_400)
    monkeypatch.setattr(time, "time", lambda: now() + 3)
    assert pickle.loads(there).remaining == pytest.approx(97, abs=1)


def test_a_copy_counts_from_the_same_start():
    budget = Budget(100, threads=2)
    copy = pickle.loads(pickle.dumps(budget))
    assert (copy.limit, copy.threads) == (100, 2)
    assert copy.started == pytest.approx(budget.started, abs=0.5)

"""How far a training is, and how long it will take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.budget import DONE, DROPPED, WAITING, WORKING
from forecastle.training.progress import Meter


class Training:
    """One worker, with a clock of its own and a listener that remembers."""

    def __init__(self, tasks):
        self.now, self.seen = 0.0, []
        self.meter = Meter(tasks, self.seen.append, lambda: self.now)

    def run(self, algorithm, seconds):
        self.now += seconds
        self.meter.finished(algorithm, seconds)
        return self.seen[-1]


def test_a_task_weighs_what_those_of_its_algorithm_took():
    training = Training({"slow": 2, "fast": 2})
    training.run("slow", 9.0)
    after = training.run("fast", 1.0)
    assert (after.done, after.total) == (2, 4)
    assert after.fraction == pytest.approx(10 / 20)
    assert after.seconds_left == pytest.approx(10.0)


def test_an_algorithm_of_which_nothing_is_known_is_taken_for_a_usual_one():
    after = Training({"known": 1, "unknown": 3}).run("known", 5.0)
    assert after.fraction == pytest.approx(1 / 4)
    assert after.seconds_left == pytest.approx(15.0)


def test_workers_side_by_side_need_less_time():
    training = Training({"any": 4})
    training.now = 5.0
    training.meter.finished("any", 5.0)
    training.meter.finished("any", 5.0)
    assert training.seen[-1].seconds_left == pytest.approx(5.0)


def test_what_was_dropped_is_not_waited_for():
    training = Training({"kept": 2, "dropped": 100})
    training.meter.drop("dropped")
    after = training.run("kept", 1.0)
    assert (after.done, after.total) == (101, 102)
    assert after.seconds_left == pytest.approx(1.0)


def test_only_members_are_fitted_once_more():
    training = Training({"member": 3, "other": 3})
    training.run("member", 4.0)
    training.meter.keep({"member"})
    training.now += 4.0
    training.meter.finished("member")
    last = training.seen[-1]
    assert (last.done, last.total, last.fraction, last.seconds_left) == (6, 6, 1.0, 0.0)


def test_tasks_that_take_no_time_count_alike():
    assert Training({"any": 4}).run("any", 0.0).fraction == pytest.approx(1 / 4)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100)), min_size=1, max_size=20))
def test_it_never_goes_back_and_ends_with_the_last_task(tasks):
    names = [name for name, _ in tasks]
    training = Training({name: names.count(name) for name in names})
    for name, seconds in tasks:
        training.run(name, seconds)
    fractions = [each.fraction for each in training.seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert all(each.seconds_left is None or each.seconds_left >= 0 for each in training.seen)


def states(training):
    return {part.name: (part.state, part.done, part.total) for part in training.seen[-1].parts}


def test_each_algorithm_waits_works_and_is_done():
    training = Training({"first": 2, "second": 1, "third": 1})
    training.meter.begin(["first", "second", "third"], 2)
    assert states(training) == {
        "first": (WORKING, 0, 2),
        "second": (WORKING, 0, 1),
        "third": (WAITING, 0, 1),
    }
    training.run("second", 3.0)
    training.meter.drop("third")
    training.run("first", 1.0)
    assert states(training) == {
        "first": (WORKING, 1, 2),
        "second": (DONE, 1, 1),
        "third": (DROPPED, 0, 1),
    }
    assert [part.seconds for part in training.seen[-1].parts] == [1.0, 3.0, 0.0]


def test_a_member_works_again_on_its_last_fit():
    training = Training({"member": 2, "other": 2})
    training.meter.begin(["member", "other"], 1)
    training.run("member", 1.0)
    training.run("other", 1.0)
    training.meter.keep(["member"])
    training.meter.begin(["member"], 1)
    assert states(training) == {"member": (WORKING, 1, 2), "other": (DONE, 1, 2)}

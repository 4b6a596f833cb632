"""Which runs may begin, and what becomes of those that broke down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forecastle.catalog.pipelines import FAILED, RUNNING, SUCCEEDED, Run
from forecastle.pipelines.dispatching import mend, those_next
from tests.pipelines.run_world import RunWorld


@pytest.fixture
def world(tmp_path):
    with RunWorld.at(tmp_path) as world:
        yield world


@pytest.fixture
def first(world):
    return world.begin()


def later(run: Run, seconds: float, **changes: object) -> Run:
    return replace(
        run, run_id=f"{run.run_id}-{seconds}", started_at=run.started_at + seconds, **changes
    )


def test_runs_of_a_pipeline_begin_in_the_order_of_their_uploads(first):
    second, third = later(first, 1), later(first, 2)
    assert those_next([third, first, second]) == [first]
    assert those_next([third, second]) == [second]


def test_one_begins_when_the_one_before_is_over(first):
    begun, second = replace(first, dispatched=True), later(first, 1)
    assert those_next([begun, second]) == []


def test_a_retried_run_waits_for_the_one_at_work_and_comes_before_those_that_wait(first):
    at_work, waiting = later(first, 1, dispatched=True), later(first, 2)
    assert those_next([first, at_work, waiting]) == []
    assert those_next([first, waiting]) == [first]


def test_at_the_same_moment_the_identifier_decides(first):
    second = replace(first, run_id=f"{first.run_id}z")
    assert those_next([second, first]) == [first]


def test_other_groups_accounts_and_regions_do_not_wait(world, first):
    others = [
        later(first, 1, pipeline="de_sales", text=world.text(name="de_sales")),
        later(first, 2, account="123456789012"),
        later(first, 3, region="eu-west-2"),
    ]
    assert those_next([first, *others]) == [first, *others]


def test_two_pipelines_with_one_dataset_group_take_turns(world, first):
    other = later(first, 1, pipeline="again", text=world.text(name="again", group="uk_sales"))
    assert those_next([first, other]) == [first]


def test_a_text_that_cannot_be_read_any_more_holds_up_its_own_pipeline_only(world, first):
    broken = later(first, -1, text="name: uk_sales")
    assert those_next([broken, first]) == [broken]
    assert those_next([later(broken, 0, pipeline="other"), first])[1:] == [first]


class Standings:
    """What the queue knows: the workflows of some runs, over or not."""

    def __init__(self, **over):
        self.over = over

    def standings(self, identities):
        found = {name: name.partition("#")[0] for name in identities}
        return {name: self.over[run] for name, run in found.items() if run in self.over}


def test_a_run_that_the_queue_has_lost_begins_anew(world, first):
    world.pipelines.change_run(first.run_id, {"dispatched": True})
    mend(world.world.service, Standings())
    assert world.pipelines.undispatched() == [first]


def test_a_run_whose_workflow_broke_down_is_ended(world, first):
    world.pipelines.change_run(first.run_id, {"dispatched": True})
    mend(world.world.service, Standings(**{first.run_id: True}))
    ended = world.find(first.run_id)
    assert ended.status == FAILED
    assert f"forecastle pipeline retry {first.run_id}" in ended.message


def test_runs_at_work_and_runs_that_wait_are_left(world, first):
    mend(world.world.service, Standings())
    world.pipelines.change_run(first.run_id, {"dispatched": True})
    mend(world.world.service, Standings(**{first.run_id: False}))
    assert world.find(first.run_id).status == RUNNING


def test_a_run_that_ended_or_was_retried_just_now_is_left(world, first):
    """It is read before its workflow is: in between, it may end."""
    for news in ({"status": SUCCEEDED}, {"attempt": 2}):

        class EndsMeanwhile(Standings):
            def standings(self, identities, news=news):
                world.pipelines.change_run(first.run_id, news)
                return super().standings(identities)

        world.pipelines.change_run(first.run_id, {"dispatched": True})
        mend(world.world.service, EndsMeanwhile(**{first.run_id: True}))
        assert world.find(first.run_id).status != FAILED
        world.pipelines.change_run(first.run_id, {"status": RUNNING}, status=SUCCEEDED)

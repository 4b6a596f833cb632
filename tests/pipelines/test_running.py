"""A run: its steps follow each other, each is done once, and what came of it can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from forecastle.catalog import status as life
from forecastle.catalog.pipelines import CANCELLED, FAILED, RUNNING, SKIPPED, SUCCEEDED
from forecastle.core.errors import StorageError
from forecastle.core.names import ResourceType
from forecastle.pipelines.running import Runs
from forecastle.pipelines.work import Work
from tests.pipelines.run_world import HANGS, Fails, RunWorld

JOBS = (
    ResourceType.DATASET_IMPORT_JOB,
    ResourceType.PREDICTOR,
    ResourceType.FORECAST,
    ResourceType.FORECAST_EXPORT_JOB,
)
STEPS = ["check", "import", "train", "forecast", "export", "results"]
MAILS = {"notifications": ["mailto://shop.example"]}


@pytest.fixture
def world(tmp_path):
    with RunWorld.at(tmp_path) as world:
        yield world


def test_a_run_goes_from_the_file_to_the_results(world):
    run = world.go(world.begin())

    steps = world.steps(run)
    assert (run.status, run.message) == (SUCCEEDED, "2024-01-03 to 2024-01-09: 12")
    assert run.ended_at is not None
    assert list(steps) == [*STEPS, "notify"]
    assert {steps[name].status for name in STEPS} == {SUCCEEDED}
    assert all(step.ended_at >= step.started_at for step in steps.values())
    name = f"uk_sales_{run.run_id[-12:].lower()}"
    assert [[job.name for job in world.made(kind)] for kind in JOBS] == [[name]] * 4
    assert set(run.details["arns"]) == {"group", "predictor", "forecast", "export"}
    assert world.published == [run.details["arns"]]
    assert run.details["results"]["total_p50"] == 12.0


def test_what_is_done_is_not_done_again(world):
    run = world.begin()
    for step in world.runs.actions:
        assert world.runs.perform(run.run_id, 1, step)
        before = world.steps(run)
        assert world.runs.perform(run.run_id, 1, step)
        assert world.steps(run) == before
    assert len(world.published) == 1
    assert world.go(run).status == SUCCEEDED
    assert world.go(run) == world.find(run.run_id), "a run that is over stays as it is"


@pytest.mark.parametrize("kind", JOBS)
def test_a_step_that_was_cut_off_finds_what_it_made(world, kind):
    world.resources.script[kind] = [HANGS]
    run = world.begin(algorithm="AutoML")
    begun = _cut_off(world, run)

    job = world.made(kind)[0]
    world.resources.finish(job)
    done = world.go(run)

    assert done.status == SUCCEEDED
    assert [len(world.made(each)) for each in JOBS] == [1, 1, 1, 1]
    assert world.steps(run)[begun].attempts == 2


def _cut_off(world, run) -> str:
    """Do the run until a job hangs, and let the worker die there; the name of the step."""

    class WorkerDied(BaseException):
        pass

    def dies(self):
        raise WorkerDied

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Work, "check_wanted", dies)
        for step in world.runs.actions:
            try:
                world.runs.perform(run.run_id, 1, step)
            except WorkerDied:
                return step
    raise AssertionError("nothing hung")


def test_a_failure_ends_the_run_with_the_step_and_the_reason(world):
    world.resources.script[ResourceType.PREDICTOR] = [Fails("too little data; import more")]
    run = world.go(world.begin(**MAILS))

    assert (run.status, run.message) == (FAILED, "train: too little data; import more")
    steps = world.steps(run)
    assert list(steps) == ["check", "import", "train", "notify"]
    assert (steps["train"].status, steps["train"].attempts) == (FAILED, 1)
    assert set(run.details["arns"]) == {"group"}
    [(told, _, succeeded)] = world.told
    assert (told.status, told.message, succeeded) == (FAILED, run.message, False)


@pytest.mark.parametrize("kind", JOBS)
def test_a_retry_goes_on_from_the_step_that_failed(world, kind):
    world.resources.script[kind] = [Fails("no luck; try again")]
    failed = world.go(world.begin())
    before = world.steps(failed)

    run = world.retry(failed)

    after = world.steps(run)
    assert run.status == SUCCEEDED
    kept = [name for name in STEPS if name in before and before[name].status == SUCCEEDED]
    assert kept == STEPS[: len(kept)]
    assert all(after[name] == before[name] for name in kept)
    assert after[STEPS[len(kept)]].attempts == 2
    assert {job.status for each in JOBS for job in world.made(each)} == {life.ACTIVE}
    assert [len(world.made(each)) for each in JOBS] == [1, 1, 1, 1]


@pytest.mark.parametrize("kind", JOBS)
def test_a_failure_that_may_pass_is_tried_again(world, kind):
    away = Fails("the bucket does not answer", transient=True)
    world.resources.script[kind] = [away, away]
    run = world.go(world.begin())
    assert run.status == SUCCEEDED
    assert sorted(step.attempts for step in world.steps(run).values()) == [1] * 6 + [3]
    assert [len(world.made(each)) for each in JOBS] == [1, 1, 1, 1]


def test_what_does_not_pass_fails_the_run_in_the_end(world):
    away = Fails("the bucket does not answer", transient=True)
    world.resources.script[ResourceType.FORECAST_EXPORT_JOB] = [away] * 3
    run = world.go(world.begin())
    assert run.message == "export: the bucket does not answer"
    assert world.steps(run)["export"].attempts == 3
    assert world.retry(run).status == SUCCEEDED


def test_a_bucket_that_comes_back_is_waited_for(world):
    run = world.begin()
    answers = [StorageError("the bucket does not answer"), None]
    check = world.runs.actions["check"]

    def action(work):
        error = answers.pop(0)
        if error:
            raise error
        return check(work)

    runs = replace(world.runs, actions={**world.runs.actions, "check": action})
    assert runs.perform(run.run_id, 1, "check")
    step = world.steps(run)["check"]
    assert (step.status, step.attempts) == (SUCCEEDED, 2)


def test_a_fault_of_ours_is_told_without_its_trace(world, caplog):
    run = world.begin()

    def breaks(work):
        raise RuntimeError("a fault that nobody thought of")

    runs = replace(world.runs, actions={"check": breaks})
    assert not runs.perform(run.run_id, 1, "check")
    message = world.steps(run)["check"].message
    assert "failed unexpectedly (ref " in message
    assert f"forecastle pipeline retry {run.run_id}" in message
    assert "nobody thought of" not in message
    assert "nobody thought of" in caplog.text


def test_while_the_database_is_away_nothing_is_decided(world):
    run = world.begin()

    def away(work):
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    runs = replace(world.runs, actions={"check": away})
    with pytest.raises(OperationalError):
        runs.perform(run.run_id, 1, "check")
    assert world.steps(run)["check"].status == RUNNING
    assert world.go(run).status == SUCCEEDED


def test_a_cancelled_run_stops_what_it_is_making(world):
    world.resources.script[ResourceType.PREDICTOR] = [HANGS]
    run = world.begin(**MAILS)
    _cancel_when(world, run, "train")

    cancelled = world.go(run)

    assert cancelled.status == CANCELLED
    assert world.steps(run)["train"].status == CANCELLED
    assert [job.status for job in world.made(ResourceType.PREDICTOR)] == [life.CREATE_STOPPED]
    assert world.made(ResourceType.FORECAST) == world.told == []

    assert world.retry(cancelled).status == SUCCEEDED
    assert [job.status for job in world.made(ResourceType.PREDICTOR)] == [life.ACTIVE]


def _cancel_when(world, run, step) -> None:
    """Cancel the run when a step begins, as somebody else would."""
    put_step = world.pipelines.put_step

    def and_cancel(written):
        put_step(written)
        if written.step == step and world.find(run.run_id).attempt == 1:
            over = {"status": CANCELLED, "message": "cancelled"}
            world.pipelines.change_run(run.run_id, over)

    world.pipelines.put_step = and_cancel


def test_a_run_that_was_cancelled_while_no_worker_lived_is_left(world):
    run = world.begin()
    assert world.runs.perform(run.run_id, 1, "check")
    world.pipelines.put_step(replace(world.steps(run)["check"], step="import", status=RUNNING))
    world.pipelines.change_run(run.run_id, {"status": CANCELLED})

    assert not world.runs.perform(run.run_id, 1, "import")

    assert world.steps(run)["import"].status == CANCELLED
    assert world.go(run).status == CANCELLED


def test_an_attempt_that_was_overtaken_does_nothing_more(world):
    run = world.begin()
    world.pipelines.change_run(run.run_id, {"attempt": 2})
    assert world.go(run).status == RUNNING
    assert world.steps(run) == {}
    assert not world.runs.perform("no such run", 1, "check")


def test_a_retry_imports_its_file_again_where_another_run_has_imported_since(world):
    world.resources.script[ResourceType.PREDICTOR] = [Fails("no luck")]
    first = world.go(world.begin({"monday.csv": "a,2024-01-01,1\n"}))
    world.world.now += 1
    assert world.go(world.begin({"tuesday.csv": "a,2024-01-02,1\n"})).status == SUCCEEDED

    again = world.retry(first)

    assert again.status == SUCCEEDED
    assert world.steps(again)["import"].attempts == 2
    dataset = world.resources.find(world.made(ResourceType.DATASET)[0].arn)
    assert dataset.details["import_jobs"] == world.steps(again)["import"].results["imports"]


def test_a_retry_whose_forecast_is_made_imports_nothing(world):
    world.resources.script[ResourceType.FORECAST_EXPORT_JOB] = [Fails("no luck")]
    first = world.go(world.begin({"monday.csv": "a,2024-01-01,1\n"}))
    world.world.now += 1
    world.go(world.begin({"tuesday.csv": "a,2024-01-02,1\n"}))
    again = world.retry(first)
    assert again.status == SUCCEEDED
    assert world.steps(again)["import"].attempts == 1


def test_what_an_earlier_step_made_may_be_deleted_meanwhile(world):
    run = world.begin()
    for step in ("check", "import", "train"):
        world.runs.perform(run.run_id, 1, step)
    [predictor] = world.made(ResourceType.PREDICTOR)
    world.resources.remove(predictor.arn, predictor.nonce)
    assert world.go(run).message.startswith("forecast: No resource found with the arn")


def test_people_are_told_of_the_end(world):
    run = world.go(world.begin(**MAILS))
    [(told, steps, succeeded)] = world.told
    assert (told.status, told.details, succeeded) == (SUCCEEDED, run.details, True)
    assert steps == STEPS
    assert world.steps(run)["notify"].status == SUCCEEDED


def test_nobody_is_told_where_nobody_is_named(world):
    run = world.go(world.begin())
    assert world.steps(run)["notify"].status == SKIPPED
    assert world.told == []


def test_an_undelivered_message_does_not_fail_the_run(world):
    world.undelivered = ["mailto://shop.example: refused"]
    run = world.go(world.begin(**MAILS))
    assert run.status == SUCCEEDED
    notify = world.steps(run)["notify"]
    assert (notify.status, notify.message) == (FAILED, "mailto://shop.example: refused")


def test_nor_does_a_fault_in_telling(world, caplog):
    def breaks(*_arguments, succeeded):
        raise RuntimeError("a fault that nobody thought of")

    run = world.begin(**MAILS)
    runs = Runs(world.world.service, world.runs.actions, breaks)
    for step in runs.actions:
        runs.perform(run.run_id, 1, step)
    runs.close(run.run_id, 1)
    assert world.find(run.run_id).status == SUCCEEDED
    assert "failed unexpectedly" in world.steps(run)["notify"].message


def test_the_notification_of_an_earlier_attempt_does_not_fail_the_next(world):
    world.undelivered = ["mailto://shop.example: refused"]
    world.resources.script[ResourceType.PREDICTOR] = [Fails("no luck")]
    assert world.retry(world.go(world.begin(**MAILS))).status == SUCCEEDED


def test_a_text_that_cannot_be_read_any_more_fails_the_run(world):
    run = world.begin()
    world.pipelines.change_run(run.run_id, {"text": "name: uk_sales\n"})
    failed = world.go(run)
    assert failed.status == FAILED
    assert failed.message.startswith("check: uk_sales")

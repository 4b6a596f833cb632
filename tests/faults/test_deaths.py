"""Workers die, pause and end at the worst moments: every job ends once, as if nothing had been."""

from __future__ import annotations

import signal

from forecastle.catalog import status as life
from forecastle.core.names import ResourceType
from forecastle.jobs.worker import DECLARED_DEAD
from tests.faults.site import is_running, wait_until

MOMENTS = ("before", "after")


def test_a_creation_survives_a_death_beside_each_of_its_steps(site):
    deaths = [(when, step) for step in ("begin", "perform", "commit") for when in MOMENTS]
    for when, step in deaths:
        name = f"{when}_{step}"
        worker = site.start_worker(when, step, name)
        site.create(name)
        assert worker.wait() == -signal.SIGKILL
    site.start_worker()

    for when, step in deaths:
        name = f"{when}_{step}"
        arn = f"arn:aws:forecast:us-east-1:000000000000:predictor/{name}"
        found = site.wait_for(arn, life.ACTIVE, life.CREATE_FAILED)
        assert (found.status, found.message) == (life.ACTIVE, "made"), name
        assert site.made(arn) == name
        assert len(site.runs(name)) == 1, "what was published is not made again"


def test_a_deletion_survives_a_death_beside_each_of_its_steps(site):
    arns = []
    for step in ("begin_deletion", "remove"):
        for when in MOMENTS:
            name = f"{when}_{step}"
            arn = site.create(name)
            arns.append(arn)
            site.move(arn, life.CREATE_STOPPED)
            site.move(arn, life.DELETE_PENDING, dispatched=False)
            worker = site.start_worker(when, step, name)
            assert worker.wait() == -signal.SIGKILL
    site.start_worker()
    for arn in arns:
        site.wait_until_gone(arn)


def test_an_import_survives_the_death_of_its_worker_and_its_dataset_sees_it_once(site):
    dataset = site.create("sales", ResourceType.DATASET)
    worker = site.start_worker("after", "perform", "monday")
    arn = site.create("sales/monday", ResourceType.DATASET_IMPORT_JOB, DatasetArn=dataset)
    assert worker.wait() == -signal.SIGKILL
    assert site.find(dataset).status == life.UPDATE_IN_PROGRESS

    site.start_worker()

    done = site.wait_for(arn, life.ACTIVE)
    assert site.find(dataset).status == life.ACTIVE
    assert site.find(dataset).details == {"data": done.nonce}


def test_a_job_dies_with_its_worker_and_runs_again_with_the_next(site):
    arn = site.create("long", Does="hang")
    worker = site.start_worker()
    wait_until(lambda: len(site.runs("long")) == 1)
    worker.kill()
    worker.wait()
    wait_until(lambda: not is_running(site.runs("long")[0]))

    site.start_worker()

    wait_until(lambda: len(site.runs("long")) == 2)
    assert site.find(arn).status == life.CREATE_IN_PROGRESS


def test_a_worker_that_is_asked_to_end_leaves_its_job_to_the_next(site):
    site.create("long", Does="hang")
    worker = site.start_worker()
    wait_until(lambda: len(site.runs("long")) == 1)
    worker.terminate()
    assert worker.wait() == 0
    assert site.catalog.workers.list() == []
    wait_until(lambda: not is_running(site.runs("long")[0]))

    site.start_worker()

    wait_until(lambda: len(site.runs("long")) == 2)


def test_a_paused_worker_is_declared_dead_and_does_no_harm_when_it_wakes(site):
    arn = site.create("slow", Does="nap")
    paused = site.start_worker()
    wait_until(lambda: len(site.runs("slow")) == 1)
    paused.send_signal(signal.SIGSTOP)
    try:
        site.start_worker()
        done = site.wait_for(arn, life.ACTIVE, life.CREATE_FAILED)
    finally:
        paused.send_signal(signal.SIGCONT)

    assert paused.wait() == DECLARED_DEAD
    assert site.find(arn) == done
    assert done.status == life.ACTIVE
    assert site.made(arn) == "slow"


def test_two_workers_share_the_jobs_and_do_each_once(site):
    processes = [site.start_worker(), site.start_worker()]
    arns = {f"job{number}": site.create(f"job{number}") for number in range(6)}
    for name, arn in arns.items():
        site.wait_for(arn, life.ACTIVE)
        assert len(site.runs(name)) == 1
    assert all(process.poll() is None for process in processes)

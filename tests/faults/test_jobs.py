"""What becomes of jobs that fail, are stopped, or follow each other."""

from __future__ import annotations

import pytest
import sqlalchemy

from forecastle.catalog import status as life
from forecastle.catalog.database import connect
from forecastle.core.names import ResourceType
from tests.faults.site import is_running, wait_until


def test_failures_are_told_in_words_and_hold_nothing_up(site):
    site.start_worker()
    arns = {
        does: site.create(does, Does=does)
        for does in ("fail", "away", "break", "vanish", "overflow", "work")
    }

    said = {
        does: site.wait_for(arn, life.ACTIVE, life.CREATE_FAILED).message
        for does, arn in arns.items()
    }

    assert said["fail"] == "sales.csv, line 3: demand 'abc' is no number; correct it"
    assert said["away"] == "s3://shop/sales.csv: the server does not answer; try again"
    may_pass = [does for does, arn in arns.items() if site.find(arn).details.get("transient")]
    assert may_pass == ["away", "overflow"]
    assert "failed unexpectedly (ref " in said["break"]
    assert "nobody thought of" not in said["break"]
    assert "memory ran out" in said["vanish"]
    assert "disk is full" in said["overflow"]
    assert said["work"] == "made"
    assert site.find(arns["work"]).status == life.ACTIVE
    assert _serializations(site.settings.jobs_database) == {"portable_json"}


def test_progress_is_told_and_a_stop_ends_the_job_at_once(site):
    site.start_worker()
    arn = site.create("long", Does="hang")
    wait_until(lambda: (site.find(arn).progress or {}).get("minutes_left") is not None)
    told = site.find(arn).progress
    assert told["step"] == "hanging"
    assert 0 < told["fraction"] <= 0.5

    site.move(arn, life.CREATE_STOPPING)

    stopped = site.wait_for(arn, life.CREATE_STOPPED)
    assert stopped.progress is None
    assert not is_running(site.runs("long")[0])


def test_what_was_stopped_while_it_waited_never_runs(site):
    arn = site.create("early")
    site.move(arn, life.CREATE_STOPPED, dispatched=False)
    site.start_worker()
    wait_until(lambda: site.find(arn).dispatched)
    other = site.create("other")
    site.wait_for(other, life.ACTIVE)
    assert site.find(arn).status == life.CREATE_STOPPED
    assert site.runs("early") == []


def test_a_name_is_free_again_when_its_resource_is_deleted(site):
    site.start_worker()
    arn = site.create("again", Content="first")
    site.wait_for(arn, life.ACTIVE)
    site.move(arn, life.DELETE_PENDING, dispatched=False)
    site.wait_until_gone(arn)

    site.create("again", Content="second")

    site.wait_for(arn, life.ACTIVE)
    assert site.made(arn) == "second"


def test_imports_into_one_dataset_follow_each_other(site):
    site.start_worker()
    dataset = site.create("sales", ResourceType.DATASET)
    first, broken, last = (
        site.create(f"sales/{name}", ResourceType.DATASET_IMPORT_JOB, DatasetArn=dataset, Does=does)
        for name, does in (("first", "nap"), ("broken", "fail"), ("last", "work"))
    )

    wait_until(lambda: site.find(first).status == life.CREATE_IN_PROGRESS)
    assert site.find(dataset).status == life.UPDATE_IN_PROGRESS
    assert site.find(last).status == life.CREATE_PENDING
    imported = site.wait_for(first, life.ACTIVE)
    site.wait_for(broken, life.CREATE_FAILED)
    wait_until(lambda: site.find(dataset).details["data"] != imported.nonce)
    assert site.wait_for(last, life.ACTIVE).nonce == site.find(dataset).details["data"]
    assert site.find(dataset).status == life.ACTIVE
    assert "artifact" not in site.find(last).details, "the data are the dataset's"


def _serializations(url: str) -> set[str]:
    """How the checkpoints are written."""
    engine = connect(url)
    schema = None if url.startswith("sqlite") else "dbos"
    found = set()
    with engine.connect() as connection:
        for name in ("workflow_status", "operation_outputs"):
            table = sqlalchemy.Table(
                name, sqlalchemy.MetaData(), schema=schema, autoload_with=connection
            )
            found |= set(connection.execute(sqlalchemy.select(table.c.serialization)).scalars())
    engine.dispose()
    return found


@pytest.mark.parametrize("waits", ["child", "parent"])
def test_a_tree_is_deleted_from_its_leaves(site, waits):
    dataset = site.create("sales", ResourceType.DATASET)
    arn = site.create("sales/monday", ResourceType.DATASET_IMPORT_JOB, DatasetArn=dataset)
    site.move(arn, life.CREATE_STOPPED)
    for each in (arn, dataset) if waits == "parent" else (dataset, arn):
        site.move(each, life.DELETE_PENDING, dispatched=False)
    site.start_worker()
    site.wait_until_gone(arn)
    site.wait_until_gone(dataset)

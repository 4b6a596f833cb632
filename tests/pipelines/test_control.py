"""What people do with pipelines and their runs; no worker takes part."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.pipelines import CANCELLED, FAILED, RUNNING, SUCCEEDED, Run, Step
from forecastle.core.errors import (
    AccessDenied,
    DataError,
    InputError,
    ResourceInUse,
    ResourceNotFound,
)
from forecastle.pipelines.control import (
    apply_pipeline,
    cancel_run,
    delete_pipeline,
    describe_run,
    list_pipelines,
    list_runs,
    retry_run,
    show_pipeline,
    start_run,
)
from forecastle.pipelines.gathering import start_waiting
from forecastle.pipelines.names import run_name
from forecastle.pipelines.noticing import notice
from forecastle.service.context import Caller, Context
from forecastle.service.operations import call
from forecastle.storage.locations import Location
from tests.pipelines.watched_world import ACCOUNT, OTHER, World

UK = """\
name: uk_sales
source: {bucket: demo-forecast, prefix: input/, quiet_seconds: 0}
frequency: D
horizon: 7
export: {bucket: demo-forecast, prefix: output/}
"""
BUCKET = "demo-forecast"
SIX_O_CLOCK = "schedule: 0 6 * * *\n"
ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture
def context(world: World) -> Context:
    return Context(world.service, Caller(ACCOUNT, Role.OPERATOR, "eu-west-1", "Ada"))


def as_role(context: Context, role: Role) -> Context:
    return replace(context, caller=replace(context.caller, role=role))


def as_account(context: Context, account: str) -> Context:
    return replace(context, caller=replace(context.caller, account=account))


def applied(context: Context, world: World, *keys: str) -> None:
    """The UK pipeline, with files that have had their runs."""
    apply_pipeline(context, UK, "uk.yaml")
    for key in keys:
        world.drop(key, bucket=BUCKET)
        notice(world.service, ACCOUNT, BUCKET, key, "file")


def keys_of(context: Context, run_id: str) -> list[str]:
    return [upload.key for upload in describe_run(context, run_id).uploads]


def put_to_rest(context: Context, run_id: str, status: str) -> None:
    assert context.service.catalog.pipelines.change_run(run_id, {"status": status, "ended_at": 1.0})


def test_applying_makes_the_folder_buckets_and_the_folders(context: Context, world: World):
    record = apply_pipeline(context, UK, "uk.yaml")
    buckets = world.service.settings.buckets_dir
    assert (buckets / BUCKET / "input").is_dir()
    assert (buckets / BUCKET / "output").is_dir()
    known = world.service.catalog.buckets.find(BUCKET)
    assert known is not None
    assert known.account == ACCOUNT
    assert (record.account, record.region, record.text) == (ACCOUNT, "eu-west-1", UK)
    assert list_pipelines(context) == [record]
    assert show_pipeline(context, "uk_sales") == record


def test_applying_again_changes_the_pipeline(context: Context, world: World):
    first = apply_pipeline(context, UK, "uk.yaml")
    world.clock.now += 60
    apply_pipeline(context, UK.replace("horizon: 7", "horizon: 14"), "uk.yaml")
    (record,) = list_pipelines(context)
    assert "horizon: 14" in record.text
    assert (record.created_at, record.changed_at) == (first.created_at, first.changed_at + 60)


def test_what_cannot_be_read_changes_nothing(context: Context):
    apply_pipeline(context, UK, "uk.yaml")
    with pytest.raises(DataError, match=r"uk\.yaml, line 4: horizon 'seven' is no whole number"):
        apply_pipeline(context, UK.replace("horizon: 7", "horizon: seven"), "uk.yaml")
    assert show_pipeline(context, "uk_sales").text == UK


def test_a_schedule_is_due_at_its_next_time(context: Context, world: World):
    record = apply_pipeline(context, UK + SIX_O_CLOCK, "uk.yaml")
    assert record.due_at is not None
    assert (record.due_at % 86_400, 0 < record.due_at - world.clock() <= 86_400) == (6 * 3600, True)


def test_applying_puts_nothing_off_that_is_due(context: Context, world: World):
    due_at = apply_pipeline(context, UK + SIX_O_CLOCK, "uk.yaml").due_at
    assert due_at is not None
    world.clock.now = due_at + 1
    assert apply_pipeline(context, f"{UK}{SIX_O_CLOCK}# new\n", "uk.yaml").due_at == due_at
    assert apply_pipeline(context, UK + "schedule: 0 7 * * *", "uk.yaml").due_at == due_at + 3600
    assert apply_pipeline(context, UK, "uk.yaml").due_at is None


def test_of_the_files_that_are_there_the_newest_start_one_run(context: Context, world: World):
    for age, key in enumerate(("input/c.csv", "input/b.csv", "input/a.csv")):
        os.utime(world.drop(key, bucket=BUCKET), (1_700_000_000 - age, 1_700_000_000 - age))
    apply_pipeline(context, UK, "uk.yaml")
    (run_id,) = start_waiting(world.service)
    assert keys_of(context, run_id) == ["input/c.csv"]
    apply_pipeline(context, UK.replace("horizon: 7", "horizon: 8"), "uk.yaml")
    assert start_waiting(world.service) == []


def test_a_bucket_of_another_account_is_refused(context: Context, world: World):
    world.service.stores.register(BucketRecord(BUCKET, OTHER))
    with pytest.raises(InputError, match="bucket 'demo-forecast' is not a bucket of account 0000"):
        apply_pipeline(context, UK, "uk.yaml")
    assert list_pipelines(context) == []


def test_only_the_first_account_makes_buckets_by_naming_them(context: Context, world: World):
    with pytest.raises(InputError, match="forecastle bucket add demo-forecast --account 1111"):
        apply_pipeline(as_account(context, OTHER), UK, "uk.yaml")
    world.bucket(BUCKET, OTHER)
    assert apply_pipeline(as_account(context, OTHER), UK, "uk.yaml").account == OTHER


def test_a_folder_that_was_deleted_is_made_again(context: Context, world: World):
    apply_pipeline(context, UK, "uk.yaml")
    folder = world.service.settings.buckets_dir / BUCKET
    (folder / "input").rmdir()
    (folder / "output").rmdir()
    folder.rmdir()
    apply_pipeline(context, UK, "uk.yaml")
    assert (folder / "input").is_dir()


def test_a_bucket_on_s3_is_not_made(context: Context, world: World):
    world.service.stores.register(BucketRecord("remote", ACCOUNT, endpoint="http://127.0.0.1:9"))
    world.service.stores.make(ACCOUNT, Location("remote", "input/"), 0.0)
    assert not (world.service.settings.buckets_dir / "remote").exists()


def test_a_run_takes_the_latest_file_of_each_dataset(context: Context, world: World):
    related = "{item_id: string, timestamp: timestamp, price: float}"
    apply_pipeline(context, f"{UK}datasets: {{related: {{schema: {related}}}}}\n", "uk.yaml")
    newest = 1_700_000_000
    for age, key in enumerate(("b.csv", "b.related.csv", "a.csv", "a.related.csv")):
        path = world.drop(f"input/{key}", bucket=BUCKET)
        os.utime(path, (newest - age, newest - age))
    world.drop("input/empty.csv", "", bucket=BUCKET)
    world.drop("output/forecast.csv", bucket=BUCKET)
    run_id = start_run(context, "uk_sales", None, "person")
    assert keys_of(context, run_id) == ["input/b.csv", "input/b.related.csv"]


def test_a_run_on_files_that_somebody_names(context: Context, world: World):
    applied(context, world)
    for key in ("input/a.csv", "elsewhere/b.csv"):
        world.drop(key, bucket=BUCKET)
    run_id = start_run(context, "uk_sales", ["elsewhere/b.csv", "input/a.csv"], "person")
    run = describe_run(context, run_id).run
    assert (run.status, run.trigger, run.attempt, run.dispatched) == (RUNNING, "person", 1, False)
    assert sorted(keys_of(context, run_id)) == ["elsewhere/b.csv", "input/a.csv"]
    assert notice(world.service, ACCOUNT, BUCKET, "input/a.csv", "webhook") == []


def test_a_file_that_had_its_run_gets_another_one_when_asked(context: Context, world: World):
    applied(context, world, "input/a.csv")
    runs = [start_run(context, "uk_sales", None, "person") for _ in range(2)]
    assert len(list_runs(context)) == 3
    assert [keys_of(context, run_id) for run_id in runs] == [["input/a.csv"]] * 2
    assert notice(world.service, ACCOUNT, BUCKET, "input/a.csv", "webhook") == []
    assert start_waiting(world.service) == []


def test_a_file_that_waits_for_others_is_taken_once(context: Context, world: World):
    apply_pipeline(context, f"{UK}gather_seconds: 60\n", "uk.yaml")
    world.drop("input/a.csv", bucket=BUCKET)
    assert notice(world.service, ACCOUNT, BUCKET, "input/a.csv", "file") == []
    start_run(context, "uk_sales", None, "person")
    world.clock.now += 61
    assert start_waiting(world.service) == []


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        (None, "there is no file under s3://demo-forecast/input/ that ends in .csv, .csv.gz, .par"),
        (["input/b.csv"], "s3://demo-forecast/input/b.csv is not there; give the key of a file"),
        ([], "give the key of a file"),
        (["../../secret.key"], "holds '.' or '..' as a folder"),
    ],
)
def test_a_run_without_files_is_refused(context: Context, keys: list[str] | None, complaint: str):
    apply_pipeline(context, UK, "uk.yaml")
    with pytest.raises(InputError, match=complaint):
        start_run(context, "uk_sales", keys, "person")
    assert list_runs(context) == []


def test_runs_are_listed_newest_first_with_their_files(context: Context, world: World):
    applied(context, world)
    world.apply("other")
    for key in ("input/a.csv", "input/b.csv"):
        world.clock.now += 1
        world.drop(key, bucket=BUCKET)
        notice(world.service, ACCOUNT, BUCKET, key, "file")
    found = list_runs(context, "uk_sales")
    assert [each.uploads[0].key for each in found] == ["input/b.csv", "input/a.csv"]
    assert list_runs(context, limit=1) == found[:1]
    assert list_runs(context, "other") == []


def test_the_latest_run_is_found_by_the_name_of_its_pipeline(context: Context, world: World):
    applied(context, world, "input/a.csv")
    world.clock.now += 1
    run_id = start_run(context, "uk_sales", None, "person")
    assert describe_run(context, "uk_sales") == describe_run(context, run_id)


def test_a_pipeline_with_a_run_at_work_is_not_deleted(context: Context, world: World):
    applied(context, world, "input/a.csv")
    (found,) = list_runs(context)
    with pytest.raises(ResourceInUse, match=f"1 run.* RUNNING, such as {found.run.run_id}"):
        delete_pipeline(context, "uk_sales")
    put_to_rest(context, found.run.run_id, SUCCEEDED)
    delete_pipeline(context, "uk_sales")
    assert list_pipelines(context) == []
    assert [each.run.run_id for each in list_runs(context, "uk_sales")] == [found.run.run_id]


@pytest.fixture
def run(context: Context, world: World) -> Run:
    """A run whose import is done and whose training is at work."""
    applied(context, world, "input/a.csv")
    (found,) = list_runs(context)
    for step, status in (("import", SUCCEEDED), ("train", RUNNING)):
        context.service.catalog.pipelines.put_step(Step(found.run.run_id, step, status, 1.0))
    return found.run


@pytest.mark.parametrize("status", [FAILED, CANCELLED])
def test_a_retry_goes_on_with_the_finished_steps(context: Context, run: Run, status: str):
    put_to_rest(context, run.run_id, status)
    context.service.catalog.pipelines.change_run(
        run.run_id, {"dispatched": True, "message": "no"}, status=status
    )
    again = retry_run(context, run.run_id)
    assert again == replace(run, attempt=2)
    assert [step.step for step in describe_run(context, run.run_id).steps] == ["import", "train"]


@pytest.mark.parametrize("status", [RUNNING, SUCCEEDED])
def test_what_has_not_failed_is_not_retried(context: Context, run: Run, status: str):
    if status != RUNNING:
        put_to_rest(context, run.run_id, status)
    with pytest.raises(InputError, match=f"is {status}; only runs that are FAILED or CANCELLED"):
        retry_run(context, run.run_id)


def dataset(context: Context) -> str:
    made = call(context, "CreateDataset", {
        "DatasetName": "uk_sales_target",
        "Domain": "RETAIL",
        "DatasetType": "TARGET_TIME_SERIES",
        "Schema": {"Attributes": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (
                ("item_id", "string"), ("timestamp", "timestamp"), ("demand", "float")
            )
        ]},
    })  # fmt: skip
    return str(made["DatasetArn"])


def import_job(context: Context, dataset_arn: str, name: str) -> str:
    made = call(context, "CreateDatasetImportJob", {
        "DatasetImportJobName": name,
        "DatasetArn": dataset_arn,
        "DataSource": {"S3Config": {"Path": f"s3://{BUCKET}/input/", "RoleArn": ROLE}},
    })  # fmt: skip
    return str(made["DatasetImportJobArn"])


def test_cancelling_stops_the_run_and_what_it_makes(context: Context, run: Run):
    target = dataset(context)
    own = import_job(context, target, run_name(run.pipeline, run.run_id))
    other = import_job(context, target, "by_hand")
    cancelled = cancel_run(context, run.run_id)
    assert (cancelled.status, cancelled.message) == (CANCELLED, "cancelled by Ada")
    assert cancelled.ended_at == context.service.clock()
    resources = context.service.catalog.resources
    states = [resources.find(arn).status for arn in (own, other)]
    assert states == [life.CREATE_STOPPED, life.CREATE_PENDING]


def test_what_is_over_is_not_cancelled(context: Context, run: Run):
    put_to_rest(context, run.run_id, SUCCEEDED)
    with pytest.raises(InputError, match="is SUCCEEDED; only a run that is RUNNING can be"):
        cancel_run(context, run.run_id)


def test_what_is_not_there_is_told(context: Context):
    for act in (show_pipeline, delete_pipeline, list_runs):
        with pytest.raises(ResourceNotFound, match="pipeline 'none' is not there"):
            act(context, "none")
    with pytest.raises(ResourceNotFound, match="pipeline 'none' is not there"):
        start_run(context, "none", None, "person")
    for act in (describe_run, retry_run, cancel_run):
        with pytest.raises(ResourceNotFound, match="run 'none' is not there"):
            act(context, "none")


def test_another_account_sees_nothing_of_it(context: Context, run: Run):
    stranger = as_account(context, OTHER)
    assert list_pipelines(stranger) == []
    assert list_runs(stranger) == []
    for act in (describe_run, retry_run, cancel_run):
        with pytest.raises(ResourceNotFound):
            act(stranger, run.run_id)
    with pytest.raises(ResourceNotFound):
        delete_pipeline(stranger, "uk_sales")


def test_a_viewer_looks_and_touches_nothing(context: Context, run: Run):
    viewer = as_role(context, Role.VIEWER)
    assert [each.name for each in list_pipelines(viewer)] == ["uk_sales"]
    assert describe_run(viewer, run.run_id).run == run
    assert [each.run for each in list_runs(viewer)] == [run]
    refused = [
        lambda: apply_pipeline(viewer, UK, "uk.yaml"),
        lambda: delete_pipeline(viewer, "uk_sales"),
        lambda: start_run(viewer, "uk_sales", None, "person"),
        lambda: retry_run(viewer, run.run_id),
        lambda: cancel_run(viewer, run.run_id),
    ]
    for act in refused:
        with pytest.raises(AccessDenied, match="its role is viewer, operator is needed"):
            act()


def test_the_longest_names_fit():
    assert len(run_name("x" * 40, "01" + "Z" * 24)) <= 63

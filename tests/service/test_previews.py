"""Files of a bucket, looked at before they are imported."""

from __future__ import annotations

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import AccessDenied, InputError, ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.series.dataset_copy import CopyReason
from forecastle.series.domains import TARGET_TIME_SERIES
from forecastle.service import previews
from forecastle.service.context import Caller, Context
from forecastle.service.dataset_views import datasets_of, free_name, view_dataset, view_import
from forecastle.service.previews import fit, prepare_copy, preview
from forecastle.service.proposals import propose
from tests.service.service_world import REGION

ROWS = "A,2024-01-01,3\nA,2024-01-02,4\nB,2024-01-01,5\n"
WRITTEN = {"Format": "CSV", "TimestampFormat": "yyyy-MM-dd"}


def context_of(world, role=Role.OPERATOR):
    return Context(world.service, Caller(world.account, role, REGION, "test"))


def put(world, key, content):
    path = world.service.settings.buckets_dir / world.bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return f"s3://{world.bucket}/{key}"


def test_a_file_of_the_bucket_is_proposed_from_and_previewed(world):
    path, dataset = put(world, "in/sales.csv", ROWS), world.dataset()
    context = context_of(world)
    assert propose(context, path, TARGET_TIME_SERIES, "RETAIL").missing == ()
    found = fit(context, path, dataset)
    assert (found.files, found.size) == (1, len(ROWS))
    assert found.reasons(dict(found.match.columns)) == ()
    assert preview(context, path, dataset, WRITTEN).profile.items == 2


def test_large_files_are_looked_at_in_a_process_of_their_own(world, monkeypatch):
    monkeypatch.setattr(previews, "_SMALL_BYTES", 0)
    path = put(world, "in/sales.csv", ROWS)
    assert preview(context_of(world), path, world.dataset(), WRITTEN).profile.rows == 3


def test_files_of_a_folder_are_copied_beside_each_other_and_replace_earlier_copies(world):
    dataset, context = world.dataset(), context_of(world)
    put(world, "in/jan/a.csv", "sku;date;qty\nA;2024-01-01;1\n")
    folder = put(world, "in/jan/b.csv", "sku;date;qty\nB;2024-01-01;2\n").rpartition("/")[0]
    put(world, "prepared/sales/jan/old.csv", ROWS)
    found = fit(context, f"{folder}/", dataset)
    columns = dict(found.match.columns)
    assert found.reasons(columns) == (CopyReason.SEPARATOR, CopyReason.NAMES)
    target = prepare_copy(context, f"{folder}/", dataset, columns)
    assert target == f"s3://{world.bucket}/prepared/sales/jan/"
    assert preview(context, target, dataset, WRITTEN).profile.rows == 2


def test_a_file_is_copied_under_its_own_name(world):
    dataset, context = world.dataset(), context_of(world)
    path = put(world, "in/sales.2024.txt", "sku;date;qty\nA;2024-01-01;1\n")
    columns = dict(fit(context, path, dataset).match.columns)
    target = prepare_copy(context, path, dataset, columns)
    assert target == f"s3://{world.bucket}/prepared/sales/sales.csv"
    assert preview(context, target, dataset, WRITTEN).profile.rows == 1


def test_nothing_there_and_others_buckets_are_told_plainly(world):
    context, dataset = context_of(world), world.dataset()
    with pytest.raises(InputError, match="No objects found"):
        fit(context, f"s3://{world.bucket}/gone.csv", dataset)
    other = world.another()
    path = put(other, "sales.csv", ROWS)
    with pytest.raises(InputError, match="is not a bucket of account"):
        preview(context, path, dataset, WRITTEN)
    with pytest.raises(ResourceNotFound):
        fit(context_of(other), path, dataset)


def test_viewers_do_not_look_into_files(world):
    path, dataset = put(world, "sales.csv", ROWS), world.dataset()
    context = context_of(world, Role.VIEWER)
    for refused in (
        lambda: propose(context, path, TARGET_TIME_SERIES, "RETAIL"),
        lambda: fit(context, path, dataset),
        lambda: preview(context, path, dataset, WRITTEN),
        lambda: prepare_copy(context, path, dataset, {}),
    ):
        with pytest.raises(AccessDenied, match="its role is viewer, operator is needed"):
            refused()


def test_a_dataset_is_shown_with_its_groups_and_imports(world):
    dataset, context = world.dataset(), context_of(world, Role.VIEWER)
    group = world.group(dataset)
    first, second = world.import_job(dataset), world.import_job(dataset, "second")
    view = view_dataset(context, dataset)
    assert (view.name, view.dataset_type, view.frequency) == ("sales", TARGET_TIME_SERIES, "D")
    assert view.groups == (("shop", group),)
    assert sorted(each.arn for each in view.imports) == sorted([first, second])
    assert (view.status, view.holdings) == ("UPDATE_PENDING", None)
    assert [each.arn for each in datasets_of(context, group)] == [dataset]


def test_an_import_tells_its_failure(world):
    job = world.import_job(world.dataset())
    world.fail(job, "sales.csv, line 3: broken")
    view = view_import(context_of(world), job)
    assert (view.status, view.message) == ("CREATE_FAILED", "sales.csv, line 3: broken")
    assert not view.is_current


def test_a_name_that_is_taken_gets_a_number(world):
    dataset, context = world.dataset(), context_of(world)
    world.import_job(dataset, "monday")
    assert free_name(context, ResourceType.DATASET, "sales") == "sales_2"
    assert free_name(context, ResourceType.DATASET, "prices") == "prices"
    kind = ResourceType.DATASET_IMPORT_JOB
    assert free_name(context, kind, "monday", "sales") == "monday_2"

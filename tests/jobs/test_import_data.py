"""Imports: files of a bucket become the data of a dataset."""

from pathlib import Path

import polars as pl
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import GroupData
from forecastle.series.dataset_table import DatasetTable
from tests.jobs.job_world import ACCOUNT, ITEMS, World

TWO_DAYS = "A,2024-01-01,1\nA,2024-01-02,2\nB,2024-01-01,5\n"
NEWER = "A,2024-01-02,3\nA,2024-01-03,4\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def demand(world: World, dataset: str) -> dict[tuple[str, str], float]:
    folder = world.stores.artifacts.open(world.find(dataset).details["data"])
    rows = DatasetTable.load(folder).rows
    return {
        (row["item_id"], f"{row['timestamp']:%Y-%m-%d}"): row["demand"]
        for row in rows.iter_rows(named=True)
    }


def test_an_import_gives_its_dataset_the_data(world: World):
    dataset = world.dataset("sales")
    job = world.import_data(dataset, world.upload("in/sales.csv", TWO_DAYS), "first")
    assert demand(world, dataset.arn) == {
        ("A", "2024-01-01"): 1,
        ("A", "2024-01-02"): 2,
        ("B", "2024-01-01"): 5,
    }
    assert job.details["rows"] == 3
    assert job.details["field_statistics"]["item_id"]["CountDistinct"] == 2
    assert job.details["data_size"] == pytest.approx(len(TWO_DAYS) / 2**30)
    assert world.find(dataset.arn).details["import_jobs"] == [job.arn]


def test_a_full_import_replaces_everything(world: World):
    dataset = world.dataset("sales")
    world.import_data(dataset, world.upload("a/sales.csv", TWO_DAYS), "first")
    second = world.import_data(dataset, world.upload("b/sales.csv", NEWER), "second")
    assert demand(world, dataset.arn) == {("A", "2024-01-02"): 3, ("A", "2024-01-03"): 4}
    assert world.find(dataset.arn).details["import_jobs"] == [second.arn]


def test_an_incremental_import_adds_and_replaces(world: World):
    dataset = world.dataset("sales")
    first = world.import_data(dataset, world.upload("a/sales.csv", TWO_DAYS), "first")
    newer = world.upload("b/sales.csv", NEWER)
    second = world.import_data(dataset, newer, "second", ImportMode="INCREMENTAL")
    assert demand(world, dataset.arn) == {
        ("A", "2024-01-01"): 1,
        ("A", "2024-01-02"): 3,
        ("A", "2024-01-03"): 4,
        ("B", "2024-01-01"): 5,
    }
    assert second.details["rows"] == 2, "the statistics are those of the files"
    assert world.find(dataset.arn).details["import_jobs"] == [first.arn, second.arn]


def test_incremental_needs_something_to_add_to(world: World):
    dataset = world.dataset("sales")
    path = world.upload("sales.csv", TWO_DAYS)
    with pytest.raises(InputError, match="has no data yet; import with FULL first"):
        world.import_data(dataset, path, "first", ImportMode="INCREMENTAL")


def test_incremental_keeps_how_the_files_are_written(world: World):
    dataset = world.dataset("sales")
    path = world.upload("sales.csv", TWO_DAYS)
    world.import_data(dataset, path, "first")
    with pytest.raises(InputError, match=r"TimestampFormat yyyy-dd-MM differs .* \(yyyy-MM-dd\)"):
        world.import_data(
            dataset, path, "second", ImportMode="INCREMENTAL", TimestampFormat="yyyy-dd-MM"
        )


def test_the_default_format_may_be_spelled_out(world: World):
    dataset = world.dataset("sales")
    path = world.upload("sales.csv", "A,2024-01-01 00:00:00,1\n")
    world.import_data(dataset, path, "first", TimestampFormat=None)
    spelled = {"TimestampFormat": "yyyy-MM-dd HH:mm:ss", "ImportMode": "INCREMENTAL"}
    world.import_data(dataset, path, "second", **spelled)
    assert demand(world, dataset.arn) == {("A", "2024-01-01"): 1}


def test_a_folder_of_parquet_files(world: World):
    dataset = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    for item in "AB":
        frame = pl.DataFrame({"item_id": [item], "category": ["toys"]})
        world.upload(f"items/{item}.parquet", frame)
    world.import_data(dataset, "s3://retail/items/", "first", Format="PARQUET")
    rows = DatasetTable.load(world.stores.artifacts.open(world.find(dataset.arn).details["data"]))
    assert rows.rows.to_dicts() == [
        {"item_id": "A", "category": "toys"},
        {"item_id": "B", "category": "toys"},
    ]


def test_a_broken_file_names_its_row_and_leaves_the_data(world: World):
    dataset = world.dataset("sales")
    world.import_data(dataset, world.upload("a/sales.csv", TWO_DAYS), "first")
    before = demand(world, dataset.arn)
    broken = world.upload("b/sales.csv", "A,2024-01-01,1\nA,yesterday,1\n")
    with pytest.raises(DataError, match=r"sales.csv, line 2: .*'yesterday'"):
        world.import_data(dataset, broken, "second")
    assert demand(world, dataset.arn) == before


def test_nothing_at_the_path(world: World):
    dataset = world.dataset("sales")
    with pytest.raises(InputError, match=r"No objects found in s3 path s3://retail/none"):
        world.import_data(dataset, "s3://retail/none", "first")


def test_the_quota_of_bytes(tmp_path: Path):
    world = World.at(tmp_path, quota_import_gigabytes=0)
    with pytest.raises(InputError, match=r"quota is 0 GB \(setting quota_import_gigabytes\)"):
        world.sales(TWO_DAYS)


def test_the_quota_of_files(tmp_path: Path):
    world = World.at(tmp_path, quota_import_files=1)
    dataset = world.dataset("sales")
    world.upload("in/a.csv", TWO_DAYS)
    world.upload("in/b.csv", NEWER)
    with pytest.raises(InputError, match="1"):
        world.import_data(dataset, "s3://retail/in", "first")


def test_a_group_without_data_cannot_be_trained_on(world: World):
    group = world.group(world.dataset("sales"))
    with pytest.raises(InputError, match="no target time series with data"):
        GroupData.of(world.catalog, world.stores, ACCOUNT, group.arn)


def test_the_imports_behind_a_groups_data(world: World):
    group = world.sales(TWO_DAYS)
    data = GroupData.of(world.catalog, world.stores, ACCOUNT, group.arn)
    assert data.import_jobs == (
        "arn:aws:forecast:us-east-1:000000000000:dataset-import-job/sales/first",
    )
    assert ResourceType.DATASET_IMPORT_JOB in data.import_jobs[0]

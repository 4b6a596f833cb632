"""CreateDatasetImportJob, DescribeDatasetImportJob, ListDatasetImportJobs."""

from __future__ import annotations

import pytest

from tests.service.service_world import NOON, SALES, World

PLACES = (*SALES, ("place", "geolocation"))


def test_a_job_waits_for_a_worker(world: World) -> None:
    dataset = world.dataset()
    arn = world.import_job(dataset)
    assert arn.endswith(":dataset-import-job/sales/first")
    described = world.do("DescribeDatasetImportJob", DatasetImportJobArn=arn)
    assert described == {
        "DatasetImportJobArn": arn,
        "DatasetImportJobName": "first",
        "DatasetArn": dataset,
        "DataSource": world.s3(),
        "TimestampFormat": "yyyy-MM-dd",
        "Format": "CSV",
        "ImportMode": "FULL",
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    assert not world.find(arn).dispatched


def test_its_progress_is_told(world: World) -> None:
    arn = world.import_job(world.dataset())
    world.begin(arn)
    world.change(arn, progress={"fraction": 0.5, "step": "reading", "minutes_left": 2.2})
    world.now += 30
    described = world.do("DescribeDatasetImportJob", DatasetImportJobArn=arn)
    assert described["EstimatedTimeRemainingInMinutes"] == 3
    assert described["LastModificationTime"] == world.now


def test_what_was_found_in_the_files_is_told(world: World) -> None:
    arn = world.import_job(world.dataset())
    statistics = {"demand": {"Count": 3, "CountNull": 1, "Min": "1.0", "Avg": 2.5}}
    world.finish(arn, field_statistics=statistics, data_size=0.25)
    described = world.do("DescribeDatasetImportJob", DatasetImportJobArn=arn)
    assert described["FieldStatistics"] == statistics
    assert described["DataSize"] == 0.25
    assert "EstimatedTimeRemainingInMinutes" not in described


def test_its_failure_is_told(world: World) -> None:
    dataset = world.dataset()
    arn = world.import_job(dataset)
    world.fail(arn, "sales.csv, line 4: demand 'many' is no number")
    (listed,) = world.do("ListDatasetImportJobs")["DatasetImportJobs"]
    assert listed["Status"] == "CREATE_FAILED"
    assert listed["Message"] == "sales.csv, line 4: demand 'many' is no number"
    assert listed["DataSource"] == world.s3()
    assert listed["ImportMode"] == "FULL"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"TimeZone": "Mars/Base"}, "TimeZone 'Mars/Base' is not known"),
        (
            {"TimeZone": "Europe/Berlin", "UseGeolocationForTimeZone": True},
            "TimeZone 'Europe/Berlin' and UseGeolocationForTimeZone exclude each other",
        ),
        (
            {"UseGeolocationForTimeZone": True},
            "UseGeolocationForTimeZone needs an attribute of the type geolocation",
        ),
        ({"TimestampFormat": "QQQ"}, "timestamp format 'QQQ'"),
        ({"ImportMode": "INCREMENTAL"}, "import with FULL first"),
    ],
)
def test_options_that_cannot_be_used(world: World, parameters: dict, said: str) -> None:
    dataset = world.dataset()
    name, message = world.refusal(
        "CreateDatasetImportJob",
        DatasetImportJobName="first",
        DatasetArn=dataset,
        DataSource=world.s3(),
        **parameters,
    )
    assert name == "InvalidInputException"
    assert said in message


def test_places_can_tell_the_time_zone(world: World) -> None:
    dataset = world.dataset(attributes=PLACES)
    arn = world.import_job(
        dataset, UseGeolocationForTimeZone=True, GeolocationFormat="CC_POSTALCODE"
    )
    described = world.do("DescribeDatasetImportJob", DatasetImportJobArn=arn)
    assert described["UseGeolocationForTimeZone"] is True
    assert described["GeolocationFormat"] == "CC_POSTALCODE"


def test_an_incremental_import_keeps_how_files_are_written(world: World) -> None:
    dataset = world.filled(world.dataset())
    world.import_job(dataset, "second", ImportMode="INCREMENTAL")
    world.finish(world.import_job(dataset, "third", Format="PARQUET"))
    world.finish(f"{dataset.replace(':dataset/', ':dataset-import-job/')}/second")
    name, message = world.refusal(
        "CreateDatasetImportJob",
        DatasetImportJobName="fourth",
        DatasetArn=dataset,
        DataSource=world.s3(),
        TimestampFormat="yyyy-MM-dd",
        Format="PARQUET",
        ImportMode="INCREMENTAL",
    )
    assert name == "InvalidInputException"
    assert "Format PARQUET differs" in message


def test_behind_a_waiting_import_the_job_itself_looks(world: World) -> None:
    dataset = world.dataset()
    world.import_job(dataset, "first")
    arn = world.import_job(dataset, "second", ImportMode="INCREMENTAL")
    described = world.do("DescribeDatasetImportJob", DatasetImportJobArn=arn)
    assert described["ImportMode"] == "INCREMENTAL"


def test_the_bucket_belongs_to_the_account(world: World) -> None:
    other = world.another()
    name, message = world.refusal(
        "CreateDatasetImportJob",
        DatasetImportJobName="first",
        DatasetArn=world.dataset(),
        DataSource=other.s3(),
    )
    assert name == "InvalidInputException"
    assert f"bucket '{other.bucket}' is not a bucket of account {world.account}" in message


def test_a_dataset_that_goes_takes_no_data(world: World) -> None:
    dataset = world.dataset()
    world.do("DeleteDataset", DatasetArn=dataset)
    name, message = world.refusal(
        "CreateDatasetImportJob",
        DatasetImportJobName="first",
        DatasetArn=dataset,
        DataSource=world.s3(),
    )
    assert name == "ResourceInUseException"
    assert "is DELETE_PENDING" in message

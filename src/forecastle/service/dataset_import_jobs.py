"""Dataset import jobs: files of a bucket become the content of a dataset."""

from __future__ import annotations

from forecastle.catalog import status as life
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import schema_of
from forecastle.jobs.import_data import INCREMENTAL, Written, check_incremental
from forecastle.series.dataset import GEOLOCATION, DatasetSchema
from forecastle.series.dataset_options import CSV, check_import
from forecastle.service.context import Context
from forecastle.service.datasets import unfinished_imports
from forecastle.service.listing import Listing
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    bucket_of,
    find,
    minutes_left,
    pick,
    require_active,
    state,
)

_KIND = ResourceType.DATASET_IMPORT_JOB
_FULL = "FULL"
_USABLE = (life.UPDATE_IN_PROGRESS, life.UPDATE_FAILED)


def create_dataset_import_job(context: Context, parameters: Parameters) -> Result:
    """CreateDatasetImportJob. Imports of one dataset run one after the other.

    Raises:
        ResourceNotFound: there is no such dataset.
        InputError: the path, a format, the time zone or the mode cannot be used.
        ResourceInUse: the dataset is being deleted.
    """
    dataset = find(context, parameters["DatasetArn"], ResourceType.DATASET)
    if dataset.status not in _USABLE:
        require_active(dataset)
    request = {"Format": CSV, "ImportMode": _FULL, **parameters}
    _check_time_zone(schema_of(dataset), request)
    written = Written.of(request)
    check_import(schema_of(dataset), written.options())
    # Where imports are still waiting, the job itself looks at what they have left.
    if request["ImportMode"] == INCREMENTAL and not unfinished_imports(context, dataset):
        check_incremental(dataset, written)
    bucket_of(context, parameters["DataSource"])
    name = parameters["DatasetImportJobName"]
    new = NewResource(
        _KIND, name, request, path=f"{dataset.name}/{name}", edges=[Edge(dataset.arn)]
    )
    return {"DatasetImportJobArn": add(context, new)}


def describe_dataset_import_job(context: Context, parameters: Parameters) -> Result:
    """DescribeDatasetImportJob: with what was found in the files."""
    job = find(context, parameters["DatasetImportJobArn"], _KIND)
    return {
        "DatasetImportJobName": job.name,
        "DatasetImportJobArn": job.arn,
        **pick(
            job.request,
            "DatasetArn",
            "TimestampFormat",
            "TimeZone",
            "UseGeolocationForTimeZone",
            "GeolocationFormat",
            "DataSource",
            "Format",
            "ImportMode",
        ),
        "EstimatedTimeRemainingInMinutes": minutes_left(job),
        "FieldStatistics": job.details.get("field_statistics"),
        "DataSize": job.details.get("data_size"),
        **state(context, job),
    }


def _check_time_zone(schema: DatasetSchema, request: Parameters) -> None:
    by_place = request.get("UseGeolocationForTimeZone", False)
    if by_place and "TimeZone" in request:
        raise InputError(
            f"TimeZone '{request['TimeZone']}' and UseGeolocationForTimeZone exclude each other; "
            "give one of them"
        )
    if by_place and all(field.type != GEOLOCATION for field in schema.attributes):
        raise InputError(
            "UseGeolocationForTimeZone needs an attribute of the type geolocation in the dataset; "
            "give TimeZone instead"
        )


def _summary(context: Context, job: Resource) -> Result:
    return {
        "DatasetImportJobArn": job.arn,
        "DatasetImportJobName": job.name,
        **pick(job.request, "DataSource", "ImportMode"),
        **state(context, job),
    }


list_dataset_import_jobs = Listing(_KIND, "DatasetImportJobs", _summary, ("DatasetArn",))

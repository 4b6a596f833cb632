"""CreateDatasetImportJob: files of a bucket become the data of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.group_data import DATA, IMPORT_JOBS, LATEST, schema_of
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset_options import CSV, ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.series.dataset_table import DatasetTable, merged
from forecastle.storage.buckets import source_files
from forecastle.storage.files import SourceFile
from forecastle.storage.locations import Location

INCREMENTAL = "INCREMENTAL"
IMPORT_FORMAT = "import_format"
"""Detail of a dataset: how its files were written; INCREMENTAL imports must be written alike."""

_GIGABYTE = 2**30


def import_dataset(context: JobContext) -> Outcome:
    """Read the files, merge them into what there is if asked to, and keep the table.

    Raises:
        InputError: the files, or the mode, cannot be used; the dataset stays as it is.
    """
    resource = context.resource
    dataset = context.catalog.resources.find(resource.request["DatasetArn"], resource.account)
    if dataset is None:
        raise ResourceNotFound(f"the dataset {resource.request['DatasetArn']} does not exist")
    written = Written.of(resource.request)
    is_newer = resource.request.get("ImportMode") == INCREMENTAL
    if is_newer:
        check_incremental(dataset, written)
    table = _read(context, dataset, written)
    context.tell(0.8, "saving")
    if is_newer:
        stored = DatasetTable.load(context.stores.artifacts.open(dataset.details[DATA]))
        kept = merged(stored, table, schema_of(dataset))
    else:
        kept = table
    kept.save(context.workspace)
    earlier = dataset.details.get(IMPORT_JOBS, ()) if is_newer else ()
    return Outcome(
        details={
            "field_statistics": table.statistics,
            "data_size": table.data_size_gb,
            "rows": table.n_rows,
        },
        parent_details={
            dataset.arn: {
                DATA: resource.nonce,
                IMPORT_FORMAT: vars(written),
                IMPORT_JOBS: [*earlier, resource.arn],
                LATEST: _latest(kept),
            }
        },
    )


@dataclass(frozen=True)
class Written:
    """How the files of an import are written; None where nothing is said."""

    format: str
    timestamp_format: str
    time_zone: str | None
    geolocation_format: str | None

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Written:
        """From the parameters of CreateDatasetImportJob.

        Raises:
            InputError: the timestamp format has letters that are not known.
        """
        return cls(
            format=request.get("Format") or CSV,
            timestamp_format=ImportOptions(request.get("TimestampFormat")).timestamps.letters,
            time_zone=request.get("TimeZone"),
            geolocation_format=request.get("GeolocationFormat"),
        )

    def options(self) -> ImportOptions:
        """For `read_dataset`."""
        return ImportOptions(
            self.timestamp_format, self.time_zone, self.geolocation_format, self.format
        )


_MAY_NOT_CHANGE = {
    "format": "Format",
    "timestamp_format": "TimestampFormat",
    "geolocation_format": "GeolocationFormat",
}


def check_incremental(dataset: Resource, written: Written) -> None:
    """Whether an import may add to a dataset (guide: updating-data).

    Raises:
        InputError: there is nothing to add to, or the files are written in another way.
    """
    before = dataset.details.get(IMPORT_FORMAT)
    if dataset.details.get(DATA) is None or before is None:
        raise InputError(
            f"ImportMode INCREMENTAL: the dataset {dataset.arn} has no data yet; "
            "import with FULL first"
        )
    for name, parameter in _MAY_NOT_CHANGE.items():
        given = getattr(written, name)
        if given != before[name]:
            raise InputError(
                f"{parameter} {given or 'none'} differs from that of the data that are there "
                f"({before[name] or 'none'}); an INCREMENTAL import must keep it, or use FULL"
            )


def _read(context: JobContext, dataset: Resource, written: Written) -> DatasetTable:
    settings, resource = context.settings, context.resource
    location = Location.parse(resource.request["DataSource"]["S3Config"]["Path"])
    bucket = context.stores.bucket(resource.account, location)
    context.tell(0.0, "fetching the files")
    with source_files(bucket, location, most_files=settings.quota_import_files) as files:
        _check_size(files, settings)
        context.tell(0.2, "reading the files")
        return read_dataset(files, schema_of(dataset), written.options())


def _check_size(files: Sequence[SourceFile], settings: ServiceSettings) -> None:
    size = sum(file.path.stat().st_size for file in files)
    if size > settings.quota_import_gigabytes * _GIGABYTE:
        raise InputError(
            f"the files have {size / _GIGABYTE:.1f} GB together, the quota is "
            f"{settings.quota_import_gigabytes} GB (setting quota_import_gigabytes); import less"
        )


def _latest(table: DatasetTable) -> str | None:
    """The last timestamp of a time series."""
    if TIMESTAMP not in table.rows.columns:
        return None
    found = table.rows[TIMESTAMP].max()
    return found.isoformat() if isinstance(found, datetime) else None

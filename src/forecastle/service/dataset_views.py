"""Datasets and imports as a page shows them: with what they hold, and where they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA, IMPORT_JOBS, schema_of
from forecastle.series.columns import ITEM, TIMESTAMP
from forecastle.series.dataset_table import ROWS
from forecastle.service.context import Context
from forecastle.service.datasets import describe_dataset
from forecastle.service.records import find
from forecastle.service.rights import require

_GIGABYTE = 2**30


@dataclass(frozen=True)
class ImportView:
    """An import.

    Attributes:
        arn: of the import job.
        dataset: the ARN of its dataset.
        name: of the import job.
        status: of the import job.
        message: what the reader should know; the error if it failed.
        created_at: seconds since 1970.
        modified_at: the same.
        path: that it reads.
        mode: FULL or INCREMENTAL.
        fraction: how much is done, 0 to 1; None where nothing is known.
        step: what it does now, as the job calls it.
        rows: that were imported; None before the end.
        size: of the files, in bytes; None before the end.
        statistics: of the fields, as DescribeDatasetImportJob tells them; empty before the end.
        is_current: whether the dataset holds its data now.
    """

    arn: str
    dataset: str
    name: str
    status: str
    message: str | None
    created_at: float
    modified_at: float
    path: str
    mode: str
    fraction: float | None
    step: str | None
    rows: int | None
    size: int | None
    statistics: Mapping[str, Mapping[str, Any]]
    is_current: bool


@dataclass(frozen=True)
class Holdings:
    """What a dataset holds now.

    Attributes:
        rows: as they are stored: of a target, one for each series and period.
        items: distinct items.
        first: first timestamp; None in item metadata.
        last: last timestamp.
    """

    rows: int
    items: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class DatasetView:
    """A dataset.

    Attributes:
        arn: of the dataset.
        name: of the dataset.
        domain: one of Amazon Forecast's seven.
        dataset_type: TARGET_TIME_SERIES, RELATED_TIME_SERIES or ITEM_METADATA.
        frequency: of the data; None where none is given.
        status: as DescribeDataset tells it.
        attributes: names and types in the order of the files.
        groups: names and ARNs of the dataset groups that it is in.
        imports: the newest first.
        holdings: what it holds; None before the first import.
    """

    arn: str
    name: str
    domain: str
    dataset_type: str
    frequency: str | None
    status: str
    attributes: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...] = ()
    imports: tuple[ImportView, ...] = ()
    holdings: Holdings | None = field(default=None)


def view_dataset(context: Context, arn: str) -> DatasetView:
    """A dataset with its imports and what it holds.

    Raises:
        ResourceNotFound: there is no such dataset.
    """
    require(context, Role.VIEWER, "DescribeDataset")
    dataset = find(context, arn, ResourceType.DATASET)
    schema = schema_of(dataset)
    children = context.service.catalog.resources.children(arn)
    imports = [each for each in children if each.type is ResourceType.DATASET_IMPORT_JOB]
    groups = [each for each in children if each.type is ResourceType.DATASET_GROUP]
    return DatasetView(
        arn=arn,
        name=dataset.name,
        domain=schema.domain,
        dataset_type=schema.dataset_type,
        frequency=None if schema.frequency is None else str(schema.frequency),
        status=describe_dataset(context, {"DatasetArn": arn})["Status"],
        attributes=tuple((each.name, each.type) for each in schema.attributes),
        groups=tuple((each.name, each.arn) for each in groups),
        imports=tuple(_import(each, dataset) for each in reversed(imports)),
        holdings=_holdings(context, dataset),
    )


def view_import(context: Context, arn: str) -> ImportView:
    """An import.

    Raises:
        ResourceNotFound: there is no such import job.
    """
    require(context, Role.VIEWER, "DescribeDatasetImportJob")
    job = find(context, arn, ResourceType.DATASET_IMPORT_JOB)
    return _import(job, find(context, job.request["DatasetArn"], ResourceType.DATASET))


def datasets_of(context: Context, group: str) -> tuple[DatasetView, ...]:
    """The datasets of a dataset group, without their imports and what they hold.

    Raises:
        ResourceNotFound: there is no such group.
    """
    require(context, Role.VIEWER, "DescribeDatasetGroup")
    found = find(context, group, ResourceType.DATASET_GROUP)
    datasets = [find(context, arn, ResourceType.DATASET) for arn in found.request["DatasetArns"]]
    return tuple(
        DatasetView(
            arn=dataset.arn,
            name=dataset.name,
            domain=dataset.request["Domain"],
            dataset_type=dataset.request["DatasetType"],
            frequency=dataset.request.get("DataFrequency"),
            status=dataset.status,
            attributes=tuple((f.name, f.type) for f in schema_of(dataset).attributes),
        )
        for dataset in datasets
    )


def free_name(context: Context, kind: ResourceType, wanted: str, parent: str = "") -> str:
    """A name that is not taken: the wanted one, or that with a number.

    Args:
        context: who asks.
        kind: of the resource that is to be made.
        wanted: a name that may be given.
        parent: the id of the dataset, for an import.
    """
    resources, account = context.service.catalog.resources, context.caller.account
    start = f"{parent}/" if parent else ""
    number, name = 1, wanted
    while resources.named(account, kind, f"{start}{name}") is not None:
        number += 1
        name = f"{wanted[:58]}_{number}"
    return name


def _import(job: Resource, dataset: Resource) -> ImportView:
    progress, details, size = job.progress or {}, job.details, job.details.get("data_size")
    return ImportView(
        arn=job.arn,
        dataset=dataset.arn,
        name=job.name,
        status=job.status,
        message=job.message,
        created_at=job.created_at,
        modified_at=job.modified_at,
        path=job.request["DataSource"]["S3Config"]["Path"],
        mode=job.request.get("ImportMode", "FULL"),
        fraction=progress.get("fraction"),
        step=progress.get("step"),
        rows=details.get("rows"),
        size=None if size is None else round(size * _GIGABYTE),
        statistics=details.get("field_statistics") or {},
        is_current=job.arn in dataset.details.get(IMPORT_JOBS, ()),
    )


def _holdings(context: Context, dataset: Resource) -> Holdings | None:
    artifact = dataset.details.get(DATA)
    if artifact is None:
        return None
    path = context.service.stores.artifacts.open(artifact) / ROWS
    rows = pl.scan_parquet(path, glob=False)
    asked = [pl.len().alias("rows"), pl.col(ITEM).n_unique().alias("items")]
    if not schema_of(dataset).is_metadata:
        time = pl.col(TIMESTAMP)
        asked += [time.min().alias("first"), time.max().alias("last")]
    found = rows.select(asked).collect(engine="streaming").row(0, named=True)
    return Holdings(found["rows"], found["items"], found.get("first"), found.get("last"))

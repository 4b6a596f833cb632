"""GroupData: what the datasets of a dataset group hold at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.jobs.stores import Stores
from forecastle.series.alignment import Alignment
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_table import DatasetTable, related_rows
from forecastle.series.dataset_target import stored_alignment, target_observations
from forecastle.series.domains import ITEM_METADATA, RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.series.recipe import DataRecipe

DATA, IMPORT_JOBS = "data", "import_jobs"
LATEST = "latest"
"""Detail of a dataset: the last timestamp of its data, as ISO 8601 has it."""


@dataclass(frozen=True)
class StoredDataset:
    """A dataset with data.

    Attributes:
        schema: its columns.
        folder: its current data.
        import_jobs: ARNs of the imports that they come from.
    """

    schema: DatasetSchema
    folder: Path
    import_jobs: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables that a panel is built from (`series.building.build_panel`)."""

    target: pl.DataFrame
    related: pl.DataFrame | None
    metadata: pl.DataFrame | None


@dataclass(frozen=True)
class GroupData:
    """The datasets of a group that have data, by their type."""

    datasets: Mapping[str, StoredDataset]

    @classmethod
    def of(cls, catalog: Catalog, stores: Stores, account: str, group: str) -> GroupData:
        """The latest imports of a dataset group's datasets.

        Raises:
            InputError: the group is gone, or its target time series has no data.
        """
        found = {
            each.schema.dataset_type: each
            for each in (_stored(stores, dataset) for dataset in _datasets(catalog, account, group))
            if each is not None
        }
        if TARGET_TIME_SERIES not in found:
            raise InputError(
                f"the dataset group {group} has no target time series with data; "
                "import one with CreateDatasetImportJob"
            )
        return cls(found)

    @property
    def target(self) -> StoredDataset:
        """The target time series."""
        return self.datasets[TARGET_TIME_SERIES]

    @property
    def related(self) -> StoredDataset | None:
        """The related time series."""
        return self.datasets.get(RELATED_TIME_SERIES)

    @property
    def import_jobs(self) -> tuple[str, ...]:
        """ARNs of all imports behind the data."""
        return tuple(arn for dataset in self.datasets.values() for arn in dataset.import_jobs)

    def load(self) -> GroupRows:
        """Open the target, and read what stands beside it into memory."""
        others = {
            kind: DatasetTable.load(each.folder).rows
            for kind, each in self.datasets.items()
            if kind != TARGET_TIME_SERIES
        }
        schemas = {kind: each.schema for kind, each in self.datasets.items()}
        return GroupRows(schemas, DatasetTable.scan(self.target.folder), others)


@dataclass(frozen=True, eq=False)
class GroupRows:
    """The stored rows of a group's datasets.

    Attributes:
        schemas: of all datasets, by their type.
        target: the rows of the target, to be read.
        rows: those of the others, by their type.
    """

    schemas: Mapping[str, DatasetSchema]
    target: pl.LazyFrame
    rows: Mapping[str, pl.DataFrame]

    def alignment(self, frequency: Frequency) -> Alignment:
        """The periods of ``frequency`` that the target has already, else the default ones."""
        return stored_alignment(self.target, frequency)

    def tables(self, recipe: DataRecipe) -> Tables:
        """The tables for panels of that recipe.

        Raises:
            InputError: a dimension is not in the data, or the periods are finer than they are.
            DataError: related data come more than once in a period.
        """
        alignment, dimensions = recipe.alignment, recipe.dimensions
        target, related = self.schemas[TARGET_TIME_SERIES], self.schemas.get(RELATED_TIME_SERIES)
        return Tables(
            target_observations(self.target, target, alignment, recipe.aggregation, dimensions),
            None
            if related is None
            else related_rows(self.rows[RELATED_TIME_SERIES], related, alignment, dimensions),
            self.rows.get(ITEM_METADATA),
        )


def schema_of(dataset: Resource) -> DatasetSchema:
    """The schema that a dataset was created with."""
    request = dataset.request
    return DatasetSchema.from_request(
        request["Domain"],
        request["DatasetType"],
        request["Schema"]["Attributes"],
        request.get("DataFrequency"),
    )


def _datasets(catalog: Catalog, account: str, group: str) -> Sequence[Resource]:
    record = catalog.resources.find(group, account)
    if record is None:
        raise ResourceNotFound(f"the dataset group {group} does not exist any more")
    found = [catalog.resources.find(arn, account) for arn in record.request["DatasetArns"]]
    return [dataset for dataset in found if dataset is not None]


def _stored(stores: Stores, dataset: Resource) -> StoredDataset | None:
    """None before the first import."""
    artifact = dataset.details.get(DATA)
    if artifact is None:
        return None
    return StoredDataset(
        schema_of(dataset),
        stores.artifacts.open(artifact),
        tuple(dataset.details.get(IMPORT_JOBS, ())),
    )

"""What a predictor is to be trained on, and whether the request fits it.

All that can be told without reading the data is told here, before a job begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA, schema_of
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.alignment import default_alignment
from forecastle.series.building import LONGEST_HORIZON
from forecastle.series.dataset import DatasetSchema
from forecastle.series.domains import RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.service.context import Context
from forecastle.service.datasets import unfinished_imports
from forecastle.service.records import find, require_active


@dataclass(frozen=True)
class TrainingData:
    """A dataset group that can be trained on: its datasets' schemas by type."""

    group: Resource
    schemas: Mapping[str, DatasetSchema]

    @classmethod
    def of(cls, context: Context, group: str) -> TrainingData:
        """The datasets of a group.

        Raises:
            ResourceNotFound: the group or one of its datasets is not there.
            ResourceInUse: one of them is being changed.
            InputError: there is no target time series, or a dataset holds no data.
        """
        found = require_active(find(context, group, ResourceType.DATASET_GROUP))
        datasets = [_dataset(context, found, arn) for arn in found.request["DatasetArns"]]
        schemas = {each.request["DatasetType"]: schema_of(each) for each in datasets}
        if TARGET_TIME_SERIES not in schemas:
            raise InputError(
                f"dataset group {group} has no dataset of the type {TARGET_TIME_SERIES}; put one "
                "into it with UpdateDatasetGroup"
            )
        return cls(found, schemas)

    @property
    def target(self) -> DatasetSchema:
        """The target time series."""
        return self.schemas[TARGET_TIME_SERIES]

    @property
    def related(self) -> DatasetSchema | None:
        """The related time series, if there are some."""
        return self.schemas.get(RELATED_TIME_SERIES)

    def check(self, request: TrainingRequest) -> None:
        """Whether a request can be trained on this.

        Raises:
            InputError: names the parameter, its value and the remedy.
        """
        _check_horizon(request.horizon)
        _check_frequency(request.frequency, self.target, self.related)
        request.recipe(default_alignment(request.frequency), self.target, self.related)
        if self.related is not None:
            _check_text(self.related, request.dimensions)


def _dataset(context: Context, group: Resource, arn: str) -> Resource:
    try:
        dataset = find(context, arn, ResourceType.DATASET)
    except ResourceNotFound:
        raise ResourceNotFound(
            f"dataset {arn} of the dataset group {group.arn} does not exist any more; take it out "
            "with UpdateDatasetGroup"
        ) from None
    if unfinished_imports(context, dataset):
        raise ResourceInUse(f"data are being imported into dataset {arn}; wait until it is ACTIVE")
    if DATA not in require_active(dataset).details:
        raise InputError(
            f"dataset {arn} holds no data; import some with CreateDatasetImportJob, or take it "
            "out of the group with UpdateDatasetGroup"
        )
    return dataset


def _check_horizon(horizon: int) -> None:
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise InputError(f"ForecastHorizon {horizon} is out of range; use 1 to {LONGEST_HORIZON}")


def _check_frequency(
    wanted: Frequency, target: DatasetSchema, related: DatasetSchema | None
) -> None:
    own = target.frequency
    if own is not None and wanted.is_finer_than(own):
        raise InputError(
            f"ForecastFrequency {wanted} is finer than the target time series, which has {own}; "
            f"use {own} or a coarser one"
        )
    if related is not None and related.frequency != wanted:
        raise InputError(
            f"ForecastFrequency {wanted} is not that of the related time series, which has "
            f"{related.frequency}; related data are not aggregated: both must be the same"
        )


def _check_text(related: DatasetSchema, dimensions: tuple[str, ...]) -> None:
    """Text in related data tells series apart or is of no use (Amazon Forecast's own words)."""
    text = [name for name in related.dimensions if name not in dimensions]
    if text:
        raise InputError(
            f"The attribute(s) [{', '.join(text)}] present in the RELATED_TIME_SERIES schema "
            "should be of numeric type such as `integer` or `float`, or be added as a forecast "
            "dimension"
        )

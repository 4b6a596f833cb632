"""The dataset group and the datasets of a pipeline: found as they are, or made.

A group that was there before, because somebody forecast by hand first, is used with the datasets
that it holds. Datasets join the group when they hold data: a group cannot be trained on before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError, ResourceAlreadyExists
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA, schema_of
from forecastle.pipelines.dataset_parts import TYPE_OF, dataset_schema
from forecastle.pipelines.pipeline import METADATA, DatasetPart
from forecastle.pipelines.work import Work
from forecastle.series.dataset import DatasetSchema

_ARNS = "DatasetArns"


def schema_for(work: Work, part: DatasetPart) -> DatasetSchema:
    """The columns of a dataset: the pipeline's, else those that it has already."""
    found = find_dataset(work, part)
    if part.schema is None and found is not None:
        return schema_of(found)
    return dataset_schema(part, work.pipeline.domain, work.pipeline.frequency)


def find_group(work: Work) -> Resource | None:
    """The pipeline's dataset group, if it is there."""
    return work.find(work.arn(ResourceType.DATASET_GROUP, work.pipeline.group_name))


def find_dataset(work: Work, part: DatasetPart) -> Resource | None:
    """The dataset: that of the group, else the one of the pipeline's own name."""
    own = work.find(work.arn(ResourceType.DATASET, _name(work, part)))
    return _members(work).get(part.type, own)


def ensure_group(work: Work) -> Resource:
    """The dataset group, made if it is not there.

    Raises:
        InputError: it is there, but of another domain.
    """
    name, domain = work.pipeline.group_name, work.pipeline.domain
    found = find_group(work)
    if found is None:
        _create(work, "CreateDatasetGroup", {"DatasetGroupName": name, "Domain": domain})
        return work.existing(work.arn(ResourceType.DATASET_GROUP, name))
    if found.request["Domain"] != domain:
        raise InputError(
            f"dataset group {found.arn} is of the domain {found.request['Domain']}, the pipeline "
            f"says {domain}; change the pipeline's domain, or give it another group"
        )
    return found


def ensure_dataset(work: Work, part: DatasetPart) -> Resource:
    """A dataset, made if it is not there.

    Raises:
        InputError: it is there, but with other columns.
    """
    found = find_dataset(work, part)
    wanted = dataset_schema(part, work.pipeline.domain, work.pipeline.frequency)
    if found is not None:
        if part.schema is not None or schema_of(found).domain != wanted.domain:
            _check_same(found, wanted)
        return found
    name = _name(work, part)
    attributes = [
        {"AttributeName": field.name, "AttributeType": field.type} for field in wanted.attributes
    ]
    timed = {} if part.type == METADATA else {"DataFrequency": work.pipeline.frequency}
    request = {
        "DatasetName": name,
        "Domain": wanted.domain,
        "DatasetType": part.type,
        "Schema": {"Attributes": attributes},
        **timed,
    }
    _create(work, "CreateDataset", request)
    return work.existing(work.arn(ResourceType.DATASET, name))


def join(work: Work, group: Resource) -> list[str]:
    """Put the pipeline's datasets into the group; the types of those that hold no data yet."""
    datasets = {part.type: find_dataset(work, part) for part in work.pipeline.datasets}
    held = {
        type_: found.arn
        for type_, found in datasets.items()
        if found is not None and found.details.get(DATA) is not None
    }
    arns: Sequence[str] = group.request[_ARNS]
    new = [arn for arn in held.values() if arn not in arns]
    if new:
        request = {"DatasetGroupArn": group.arn, _ARNS: [*arns, *new]}
        work.call("UpdateDatasetGroup", request)
    return [type_ for type_ in datasets if type_ not in held]


def _members(work: Work) -> Mapping[str, Resource]:
    """The datasets of the group, by their type."""
    group = find_group(work)
    found = [work.find(arn) for arn in group.request[_ARNS]] if group else []
    return {each.request["DatasetType"]: each for each in found if each is not None}


def _name(work: Work, part: DatasetPart) -> str:
    section = next(key for key, type_ in TYPE_OF.items() if type_ == part.type)
    return f"{work.pipeline.group_name}_{section}"


def _create(work: Work, operation: str, request: Mapping[str, object]) -> None:
    try:
        work.call(operation, request)
    except ResourceAlreadyExists:  # by a worker that was taken for dead, or by a client just now
        return


def _check_same(found: Resource, wanted: DatasetSchema) -> None:
    present = schema_of(found)
    if (present.domain, present.attributes) != (wanted.domain, wanted.attributes):
        raise InputError(
            f"dataset {found.arn} is of the domain {present.domain} with the columns "
            f"{_columns(present)}; the pipeline says {wanted.domain} with {_columns(wanted)}: "
            "change the pipeline, give it another group, or delete the dataset"
        )


def _columns(schema: DatasetSchema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema.attributes)

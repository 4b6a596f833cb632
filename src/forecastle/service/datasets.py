"""Datasets: CreateDataset, DescribeDataset, ListDatasets."""

from __future__ import annotations

from collections.abc import Sequence

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_rules import check_schema
from forecastle.service.context import Context
from forecastle.service.listing import Listing
from forecastle.service.records import NewResource, Parameters, Result, add, find, pick, state

_KIND = ResourceType.DATASET
_UPDATE_PENDING = "UPDATE_PENDING"


def create_dataset(context: Context, parameters: Parameters) -> Result:
    """CreateDataset: ACTIVE at once.

    Raises:
        InputError: the schema is not one of the domain.
    """
    schema = DatasetSchema.from_request(
        parameters["Domain"],
        parameters["DatasetType"],
        schema_attributes(parameters["Schema"]),
        parameters.get("DataFrequency"),
    )
    check_schema(schema)
    new = NewResource(_KIND, parameters["DatasetName"], parameters, has_job=False)
    return {"DatasetArn": add(context, new)}


def describe_dataset(context: Context, parameters: Parameters) -> Result:
    """DescribeDataset: mirrors the imports that wait or run, as Amazon Forecast does."""
    dataset = find(context, parameters["DatasetArn"], _KIND)
    result = {
        "DatasetArn": dataset.arn,
        "DatasetName": dataset.name,
        **pick(
            dataset.request, "Domain", "DatasetType", "DataFrequency", "Schema", "EncryptionConfig"
        ),
        **state(context, dataset),
    }
    if dataset.status == life.ACTIVE and unfinished_imports(context, dataset):
        result |= {"Status": _UPDATE_PENDING}
    return result


def schema_attributes(schema: Parameters) -> Sequence[Parameters]:
    """The attributes of a Schema, whose names and types the service model does not insist on.

    Raises:
        InputError: there are none, or one has no name or no type.
    """
    attributes: Sequence[Parameters] = schema.get("Attributes", ())
    if not attributes:
        raise InputError("Schema has no attributes; give the columns of the file in their order")
    for number, attribute in enumerate(attributes, start=1):
        for member in ("AttributeName", "AttributeType"):
            if member not in attribute:
                raise InputError(f"Schema: attribute {number} has no {member}; give it")
    return attributes


def unfinished_imports(context: Context, dataset: Resource) -> list[Resource]:
    """The import jobs of a dataset that wait or run."""
    resources = context.service.catalog.resources
    return resources.children(dataset.arn, owned=True, statuses=life.UNFINISHED)


def _summary(_context: Context, dataset: Resource) -> Result:
    return {
        "DatasetArn": dataset.arn,
        "DatasetName": dataset.name,
        **pick(dataset.request, "DatasetType", "Domain"),
        "CreationTime": dataset.created_at,
        "LastModificationTime": dataset.modified_at,
    }


list_datasets = Listing(_KIND, "Datasets", _summary)

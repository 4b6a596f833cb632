"""Dataset groups: datasets that are trained on together, one of each type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.listing import Listing
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    find,
    require_active,
    state,
)

_KIND = ResourceType.DATASET_GROUP
_ARNS = "DatasetArns"


def create_dataset_group(context: Context, parameters: Parameters) -> Result:
    """CreateDatasetGroup: ACTIVE at once; datasets can be put into it later.

    Raises:
        ResourceNotFound: a dataset is not there.
        InputError: a dataset is of another domain, or two are of one type.
    """
    arns = list(parameters.get(_ARNS, ()))
    _check_datasets(context, parameters["Domain"], arns)
    request = {**parameters, _ARNS: arns}
    new = NewResource(
        _KIND, parameters["DatasetGroupName"], request, edges=_edges(arns), has_job=False
    )
    return {"DatasetGroupArn": add(context, new)}


def update_dataset_group(context: Context, parameters: Parameters) -> Result:
    """UpdateDatasetGroup: replaces the datasets of a group.

    Raises:
        ResourceNotFound: the group or a dataset is not there.
        InputError: a dataset is of another domain, or two are of one type.
        ResourceInUse: the group is being deleted.
    """
    group = require_active(find(context, parameters["DatasetGroupArn"], _KIND))
    arns = list(parameters[_ARNS])
    _check_datasets(context, group.request["Domain"], arns)
    now = context.service.clock()

    def updated(found: Resource) -> Resource:
        require_active(found)
        return replace(found, request={**found.request, _ARNS: arns}, modified_at=now)

    context.service.catalog.resources.change(group.arn, updated, lambda _: _edges(arns))
    return {}


def describe_dataset_group(context: Context, parameters: Parameters) -> Result:
    """DescribeDatasetGroup."""
    group = find(context, parameters["DatasetGroupArn"], _KIND)
    return {
        "DatasetGroupName": group.name,
        "DatasetGroupArn": group.arn,
        "DatasetArns": group.request[_ARNS],
        "Domain": group.request["Domain"],
        **state(context, group),
    }


def _check_datasets(context: Context, domain: str, arns: Sequence[str]) -> None:
    types: dict[str, str] = {}
    for arn in arns:
        request = find(context, arn, ResourceType.DATASET).request
        if request["Domain"] != domain:
            raise InputError(
                f"dataset {arn} is of the domain {request['Domain']}, the dataset group of "
                f"{domain}; both must be the same"
            )
        other = types.setdefault(request["DatasetType"], arn)
        if other != arn or arns.count(arn) > 1:
            raise InputError(
                f"two datasets of the type {request['DatasetType']}: {other} and {arn}; a dataset "
                "group holds one of each type"
            )


def _edges(arns: Sequence[str]) -> list[Edge]:
    """A group outlives its datasets, and they outlive it."""
    return [Edge(arn, owned=False) for arn in arns]


def _summary(_context: Context, group: Resource) -> Result:
    return {
        "DatasetGroupArn": group.arn,
        "DatasetGroupName": group.name,
        "CreationTime": group.created_at,
        "LastModificationTime": group.modified_at,
    }


list_dataset_groups = Listing(_KIND, "DatasetGroups", _summary)

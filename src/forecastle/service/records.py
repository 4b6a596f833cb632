"""What all operations share: finding a resource of the caller, adding one, telling its state."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.core.names import Arn, ResourceType, ulid
from forecastle.service.context import Context
from forecastle.service.quotas import check_quotas
from forecastle.service.tags import read_tags
from forecastle.storage.buckets import Bucket
from forecastle.storage.locations import Location

Parameters = Mapping[str, Any]
Result = dict[str, Any]

_RANDOM_BITS = 80
_TAGS = "Tags"
_BEING_CHANGED = (*life.UNFINISHED, *life.DELETING, life.UPDATE_IN_PROGRESS)
_CHANGING_NOW = (life.CREATE_IN_PROGRESS, life.CREATE_STOPPING, life.UPDATE_IN_PROGRESS)


@dataclass(frozen=True)
class NewResource:
    """A resource to be made.

    Attributes:
        kind: its type.
        name: as the client gave it.
        request: the parameters of the Create operation.
        path: of its ARN; None is the name.
        edges: its parents.
        details: what the service found out at once.
        has_job: whether a job makes it; without one it is ACTIVE at once.
        nonce: tells it from an earlier resource of the same name; None draws one.
    """

    kind: ResourceType
    name: str
    request: Parameters
    path: str | None = None
    edges: Sequence[Edge] = ()
    details: Parameters = field(default_factory=dict)
    has_job: bool = True
    nonce: str | None = None


def find(context: Context, arn: str, *kinds: ResourceType) -> Resource:
    """The caller's resource of that ARN.

    Args:
        context: who asks.
        arn: of the resource.
        kinds: the types that it may have; none given: any.

    Raises:
        ResourceNotFound: the account has none; another account's is not told from a missing one.
        InputError: it is of another type.
    """
    found = context.service.catalog.resources.find(arn, context.caller.account)
    if found is None:
        raise ResourceNotFound(
            f"No resource found with the arn: {arn}; the List operations tell what this account has"
        )
    if kinds and found.type not in kinds:
        wanted = " or ".join(kind.words for kind in kinds)
        raise InputError(f"{arn} is the ARN of a {found.type.words}; give that of a {wanted}")
    return found


def require_active(resource: Resource) -> Resource:
    """The resource, if it can be used.

    Raises:
        ResourceInUse: it is being made, changed or deleted.
        InputError: it will never be ACTIVE.
    """
    if resource.status == life.ACTIVE:
        return resource
    state = f"{resource.type.words} {resource.arn} is {resource.status}"
    if resource.status in life.DELETING:
        raise ResourceInUse(f"{state}; use another one")
    if resource.status in _BEING_CHANGED:
        raise ResourceInUse(f"{state}; wait until it is ACTIVE")
    raise InputError(f"{state}; delete it and create it again, or use another one")


def add(context: Context, new: NewResource) -> str:
    """Write the record of a new resource; its ARN.

    Raises:
        ResourceAlreadyExists: the name is taken.
        LimitExceeded: a quota of the account is used up.
        InputError: a tag is not allowed.
    """
    service, caller = context.service, context.caller
    tags = read_tags(service.settings, new.request.get(_TAGS, ()))
    now = service.clock()
    resource = Resource(
        arn=str(Arn(caller.region, caller.account, new.kind, new.path or new.name)),
        account=caller.account,
        type=new.kind,
        name=new.name,
        status=life.CREATE_PENDING if new.has_job else life.ACTIVE,
        created_at=now,
        modified_at=now,
        nonce=new.nonce or new_ulid(context),
        request={key: value for key, value in new.request.items() if key != _TAGS},
        details=new.details,
        dispatched=not new.has_job,
    )
    # A name that is taken is told as such, also where the quota is used up.
    if service.catalog.resources.find(resource.arn) is None:
        check_quotas(context, new.kind, has_job=new.has_job)
    service.catalog.resources.add(resource, new.edges, tags)
    return resource.arn


def new_ulid(context: Context) -> str:
    """An identifier that no other resource has."""
    service = context.service
    return ulid(int(service.clock() * 1000), service.random(_RANDOM_BITS))


def bucket_of(context: Context, config: Parameters) -> Bucket:
    """The bucket that a DataSource or DataDestination names, if it is the caller's.

    Raises:
        InputError: the path is none, or the bucket is not the account's.
    """
    location = Location.parse(config["S3Config"]["Path"])
    return context.service.stores.bucket(context.caller.account, location)


def state(context: Context, resource: Resource) -> Result:
    """Status, message and times, as every Describe operation tells them."""
    at_work = resource.status in _CHANGING_NOW
    return {
        "Status": resource.status,
        "Message": resource.message,
        "CreationTime": resource.created_at,
        "LastModificationTime": context.service.clock() if at_work else resource.modified_at,
    }


def minutes_left(resource: Resource) -> int | None:
    """EstimatedTimeRemainingInMinutes of a job at work; None where nothing is known."""
    at_work = resource.status in (life.CREATE_IN_PROGRESS, life.UPDATE_IN_PROGRESS)
    if not at_work or resource.progress is None:
        return None
    left = resource.progress.get("minutes_left")
    return None if left is None else math.ceil(left)


def pick(values: Parameters, *names: str) -> Result:
    """Some of the values; those that are not there are left out."""
    return {name: values[name] for name in names if values.get(name) is not None}

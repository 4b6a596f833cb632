"""Delete operations and DeleteResourceTree: what may go, and when.

Deleting is a job like any other: here the resource becomes DELETE_PENDING, a worker lets it go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ResourceInUse
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.records import Parameters, Result, find

_MOST_NAMED = 5


@dataclass(frozen=True)
class Deletion:
    """One Delete operation: of one type, named by one parameter."""

    parameter: str
    kind: ResourceType

    def __call__(self, context: Context, parameters: Parameters) -> Result:
        """Delete a resource that nothing depends on. To ask again while it goes is no error.

        Raises:
            ResourceInUse: it is being worked on, or others were made from it.
        """
        resource = find(context, parameters[self.parameter], self.kind)
        resources = context.service.catalog.resources
        staying = [
            child
            for child in resources.children(resource.arn, owned=True)
            if child.status not in life.DELETING
        ]
        if staying and resource.status not in life.DELETING:
            raise ResourceInUse(
                f"{resource.arn} cannot be deleted while others made from it are there: "
                f"{_named(staying)}; delete them first, or all at once with DeleteResourceTree"
            )
        resources.change(resource.arn, _going(context.service.clock(), resource.nonce))
        return {}


def delete_resource_tree(context: Context, parameters: Parameters) -> Result:
    """DeleteResourceTree: a resource and all that was made from it, or nothing.

    Raises:
        ResourceInUse: one of them is being worked on.
    """
    resource = find(context, parameters["ResourceArn"])
    resources = context.service.catalog.resources
    now = context.service.clock()
    tree = (*resources.descendants(resource.arn), resource)
    resources.change_together({each.arn: _going(now, each.nonce) for each in tree})
    return {}


def _going(now: float, nonce: str) -> Callable[[Resource], Resource | None]:
    def change(found: Resource) -> Resource | None:
        if found.nonce != nonce or found.status in life.DELETING:
            return None
        if found.status not in life.DELETABLE:
            raise ResourceInUse(
                f"{found.arn} is {found.status}; wait until it is finished"
                + (", or stop it with StopResource" if found.status in life.UNFINISHED else "")
            )
        return replace(
            found, status=life.DELETE_PENDING, modified_at=now, message=None, dispatched=False
        )

    return change


def _named(resources: list[Resource]) -> str:
    shown = ", ".join(f"{each.type.words} {each.arn}" for each in resources[:_MOST_NAMED])
    more = len(resources) - _MOST_NAMED
    return shown if more <= 0 else f"{shown} and {more} more"

"""Short addresses of resources, as the console's pages have them, and their ARNs."""

from __future__ import annotations

from forecastle.core.names import Arn, ResourceType
from forecastle.service.context import Context


def arn_of(context: Context, kind: ResourceType, identifier: str) -> str:
    """The ARN of the caller's resource; whether there is one shows only when it is looked for.

    Args:
        context: who asks.
        kind: the type.
        identifier: what `id_of` gave; with the dataset's before it for an import.
    """
    found = context.service.catalog.resources.named(context.caller.account, kind, identifier)
    return found or str(Arn(context.caller.region, context.caller.account, kind, identifier))


def id_of(arn: str) -> str:
    """The part of an ARN that addresses have: all behind the type."""
    return arn.split(":", 5)[5].partition("/")[2]

"""What is still to come: explanations, what-if analyses and monitors.

Their requests are checked against the service model like all others. There is none of these
resources yet: lists are empty, and what is named is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.listing import Listing
from forecastle.service.records import Parameters, Result, find


@dataclass(frozen=True)
class Refusal:
    """A Create operation that is not available."""

    operation: str
    instead: str

    def __call__(self, _context: Context, _parameters: Parameters) -> Result:
        """Refuse.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"{self.operation} is not available in this version of Forecastle; {self.instead}"
        )


@dataclass(frozen=True)
class Unknown:
    """An operation on a resource that cannot be there."""

    parameter: str
    kind: ResourceType

    def __call__(self, context: Context, parameters: Parameters) -> Result:
        """Look for it.

        Raises:
            ResourceNotFound: nothing has that ARN.
            InputError: it is the ARN of another type.
        """
        find(context, parameters[self.parameter], self.kind)
        return {}


def _described(_context: Context, resource: Resource) -> Result:
    return {"Arn": resource.arn}


def _none(kind: ResourceType, member: str, *filters: str) -> Listing:
    return Listing(kind, member, _described, filters)


_EXPLANATION = "leave explanations out"

_EXPLAINABILITY = ResourceType.EXPLAINABILITY
_EXPLAINABILITY_EXPORT = ResourceType.EXPLAINABILITY_EXPORT

LATER: Mapping[str, Callable[[Context, Parameters], Result]] = {
    "CreateExplainability": Refusal("CreateExplainability", _EXPLANATION),
    "DescribeExplainability": Unknown("ExplainabilityArn", _EXPLAINABILITY),
    "DeleteExplainability": Unknown("ExplainabilityArn", _EXPLAINABILITY),
    "ListExplainabilities": _none(_EXPLAINABILITY, "Explainabilities", "ResourceArn"),
    "CreateExplainabilityExport": Refusal("CreateExplainabilityExport", _EXPLANATION),
    "DescribeExplainabilityExport": Unknown("ExplainabilityExportArn", _EXPLAINABILITY_EXPORT),
    "DeleteExplainabilityExport": Unknown("ExplainabilityExportArn", _EXPLAINABILITY_EXPORT),
    "ListExplainabilityExports": _none(
        _EXPLAINABILITY_EXPORT, "ExplainabilityExports", "ResourceArn"
    ),
}
"""The operations on them, by name."""

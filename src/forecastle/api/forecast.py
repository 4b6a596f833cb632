"""Amazon Forecast's protocol: JSON 1.1, the operation in the header ``X-Amz-Target``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from forecastle.api.exchange import Received
from forecastle.api.protocols import UNKNOWN_OPERATION, Request
from forecastle.api.refusals import Refusal
from forecastle.catalog.access_keys import Role
from forecastle.core.errors import UnknownOperation
from forecastle.service.context import Caller, Context, Service
from forecastle.service.contract import by_target, operations
from forecastle.service.operations import ROLES
from forecastle.service.serialisation import parse, serialise

Call = Callable[[Context, str, dict[str, Any]], Mapping[str, Any]]
"""``call(context, operation, parameters)`` of `forecastle.service.operations`."""


@dataclass(frozen=True)
class ForecastProtocol:
    """Both of its services: ``AmazonForecast`` and ``AmazonForecastRuntime``."""

    service: Service
    call: Call
    signing_name: ClassVar[str] = "forecast"
    content_type: ClassVar[str] = "application/x-amz-json-1.1"

    def name(self, received: Received) -> str:
        """The operation that the header names."""
        try:
            return by_target(_target(received)).name
        except UnknownOperation:
            return UNKNOWN_OPERATION

    def read(self, received: Received) -> Request:
        """The operation and its parameters."""
        operation = by_target(_target(received))
        parameters = parse(operation, received.body)
        return Request(operation.name, parameters, ROLES[operation.name] is not Role.VIEWER)

    def perform(self, caller: Caller, request: Request) -> Mapping[str, Any]:
        """Call the operation."""
        context = Context(self.service, caller)
        return self.call(context, request.operation, request.parameters)

    def write(self, request: Request, result: Mapping[str, Any], request_id: str) -> bytes:
        """The result in the shape of the service model."""
        return serialise(operations()[request.operation], result)

    def write_refusal(self, refusal: Refusal, request_id: str) -> bytes:
        """The error; clients differ in which spelling of its message they read."""
        record = {
            "__type": refusal.name,
            "Message": refusal.message,
            "message": refusal.message,
        }
        return json.dumps(record, ensure_ascii=False).encode(errors="replace")


def _target(received: Received) -> str:
    return received.headers.get("x-amz-target", "")

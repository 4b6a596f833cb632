"""What a protocol is: how requests are read and answers written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from forecastle.api.exchange import Received
from forecastle.api.refusals import Refusal
from forecastle.service.context import Caller

UNKNOWN_OPERATION = "unknown"


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        operation: its name.
        parameters: of the operation.
        changes: whether it changes something, and goes into the audit log.
    """

    operation: str
    parameters: dict[str, Any]
    changes: bool


class WireProtocol(Protocol):
    """One of the protocols that share the port.

    Attributes:
        signing_name: the service in the credential scope of its requests.
        content_type: of its answers.
    """

    signing_name: ClassVar[str]
    content_type: ClassVar[str]

    def name(self, received: Received) -> str:
        """The operation's name for logs and metrics; `UNKNOWN_OPERATION` if it is none."""

    def read(self, received: Received) -> Request:
        """Read the request; raises a `RequestError` if it is malformed."""

    def perform(self, caller: Caller, request: Request) -> Mapping[str, Any]:
        """Do what is asked for; raises as the operation does."""

    def write(self, request: Request, result: Mapping[str, Any], request_id: str) -> bytes:
        """The body of an answer."""

    def write_refusal(self, refusal: Refusal, request_id: str) -> bytes:
        """The body of a refusal."""

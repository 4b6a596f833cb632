"""The one operation of AWS STS that scripts for Amazon Forecast ask for: GetCallerIdentity.

They learn their account number from it. Its protocol is AWS Query: a form in, XML out.
Source: the AWS STS API reference, GetCallerIdentity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from forecastle.api.exchange import Received
from forecastle.api.protocols import UNKNOWN_OPERATION, Request
from forecastle.api.refusals import InvalidAction, Refusal
from forecastle.service.context import Caller

OPERATION = "GetCallerIdentity"
FORM = "application/x-www-form-urlencoded"
_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_SERVER_ERROR = 500
_MOST_FIELDS = 100
# STS is older than the JSON services and has other names for the same errors.
_NAMES: Mapping[str, str] = {
    "UnrecognizedClientException": "InvalidClientTokenId",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "IncompleteSignatureException": "IncompleteSignature",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "ThrottlingException": "Throttling",
    "ServiceUnavailableException": "ServiceUnavailable",
    "InternalServerError": "InternalFailure",
}


@dataclass(frozen=True)
class TokenServiceProtocol:
    """GetCallerIdentity for the access keys of this service."""

    signing_name: ClassVar[str] = "sts"
    content_type: ClassVar[str] = "text/xml"

    def name(self, received: Received) -> str:
        """The form's action, if it is the one there is."""
        return OPERATION if _action(received) == OPERATION else UNKNOWN_OPERATION

    def read(self, received: Received) -> Request:
        """The action; the operation has no parameters.

        Raises:
            InvalidAction: another one is asked for.
        """
        action = _action(received)
        if action != OPERATION:
            raise InvalidAction(
                f"Could not find operation {action[:64]!r}; of STS this service has {OPERATION}"
            )
        return Request(OPERATION, {}, changes=False)

    def perform(self, caller: Caller, request: Request) -> Mapping[str, Any]:
        """Who asks; every key may know that."""
        return {
            "Arn": f"arn:aws:iam::{caller.account}:user/{caller.name}",
            "UserId": caller.name,
            "Account": caller.account,
        }

    def write(self, request: Request, result: Mapping[str, Any], request_id: str) -> bytes:
        """The result as XML."""
        members = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in result.items())
        return (
            f'<{OPERATION}Response xmlns="{_NAMESPACE}">'
            f"<{OPERATION}Result>{members}</{OPERATION}Result>"
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
            f"</{OPERATION}Response>"
        ).encode()

    def write_refusal(self, refusal: Refusal, request_id: str) -> bytes:
        """The error as XML, under the name that STS has for it."""
        name = _NAMES.get(refusal.name, refusal.name)
        side = "Receiver" if refusal.status >= _SERVER_ERROR else "Sender"
        return (
            f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>{side}</Type><Code>{name}</Code>'
            f"<Message>{escape(refusal.message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        ).encode(errors="replace")


def is_form(received: Received) -> bool:
    """Whether a request speaks AWS Query and not JSON."""
    content_type = received.headers.get("content-type", "")
    return content_type.lower().startswith(FORM) and "x-amz-target" not in received.headers


def _action(received: Received) -> str:
    try:
        values = parse_qs(received.body.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ""
    return values.get("Action", [""])[0]

"""How a request is refused: AWS's common errors, their statuses, and what any exception becomes.

Sources: the guide's page "Common Errors" of each AWS service; the texts are what AWS's servers
answer, with a remedy where they have none.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from forecastle.core.errors import ForecastleError, InputError, RequestError, StorageError
from forecastle.core.logs import fields

_LOG = logging.getLogger(__name__)
_UNAVAILABLE = "ServiceUnavailableException"


class AuthenticationFailed(RequestError):
    """It is not known, or not proven, who asks."""


class MissingToken(AuthenticationFailed):
    """The request is not signed."""

    wire_name = "MissingAuthenticationTokenException"


class IncompleteSignature(AuthenticationFailed):
    """The signature lacks a part, or is of a kind that is not accepted."""

    wire_name = "IncompleteSignatureException"


class InvalidSignature(AuthenticationFailed):
    """The signature does not fit the request, the key, the service or the time."""

    wire_name = "InvalidSignatureException"


class UnrecognizedClient(AuthenticationFailed):
    """The access key is unknown or revoked, or has no session."""

    wire_name = "UnrecognizedClientException"


class Throttled(RequestError):
    """The key sends too many requests; clients try again on their own."""

    wire_name = "ThrottlingException"


class TooBusy(RequestError):
    """Too many requests are being worked on; clients try again on their own."""

    wire_name = _UNAVAILABLE


class TooLarge(RequestError):
    """The body is larger than allowed."""

    wire_name = "RequestEntityTooLargeException"


class TooSlow(RequestError):
    """The body does not come."""

    wire_name = "RequestTimeoutException"


class InvalidAction(RequestError):
    """STS is asked for something else than who asks."""

    wire_name = "InvalidAction"


class NoSuchPage(RequestError):
    """Nothing is at that address."""

    wire_name = "UnknownOperationException"


_STATUSES: Mapping[str, int] = {
    "MissingAuthenticationTokenException": 403,
    "IncompleteSignatureException": 403,
    "InvalidSignatureException": 403,
    "UnrecognizedClientException": 403,
    "AccessDeniedException": 403,
    "UnknownOperationException": 404,
    "RequestTimeoutException": 408,
    "RequestEntityTooLargeException": 413,
    _UNAVAILABLE: 503,
}
_BAD_REQUEST, _INTERNAL = 400, 500


@dataclass(frozen=True)
class Refusal:
    """An error as it goes out."""

    name: str
    status: int
    message: str


def as_refusal(error: Exception, request_id: str) -> Refusal:
    """What the client is told of an exception; the story of a fault of ours goes to the log."""
    if isinstance(error, InputError):
        return Refusal(error.wire_name, _STATUSES.get(error.wire_name, _BAD_REQUEST), str(error))
    _LOG.error("request failed", exc_info=error, extra=fields(request_id=request_id))
    if isinstance(error, StorageError):
        return Refusal(_UNAVAILABLE, _STATUSES[_UNAVAILABLE], str(error))
    if isinstance(error, OperationalError | NoConnection):
        text = f"The database does not answer; try again (ref {request_id})"
        return Refusal(_UNAVAILABLE, _STATUSES[_UNAVAILABLE], text)
    if isinstance(error, ForecastleError):
        return Refusal(error.wire_name, _INTERNAL, str(error))
    text = (
        "The request failed unexpectedly; this is a fault of ours. The log of the service has the "
        f"story under ref {request_id}"
    )
    return Refusal(ForecastleError.wire_name, _INTERNAL, text)

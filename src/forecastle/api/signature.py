"""Signature Version 4: what a request claims, and whether its signature proves it.

The canonical form and the signature are botocore's own, so that they are what clients compute;
what a server must check besides stands here. Source: AWS's guide, "Signature Version 4 signing
process"; the texts are those of AWS's servers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from forecastle.api.exchange import Received
from forecastle.api.refusals import (
    IncompleteSignature,
    InvalidSignature,
    MissingToken,
    UnrecognizedClient,
)

_ALGORITHM = "AWS4-HMAC-SHA256"
_TERMINATOR = "aws4_request"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_TIMESTAMP_FORM = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_REGION_FORM = re.compile(r"[a-z0-9-]{1,32}")
_KEY_FORM = re.compile(r"Credential=(\w{1,32})/", re.ASCII)
_PARTS = ("Credential", "SignedHeaders", "Signature")
_PREFIX = "x-amz-"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)

PRESIGNED = "Presigned URLs are not accepted; sign with an Authorization header"


@dataclass(frozen=True)
class Claim:
    """What the Authorization header says; nothing of it is proven yet.

    Attributes:
        access_key_id: who asks.
        date: the day in the credential scope, ``20261122``.
        region: in the credential scope.
        service: in the credential scope.
        signed_headers: in lower case.
        signature: 64 hexadecimal digits, if it is one.
        date_header: which header tells the time, ``x-amz-date`` or ``date``.
        at: when the request was signed.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: frozenset[str]
    signature: str
    date_header: str
    at: datetime

    @property
    def timestamp(self) -> str:
        """``20261122T100000Z``."""
        return self.at.strftime(_TIMESTAMP)


def read_claim(received: Received) -> Claim:
    """Read the Authorization header and the date.

    Raises:
        MissingToken: there is no signature.
        IncompleteSignature: a part is missing or malformed.
        UnrecognizedClient: the request carries a session token.
    """
    _refuse_other_ways(received)
    header = received.headers.get("authorization", "").strip()
    if not header:
        raise MissingToken("Missing Authentication Token; sign the request with an access key")
    parts = _read_parts(header)
    key, date, region, service = _read_credential(parts["Credential"])
    date_header, at = _read_date(received)
    signed = frozenset(parts["SignedHeaders"].lower().split(";"))
    return Claim(key, date, region, service, signed, parts["Signature"], date_header, at)


def is_presigned(query: str) -> bool:
    """Whether the signature stands in the address."""
    return "X-Amz-Signature=" in query or "X-Amz-Algorithm=" in query


def claimed_key(received: Received) -> str | None:
    """The access key that a request claims to be signed with, for the logs."""
    match = _KEY_FORM.search(received.headers.get("authorization", ""))
    return None if match is None else match[1]


def check_scope(claim: Claim, service: str, now: datetime, skew: timedelta) -> None:
    """The signature must be for this service and for now.

    Raises:
        InvalidSignature: it is not.
    """
    if claim.service != service:
        raise InvalidSignature(f"Credential should be scoped to correct service: '{service}'.")
    if not _REGION_FORM.fullmatch(claim.region):
        raise InvalidSignature(
            f"Credential should be scoped to a valid region, such as us-east-1; "
            f"found '{claim.region}'."
        )
    day = claim.timestamp[:8]
    if claim.date != day:
        raise InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{claim.date}' != '{day}', from '{claim.timestamp}'."
        )
    _check_time(claim, now, skew)


def check_signature(claim: Claim, received: Received, secret: str) -> None:
    """The signature must be what the secret gives for the request as it came.

    Raises:
        InvalidSignature: it is not, or it leaves out what must be signed.
    """
    _check_signed_headers(claim, received)
    _check_body_hash(received)
    expected = _signature(claim, received, secret)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise InvalidSignature(MISMATCH)


def _refuse_other_ways(received: Received) -> None:
    """Presigned URLs and session tokens have no meaning here; silence would only puzzle."""
    if is_presigned(received.query):
        raise IncompleteSignature(PRESIGNED)
    if "x-amz-security-token" in received.headers:
        raise UnrecognizedClient(
            "The security token included in the request is invalid. Access keys of this service "
            "have no session tokens; unset AWS_SESSION_TOKEN and use a key from "
            "`forecastle keys create`"
        )


def _read_parts(header: str) -> dict[str, str]:
    algorithm, _, rest = header.partition(" ")
    if algorithm != _ALGORITHM:
        raise IncompleteSignature(f"Unsupported AWS 'algorithm': '{algorithm}'; use {_ALGORITHM}.")
    pairs = (part.strip().partition("=") for part in rest.split(","))
    parts = {name: value for name, _, value in pairs}
    missing = [name for name in _PARTS if not parts.get(name)]
    if missing:
        raise IncompleteSignature(
            " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        )
    return parts


def _read_credential(credential: str) -> tuple[str, str, str, str]:
    elements = credential.split("/")
    if len(elements) != 5:
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'"
        )
    key, date, region, service, terminator = elements
    if terminator != _TERMINATOR:
        raise InvalidSignature(
            f"Credential should be scoped with a valid terminator: '{_TERMINATOR}', "
            f"not '{terminator}'."
        )
    return key, date, region, service


def _read_date(received: Received) -> tuple[str, datetime]:
    name = "x-amz-date" if "x-amz-date" in received.headers else "date"
    text = received.headers.get(name)
    if text is None:
        raise IncompleteSignature(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    try:
        return name, _parse_date(text)
    except ValueError:
        raise IncompleteSignature(
            f"Date must be in ISO-8601 'basic format'. Got '{text}'; an example is 20261122T100000Z"
        ) from None


def _parse_date(text: str) -> datetime:
    if _TIMESTAMP_FORM.fullmatch(text):
        return datetime.strptime(text, _TIMESTAMP).replace(tzinfo=UTC)
    moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _check_time(claim: Claim, now: datetime, skew: timedelta) -> None:
    """Both ends: an old request is not sent again, and none is prepared for later."""
    present, minutes = now.strftime(_TIMESTAMP), f"{skew.total_seconds() / 60:g} min."
    earliest, latest = now - skew, now + skew
    if claim.at < earliest:
        raise InvalidSignature(
            f"Signature expired: {claim.timestamp} is now earlier than "
            f"{earliest.strftime(_TIMESTAMP)} ({present} - {minutes})"
        )
    if claim.at > latest:
        raise InvalidSignature(
            f"Signature not yet current: {claim.timestamp} is still later than "
            f"{latest.strftime(_TIMESTAMP)} ({present} + {minutes})"
        )


def _check_signed_headers(claim: Claim, received: Received) -> None:
    """Whatever steers the service must be signed."""
    needed = {"host", claim.date_header, *({"content-type"} & received.headers.keys())}
    needed.update(name for name in received.headers if name.startswith(_PREFIX))
    missing = sorted(needed - claim.signed_headers)
    if missing:
        raise InvalidSignature(f"'{missing[0]}' must be a 'SignedHeader' in the AWS Authorization.")


def _check_body_hash(received: Received) -> None:
    claimed = received.headers.get("x-amz-content-sha256")
    if claimed is not None and claimed != hashlib.sha256(received.body).hexdigest():
        raise InvalidSignature(
            "The provided 'x-amz-content-sha256' header does not match what was computed."
        )


def _signature(claim: Claim, received: Received, secret: str) -> str:
    signer = _Verifier(claim, secret)
    query = f"?{received.query}" if received.query else ""
    request = AWSRequest(
        method=received.method,
        url=f"http://host{received.path}{query}",
        headers=received.headers,
        data=received.body,
    )
    request.context["timestamp"] = claim.timestamp
    return str(
        signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    )


class _Verifier(SigV4Auth):  # type: ignore[misc]  # botocore has no types
    """Signs again what the client says it signed."""

    def __init__(self, claim: Claim, secret: str) -> None:
        super().__init__(Credentials(claim.access_key_id, secret), claim.service, claim.region)
        self._signed_headers = claim.signed_headers

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        """Those that the client signed, of those that came."""
        headers = HTTPMessage()
        for name, value in request.headers.items():
            if name.lower() in self._signed_headers:
                headers[name.lower()] = value
        return headers

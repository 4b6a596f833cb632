"""Signs requests after AWS's guide, apart from botocore and from the code under test."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

TARGET = "AmazonForecast.ListDatasets"
JSON = "application/x-amz-json-1.1"
REGION = "eu-central-1"


@dataclass(frozen=True)
class Credentials:
    key: str
    secret: str


def signed_headers(
    credentials: Credentials,
    body: bytes = b"{}",
    *,
    at: datetime | None = None,
    target: str | None = TARGET,
    content_type: str = JSON,
    host: str = "forecastle.test",
    service: str = "forecast",
    region: str = REGION,
    unsigned: Iterable[str] = (),
    scope_date: str | None = None,
    extra: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a signed ``POST /``; ``unsigned`` ones are sent and not signed."""
    moment = datetime.now(UTC) if at is None else at
    timestamp = moment.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": host, "content-type": content_type, "x-amz-date": timestamp, **(extra or {})}
    if target is not None:
        headers["x-amz-target"] = target
    names = sorted(set(headers) - set(unsigned))
    lines = [f"{name}:{' '.join(headers[name].split())}" for name in names]
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join(["POST", "/", "", *lines, "", ";".join(names), digest])
    scope = f"{scope_date or timestamp[:8]}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", timestamp, scope, hashed])
    key = f"AWS4{credentials.secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.key}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={key.hex()}"
    )
    return headers

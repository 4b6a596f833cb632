"""Resources for tests."""

from __future__ import annotations

from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.core.names import Arn, ResourceType

ACCOUNT = "000000000000"


def a_resource(
    name: str, kind: ResourceType = ResourceType.PREDICTOR, account: str = ACCOUNT, **values: Any
) -> Resource:
    """A resource that waits for its job."""
    made: dict[str, Any] = {
        "arn": str(Arn("us-east-1", account, kind, name)),
        "account": account,
        "type": kind,
        "name": name,
        "status": life.CREATE_PENDING,
        "created_at": 1.0,
        "modified_at": 1.0,
        "nonce": f"nonce-{name}",
    }
    return Resource(**{**made, **values})

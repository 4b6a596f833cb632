"""What the audit log says of a change, wherever it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecastle.catalog.audit import AuditEntry

_KEY_LENGTH, _ADDRESS_LENGTH, _RESOURCE_LENGTH = 128, 64, 300


def entry_of(
    request_id: str,
    address: str | None,
    *,
    at: float,
    account: str | None,
    access_key_id: str | None,
    operation: str,
    resource: str | None,
    outcome: str,
) -> AuditEntry:
    """An entry that the database takes: what a client sent is cut and cleaned."""
    return AuditEntry(
        at=at,
        request_id=request_id,
        account=account,
        access_key_id=_clean(access_key_id, _KEY_LENGTH),
        address=_clean(address, _ADDRESS_LENGTH),
        operation=operation,
        resource=_clean(resource, _RESOURCE_LENGTH),
        outcome=outcome,
    )


def resource_of(parameters: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    """The ARN or name that a change is about.

    A creation answers with the ARN; one that failed has a name; the rest name an ARN.
    """
    for values, ending in ((result, "arn"), (parameters, "name"), (parameters, "arn")):
        for name, value in values.items():
            if name.lower().endswith(ending) and isinstance(value, str):
                return value
    return None


def _clean(text: str | None, length: int) -> str | None:
    if text is None:
        return None
    return "".join(letter for letter in text[:length] if letter.isprintable())

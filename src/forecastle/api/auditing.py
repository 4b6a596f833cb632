"""What goes into the audit log: each change that was asked for, each signature that failed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from forecastle.api.exchange import Received
from forecastle.api.limits import TokenBuckets
from forecastle.catalog.audit import AuditEntry, AuditLog
from forecastle.core.logs import fields

_LOG = logging.getLogger(__name__)
_KEY_LENGTH, _ADDRESS_LENGTH, _RESOURCE_LENGTH = 32, 64, 300


@dataclass(frozen=True)
class Auditor:
    """Writes the audit log; failed signatures no more often than the buckets give.

    A log that cannot be written does not undo what was done: the entry goes to the service's log.
    """

    audit: AuditLog
    failures: TokenBuckets

    def tell_change(self, entry: AuditEntry) -> None:
        """Somebody known asked for a change."""
        self._write(entry)

    def tell_failure(self, entry: AuditEntry) -> None:
        """Somebody was not believed."""
        if self.failures.take("all"):
            self._write(entry)

    def _write(self, entry: AuditEntry) -> None:
        try:
            self.audit.add(entry)
        except SQLAlchemyError as error:
            _LOG.error("audit entry not written", exc_info=error, extra=fields(**vars(entry)))


def entry_of(
    received: Received,
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
        request_id=received.request_id,
        account=account,
        access_key_id=_clean(access_key_id, _KEY_LENGTH),
        address=_clean(received.address, _ADDRESS_LENGTH),
        operation=operation,
        resource=_clean(resource, _RESOURCE_LENGTH),
        outcome=outcome,
    )


def resource_of(parameters: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    """The ARN or name that a change is about.

    A creation answers with the ARN; one that failed has a name; the rest name an ARN.
    """
    for values, ending in ((result, "Arn"), (parameters, "Name"), (parameters, "Arn")):
        for name, value in values.items():
            if name.endswith(ending) and isinstance(value, str):
                return value
    return None


def _clean(text: str | None, length: int) -> str | None:
    if text is None:
        return None
    return "".join(letter for letter in text[:length] if letter.isprintable())

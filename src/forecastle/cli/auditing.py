"""The audit log of what the local administrator does, who needs no key."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecastle.catalog.catalog import Catalog


def audit_locally(catalog: Catalog, operation: str, resource: str, account: str | None) -> None:
    """Write down that something was done."""
    from forecastle.catalog.audit import AuditEntry

    entry = AuditEntry(
        at=time.time(),
        request_id=str(uuid.uuid4()),
        account=account,
        access_key_id=None,
        address="local",
        operation=operation,
        resource=resource,
        outcome="OK",
    )
    catalog.audit.add(entry)

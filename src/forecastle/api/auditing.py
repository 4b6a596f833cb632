"""What goes into the audit log: each change that was asked for, each signature that failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from forecastle.catalog.audit import AuditEntry, AuditLog
from forecastle.core.logs import fields
from forecastle.core.token_buckets import TokenBuckets

_LOG = logging.getLogger(__name__)


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

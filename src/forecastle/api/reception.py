"""Reception: what every request goes through, from its signature to the line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forecastle.api.auditing import Auditor
from forecastle.api.authentication import Guard
from forecastle.api.exchange import Answer, Received
from forecastle.api.limits import RateLimit
from forecastle.api.metrics import Metrics
from forecastle.api.protocols import Request, WireProtocol
from forecastle.api.refusals import AuthenticationFailed, as_refusal
from forecastle.api.signature import claimed_key
from forecastle.api.sts import is_form
from forecastle.catalog.audit import AuditEntry
from forecastle.core.logs import fields
from forecastle.service.auditing import entry_of, resource_of
from forecastle.service.context import Caller

_LOG = logging.getLogger(__name__)
_DONE = "OK"
_OK = 200


@dataclass
class _Visit:
    """What is known of a request so far."""

    operation: str
    caller: Caller | None = None
    request: Request | None = None
    outcome: str = _DONE
    resource: str | None = None
    believed: bool = True


@dataclass(frozen=True)
class Reception:
    """Answers requests, one per call; called from many threads.

    Attributes:
        forecast: the protocol of Amazon Forecast.
        sts: the protocol of STS.
        guard: believes nobody without a valid signature.
        rate: requests per second of a key.
        auditor: writes the audit log.
        metrics: counts.
        clock: seconds since 1970.
        timer: seconds since some moment, for durations.
    """

    forecast: WireProtocol
    sts: WireProtocol
    guard: Guard
    rate: RateLimit
    auditor: Auditor
    metrics: Metrics
    clock: Callable[[], float]
    timer: Callable[[], float]

    def answer(self, received: Received) -> Answer:
        """Answer a request; whatever happens, there is an answer."""
        return self._respond(received, self._work)

    def refuse(self, received: Received, error: Exception) -> Answer:
        """Answer a request that could not even be read."""

        def work(_protocol: WireProtocol, _received: Received, _visit: _Visit) -> bytes:
            raise error

        return self._respond(received, work)

    def _respond(
        self, received: Received, work: Callable[[WireProtocol, Received, _Visit], bytes]
    ) -> Answer:
        begun = self.timer()
        protocol = self.sts if is_form(received) else self.forecast
        visit = _Visit(protocol.name(received))
        try:
            answer = Answer(_OK, protocol.content_type, work(protocol, received, visit))
        except Exception as error:
            refusal = as_refusal(error, received.request_id)
            visit.outcome = refusal.name
            visit.believed = not isinstance(error, AuthenticationFailed)
            body = protocol.write_refusal(refusal, received.request_id)
            answer = Answer(refusal.status, protocol.content_type, body)
        self._tell(received, visit, self.timer() - begun)
        return answer

    def _work(self, protocol: WireProtocol, received: Received, visit: _Visit) -> bytes:
        visit.caller = caller = self.guard.admit(received, protocol.signing_name)
        self.rate.check(caller.name)
        visit.request = request = protocol.read(received)
        visit.resource = resource_of(request.parameters, {})
        result = protocol.perform(caller, request)
        visit.resource = resource_of(request.parameters, result)
        return protocol.write(request, result, received.request_id)

    def _tell(self, received: Received, visit: _Visit, seconds: float) -> None:
        self.metrics.count(visit.operation, visit.outcome, seconds)
        _LOG.info("request", extra=fields(**_line(received, visit, seconds)))
        if visit.request is not None and visit.request.changes:
            self.auditor.tell_change(self._entry(received, visit))
        elif not visit.believed:
            self.auditor.tell_failure(self._entry(received, visit))

    def _entry(self, received: Received, visit: _Visit) -> AuditEntry:
        caller = visit.caller
        return entry_of(
            received.request_id,
            received.address,
            at=self.clock(),
            account=None if caller is None else caller.account,
            access_key_id=claimed_key(received) if caller is None else caller.name,
            operation=visit.operation,
            resource=visit.resource,
            outcome=visit.outcome,
        )


def _line(received: Received, visit: _Visit, seconds: float) -> Mapping[str, Any]:
    """What the log tells of a request: neither bodies nor signatures."""
    caller = visit.caller
    return {
        "request_id": received.request_id,
        "operation": visit.operation,
        "account": None if caller is None else caller.account,
        "access_key_id": claimed_key(received) if caller is None else caller.name,
        "address": received.address,
        "outcome": visit.outcome,
        "milliseconds": round(seconds * 1000, 1),
    }

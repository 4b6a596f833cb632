"""``POST /events``: whoever has a webhook's token tells of new files in buckets."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from forecastle.api.auditing import Auditor
from forecastle.api.exchange import Answer, Received
from forecastle.api.limits import RateLimit
from forecastle.api.metrics import Metrics
from forecastle.api.refusals import (
    AuthenticationFailed,
    MissingToken,
    UnrecognizedClient,
    as_refusal,
)
from forecastle.core.logs import fields
from forecastle.pipelines.events import News, read_event
from forecastle.pipelines.noticing import notice
from forecastle.pipelines.webhook import account_of, is_valid
from forecastle.service.auditing import entry_of
from forecastle.service.context import Service

OPERATION = "PostEvents"
_BEARER = "bearer "
_JSON = "application/json"
_DONE, _OK = "OK", 200
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventIntake:
    """Answers events, one per call; called from many threads.

    Attributes:
        service: with the pipelines.
        rate: events per second of an account.
        auditor: writes the audit log.
        metrics: counts.
        timer: seconds since some moment, for durations.
        confirm: says yes to SNS.
    """

    service: Service
    rate: RateLimit
    auditor: Auditor
    metrics: Metrics
    timer: Callable[[], float]
    confirm: Callable[[str], None]

    def answer(self, received: Received) -> Answer:
        """``{"runs": […]}`` with what began; whatever happens, there is an answer.

        It is the same where a bucket is another account's and where nobody waits for a file.
        """
        begun, outcome, account = self.timer(), _DONE, None
        try:
            account = self._admit(received)
            runs = self._work_on(read_event(received.body), account)
            answer = _answer(_OK, {"runs": runs})
        except Exception as error:
            refusal = as_refusal(error, received.request_id)
            outcome = refusal.name
            if isinstance(error, AuthenticationFailed):
                self._audit_failure(received, outcome)
            answer = _answer(refusal.status, {"error": refusal.name, "message": refusal.message})
        self._tell(received, account, outcome, self.timer() - begun)
        return answer

    def _admit(self, received: Received) -> str | None:
        """The account that the token speaks for; None: all.

        Raises:
            AuthenticationFailed: there is no token, or it is none of ours.
            Throttled: it was used too often.
        """
        token = _token(received)
        if not token:
            raise MissingToken(
                "The event comes without a token; `forecastle pipeline webhook` shows the address "
                "with it"
            )
        if not is_valid(self.service, token):
            raise UnrecognizedClient(
                "The token is not valid; `forecastle pipeline webhook` shows the valid one"
            )
        account = account_of(token)
        self.rate.check(f"webhook/{account or 'all'}")
        return account

    def _work_on(self, news: News, account: str | None) -> list[str]:
        if news.subscribe_url is not None:
            self.confirm(news.subscribe_url)
        begun: list[str] = []
        for each in news.objects:
            begun += notice(self.service, account, each.bucket, each.key, each.trigger)
        return begun

    def _audit_failure(self, received: Received, outcome: str) -> None:
        entry = entry_of(
            received.request_id,
            received.address,
            at=self.service.clock(),
            account=None,
            access_key_id=None,
            operation=OPERATION,
            resource=None,
            outcome=outcome,
        )
        self.auditor.tell_failure(entry)

    def _tell(self, received: Received, account: str | None, outcome: str, seconds: float) -> None:
        """Count it, and log it without the token."""
        self.metrics.count(OPERATION, outcome, seconds)
        line = {
            "request_id": received.request_id,
            "operation": OPERATION,
            "account": account,
            "address": received.address,
            "outcome": outcome,
            "milliseconds": round(seconds * 1000, 1),
        }
        _LOG.info("request", extra=fields(**line))


def _token(received: Received) -> str:
    """From a header, or from the address for senders that can set none."""
    authorization = received.headers.get("authorization", "")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()
    header = received.headers.get("x-forecastle-token", "").strip()
    return header or parse_qs(received.query).get("token", [""])[0]


def _answer(status: int, content: dict[str, Any]) -> Answer:
    return Answer(status, _JSON, json.dumps(content).encode())

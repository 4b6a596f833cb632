"""Notifications: people and programs are told that a run is over.

Addresses that begin with ``https://`` or ``http://`` get an event (`events_out`), signed
(`webhook_delivery`). All others are apprise's: mail, Slack, Teams and a hundred more get a text.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from forecastle.catalog.pipelines import Run, Step
from forecastle.core.errors import ForecastleError, InputError, StorageError
from forecastle.pipelines.events_out import run_event
from forecastle.pipelines.notification_text import Text, failure_text, success_text
from forecastle.pipelines.pipeline import Notification, Pipeline
from forecastle.pipelines.references import resolve
from forecastle.pipelines.webhook_delivery import PAUSES, deliver
from forecastle.service.context import Service

SUCCESS, FAILURE = "success", "failure"

_WEBHOOKS = ("http", "https")
_log = logging.getLogger(__name__)


def notify(
    service: Service,
    pipeline: Pipeline,
    run: Run,
    steps: Sequence[Step],
    results: Mapping[str, Any],
    *,
    succeeded: bool,
    environment: Mapping[str, str] = os.environ,
    pauses: Sequence[float] = PAUSES,
) -> list[str]:
    """Tell everyone who is to be told; whom it could not reach, a sentence each.

    Args:
        service: its clock dates the events.
        pipeline: whom to tell, and of what.
        run: which ended.
        steps: in their order.
        results: as `results.publish_results` gave them; empty if that step was not reached.
        succeeded: whether the run did.
        environment: variables that addresses and secrets refer to.
        pauses: seconds before each further try of a webhook.
    """
    occasion = SUCCESS if succeeded else FAILURE
    event = run_event(pipeline, run, steps, results, service.clock(), succeeded=succeeded)
    text = success_text(pipeline, results) if succeeded else failure_text(pipeline, run, steps)
    undelivered = []
    for number, each in enumerate(pipeline.notifications, start=1):
        if occasion not in each.on:
            continue
        try:
            url = resolve(each.url, environment)
            if urlsplit(url).scheme.lower() in _WEBHOOKS:
                secret = None if each.secret is None else resolve(each.secret, environment)
                deliver(url, event, secret, service.clock(), pauses)
            else:
                _tell(url, text, occasion)
        except ForecastleError as error:
            undelivered.append(_undelivered(number, each, str(error)))
        except Exception as error:  # of a library; an address may be in its words
            _log.exception("notification %d of %s failed", number, pipeline.name)
            undelivered.append(_undelivered(number, each, f"failed ({type(error).__name__})"))
    return undelivered


def _tell(url: str, text: Text, occasion: str) -> None:
    """Send a text by apprise.

    Raises:
        InputError: apprise knows no such address.
        StorageError: it was not taken.
    """
    import apprise  # takes a moment to load, and most runs tell nobody

    receiver = apprise.Apprise()
    if not receiver.add(url):
        raise InputError("is no address that apprise knows; see its list of services")
    if not receiver.notify(title=text.title, body=text.body, notify_type=occasion):
        raise StorageError("was not delivered; check the address and the receiver")


def _undelivered(number: int, notification: Notification, why: str) -> str:
    """Without the address, which may hold a password or a token."""
    return f"notification {number} ({urlsplit(notification.url).scheme or 'no scheme'}): {why}"

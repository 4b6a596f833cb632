"""An Amazon SQS queue as a source of events: S3, EventBridge or SNS write into it."""

from __future__ import annotations

import logging
import re
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from forecastle.core.errors import InputError, StorageError
from forecastle.core.settings import ServiceSettings
from forecastle.pipelines.events import read_event
from forecastle.pipelines.noticing import notice
from forecastle.service.context import Service

SQS = "sqs"
_WAIT_SECONDS, _MOST = 20, 10
_PATIENCE_SECONDS = 10
_AMAZON = re.compile(r"sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_log = logging.getLogger(__name__)


class QueuePolling:
    """Takes messages from the queue of the setting ``sqs_queue_url``.

    The queue is the operator's: what it tells of concerns the pipelines of all accounts.

    Args:
        service: with the pipelines.
        url: of the queue.
        wait_seconds: how long one request waits for a message, at most 20.
    """

    def __init__(self, service: Service, url: str, wait_seconds: int = _WAIT_SECONDS) -> None:
        self._service, self._url, self._wait_seconds = service, url, wait_seconds

    def poll(self) -> list[str]:
        """Ask for messages once, and work on them; the runs that began.

        A message is deleted after its objects were noticed. It stays, and is given again, where
        that failed. One that nobody could read is deleted too: it would come for ever.

        Raises:
            InputError: the settings give no key.
            StorageError: the queue does not answer.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST,
                WaitTimeSeconds=self._wait_seconds,
            )
            return [run for each in answer.get("Messages", ()) for run in self._work_on(each)]
        except (BotoCoreError, ClientError) as error:
            raise StorageError(
                f"queue {self._url}: {error}; check the settings sqs_queue_url and "
                "sqs_access_key_id"
            ) from error

    def _work_on(self, message: dict[str, Any]) -> list[str]:
        try:
            begun = self._notice(message["Body"])
        except StorageError as error:
            _log.warning("queue %s: a message waits: %s", self._url, error)
            return []
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return begun

    def _notice(self, body: str) -> list[str]:
        try:
            objects = read_event(body).objects
        except InputError as error:
            _log.warning("queue %s: a message is left out: %s", self._url, error)
            return []
        return [
            run
            for each in objects
            for run in notice(self._service, None, each.bucket, each.key, SQS)
        ]

    @cached_property
    def _client(self) -> Any:
        """A client of the server that the queue's URL names."""
        import botocore.config
        import botocore.session

        settings, parts = self._service.settings, urlsplit(self._url)
        amazon = _AMAZON.fullmatch(parts.hostname or "")
        key, secret = _key(settings)
        return botocore.session.get_session().create_client(
            "sqs",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=amazon[1] if amazon else settings.s3_region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=botocore.config.Config(
                connect_timeout=_PATIENCE_SECONDS,
                read_timeout=self._wait_seconds + _PATIENCE_SECONDS,
                retries={"total_max_attempts": 2},
            ),
        )


def _key(settings: ServiceSettings) -> tuple[str, str]:
    """The queue's own key, else that of S3.

    Raises:
        InputError: there is none.
    """
    own = settings.sqs_access_key_id, settings.sqs_secret_access_key
    key, secret = own if own[0] else (settings.s3_access_key_id, settings.s3_secret_access_key)
    if not key or not secret:
        raise InputError(
            f"queue {settings.sqs_queue_url} cannot be read without an access key; set "
            "sqs_access_key_id and sqs_secret_access_key"
        )
    return key, secret

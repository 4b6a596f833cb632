"""What a message says about new objects in buckets, whoever sent it.

Formats, by their documentation: S3 event notifications (also MinIO's); EventBridge's "Object
Created" and "AWS API Call via CloudTrail"; SNS around any of them; SeaweedFS's webhook; and
``{"bucket": …, "key": …}`` for scripts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from forecastle.core.errors import InputError
from forecastle.service.places import shown

S3_EVENT, EVENTBRIDGE, CLOUDTRAIL = "s3-event", "eventbridge", "cloudtrail"
SEAWEEDFS, WEBHOOK = "seaweedfs", "webhook"

_WRITING_CALLS = ("PutObject", "CopyObject", "CompleteMultipartUpload")
_SEAWEED_BUCKETS = "/buckets/"


@dataclass(frozen=True)
class ObjectEvent:
    """An object is said to be new; ``trigger`` is the kind of message that said so."""

    bucket: str
    key: str
    trigger: str


@dataclass(frozen=True)
class News:
    """What a message says.

    Attributes:
        objects: those that are new; none where it tells of something else, such as a deletion.
        subscribe_url: what to fetch where SNS asks whether its messages are wanted.
    """

    objects: tuple[ObjectEvent, ...] = ()
    subscribe_url: str | None = None


def read_event(body: bytes | str) -> News:
    """Read a message of any format.

    Raises:
        InputError: it is of none that is known.
    """
    message = _parsed(body)
    if "Type" in message and "TopicArn" in message:
        return _sns(message)
    return _told(message)


def _parsed(body: bytes | str) -> Mapping[str, Any]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError(
            f"the event is no JSON: {_shown(body)}; send the message as S3, EventBridge, SNS or "
            'SeaweedFS write it, or {"bucket": "…", "key": "…"}'
        ) from None
    if not isinstance(message, dict):
        raise _unknown(body)
    return message


def _sns(message: Mapping[str, Any]) -> News:
    """An envelope of Amazon SNS, by its type."""
    kind = message["Type"]
    if kind == "SubscriptionConfirmation":
        return News(subscribe_url=_text(message, "SubscribeURL"))
    if kind == "Notification":
        return _told(_parsed(_text(message, "Message")))
    return News()


def _told(message: Mapping[str, Any]) -> News:
    """What a message without an envelope says."""
    for belongs, read in _FORMATS:
        if belongs(message):
            return News(tuple(read(message)))
    raise _unknown(json.dumps(message))


def _s3_records(message: Mapping[str, Any]) -> list[ObjectEvent]:
    """The objects of an S3 notification; their keys are written as in a form."""
    records = message["Records"]
    if not isinstance(records, list):
        raise _unknown(json.dumps(message))
    return [
        ObjectEvent(
            _text(record, "s3", "bucket", "name"),
            unquote_plus(_text(record, "s3", "object", "key")),
            S3_EVENT,
        )
        for record in records
        if _text(record, "eventName").removeprefix("s3:").startswith("ObjectCreated:")
    ]


def _eventbridge(message: Mapping[str, Any]) -> list[ObjectEvent]:
    if message["detail-type"] == "Object Created":
        bucket = _text(message, "detail", "bucket", "name")
        return [ObjectEvent(bucket, _text(message, "detail", "object", "key"), EVENTBRIDGE)]
    if message["detail-type"] == "AWS API Call via CloudTrail":
        return _cloudtrail(message)
    return []


def _cloudtrail(message: Mapping[str, Any]) -> list[ObjectEvent]:
    """The object that a call wrote, unless the call failed."""
    detail = message.get("detail")
    if not isinstance(detail, dict):
        raise _unknown(json.dumps(message))
    if "errorCode" in detail or detail.get("eventName") not in _WRITING_CALLS:
        return []
    bucket = _text(detail, "requestParameters", "bucketName")
    return [ObjectEvent(bucket, _text(detail, "requestParameters", "key"), CLOUDTRAIL)]


def _seaweedfs(message: Mapping[str, Any]) -> list[ObjectEvent]:
    """The object of a change in SeaweedFS's file tree; its own folders have dotted names."""
    change = message["message"]
    entry = change.get("new_entry")
    if not isinstance(entry, dict) or entry.get("is_directory"):
        return []
    path = f"{_text(change, 'new_parent_path')}/{_text(entry, 'name')}"
    if not path.startswith(_SEAWEED_BUCKETS):
        return []
    bucket, _, key = path.removeprefix(_SEAWEED_BUCKETS).partition("/")
    hidden = bucket.startswith(".") or key.startswith(".uploads/")
    return [] if hidden or not key else [ObjectEvent(bucket, key, SEAWEEDFS)]


def _plain(message: Mapping[str, Any]) -> list[ObjectEvent]:
    return [ObjectEvent(_text(message, "bucket"), _text(message, "key"), WEBHOOK)]


def _nothing(_message: Mapping[str, Any]) -> list[ObjectEvent]:
    return []


_Belongs = Callable[[Mapping[str, Any]], bool]
_Read = Callable[[Mapping[str, Any]], list[ObjectEvent]]
_FORMATS: tuple[tuple[_Belongs, _Read], ...] = (
    (lambda message: "Records" in message, _s3_records),
    (lambda message: message.get("Event") == "s3:TestEvent", _nothing),
    (lambda message: "detail-type" in message, _eventbridge),
    (
        lambda message: "event_type" in message and isinstance(message.get("message"), dict),
        _seaweedfs,
    ),
    (lambda message: "bucket" in message and "key" in message, _plain),
)


def _text(message: Any, *path: str) -> str:
    """The text at a path of names.

    Raises:
        InputError: there is none.
    """
    value = message
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str) and value:
        return value
    raise InputError(
        f"the event has no text at '{'.'.join(path)}': {_shown(json.dumps(message))}; send it as "
        "its sender writes it"
    )


def _unknown(body: bytes | str) -> InputError:
    return InputError(
        f"the event is of no known format: {_shown(body)}; send what S3, EventBridge, SNS or "
        'SeaweedFS write, or {"bucket": "…", "key": "…"}'
    )


def _shown(body: bytes | str) -> str:
    return shown(body if isinstance(body, str) else body.decode("utf-8", "replace"))

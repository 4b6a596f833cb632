"""Messages of every format say which objects are new."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.pipelines.events import News, ObjectEvent, read_event
from tests.pipelines.event_messages import (
    TEST_EVENT,
    api_call,
    object_created,
    s3_notification,
    seaweedfs,
    sns,
    subscription,
)

FORMATS = {
    "s3-event": s3_notification,
    "eventbridge": object_created,
    "cloudtrail": api_call,
    "seaweedfs": seaweedfs,
    "webhook": lambda bucket, key: {"bucket": bucket, "key": key},
}
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda key: not key.startswith((".uploads/", "/"))
)


def read(message):
    return read_event(json.dumps(message))


@pytest.mark.parametrize("trigger", FORMATS)
@given(key=KEYS)
def test_every_format_names_the_object_and_its_sender(trigger, key):
    message = FORMATS[trigger]("retail", key)
    told = News((ObjectEvent("retail", key, trigger),))
    assert read(message) == told
    assert read(sns(message)) == told


@pytest.mark.parametrize("call", ["PutObject", "CopyObject", "CompleteMultipartUpload"])
def test_the_calls_that_write_an_object(call):
    assert len(read(api_call("retail", "a.csv", call)).objects) == 1


def test_one_message_tells_of_several_objects():
    message = s3_notification("retail", "a b.csv")
    message["Records"] += s3_notification("retail", "gone.csv", "ObjectRemoved:Delete")["Records"]
    message["Records"] += s3_notification("other", "ü.csv", "s3:ObjectCreated:Copy")["Records"]
    assert [(each.bucket, each.key) for each in read(message).objects] == [
        ("retail", "a b.csv"),
        ("other", "ü.csv"),
    ]


SILENT = {
    "S3 tries a new configuration": TEST_EVENT,
    "an object is gone": object_created("retail", "a.csv", "Object Deleted"),
    "an object was read": api_call("retail", "a.csv", "GetObject"),
    "the call failed": api_call("retail", "a.csv", errorCode="AccessDenied"),
    "a folder": seaweedfs("retail", "input", is_directory=True),
    "part of an upload": seaweedfs("retail", ".uploads/5f/0001.part"),
    "SeaweedFS' own": seaweedfs(".system", "owners/retail"),
    "no bucket's": {
        "event_type": "create",
        "message": {"new_entry": {"name": "x"}, "new_parent_path": "/etc"},
    },
    "a deletion": {"event_type": "delete", "message": {"old_entry": {"name": "a.csv"}}},
    "the end of a subscription": {**subscription("x"), "Type": "UnsubscribeConfirmation"},
}


@pytest.mark.parametrize("message", SILENT.values(), ids=SILENT)
def test_what_tells_of_no_new_object(message):
    assert read(message) == News()


def test_sns_asks_whether_its_messages_are_wanted():
    url = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription"
    assert read(subscription(url)) == News(subscribe_url=url)


REFUSED = {
    "no JSON": ("hello\n", r"no JSON: hello\\n"),
    "no text": (b"\xff\xfe\x00", "no JSON"),
    "no object": ("[1]", r"no known format: \[1\]"),
    "deep": ("[" * 100_000, "the event is no"),
    "unknown": ('{"hello": 1}', 'no known format: {"hello": 1}'),
    "records": ('{"Records": 3}', "no known format"),
    "no bucket": ('{"Records": [{"eventName": "ObjectCreated:Put"}]}', "no text at 's3.bucket"),
    "a number": ('{"bucket": "retail", "key": 7}', "no text at 'key'"),
    "no detail": ('{"detail-type": "AWS API Call via CloudTrail"}', "no known format"),
    "SNS around no JSON": (json.dumps({**sns({}), "Message": "hi"}), "no JSON: hi"),
}


@pytest.mark.parametrize(("body", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_event(body, complaint):
    with pytest.raises(InputError, match=complaint):
        read_event(body)


def test_a_long_message_is_shown_by_its_beginning():
    with pytest.raises(InputError) as refused:
        read_event(json.dumps({"x": "y" * 10_000}))
    assert len(str(refused.value)) < 500

"""Messages as their senders document them, about one object."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus


def s3_notification(bucket: str, key: str, event: str = "ObjectCreated:Put") -> dict[str, Any]:
    """Amazon S3's user guide, "Event message structure"."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": "us-west-2",
                "eventTime": "1970-01-01T00:00:00.000Z",
                "eventName": event,
                "userIdentity": {"principalId": "AIDAJDPLRKLG7UEXAMPLE"},
                "requestParameters": {"sourceIPAddress": "172.16.0.1"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "testConfigRule",
                    "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
                    "object": {
                        "key": quote_plus(key, safe="/"),
                        "size": 1024,
                        "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                        "sequencer": "0055AED6DCD90281E5",
                    },
                },
            }
        ]
    }


TEST_EVENT = {
    "Service": "Amazon S3",
    "Event": "s3:TestEvent",
    "Time": "2014-10-13T15:57:02.089Z",
    "Bucket": "retail",
    "RequestId": "5582815E1AEA5ADF",
}


def object_created(bucket: str, key: str, kind: str = "Object Created") -> dict[str, Any]:
    """Amazon S3's user guide, "Event message structure" for EventBridge."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": kind,
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2021-11-12T00:00:00Z",
        "region": "ca-central-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184"},
            "reason": "PutObject",
        },
    }


def api_call(bucket: str, key: str, call: str = "PutObject", **detail: Any) -> dict[str, Any]:
    """EventBridge's user guide, "AWS service events delivered via CloudTrail"."""
    return {
        "version": "0",
        "id": "36eb8523-97d0-4518-b33d-ee3579ff19f0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2016-02-20T01:09:13Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.03",
            "eventTime": "2016-02-20T01:09:13Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": call,
            "awsRegion": "us-east-1",
            "requestParameters": {"bucketName": bucket, "key": key},
            "responseElements": None,
            "eventType": "AwsApiCall",
            **detail,
        },
    }


def sns(message: dict[str, Any]) -> dict[str, Any]:
    """Amazon SNS' guide, "HTTP/HTTPS notification JSON format"."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
        "Subject": "Amazon S3 Notification",
        "Message": json.dumps(message),
        "Timestamp": "2012-05-02T00:54:06.655Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLEw6JRN",
        "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3.pem",
        "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
    }


def subscription(url: str) -> dict[str, Any]:
    """Amazon SNS' guide, "HTTP/HTTPS subscription confirmation JSON format"."""
    return {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "Token": "2336412f37",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
        "Message": "You have chosen to subscribe to the topic.",
        "SubscribeURL": url,
        "Timestamp": "2012-04-26T20:45:04.751Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLEpH+",
    }


def seaweedfs(bucket: str, key: str, event: str = "create", **entry: Any) -> dict[str, Any]:
    """As SeaweedFS 4.48 sends it."""
    folder, _, name = f"/buckets/{bucket}/{key}".rpartition("/")
    attributes = {"file_size": 4000, "mtime": 1795367874, "mime": "text/plain"}
    return {
        "event_type": event,
        "key": f"{folder}/{name}",
        "message": {
            "new_entry": {"name": name, "attributes": attributes, **entry},
            "delete_chunks": True,
            "new_parent_path": folder,
            "signatures": [614126154],
        },
    }

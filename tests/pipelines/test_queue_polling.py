"""A queue tells of new files; its messages go when their objects were noticed."""

import json
import logging
from collections.abc import Iterator

import botocore.session
import pytest
from moto.server import ThreadedMotoServer

from forecastle.core.errors import InputError, StorageError
from forecastle.pipelines.queue_polling import QueuePolling
from forecastle.storage.folder_bucket import FolderBucket
from tests.pipelines.event_messages import api_call, object_created, s3_notification, sns
from tests.pipelines.watched_world import World

KEY = "input/sales.csv"
KEYS = {"sqs_access_key_id": "key", "sqs_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Queue:
    """A queue of moto's server, and a service that polls it."""

    def __init__(self, endpoint, folder, name, **settings):
        self.client = botocore.session.get_session().create_client(
            "sqs",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        self.url = self.client.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})[
            "QueueUrl"
        ]
        self.world = World.at(folder, sqs_queue_url=self.url, **(settings or KEYS))
        self.world.apply()
        self.polling = QueuePolling(self.world.service, self.url, wait_seconds=0)

    def send(self, message):
        self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(message))

    def left(self):
        attributes = self.client.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])


@pytest.fixture
def queue(endpoint, tmp_path, request):
    made = Queue(endpoint, tmp_path, f"uploads-{request.node.name}"[:80])
    yield made
    made.world.service.catalog.close()


def test_messages_of_every_format_start_their_runs_and_go(queue):
    messages = (s3_notification, object_created, api_call, lambda *a: sns(s3_notification(*a)))
    for number, message in enumerate(messages):
        queue.world.drop(f"input/{number}.csv")
        queue.send(message("retail", f"input/{number}.csv"))
    begun = [run for _ in range(8) for run in queue.polling.poll()]
    assert len(begun) == 4
    assert queue.world.run_keys() == {f"input/{number}.csv": 1 for number in range(4)}
    assert {run.trigger for run in queue.world.runs()} == {"sqs"}
    assert queue.left() == 0


def test_a_message_stays_until_its_object_could_be_noticed(queue, monkeypatch):
    queue.world.drop(KEY)
    queue.send(s3_notification("retail", KEY))

    def fail(*_):
        raise StorageError("the disk is away")

    monkeypatch.setattr(FolderBucket, "find", fail)
    assert queue.polling.poll() == []
    assert queue.left() == 1
    monkeypatch.undo()
    assert len(queue.polling.poll()) == 1
    assert queue.left() == 0


def test_what_nobody_can_read_does_not_come_for_ever(queue, caplog):
    queue.send({"hello": 1})
    assert queue.polling.poll() == []
    assert queue.left() == 0
    assert 'no known format: {"hello": 1}' in caplog.text


def test_an_empty_queue_is_no_failure(queue):
    assert queue.polling.poll() == []


def test_a_queue_that_is_not_there_is_named_with_the_remedy(queue):
    queue.client.delete_queue(QueueUrl=queue.url)
    with pytest.raises(StorageError, match=r"uploads-.* check the settings sqs_queue_url"):
        queue.polling.poll()


def test_the_key_of_s3_serves_where_the_queue_has_none_and_one_is_needed(endpoint, tmp_path):
    shared = {"s3_access_key_id": "key", "s3_secret_access_key": "secret"}
    with_shared = Queue(endpoint, tmp_path / "a", "shared", **shared)
    assert with_shared.polling.poll() == []
    without = Queue(endpoint, tmp_path / "b", "without", region="us-east-1")
    with pytest.raises(InputError, match="set sqs_access_key_id and sqs_secret_access_key"):
        without.polling.poll()
    for each in (with_shared, without):
        each.world.service.catalog.close()

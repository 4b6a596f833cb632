"""``POST /events``: who may tell of new files, in which formats, and what is answered."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from forecastle.api.app import create_app
from forecastle.pipelines.webhook import webhook_path, webhook_token
from tests.pipelines.event_messages import (
    api_call,
    object_created,
    s3_notification,
    seaweedfs,
    sns,
    subscription,
)
from tests.pipelines.watched_world import ACCOUNT, OTHER, World
from tests.servers_api import Http

KEY = "input/sales.csv"
PLAIN = {"bucket": "retail", "key": KEY}


class Sender:
    """Sends events to a service with a pipeline for ``s3://retail/input/``."""

    def __init__(self, world, timer=lambda: 0.0):
        self.world = world
        world.apply()
        world.drop(KEY)
        self.http = Http(create_app(world.service, timer=timer))

    def token(self, account=ACCOUNT):
        return webhook_token(self.world.service, account)

    def send(self, message=PLAIN, *, path="/events", **headers):
        return self.http.request("POST", path, content=json.dumps(message), headers=headers)

    def post(self, message=PLAIN, account=ACCOUNT):
        return self.send(message, authorization=f"Bearer {self.token(account)}")


@pytest.fixture
def world(tmp_path):
    made = World.at(tmp_path)
    yield made
    made.service.catalog.close()


@pytest.fixture
def sender(world):
    return Sender(world)


MESSAGES = {
    "S3": s3_notification("retail", KEY),
    "EventBridge": object_created("retail", KEY),
    "CloudTrail": api_call("retail", KEY),
    "S3 through SNS": sns(s3_notification("retail", KEY)),
    "SeaweedFS": seaweedfs("retail", KEY),
    "a script": PLAIN,
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_an_event_starts_a_run_and_the_second_delivery_nothing(sender, message):
    answer = sender.post(message)
    (run,) = sender.world.runs()
    assert (answer.status_code, answer.json()) == (200, {"runs": [run.run_id]})
    assert sender.post(message).json() == {"runs": []}


WAYS = {
    "bearer": lambda sender: sender.send(authorization=f"bearer {sender.token()}"),
    "header": lambda sender: sender.send(**{"x-forecastle-token": sender.token()}),
    "address": lambda sender: sender.send(path=webhook_path(sender.world.service, ACCOUNT)),
    "operator": lambda sender: sender.post(account=None),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_token_comes_in_a_header_or_in_the_address(sender, way):
    assert len(way(sender).json()["runs"]) == 1


STRANGERS = {
    "no token": ("", "MissingAuthenticationTokenException"),
    "a wrong one": (f"{ACCOUNT}-{'0' * 64}", "UnrecognizedClientException"),
    "none at all": ("ü", "UnrecognizedClientException"),
}


@pytest.mark.parametrize(("token", "name"), STRANGERS.values(), ids=STRANGERS)
def test_strangers_are_refused_and_audited(sender, token, name):
    answer = sender.send(**{"x-forecastle-token": token.encode()})
    assert (answer.status_code, answer.json()["error"]) == (403, name)
    (entry,) = sender.world.service.catalog.audit.entries()
    assert (entry.operation, entry.outcome, entry.account) == ("PostEvents", name, None)
    assert sender.world.runs() == []


def test_an_accounts_token_is_not_anothers_and_does_not_tell_what_others_have(sender):
    world = sender.world
    world.bucket("theirs", OTHER)
    world.apply("theirs", OTHER, source={"bucket": "theirs"})
    world.drop("a.csv", bucket="theirs")
    stolen = sender.token().replace(ACCOUNT, OTHER)
    assert sender.send(authorization=f"Bearer {stolen}").status_code == 403
    theirs, nobodys = (
        sender.post({"bucket": bucket, "key": "a.csv"}) for bucket in ("theirs", "nobodys")
    )
    assert theirs.json() == nobodys.json() == {"runs": []}
    assert len(sender.post({"bucket": "theirs", "key": "a.csv"}, OTHER).json()["runs"]) == 1


def test_tokens_are_taken_back_by_the_setting(tmp_path):
    first = World.at(tmp_path / "data")
    old = webhook_token(first.service, ACCOUNT)
    first.service.catalog.close()
    (tmp_path / "data" / "buckets" / "retail").rmdir()
    sender = Sender(World.at(tmp_path / "data", webhook_version=2))
    assert sender.send(authorization=f"Bearer {old}").status_code == 403
    assert sender.post().status_code == 200
    sender.world.service.catalog.close()


@pytest.mark.parametrize("body", ["hello", {"hello": 1}], ids=["text", "unknown"])
def test_what_is_no_event_is_refused_with_the_remedy(sender, body):
    answer = sender.post(body)
    assert answer.status_code == 400
    assert '{"bucket": "…", "key": "…"}' in answer.json()["message"]


def test_limits_are_those_of_the_api(tmp_path):
    world = World.at(tmp_path, request_burst=2, requests_per_second=1, max_request_bytes=200)
    sender = Sender(world)
    assert [sender.post().status_code for _ in range(3)] == [200, 200, 400]
    assert "Rate exceeded" in sender.post().json()["message"]
    assert sender.post({"x": "y" * 200}).status_code == 413
    world.service.catalog.close()


def test_the_log_and_the_metrics_tell_of_it_without_the_token(sender, caplog):
    caplog.set_level(logging.INFO)
    sender.send(path=webhook_path(sender.world.service, ACCOUNT))
    ours = [vars(each) for each in caplog.records if each.name.startswith("forecastle")]
    assert len(ours) == 2
    assert sender.token() not in str(ours)
    metrics = sender.http.request("GET", "/metrics").text
    assert 'forecastle_requests_total{operation="PostEvents",outcome="OK"} 1.0' in metrics


class TestSubscriptions:
    @pytest.fixture
    def other(self):
        """A server like Amazon SNS; what it was asked for."""
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(302 if "elsewhere" in self.path else 200)
                self.send_header("Location", "/stolen")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()
        server.server_close()

    def ask(self, tmp_path, url, **settings):
        world = World.at(tmp_path, **settings)
        try:
            return Sender(world).post(subscription(url))
        finally:
            world.service.catalog.close()

    def test_it_is_confirmed_by_fetching_the_address(self, tmp_path, other):
        server, asked = other
        answer = self.ask(tmp_path, f"{server}/?Action=Confirm", sns_endpoint_url=server)
        assert (answer.status_code, asked) == (200, ["/?Action=Confirm"])

    @pytest.mark.parametrize(
        "url",
        [
            "{server}/?Action=Confirm",
            "http://sns.us-east-1.amazonaws.com/?x",
            "https://sns.us-east-1.amazonaws.com.evil.example/?x",
            "https://sns.us-east-1.amazonaws.com@evil.example/?x",
            "https://s3.us-east-1.amazonaws.com/?x",
            "file:///etc/passwd?",
        ],
    )
    def test_no_other_address_is_fetched(self, tmp_path, other, url):
        server, asked = other
        answer = self.ask(tmp_path, url.format(server=server))
        assert answer.status_code == 400
        assert "is not at https://sns." in answer.json()["message"]
        assert asked == []

    def test_nobody_is_led_elsewhere(self, tmp_path, other):
        server, asked = other
        answer = self.ask(tmp_path, f"{server}/?elsewhere", sns_endpoint_url=server)
        assert (answer.status_code, asked) == (503, ["/?elsewhere"])

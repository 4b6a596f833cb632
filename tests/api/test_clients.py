"""boto3 and bare HTTP against a real socket."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from botocore.exceptions import ClientError

from forecastle.api.app import create_app
from forecastle.catalog.access_keys import Role
from forecastle.core.errors import ResourceNotFound
from tests.api.signing import Credentials, signed_headers
from tests.servers_api import ACCOUNT, FakeCall, new_key, running_api

RESULTS = {
    "ListDatasets": {"Datasets": [{"DatasetName": "Äpfel", "CreationTime": 1_700_000_000.25}]},
    "QueryForecast": {"Forecast": {"Predictions": {"p50": [{"Timestamp": "t", "Value": 1.5}]}}},
}


@pytest.fixture
def call():
    return FakeCall(RESULTS)


@pytest.fixture
def api(service, call):
    with running_api(service, create_app(service, call)) as running:
        yield running


def code(caught) -> tuple[str, int]:
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_boto3_speaks_with_both_services(api):
    (dataset,) = api.client("forecast").list_datasets()["Datasets"]
    assert dataset["DatasetName"] == "Äpfel"
    assert dataset["CreationTime"].timestamp() == 1_700_000_000.25
    arn = f"arn:aws:forecast:eu-central-1:{ACCOUNT}:forecast/f"
    query = api.client("forecastquery").query_forecast(ForecastArn=arn, Filters={"item_id": "a"})
    assert query["Forecast"]["Predictions"]["p50"] == [{"Timestamp": "t", "Value": 1.5}]
    assert len(query["ResponseMetadata"]["RequestId"]) == 36


def test_boto3_raises_the_modelled_class(api, call):
    call.error = ResourceNotFound("No resource was found")
    client = api.client("forecast")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="No resource was found"):
        client.list_datasets()


def test_boto3_asks_sts_for_the_account(api):
    key = new_key(api.service, Role.VIEWER)
    identity = api.client("sts", key).get_caller_identity()
    assert identity["Account"] == ACCOUNT
    assert identity["UserId"] == key.access_key_id
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{key.access_key_id}"


def test_a_wrong_secret_is_refused_by_both(api):
    wrong = replace(api.key, secret="wrong")
    with pytest.raises(ClientError) as caught:
        api.client("forecast", wrong).list_datasets()
    assert code(caught) == ("InvalidSignatureException", 403)
    with pytest.raises(ClientError) as caught:
        api.client("sts", wrong).get_caller_identity()
    assert code(caught) == ("SignatureDoesNotMatch", 403)


def test_a_key_that_is_revoked_stops_working(service, call):
    now = [0.0]
    app = create_app(service, call, timer=lambda: now[0])
    with running_api(service, app) as api:
        client = api.client("forecast")
        client.list_datasets()
        service.catalog.access_keys.revoke(api.key.access_key_id, service.clock())
        now[0] = 1.1
        with pytest.raises(ClientError) as caught:
            client.list_datasets()
    assert code(caught) == ("UnrecognizedClientException", 403)


def test_a_bare_request_by_another_signer(api):
    signer = Credentials(api.key.access_key_id, api.key.secret)
    headers = signed_headers(signer, b"{}", host=api.url.removeprefix("http://"))
    answer = httpx.post(api.url, content=b"{}", headers=headers)
    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert answer.json() == {"Datasets": RESULTS["ListDatasets"]["Datasets"]}


def test_a_request_that_is_far_too_large_is_answered_and_the_connection_lives(api):
    with httpx.Client() as http:
        answer = http.post(api.url, content=b" " * 5_000_000)
        assert (answer.status_code, answer.json()["__type"]) == (
            413,
            "RequestEntityTooLargeException",
        )
        assert http.get(f"{api.url}/healthz").status_code == 200


def test_a_header_sent_twice_does_not_pass_for_one(api):
    signer = Credentials(api.key.access_key_id, api.key.secret)
    headers = list(signed_headers(signer, b"{}", host=api.url.removeprefix("http://")).items())
    twice = [*headers, ("x-amz-target", "AmazonForecast.DeleteDataset")]
    answer = httpx.post(api.url, content=b"{}", headers=twice)
    assert answer.json()["__type"] == "InvalidSignatureException"


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(api):
    host, port = api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert api.client("forecast").list_datasets()["Datasets"]


class Busy:
    """Operations that wait until they are let go."""

    def __init__(self, guests: int) -> None:
        self.inside, self.go = threading.Barrier(guests + 1), threading.Event()

    def __call__(self, _context, _operation, _parameters):
        self.inside.wait(20)
        self.go.wait(20)
        return {}


def test_when_the_house_is_full_others_are_told_at_once_and_health_still_answers(service):
    busy = Busy(guests=3)
    service = replace(service, settings=replace(service.settings, max_concurrent_requests=3))
    with running_api(service, create_app(service, busy)) as api, ThreadPoolExecutor(3) as pool:
        client = api.client("forecast")
        guests = [pool.submit(client.list_datasets) for _ in range(3)]
        try:
            busy.inside.wait(20)
            with pytest.raises(ClientError) as caught:
                client.list_datasets()
            healthy = httpx.get(f"{api.url}/healthz")
        finally:
            busy.go.set()
        assert code(caught) == ("ServiceUnavailableException", 503)
        assert "max_concurrent_requests" in str(caught.value)
        assert healthy.status_code == 200
        assert all("ResponseMetadata" in guest.result() for guest in guests)


def test_many_clients_at_once_are_all_answered(api):
    clients = [api.client("forecast") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: clients[number % 2].list_datasets(), range(40)))
    identities = {answer["ResponseMetadata"]["RequestId"] for answer in answers}
    assert len(identities) == 40


def test_the_error_body_is_what_javascript_and_boto3_read(api):
    answer = httpx.post(api.url)
    record = json.loads(answer.text)
    assert set(record) == {"__type", "Message", "message"}

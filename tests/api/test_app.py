"""HTTP around the operations: answers, refusals, limits, audit, logs; in the process."""

import asyncio
import json
import logging
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from forecastle.api.app import create_app
from forecastle.core.errors import (
    AccessDenied,
    ForecastleError,
    InputError,
    ResourceNotFound,
    StorageError,
)
from tests.api.signing import JSON, Credentials, signed_headers
from tests.servers_api import ACCOUNT, CLIENT, FakeCall, Http, new_key

FORM = "application/x-www-form-urlencoded; charset=utf-8"
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
CREATE = "AmazonForecast.CreateDataset"
ARN = f"arn:aws:forecast:eu-central-1:{ACCOUNT}:dataset/sales"


class Api:
    """The app with fake operations, and somebody who signs."""

    def __init__(self, service, call=None, timer=lambda: 0.0) -> None:
        self.service, self.call = service, call or FakeCall()
        self.key = new_key(service)
        self.signer = Credentials(self.key.access_key_id, self.key.secret)
        self.http = Http(create_app(service, self.call, timer))

    def post(self, body: bytes = b"{}", **choices):
        return self.http.post(content=body, headers=signed_headers(self.signer, body, **choices))

    def audited(self):
        return [(entry.operation, entry.outcome) for entry in self.service.catalog.audit.entries()]


@pytest.fixture
def api(service):
    return Api(service)


def test_an_operation_gets_the_caller_and_the_parameters_and_its_result_goes_back(service):
    call = FakeCall({"ListDatasets": {"Datasets": [{"DatasetArn": ARN, "CreationTime": 1.5}]}})
    answer = Api(service, call).post(b'{"MaxResults": 5}')
    ((context, operation, parameters),) = call.seen
    assert (operation, parameters) == ("ListDatasets", {"MaxResults": 5})
    assert (context.caller.account, context.caller.region) == (ACCOUNT, "eu-central-1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == JSON
    assert answer.json() == {"Datasets": [{"DatasetArn": ARN, "CreationTime": 1.5}]}


def test_every_answer_carries_a_request_id_of_its_own_and_no_name_of_the_server(api):
    answers = [api.post(), api.post(), api.http.get("/nowhere"), api.http.post()]
    assert len({answer.headers["x-amzn-requestid"] for answer in answers}) == 4
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


REFUSALS = {
    "unsigned": (lambda api: api.http.post(), 403, "MissingAuthenticationTokenException"),
    "changed": (
        lambda api: api.http.post(content=b"{ }", headers=signed_headers(api.signer, b"{}")
        ),
        403,
        "InvalidSignatureException",
    ),
    "of another service": (lambda api: api.post(service="s3"), 403, "InvalidSignatureException"),
    "with a session": (
        lambda api: api.post(extra={"x-amz-security-token": "t"}),
        403,
        "UnrecognizedClientException",
    ),
    "of an unknown operation": (
        lambda api: api.post(target="AmazonForecast.Divine"),
        404,
        "UnknownOperationException",
    ),
    "of no operation": (lambda api: api.post(target=None), 404, "UnknownOperationException"),
    "no JSON": (lambda api: api.post(b"{"), 400, "SerializationException"),
    "another page": (lambda api: api.http.get("/nowhere"), 404, "UnknownOperationException"),
    "another method": (
        lambda api: api.http.request("DELETE", "/"),
        404,
        "UnknownOperationException",
    ),
    "presigned": (
        lambda api: api.http.get("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"),
        403,
        "IncompleteSignatureException",
    ),
    "too large": (lambda api: api.post(b" " * 2_000_000), 413, "RequestEntityTooLargeException"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_request_is_refused_in_the_words_of_aws(api, kind: str):
    ask, status, name = REFUSALS[kind]
    answer = ask(api)
    assert answer.status_code == status
    record = answer.json()
    assert record["__type"] == name
    assert record["message"] == record["Message"] != ""
    assert api.call.seen == []


ERRORS = {
    "input": (InputError("ForecastHorizon 0 …"), 400, "InvalidInputException"),
    "not found": (ResourceNotFound("No resource"), 400, "ResourceNotFoundException"),
    "role": (AccessDenied("User is not authorized"), 403, "AccessDeniedException"),
    "bucket": (StorageError("s3://b/k: 503"), 503, "ServiceUnavailableException"),
    "on purpose": (ForecastleError("try again"), 500, "InternalServerError"),
    "database": (
        OperationalError("SELECT secret", {}, Exception("gone")),
        503,
        "ServiceUnavailableException",
    ),
    "a fault": (ZeroDivisionError("in line 7"), 500, "InternalServerError"),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_an_operation_that_raises_answers_with_its_error(service, kind: str):
    error, status, name = ERRORS[kind]
    answer = Api(service, FakeCall(error=error)).post()
    assert (answer.status_code, answer.json()["__type"]) == (status, name)
    if isinstance(error, ForecastleError):
        assert answer.json()["message"] == str(error)


@pytest.mark.parametrize("kind", ["database", "a fault"])
def test_no_story_leaves_it_goes_to_the_log_under_the_request_id(service, kind: str, caplog):
    answer = Api(service, FakeCall(error=ERRORS[kind][0])).post()
    for word in ("Traceback", "line 7", "ZeroDivision", "SELECT", "gone"):
        assert word not in answer.text
    request_id = answer.headers["x-amzn-requestid"]
    assert request_id in answer.json()["message"]
    (story,) = [record for record in caplog.records if record.exc_info]
    assert story.fields["request_id"] == request_id
    assert story.exc_info[1] is ERRORS[kind][0]


def test_a_result_that_cannot_be_written_is_a_fault_of_ours(service):
    call = FakeCall({"ListDatasets": {"Datasets": 7}})
    answer = Api(service, call).post()
    assert (answer.status_code, answer.json()["__type"]) == (500, "InternalServerError")


def test_a_body_that_comes_in_pieces_is_cut_off_at_the_limit(service):
    service = replace(service, settings=replace(service.settings, max_request_bytes=1000))
    api = Api(service)
    given = []

    async def pieces():
        for _ in range(1000):
            given.append(1)
            yield b" " * 100

    answer = api.http.post(content=pieces(), headers={"x-amz-target": CREATE})
    assert answer.json()["__type"] == "RequestEntityTooLargeException"
    assert len(given) < 20
    assert "1000 bytes" in answer.json()["message"]
    assert "max_request_bytes" in answer.json()["message"]


def test_a_body_that_does_not_come_is_not_waited_for(api, monkeypatch):
    monkeypatch.setattr("forecastle.api.app._BODY_SECONDS", 0.01)

    async def never():
        yield b"{"
        await asyncio.Event().wait()

    answer = api.http.post(content=never())
    assert (answer.status_code, answer.json()["__type"]) == (408, "RequestTimeoutException")


def test_a_key_that_asks_too_often_is_slowed_down_and_others_are_not(service):
    now = [0.0]
    settings = replace(service.settings, requests_per_second=2, request_burst=3)
    api = Api(replace(service, settings=settings), timer=lambda: now[0])
    assert [api.post().status_code for _ in range(4)] == [200, 200, 200, 400]
    refused = api.post()
    assert refused.json()["__type"] == "ThrottlingException"
    assert "2 requests per second" in refused.json()["message"]
    other = new_key(service)
    api.signer = Credentials(other.access_key_id, other.secret)
    assert api.post().status_code == 200
    api.signer = Credentials(api.key.access_key_id, api.key.secret)
    now[0] = 0.5
    assert [api.post().status_code for _ in range(2)] == [200, 400]


def test_sts_tells_who_asks(api):
    answer = api.post(IDENTITY, target=None, content_type=FORM, service="sts")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert f"<Account>{ACCOUNT}</Account>" in answer.text
    assert f"<Arn>arn:aws:iam::{ACCOUNT}:user/{api.key.access_key_id}</Arn>" in answer.text


@pytest.mark.parametrize(
    ("body", "service_name", "status", "code"),
    [
        (IDENTITY, "forecast", 403, "SignatureDoesNotMatch"),
        (b"Action=AssumeRole&RoleArn=<x>", "sts", 400, "InvalidAction"),
        (b"&".join([b"Action=AssumeRole"] * 200), "sts", 400, "InvalidAction"),
        (b"", "sts", 400, "InvalidAction"),
    ],
)
def test_sts_refuses_in_xml(api, body: bytes, service_name: str, status: int, code: str):
    answer = api.post(body, target=None, content_type=FORM, service=service_name)
    assert answer.status_code == status
    assert f"<Code>{code}</Code>" in answer.text
    assert answer.headers["x-amzn-requestid"] in answer.text


def test_changes_are_audited_with_what_came_of_them_and_reading_is_not(service):
    call = FakeCall({"CreateDataset": {"DatasetArn": ARN}})
    api = Api(service, call)
    api.post()
    api.post(b'{"DatasetName": "sales"}', target=CREATE)
    call.error = AccessDenied("no")
    api.post(b'{"DatasetName": "more"}', target=CREATE)
    api.post(json.dumps({"DatasetArn": ARN}).encode(), target="AmazonForecast.DeleteDataset")
    entries = list(service.catalog.audit.entries(ACCOUNT))
    assert [(entry.operation, entry.resource, entry.outcome) for entry in entries] == [
        ("CreateDataset", ARN, "OK"),
        ("CreateDataset", "more", "AccessDeniedException"),
        ("DeleteDataset", ARN, "AccessDeniedException"),
    ]
    assert {entry.access_key_id for entry in entries} == {api.key.access_key_id}
    assert {entry.address for entry in entries} == {CLIENT[0]}
    assert len({entry.request_id for entry in entries}) == 3


def test_what_a_client_calls_a_thing_is_cut_and_cleaned_before_it_is_audited(service):
    api = Api(service, FakeCall(error=InputError("no")))
    api.post(json.dumps({"DatasetName": "a\0\nb" + "x" * 999}).encode(), target=CREATE)
    (entry,) = service.catalog.audit.entries()
    assert entry.resource == "ab" + "x" * 296


def test_failed_signatures_are_audited_but_cannot_flood_the_log(service):
    api = Api(service)
    api.signer = replace(api.signer, secret="wrong")
    for _ in range(60):
        assert api.post(target=CREATE).status_code == 403
    audited = api.audited()
    assert set(audited) == {("CreateDataset", "InvalidSignatureException")}
    assert len(audited) == 50
    entry = next(service.catalog.audit.entries())
    assert (entry.account, entry.access_key_id) == (None, api.key.access_key_id)


def test_an_audit_log_that_cannot_be_written_is_told_and_undoes_nothing(service, caplog):
    api = Api(service)
    with service.catalog.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO lost")
    assert api.post(target=CREATE).status_code == 200
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert record.fields["operation"] == "CreateDataset"


def test_each_request_is_a_line_in_the_log_without_bodies_or_secrets(service, caplog):
    caplog.set_level(logging.INFO, "forecastle")
    api = Api(service)
    body = b'{"DatasetName": "confidential"}'
    answer = api.post(body, target=CREATE)
    (record,) = [each for each in caplog.records if each.getMessage() == "request"]
    assert record.fields == {
        "request_id": answer.headers["x-amzn-requestid"],
        "operation": "CreateDataset",
        "account": ACCOUNT,
        "access_key_id": api.key.access_key_id,
        "address": CLIENT[0],
        "outcome": "OK",
        "milliseconds": 0.0,
    }
    signature = signed_headers(api.signer, body)["authorization"].rpartition("=")[2]
    for word in ("confidential", api.key.secret, signature):
        assert word not in caplog.text

"""What supervisors and Prometheus are told."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from forecastle.api.app import create_app
from forecastle.catalog.resources import Resource
from forecastle.core.names import ResourceType
from tests.api.signing import Credentials, signed_headers
from tests.servers_api import ACCOUNT, FakeCall, Http, new_key


@pytest.fixture
def http(service):
    return Http(create_app(service, FakeCall()))


def numbers(http) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(http.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_a_process_that_answers_is_healthy(http):
    assert (answer := http.get("/healthz")).status_code == 200
    assert answer.json() == {"status": "ok"}


def test_it_is_ready_without_workers_and_counts_them(http, service):
    assert http.get("/readyz").json() == {"status": "ready", "database": "ok", "workers": 0}
    service.catalog.workers.register("w1", "host", 1)
    assert http.get("/readyz").json()["workers"] == 1


def test_a_database_of_another_version_is_not_ready(http, service):
    with service.catalog.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = http.get("/readyz")
    assert answer.status_code == 503
    assert "forecastle db upgrade" in answer.json()["database"]


def test_a_database_that_does_not_answer_is_not_ready_and_no_story_leaves(http, service):
    with service.catalog.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE workers")
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")
    assert numbers(http)["forecastle_database_up",] == 0.0


def test_requests_are_counted_by_operation_and_outcome(http, service):
    key = new_key(service)
    http.post(content=b"{}", headers=signed_headers(Credentials(key.access_key_id, key.secret)))
    http.post(headers={"x-amz-target": "AmazonForecast.ListDatasets"})
    http.post(headers={"x-amz-target": "AmazonForecast.Anything"})
    found, name = numbers(http), "forecastle_requests_total"
    assert found[name, "ListDatasets", "OK"] == 1.0
    assert found[name, "ListDatasets", "MissingAuthenticationTokenException"] == 1.0
    assert found[name, "unknown", "MissingAuthenticationTokenException"] == 1.0
    assert found["forecastle_request_seconds_count", "ListDatasets"] == 2.0
    assert found["process_resident_memory_bytes",] > 1e6


def test_resources_are_counted_by_type_and_status_and_workers_while_they_beat(http, service):
    for number, status in enumerate(("ACTIVE", "ACTIVE", "CREATE_FAILED")):
        arn = f"arn:aws:forecast:x:{ACCOUNT}:forecast/f{number}"
        service.catalog.resources.add(
            Resource(arn, ACCOUNT, ResourceType.FORECAST, "f", status, 1.0, 1.0, "n")
        )
    service.catalog.workers.register("w1", "host", 1)
    found = numbers(http)
    assert found["forecastle_resources", "ACTIVE", "forecast"] == 2.0
    assert found["forecastle_resources", "CREATE_FAILED", "forecast"] == 1.0
    assert found["forecastle_workers",] == 1.0
    assert found["forecastle_database_up",] == 1.0


def test_apps_do_not_share_their_numbers(http, service):
    http.post()
    other = Http(create_app(service, FakeCall()))
    assert not [name for name in numbers(other) if name[0] == "forecastle_requests_total"]

"""Whatever is asked of any operation, the answer is its own, a modelled or a common error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastle.api.app import create_app
from forecastle.catalog.access_keys import Role
from forecastle.service.contract import operations
from forecastle.service.operations import ROLES
from tests.api.signing import Credentials, signed_headers
from tests.servers_api import Http, new_key, opened_service
from tests.service.requests import invalid_requests, valid_requests

# What AWS's front end answers for any operation, whether modelled there or not.
COMMON = {"ValidationException", "SerializationException"}
EXAMPLES = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
NAMES = sorted(operations())


class Asker:
    """Sends requests as a key of some role."""

    def __init__(self, service, role: Role) -> None:
        key = new_key(service, role)
        self.signer = Credentials(key.access_key_id, key.secret)
        self.http = Http(create_app(service))

    def ask(self, operation, body: bytes):
        headers = signed_headers(self.signer, body, target=operation.target)
        return self.http.post(content=body, headers=headers)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("every-operation")
    with opened_service(folder, requests_per_second=0) as opened:
        yield opened


@pytest.fixture(scope="module")
def operator(service):
    return Asker(service, Role.OPERATOR)


@pytest.fixture(scope="module")
def viewer(service):
    return Asker(service, Role.VIEWER)


@pytest.mark.parametrize("name", NAMES)
def test_valid_requests(operator, name: str):
    operation = operations()[name]

    @EXAMPLES
    @given(valid_requests(operation))
    def ask(request):
        answer = operator.ask(operation, json.dumps(request).encode())
        if answer.status_code != 200:
            assert answer.status_code == 400, answer.text
            assert answer.json()["__type"] in {*operation.errors, *COMMON}
            assert answer.json()["message"]

    ask()


@pytest.mark.parametrize("name", NAMES)
def test_invalid_requests(operator, name: str):
    operation = operations()[name]

    @EXAMPLES
    @given(invalid_requests(operation))
    def ask(request):
        answer = operator.ask(operation, json.dumps(request).encode())
        assert answer.status_code == 400, answer.text
        assert answer.json()["__type"] in {*operation.errors, *COMMON}

    ask()


@EXAMPLES
@given(body=st.binary(max_size=200), name=st.sampled_from(NAMES))
def test_bytes_that_are_no_request(operator, body: bytes, name: str):
    answer = operator.ask(operations()[name], body)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("name", NAMES)
def test_a_viewer_reads_and_changes_nothing(viewer, name: str):
    answer = viewer.ask(operations()[name], b"{}")
    if ROLES[name] is Role.VIEWER:
        assert answer.status_code in (200, 400), answer.text
    else:
        assert (answer.status_code, answer.json()["__type"]) == (403, "AccessDeniedException")
        assert f"forecast:{name}" in answer.json()["message"]

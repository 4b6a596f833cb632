import pytest

from tests.servers_api import opened_service


@pytest.fixture
def service(tmp_path):
    with opened_service(tmp_path) as opened:
        yield opened

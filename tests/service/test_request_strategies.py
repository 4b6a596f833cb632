"""Valid requests pass, each planted flaw is refused: for every operation, by the model alone."""

import json
from typing import Any

import pytest
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastle.core.errors import SerializationFailed, ValidationFailed
from forecastle.service.contract import Operation, operations
from forecastle.service.serialisation import parse
from forecastle.service.validation import validate
from tests.service.requests import flaws, invalid_requests, valid_requests

QUICK = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ALL = pytest.mark.parametrize("operation", operations().values(), ids=lambda it: it.name)


def accepted(operation: Operation, request: Any) -> dict[str, Any]:
    params = parse(operation, json.dumps(request).encode())
    validate(operation, params)
    return params


@ALL
@QUICK
@given(data=st.data())
def test_a_valid_request_is_accepted_by_us_and_by_the_clients(
    operation: Operation, data: st.DataObject
):
    request = data.draw(valid_requests(operation))
    assert accepted(operation, request) == request
    report = ParamValidator().validate(request, operation.input_shape)
    assert report.generate_report() == ""


@ALL
@QUICK
@given(data=st.data())
def test_a_request_with_a_flaw_is_refused(operation: Operation, data: st.DataObject):
    request = data.draw(invalid_requests(operation))
    with pytest.raises((ValidationFailed, SerializationFailed)):
        accepted(operation, request)


@ALL
@settings(QUICK, max_examples=1)
@given(data=st.data())
def test_every_flaw_there_is_is_refused(operation: Operation, data: st.DataObject):
    pristine = json.dumps(data.draw(valid_requests(operation, complete=True)))
    for flaw in flaws(operation.input_shape):
        request = json.loads(pristine)
        flaw.plant(request, data.draw(flaw.values))
        with pytest.raises((ValidationFailed, SerializationFailed)):
            accepted(operation, request)

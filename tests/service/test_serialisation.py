"""Bodies are read by the model's types, and what is written botocore reads back."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.parsers import JSONParser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecastle.core.errors import SerializationFailed
from forecastle.service.contract import Operation, operations
from forecastle.service.serialisation import parse, serialise
from tests.service.requests import results

CREATE_DATASET = operations()["CreateDataset"]
CREATE_PREDICTOR = operations()["CreatePredictor"]
DESCRIBE = operations()["DescribeForecast"]
ANSWERING = [operation for operation in operations().values() if operation.output_shape]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is no JSON in UTF-8"),
        (b'{"DatasetName": "a"', "is no JSON in UTF-8"),
        (b'{"DatasetName": "\xff"}', "is no JSON in UTF-8"),
        ('{"DatasetName": "a"}'.encode("utf-16"), "is no JSON in UTF-8"),
        (b'{"a": NaN}', "NaN is no number of JSON"),
        (b'{"a": ' + b"[" * 100_000, "is no JSON in UTF-8"),
        (b'{"a": ' + b"1" * 5000 + b"}", "is no JSON in UTF-8"),
        (b"[]", r"the body of CreateDataset is \[\]; send a JSON object"),
        (b"null", "is null; send a JSON object"),
        (b'"text"', "is text; send a JSON object"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, says: str):
    with pytest.raises(SerializationFailed, match=says) as refusal:
        parse(CREATE_DATASET, body)
    assert refusal.value.wire_name == "SerializationException"


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (
            {"PredictorName": 5},
            "NUMBER_VALUE can not be converted to a String: 'predictorName' is 5; send a string",
        ),
        (
            {"ForecastHorizon": "12"},
            "STRING_VALUE can not be converted to an Integer: 'forecastHorizon' is 12; "
            "send a whole number",
        ),
        ({"ForecastHorizon": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"ForecastHorizon": 2**31}, "send a whole number of at most 2147483647"),
        ({"PerformAutoML": "true"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"PredictorName": True}, "TRUE_VALUE can not be converted to a String"),
        (
            {"InputDataConfig": []},
            "Start of list found where not expected: 'inputDataConfig' is []; send an object",
        ),
        ({"ForecastTypes": {}}, "Start of structure or map found where not expected"),
        ({"ForecastTypes": ["0.1", 0.5]}, "'forecastTypes.2.member' is 0.5; send a string"),
        ({"TrainingParameters": {"epochs": 5}}, "'trainingParameters.epochs.member' is 5"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(request_: dict, says: str):
    with pytest.raises(SerializationFailed) as refusal:
        parse(CREATE_PREDICTOR, json.dumps(request_).encode())
    assert says in str(refusal.value)


def test_an_unknown_member_is_refused_with_those_there_are():
    request = {"InputDataConfig": {"DatasetGroup": "x"}}
    with pytest.raises(SerializationFailed) as refusal:
        parse(CREATE_PREDICTOR, json.dumps(request).encode())
    assert str(refusal.value) == (
        "'inputDataConfig.datasetGroup' is no member of InputDataConfig; "
        "it has DatasetGroupArn, SupplementaryFeatures"
    )


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(SerializationFailed, match=r"'datasetName' is 'a\\ud800'"):
        parse(CREATE_DATASET, b'{"DatasetName": "a\\ud800"}')


def test_a_member_that_is_null_is_absent():
    assert parse(CREATE_DATASET, b'{"DatasetName": null, "Domain": "RETAIL"}') == {
        "Domain": "RETAIL"
    }


def test_a_number_without_fraction_is_an_integer():
    params = parse(CREATE_PREDICTOR, b'{"ForecastHorizon": 7.0}')
    assert repr(params["ForecastHorizon"]) == "7"


def test_an_answer_has_the_members_of_the_model_that_have_a_value():
    result = {"ForecastArn": "arn", "Message": None, "nonce": "secret", "Status": "ACTIVE"}
    assert json.loads(serialise(DESCRIBE, result)) == {"ForecastArn": "arn", "Status": "ACTIVE"}


@pytest.mark.parametrize(
    "moment",
    [
        1_600_000_000.1234,
        datetime(2020, 9, 13, 12, 26, 40, 123_400, UTC),
        datetime(2020, 9, 13, 14, 26, 40, 123_400, timezone(timedelta(hours=2))),
    ],
)
def test_times_are_seconds_with_milliseconds(moment: datetime | float):
    assert serialise(DESCRIBE, {"CreationTime": moment}) == b'{"CreationTime": 1600000000.123}'


def test_times_of_queries_are_strings():
    points = {"p50": [{"Timestamp": "2019-10-01T00:00:00", "Value": 12.3}]}
    body = serialise(operations()["QueryForecast"], {"Forecast": {"Predictions": points}})
    assert json.loads(body) == {"Forecast": {"Predictions": points}}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_left_out(value: float):
    window = {"ItemCount": 1, "Metrics": {"RMSE": value, "AverageWeightedQuantileLoss": 0.5}}
    result = {"PredictorEvaluationResults": [{"TestWindows": [window]}]}
    body = json.loads(serialise(operations()["GetAccuracyMetrics"], result))
    [written] = body["PredictorEvaluationResults"][0]["TestWindows"]
    assert written == {"ItemCount": 1, "Metrics": {"AverageWeightedQuantileLoss": 0.5}}


def test_an_operation_without_output_answers_with_an_empty_body():
    assert serialise(operations()["DeleteDataset"], {"DatasetArn": "x"}) == b""
    assert serialise(operations()["TagResource"], {}) == b"{}"


def _seconds(value):
    return value.timestamp() if isinstance(value, datetime) else value


def _plain(value):
    """botocore's reading with times as seconds, as they were given."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else _seconds(value)


@pytest.mark.parametrize("operation", ANSWERING, ids=lambda it: it.name)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_client_of_aws_reads_what_was_meant(operation: Operation, data: st.DataObject):
    result = data.draw(results(operation))
    response = {"body": serialise(operation, result), "headers": {}, "status_code": 200}
    read = JSONParser().parse(response, operation.output_shape)
    del read["ResponseMetadata"]
    assert _plain(read) == result

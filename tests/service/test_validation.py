"""Violations of the model are refused in AWS's words, all at once, with place and value."""

import sys
import unicodedata
from typing import Any

import pytest

from forecastle.core.errors import InputError, ValidationFailed
from forecastle.core.frequency import Frequency
from forecastle.service.constraints import in_python
from forecastle.service.contract import operations
from forecastle.service.validation import validate

NAME_PATTERN = "^[a-zA-Z][a-zA-Z0-9_]*"
ARN = "arn:aws:forecast:eu-west-1:123456789012:dataset-group/shop"
ROLE = "arn:aws:iam::123456789012:role/ForecastRole"
DATASET = {
    "DatasetName": "sales",
    "Domain": "RETAIL",
    "DatasetType": "TARGET_TIME_SERIES",
    "Schema": {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]},
}
PREDICTOR = {"PredictorName": "p"}


def refusal(operation: str, request: dict[str, Any]) -> str:
    with pytest.raises(ValidationFailed) as error:
        validate(operations()[operation], request)
    assert error.value.wire_name == "ValidationException"
    return str(error.value)


def test_one_violation_in_the_words_of_aws():
    assert refusal("CreateAutoPredictor", {"PredictorName": "x-y"}) == (
        "1 validation error detected: Value 'x-y' at 'predictorName' failed to satisfy "
        f"constraint: Member must satisfy regular expression pattern: {NAME_PATTERN}"
    )


def test_all_violations_at_once():
    assert refusal("CreateDatasetGroup", {"DatasetGroupName": "x-y"}) == (
        "2 validation errors detected: Value 'x-y' at 'datasetGroupName' failed to satisfy "
        f"constraint: Member must satisfy regular expression pattern: {NAME_PATTERN}; "
        "Value null at 'domain' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"Domain": "SHOPS"},
            "Value 'SHOPS' at 'domain' failed to satisfy constraint: Member must satisfy enum "
            "value set: [RETAIL, CUSTOM, INVENTORY_PLANNING, EC2_CAPACITY, WORK_FORCE, "
            "WEB_TRAFFIC, METRICS]",
        ),
        ({"DatasetName": "a" * 64}, "Member must have length less than or equal to 63"),
        (
            {"DatasetName": ""},
            "Value '' at 'datasetName' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1",
        ),
        (
            {"Schema": {"Attributes": []}},
            "Value '[]' at 'schema.attributes' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1",
        ),
        (
            {"Schema": {"Attributes": [{"AttributeName": "ok"}, {"AttributeName": "7"}]}},
            "Value '7' at 'schema.attributes.2.member.attributeName' failed to satisfy",
        ),
        ({"EncryptionConfig": {"RoleArn": ROLE}}, "Value null at 'encryptionConfig.kMSKeyArn'"),
    ],
)
def test_each_constraint_names_the_place_and_the_value(change: dict[str, Any], says: str):
    assert says in refusal("CreateDataset", {**DATASET, **change})


@pytest.mark.parametrize(("found", "bound"), [(0, "greater than or equal to 1"), (101, "less")])
def test_numbers_have_bounds(found: int, bound: str):
    text = refusal("ListDatasets", {"MaxResults": found})
    assert f"Value '{found}' at 'maxResults' failed to satisfy constraint" in text
    assert f"Member must have value {bound}" in text


def test_a_null_in_a_list_is_a_violation():
    assert "Value null at 'forecastTypes.2.member'" in refusal(
        "CreateAutoPredictor", {**PREDICTOR, "ForecastTypes": ["0.5", None]}
    )


def test_keys_and_values_of_maps_are_looked_at():
    config = {"AttributeName": "demand", "Transformations": {"bad key": "sum", "ok": "a b"}}
    data = {"DatasetGroupArn": ARN, "AttributeConfigs": [config]}
    text = refusal("CreateAutoPredictor", {**PREDICTOR, "DataConfig": data})
    place = "dataConfig.attributeConfigs.1.member.transformations"
    assert (
        f"Value 'bad key' at '{place}' failed to satisfy constraint: Map keys must satisfy "
        f"constraint: [Member must satisfy regular expression pattern: {NAME_PATTERN}]"
    ) in text
    assert f"Value 'a b' at '{place}.ok.member' failed" in text


def test_values_of_tags_are_not_shown():
    request = {"ResourceArn": ARN, "Tags": [{"Key": "secret!", "Value": "word#"}]}
    text = refusal("TagResource", request)
    assert "Value at 'tags.1.member.key' failed" in text
    assert "secret" not in text
    assert "word" not in text


def test_a_message_stays_readable_however_long_the_value():
    assert len(refusal("CreateAutoPredictor", {"PredictorName": "-" * 100_000})) < 1000


def test_a_message_stays_readable_however_many_the_violations():
    request = {"DatasetGroupArn": ARN, "DatasetArns": ["x"] * 5000}
    text = refusal("UpdateDatasetGroup", request)
    assert text.startswith("More than 100 validation errors detected: ")
    assert text.count("failed to satisfy") == 100


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31m", "a\u2028b", "a\0b", "name\n"])
def test_a_value_writes_no_line_of_its_own_into_the_log(text: str):
    message = refusal("CreateAutoPredictor", {"PredictorName": text})
    assert message.isprintable()
    assert text not in message


def test_no_text_may_hold_what_a_database_cannot():
    request = {"ForecastArn": ARN, "Filters": {"item_id": "a\0b"}}
    assert "Member must not contain the character NUL" in refusal("QueryForecast", request)


@pytest.mark.parametrize("text", ["D", "W", "Y", "1Y", "2W", "3M", "1D", "H", "23H", "30min"])
def test_a_frequency_is_what_the_documentation_allows_not_the_modelled_pattern(text: str):
    validate(operations()["CreateDataset"], {**DATASET, "DataFrequency": text})


@pytest.mark.parametrize("text", ["60min", "24H", "2Y", "12M", "0D", "-1D", " D", "D\n", "d", "Q"])
def test_any_other_frequency_is_refused(text: str):
    message = refusal("CreateDataset", {**DATASET, "DataFrequency": text})
    assert "at 'dataFrequency' failed to satisfy constraint: Member must be a count and" in message


def test_the_frequency_text_says_the_ranges_of_the_engine():
    text = refusal("CreateDataset", {**DATASET, "DataFrequency": "x"})
    for unit, largest in {"min": 59, "H": 23, "D": 6, "W": 4, "M": 11}.items():
        assert f"{unit} 1-{largest}" in text
        assert Frequency.parse(f"{largest}{unit}").count == largest
        with pytest.raises(InputError):
            Frequency.parse(f"{largest + 1}{unit}")


def _import(role: str) -> dict[str, Any]:
    source = {"S3Config": {"Path": "s3://bucket/sales.csv", "RoleArn": role}}
    return {"DatasetImportJobName": "i", "DatasetArn": ARN, "DataSource": source}


def test_a_role_is_one_of_iam_not_an_arn_of_the_service():
    validate(operations()["CreateDatasetImportJob"], _import(ROLE))
    message = refusal("CreateDatasetImportJob", _import(ARN))
    assert "at 'dataSource.s3Config.roleArn' failed to satisfy" in message


@pytest.mark.parametrize("value", ["ACTIVE", "CREATE_FAILED", ARN])
def test_a_filter_asks_for_a_status_or_an_arn(value: str):
    condition = {"Key": "Status", "Value": value, "Condition": "IS"}
    validate(operations()["ListPredictors"], {"Filters": [condition]})


def test_a_filter_asks_for_nothing_else():
    condition = {"Key": "Status", "Value": "active!", "Condition": "IS"}
    message = refusal("ListPredictors", {"Filters": [condition]})
    assert "Value 'active!' at 'filters.1.member.value'" in message


@pytest.mark.parametrize("value", ["5", "9.99", "-1", "median"])
def test_a_gap_can_be_filled_with_a_decimal(value: str):
    fill = {"middlefill": "value", "middlefill_value": value}
    config = {"AttributeName": "price", "Transformations": fill}
    data = {"DatasetGroupArn": ARN, "AttributeConfigs": [config]}
    validate(operations()["CreateAutoPredictor"], {**PREDICTOR, "DataConfig": data})


@pytest.mark.parametrize(
    ("types", "fits"),
    [
        ("0.10", True),
        (".5", True),
        ("mean", True),
        ("1.5", False),
        ("xmean", False),
        ("0.٥", False),
    ],
)
def test_forecast_types_are_matched_whole_and_in_ascii(types: str, fits: bool):
    request = {**PREDICTOR, "ForecastTypes": [types]}
    if fits:
        validate(operations()["CreateAutoPredictor"], request)
    else:
        assert f"Value '{types}' at 'forecastTypes.1.member'" in refusal(
            "CreateAutoPredictor", request
        )


@pytest.mark.parametrize(("format_", "fits"), [("CSV", True), ("PARQUET", True), ("CSVX", False)])
def test_a_format_is_matched_whole(format_: str, fits: bool):
    compiled = in_python("^CSV|PARQUET$")
    assert (compiled.fullmatch(format_) is not None) == fits


def test_characters_of_tags_are_those_of_unicode_s_categories():
    compiled = in_python(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")
    wrong = [
        mark
        for mark in map(chr, range(sys.maxunicode + 1))
        if (compiled.fullmatch(mark) is not None)
        != (unicodedata.category(mark)[0] in "LZN" or mark in "_.:/=+-@")
    ]
    assert wrong == []


def test_a_dot_stops_at_a_line_end_as_in_java():
    compiled = in_python(r"arn:([a-z\d-]+):forecast:.*:.*:.+")
    assert compiled.fullmatch(ARN)
    assert not any(compiled.fullmatch(f"{ARN}{end}x") for end in "\n\r\x85\u2028\u2029")

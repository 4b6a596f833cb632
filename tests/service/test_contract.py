"""The contract is that of botocore's models, whole."""

import boto3
import pytest

from forecastle.core.errors import UnknownOperation
from forecastle.service.contract import by_target, operations


def test_there_are_the_65_operations_of_both_services():
    services = [operation.service for operation in operations().values()]
    assert (services.count("forecast"), services.count("forecastquery")) == (63, 2)


@pytest.mark.parametrize("service", ["forecast", "forecastquery"])
def test_they_are_what_boto3_can_ask_for(service: str):
    client = boto3.client(
        service, region_name="eu-west-1", aws_access_key_id="AK", aws_secret_access_key="secret"
    )
    ours = [operation.name for operation in operations().values() if operation.service == service]
    assert ours == list(client.meta.service_model.operation_names)


def test_an_operation_knows_its_shapes_and_errors():
    operation = operations()["CreateDataset"]
    assert operation.target == "AmazonForecast.CreateDataset"
    assert operation.input_shape.required_members == [
        "DatasetName",
        "Domain",
        "DatasetType",
        "Schema",
    ]
    assert list(operation.output_shape.members) == ["DatasetArn"]
    assert set(operation.errors) == {
        "InvalidInputException",
        "ResourceAlreadyExistsException",
        "LimitExceededException",
    }


def test_a_description_may_be_repeated_and_a_creation_may_not():
    assert operations()["DescribeDataset"].is_idempotent
    assert not operations()["CreateDataset"].is_idempotent


def test_a_deletion_answers_nothing():
    assert operations()["DeleteDataset"].output_shape is None


def test_a_target_names_an_operation_of_its_own_service():
    assert by_target("AmazonForecast.ListDatasets").name == "ListDatasets"
    assert by_target("AmazonForecastRuntime.QueryForecast").service == "forecastquery"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "ListDatasets",
        "AmazonForecast.",
        "AmazonForecast.QueryForecast",
        "AmazonForecastRuntime.ListDatasets",
        "AmazonForecast.listDatasets",
        "DynamoDB_20120810.ListTables",
        "x" * 5000,
    ],
)
def test_any_other_target_is_unknown(target: str):
    with pytest.raises(
        UnknownOperation, match="is no operation of Amazon Forecast; send"
    ) as refusal:
        by_target(target)
    assert refusal.value.wire_name == "UnknownOperationException"
    assert len(str(refusal.value)) < 400

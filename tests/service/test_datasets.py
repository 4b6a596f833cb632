"""CreateDataset, DescribeDataset, ListDatasets."""

from __future__ import annotations

import pytest

from forecastle.catalog import status as life
from tests.service.service_world import NOON, PRICES, SALES, World


def test_a_dataset_is_active_at_once(world: World) -> None:
    arn = world.dataset("sales")
    assert arn == f"arn:aws:forecast:eu-central-1:{world.account}:dataset/sales"
    assert world.do("DescribeDataset", DatasetArn=arn) == {
        "DatasetArn": arn,
        "DatasetName": "sales",
        "Domain": "RETAIL",
        "DatasetType": "TARGET_TIME_SERIES",
        "DataFrequency": "D",
        "Schema": {"Attributes": [{"AttributeName": n, "AttributeType": t} for n, t in SALES]},
        "Status": "ACTIVE",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }


def test_encryption_is_accepted_and_told(world: World) -> None:
    config = {
        "RoleArn": "arn:aws:iam::000000000000:role/any",
        "KMSKeyArn": "arn:aws:kms:us-east-1:000000000000:key/any",
    }
    made = world.do(
        "CreateDataset",
        DatasetName="sales",
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        Schema={"Attributes": [{"AttributeName": n, "AttributeType": t} for n, t in SALES]},
        EncryptionConfig=config,
    )
    assert world.do("DescribeDataset", **made)["EncryptionConfig"] == config


def test_a_name_is_taken_once(world: World) -> None:
    arn = world.dataset("sales")
    with pytest.raises(Exception, match=f"A dataset already exists with the arn: {arn}") as caught:
        world.dataset("sales")
    assert caught.value.wire_name == "ResourceAlreadyExistsException"


def test_the_schema_must_be_one_of_the_domain(world: World) -> None:
    with pytest.raises(ValueError, match="attribute 'demand' is missing") as caught:
        world.dataset(attributes=SALES[:2])
    assert caught.value.wire_name == "InvalidInputException"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "Schema has no attributes"),
        ({"Attributes": [{"AttributeName": "item_id"}]}, "attribute 1 has no AttributeType"),
        ({"Attributes": [{"AttributeType": "string"}]}, "attribute 1 has no AttributeName"),
    ],
)
def test_a_schema_is_complete(world: World, schema: dict, said: str) -> None:
    name, message = world.refusal(
        "CreateDataset",
        DatasetName="sales",
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        Schema=schema,
    )
    assert name == "InvalidInputException"
    assert said in message


def test_related_data_need_a_frequency(world: World) -> None:
    with pytest.raises(ValueError, match="DataFrequency is missing"):
        world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES", frequency=None)


def test_a_dataset_mirrors_its_imports(world: World) -> None:
    arn = world.filled(world.dataset())
    job = world.import_job(arn, "second")
    assert world.do("DescribeDataset", DatasetArn=arn)["Status"] == "UPDATE_PENDING"
    world.begin(job)
    world.change(arn, status=life.UPDATE_IN_PROGRESS)
    world.now += 60
    described = world.do("DescribeDataset", DatasetArn=arn)
    assert described["Status"] == "UPDATE_IN_PROGRESS"
    assert described["LastModificationTime"] == world.now


def test_datasets_are_listed_newest_first(world: World) -> None:
    for number in range(3):
        world.now += 1
        world.dataset(f"sales{number}")
    listed = world.do("ListDatasets")["Datasets"]
    assert [each["DatasetName"] for each in listed] == ["sales2", "sales1", "sales0"]
    assert listed[0] == {
        "DatasetArn": f"arn:aws:forecast:eu-central-1:{world.account}:dataset/sales2",
        "DatasetName": "sales2",
        "DatasetType": "TARGET_TIME_SERIES",
        "Domain": "RETAIL",
        "CreationTime": NOON + 3,
        "LastModificationTime": NOON + 3,
    }

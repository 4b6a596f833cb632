"""CreateDatasetGroup, UpdateDatasetGroup, DescribeDatasetGroup, ListDatasetGroups."""

from __future__ import annotations

from tests.service.service_world import NOON, PRICES, World


def test_a_group_is_active_at_once_and_may_be_empty(world: World) -> None:
    arn = world.group()
    assert world.do("DescribeDatasetGroup", DatasetGroupArn=arn) == {
        "DatasetGroupArn": arn,
        "DatasetGroupName": "shop",
        "DatasetArns": [],
        "Domain": "RETAIL",
        "Status": "ACTIVE",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }


def test_its_datasets_are_replaced(world: World) -> None:
    sales = world.dataset("sales")
    prices = world.dataset("prices", PRICES, kind="RELATED_TIME_SERIES")
    arn = world.group(sales)
    world.now += 5
    world.do("UpdateDatasetGroup", DatasetGroupArn=arn, DatasetArns=[sales, prices])
    described = world.do("DescribeDatasetGroup", DatasetGroupArn=arn)
    assert described["DatasetArns"] == [sales, prices]
    assert described["LastModificationTime"] == NOON + 5
    world.do("UpdateDatasetGroup", DatasetGroupArn=arn, DatasetArns=[])
    assert world.do("DescribeDatasetGroup", DatasetGroupArn=arn)["DatasetArns"] == []


def test_the_domain_is_that_of_its_datasets(world: World) -> None:
    sales = world.dataset()
    name, message = world.refusal(
        "CreateDatasetGroup", DatasetGroupName="shop", Domain="CUSTOM", DatasetArns=[sales]
    )
    assert name == "InvalidInputException"
    assert message == (
        f"dataset {sales} is of the domain RETAIL, the dataset group of CUSTOM; both must be the "
        "same"
    )


def test_it_holds_one_dataset_of_each_type(world: World) -> None:
    one, two = world.dataset("one"), world.dataset("two")
    group = world.group(one)
    for arns in ([one, two], [one, one]):
        name, message = world.refusal("UpdateDatasetGroup", DatasetGroupArn=group, DatasetArns=arns)
        assert name == "InvalidInputException"
        assert "two datasets of the type TARGET_TIME_SERIES" in message


def test_its_datasets_exist_in_the_account(world: World) -> None:
    arn = world.another().dataset()
    name, message = world.refusal(
        "CreateDatasetGroup", DatasetGroupName="shop", Domain="RETAIL", DatasetArns=[arn]
    )
    assert name == "ResourceNotFoundException"
    assert f"No resource found with the arn: {arn}" in message


def test_only_datasets_go_in(world: World) -> None:
    group = world.group()
    name, message = world.refusal("UpdateDatasetGroup", DatasetGroupArn=group, DatasetArns=[group])
    assert name == "InvalidInputException"
    assert "is the ARN of a dataset group; give that of a dataset" in message


def test_groups_are_listed(world: World) -> None:
    arn = world.group()
    assert world.do("ListDatasetGroups")["DatasetGroups"] == [
        {
            "DatasetGroupArn": arn,
            "DatasetGroupName": "shop",
            "CreationTime": NOON,
            "LastModificationTime": NOON,
        }
    ]

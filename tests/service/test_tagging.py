"""Tags: at creation, TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.service_world import World


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def tagged(world: World, arn: str) -> list[dict[str, str]]:
    answer: list[dict[str, str]] = world.do("ListTagsForResource", ResourceArn=arn)["Tags"]
    return answer


def test_tags_are_given_at_creation(world: World) -> None:
    made = world.do(
        "CreateDatasetGroup", DatasetGroupName="a", Domain="RETAIL", Tags=tags(team="x", b="")
    )
    arn = made["DatasetGroupArn"]
    assert tagged(world, arn) == tags(b="", team="x")
    assert "Tags" not in world.find(arn).request


def test_tags_join_change_and_go(world: World) -> None:
    arn = world.group()
    world.do("TagResource", ResourceArn=arn, Tags=tags(team="x", city="y"))
    world.do("TagResource", ResourceArn=arn, Tags=tags(team="z"))
    world.do("UntagResource", ResourceArn=arn, TagKeys=["city", "unknown"])
    assert tagged(world, arn) == tags(team="z")


def test_keys_are_case_sensitive(world: World) -> None:
    arn = world.group()
    world.do("TagResource", ResourceArn=arn, Tags=tags(a="1", A="2"))
    assert len(tagged(world, arn)) == 2


@pytest.mark.parametrize(
    ("given", "wire_name", "said"),
    [
        (tags(**{"AWS:x": "1"}), "InvalidInputException", "tag key 'AWS:x' starts with 'aws:'"),
        (tags(a="1") * 2, "InvalidInputException", "tag key 'a' comes twice"),
        (tags(**{"a#b": "1"}), "ValidationException", "failed to satisfy constraint"),
        (
            tags(**{f"k{n}": "" for n in range(51)}),
            "LimitExceededException",
            "tags: 51 on one resource, at most 50",
        ),
    ],
)
def test_tags_that_are_not_allowed(
    world: World, given: list[Any], wire_name: str, said: str
) -> None:
    arn = world.group()
    for operation, parameters in (
        ("TagResource", {"ResourceArn": arn}),
        ("CreateDatasetGroup", {"DatasetGroupName": "b", "Domain": "RETAIL"}),
    ):
        name, message = world.refusal(operation, **parameters, Tags=given)
        assert name == wire_name
        assert said in message


def test_the_quota_counts_what_is_there(world: World) -> None:
    arn = world.group()
    world.do("TagResource", ResourceArn=arn, Tags=tags(**{f"k{n}": "" for n in range(50)}))
    world.do("TagResource", ResourceArn=arn, Tags=tags(k0="again"))
    name, _ = world.refusal("TagResource", ResourceArn=arn, Tags=tags(one_more=""))
    assert name == "LimitExceededException"

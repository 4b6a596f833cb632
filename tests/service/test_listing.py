"""Pages, filters and tokens of the List operations."""

from __future__ import annotations

import base64

import pytest

from tests.service.service_world import World

HOUR = 3600


def names(answer: dict) -> list[str]:
    return [each["DatasetGroupName"] for each in answer["DatasetGroups"]]


@pytest.fixture
def groups(world: World) -> list[str]:
    """Five names, newest first; two of them are of the same moment."""
    for number in range(5):
        world.now += number > 1
        world.group(name=f"group{number}")
    return [f"group{number}" for number in range(4, -1, -1)]


def test_pages_hold_everything_once(world: World, groups: list[str]) -> None:
    found, page = [], world.do("ListDatasetGroups", MaxResults=2)
    while True:
        assert len(names(page)) <= 2
        found += names(page)
        if "NextToken" not in page:
            break
        page = world.do("ListDatasetGroups", MaxResults=2, NextToken=page["NextToken"])
    assert found == groups


def test_a_page_that_just_fits_is_the_last(world: World, groups: list[str]) -> None:
    assert "NextToken" not in world.do("ListDatasetGroups", MaxResults=len(groups))


def test_new_ones_do_not_shift_the_pages(world: World, groups: list[str]) -> None:
    first = world.do("ListDatasetGroups", MaxResults=2)
    world.now += 1
    world.group(name="newer")
    second = world.do("ListDatasetGroups", MaxResults=3, NextToken=first["NextToken"])
    assert names(first) + names(second) == groups


def token(world: World) -> str:
    return str(world.do("ListDatasetGroups", MaxResults=1)["NextToken"])


class TestTokens:
    def refused(self, world: World, given: str, operation: str = "ListDatasetGroups") -> str:
        name, message = world.refusal(operation, NextToken=given)
        assert name == "InvalidNextTokenException"
        return message

    def test_cannot_be_made_up(self, world: World, groups: list[str]) -> None:
        for made_up in ("damaged", "x" * 3000, "ä", base64.b64encode(b"x" * 64).decode()):
            assert "NextToken was not given for this request" in self.refused(world, made_up)

    def test_cannot_be_bent(self, world: World, groups: list[str]) -> None:
        raw = bytearray(base64.urlsafe_b64decode(token(world)))
        raw[40] ^= 1
        self.refused(world, base64.urlsafe_b64encode(raw).decode())

    def test_belong_to_the_operation(self, world: World, groups: list[str]) -> None:
        self.refused(world, token(world), "ListDatasets")

    def test_belong_to_the_account(self, world: World, groups: list[str]) -> None:
        self.refused(world.another(), token(world))

    def test_expire_after_a_day(self, world: World, groups: list[str]) -> None:
        given = token(world)
        world.now += 24 * HOUR
        world.do("ListDatasetGroups", NextToken=given)
        world.now += 1
        assert "older than 24 hours" in self.refused(world, given)

    def test_belong_to_the_filters(self, world: World) -> None:
        dataset = world.dataset()
        for number in range(2):
            world.import_job(dataset, f"job{number}")
        wanted = {"Key": "Status", "Value": "CREATE_PENDING", "Condition": "IS"}
        page = world.do("ListDatasetImportJobs", Filters=[wanted], MaxResults=1)
        world.do("ListDatasetImportJobs", Filters=[wanted], NextToken=page["NextToken"])
        name, _ = world.refusal("ListDatasetImportJobs", NextToken=page["NextToken"])
        assert name == "InvalidNextTokenException"


@pytest.mark.parametrize(
    ("operation", "known"),
    [
        ("ListDatasetImportJobs", "DatasetArn or Status"),
        ("ListPredictors", "DatasetGroupArn or Status"),
        ("ListForecasts", "DatasetGroupArn or PredictorArn or Status"),
        ("ListForecastExportJobs", "ForecastArn or Status"),
        ("ListPredictorBacktestExportJobs", "PredictorArn or Status"),
        ("ListExplainabilities", "ResourceArn or Status"),
        ("ListMonitors", "Status"),
    ],
)
def test_an_unknown_filter_is_refused_with_the_known(
    world: World, operation: str, known: str
) -> None:
    unknown = {"Key": "Colour", "Value": "ACTIVE", "Condition": "IS"}
    assert world.refusal(operation, Filters=[unknown]) == (
        "InvalidInputException",
        f"filter key 'Colour' is not known here; use {known}",
    )


def test_an_account_sees_its_own(world: World, groups: list[str]) -> None:
    assert names(world.another().do("ListDatasetGroups")) == []

"""Who may do what, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.service.contract import operations
from forecastle.service.operations import HANDLERS, ROLES
from tests.service.service_world import World


def test_every_operation_of_the_model_is_there() -> None:
    assert set(HANDLERS) == set(ROLES) == set(operations())
    assert len(HANDLERS) == 65


def test_viewers_read(world: World) -> None:
    arn = world.group()
    world.role = Role.VIEWER
    assert world.do("DescribeDatasetGroup", DatasetGroupArn=arn)["Status"] == "ACTIVE"
    assert world.do("ListDatasetGroups")["DatasetGroups"]


@pytest.mark.parametrize(
    "operation", sorted(n for n, role in ROLES.items() if role is not Role.VIEWER)
)
def test_viewers_change_nothing(world: World, operation: str) -> None:
    assert operation.startswith(("Create", "Delete", "Update", "Tag", "Untag", "Stop", "Resume"))
    world.role = Role.VIEWER
    name, message = world.refusal(operation)
    assert name == "AccessDeniedException"
    assert message.startswith(
        f"User: arn:aws:iam::{world.account}:user/FCKEY is not authorized to perform: "
        f"forecast:{operation}"
    )


def test_requests_are_checked_against_the_model(world: World) -> None:
    name, message = world.refusal("CreateDatasetGroup", DatasetGroupName="x-y")
    assert name == "ValidationException"
    assert message.startswith("2 validation errors detected: Value 'x-y' at 'datasetGroupName'")


class TestAnotherAccount:
    @pytest.fixture
    def theirs(self, world: World) -> dict[str, str]:
        """Resources of another account, by the parameter that names them."""
        other = world.another()
        dataset = other.filled(other.dataset())
        group = other.group(dataset)
        predictor = other.trained(group)
        forecast = other.forecast(predictor)
        (job,) = other.service.catalog.resources.children(dataset, owned=True)
        return {
            "DatasetArn": dataset,
            "DatasetGroupArn": group,
            "DatasetImportJobArn": job.arn,
            "PredictorArn": predictor,
            "ForecastArn": forecast,
            "ResourceArn": forecast,
        }

    @pytest.mark.parametrize(
        ("operation", "parameters"),
        [
            *((f"{verb}{kind}", {}) for verb in ("Describe", "Delete") for kind in (
                "Dataset", "DatasetGroup", "DatasetImportJob", "Forecast",
            )),
            ("DescribeAutoPredictor", {}),
            ("DescribePredictor", {}),
            ("DeletePredictor", {}),
            ("GetAccuracyMetrics", {}),
            ("UpdateDatasetGroup", {"DatasetArns": []}),
            ("QueryForecast", {"Filters": {"item_id": "x"}}),
            ("CreateForecast", {"ForecastName": "x"}),
            ("DeleteResourceTree", {}),
            ("StopResource", {}),
            ("ResumeResource", {}),
            ("ListTagsForResource", {}),
            ("TagResource", {"Tags": []}),
            ("UntagResource", {"TagKeys": []}),
        ],
    )  # fmt: skip
    def test_is_not_told_from_nothing(
        self, world: World, theirs: dict[str, str], operation: str, parameters: dict[str, Any]
    ) -> None:
        members = operations()[operation].input_shape.members
        (member,) = [name for name in theirs if name in members]
        arn = theirs[member]
        name, message = world.refusal(operation, **{member: arn}, **parameters)
        assert name == "ResourceNotFoundException"
        missing = f"{arn}_missing"
        assert world.refusal(operation, **{member: missing}, **parameters) == (
            name,
            message.replace(arn, missing),
        )

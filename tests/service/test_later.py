"""Explanations, what-if analyses and monitors: checked, and refused as not yet there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.service_world import World

ARN = "arn:aws:forecast:us-east-1:000000000000:"
GRANULARITY = {"TimeSeriesGranularity": "ALL", "TimePointGranularity": "ALL"}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (
            "CreateExplainability",
            {
                "ExplainabilityName": "x",
                "ResourceArn": f"{ARN}predictor/x",
                "ExplainabilityConfig": GRANULARITY,
            },
        ),
    ],
)
def test_they_are_not_available(world: World, operation: str, parameters: dict[str, Any]) -> None:
    name, message = world.refusal(operation, **parameters)
    assert name == "InvalidInputException"
    assert message.startswith(f"{operation} is not available in this version of Forecastle; ")
    assert world.refusal(operation)[0] == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "parameter", "kind"),
    [
        ("DescribeExplainability", "ExplainabilityArn", "explainability"),
    ],
)
def test_none_is_found(world: World, operation: str, parameter: str, kind: str) -> None:
    name, _ = world.refusal(operation, **{parameter: f"{ARN}{kind}/x"})
    assert name == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("ListExplainabilities", "Explainabilities"),
    ],
)
def test_lists_are_empty(world: World, operation: str, member: str) -> None:
    assert world.do(operation) == {member: []}

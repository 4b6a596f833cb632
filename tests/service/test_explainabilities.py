"""CreateExplainability, Describe, List, Delete, their exports, and ExplainPredictor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.service_world import ITEMS, NOON, World, auto, legacy

ALL = {"TimeSeriesGranularity": "ALL", "TimePointGranularity": "ALL"}
SERIES = {"TimeSeriesGranularity": "SPECIFIC", "TimePointGranularity": "ALL"}
TIMES = {"TimeSeriesGranularity": "ALL", "TimePointGranularity": "SPECIFIC"}
SCHEMA = {"Attributes": [{"AttributeName": "item_id", "AttributeType": "string"}]}
START, END = "2023-11-15T00:00:00", "2023-11-16T00:00:00"
RANGE = {"first": "2023-11-15T00:00:00", "last": "2023-11-21T00:00:00"}


def group(world: World) -> str:
    """With item metadata."""
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    return world.group(world.filled(world.dataset()), world.filled(items))


def forecast(world: World) -> str:
    arn = world.forecast(world.trained(group(world)))
    world.finish(arn, **RANGE)
    return arn


def request(resource: str, name: str = "why", **more: Any) -> dict[str, Any]:
    return {"ExplainabilityName": name, "ResourceArn": resource, **more}


def test_a_predictor_is_explained_once(world: World) -> None:
    predictor = world.trained(group(world))
    asked = request(predictor, ExplainabilityConfig=ALL, EnableVisualization=True)
    arn = world.do("CreateExplainability", **asked)["ExplainabilityArn"]
    assert arn.endswith(":explainability/why")
    told = {
        "ExplainabilityArn": arn,
        "ExplainabilityName": "why",
        "ResourceArn": predictor,
        "ExplainabilityConfig": ALL,
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    described = world.do("DescribeExplainability", ExplainabilityArn=arn)
    assert described == told | {"EnableVisualization": True}
    assert world.do("ListExplainabilities") == {"Explainabilities": [told]}
    info = world.do("DescribeAutoPredictor", PredictorArn=predictor)["ExplainabilityInfo"]
    assert info == {"ExplainabilityArn": arn, "Status": "CREATE_PENDING"}
    _, message = world.refusal("CreateExplainability", **{**asked, "ExplainabilityName": "b"})
    assert message.startswith(f"{predictor} has an explainability already: {arn}")


def test_series_and_times_of_a_forecast(world: World) -> None:
    asked = request(
        forecast(world),
        ExplainabilityConfig=SERIES | {"TimePointGranularity": "SPECIFIC"},
        DataSource=world.s3("items.csv"),
        Schema=SCHEMA,
        StartDateTime=START,
        EndDateTime=END,
    )
    arn = world.do("CreateExplainability", **asked)["ExplainabilityArn"]
    described = world.do("DescribeExplainability", ExplainabilityArn=arn)
    assert {name: described[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ExplainabilityConfig": SERIES}, "DataSource is missing while TimeSeriesGranularity"),
        ({"ExplainabilityConfig": TIMES}, "StartDateTime is missing while TimePointGranularity"),
        ({"ExplainabilityConfig": ALL, "StartDateTime": START}, "StartDateTime is given while"),
        ({"ExplainabilityConfig": ALL, "Schema": SCHEMA}, "Schema is given while"),
        (
            {"ExplainabilityConfig": TIMES, "StartDateTime": END, "EndDateTime": START},
            "lies after EndDateTime",
        ),
        (
            {
                "ExplainabilityConfig": TIMES,
                "StartDateTime": START,
                "EndDateTime": "2024-01-01T00:00:00",
            },
            "reach beyond the forecast",
        ),
        (
            {
                "ExplainabilityConfig": TIMES,
                "StartDateTime": "2023-13-01T00:00:00",
                "EndDateTime": END,
            },
            "is no time",
        ),
    ],
)
def test_parameters_go_together(world: World, given: dict[str, Any], said: str) -> None:
    name, message = world.refusal("CreateExplainability", **request(forecast(world), **given))
    assert name == "InvalidInputException"
    assert said in message


def test_a_predictor_is_explained_as_a_whole(world: World) -> None:
    asked = request(
        world.trained(group(world)),
        ExplainabilityConfig=TIMES,
        StartDateTime=START,
        EndDateTime=END,
    )
    assert "must be ALL for a predictor" in world.refusal("CreateExplainability", **asked)[1]


def test_what_cannot_be_explained(world: World) -> None:
    def refusal(resource: str) -> str:
        asked = request(resource, ExplainabilityConfig=ALL)
        return world.refusal("CreateExplainability", **asked)[1]

    alone = world.sales()
    assert "neither related time series nor item metadata nor holidays" in refusal(
        world.trained(alone)
    )
    old = world.do("CreatePredictor", **legacy(alone))["PredictorArn"]
    assert "wait until it is ACTIVE" in refusal(old)
    world.finish(old)
    assert "only AutoPredictors can be explained" in refusal(old)
    assert "give that of a predictor or forecast" in refusal(alone)


def test_explain_predictor_makes_one_that_waits_for_the_training(world: World) -> None:
    made = auto(group(world), ExplainPredictor=True)
    predictor = world.do("CreateAutoPredictor", **made)["PredictorArn"]
    info = world.do("DescribeAutoPredictor", PredictorArn=predictor)["ExplainabilityInfo"]
    assert info["Status"] == "CREATE_PENDING"
    waiting = world.find(info["ExplainabilityArn"])

    def handed_out() -> bool:
        found = world.service.catalog.resources.undispatched()
        return waiting.arn in [each.arn for each in found]

    assert not handed_out()
    world.finish(predictor)
    assert handed_out()


def test_explain_predictor_needs_attributes(world: World) -> None:
    asked = auto(world.sales(), ExplainPredictor=True)
    assert "there is nothing to explain" in world.refusal("CreateAutoPredictor", **asked)[1]
    assert world.do("ListPredictors") == {"Predictors": []}


def test_exports_and_deletion(world: World) -> None:
    resource = forecast(world)
    asked = request(resource, ExplainabilityConfig=ALL)
    arn = world.do("CreateExplainability", **asked)["ExplainabilityArn"]
    out = {
        "ExplainabilityExportName": "out",
        "ExplainabilityArn": arn,
        "Destination": world.s3("out/"),
    }
    assert "wait until it is ACTIVE" in world.refusal("CreateExplainabilityExport", **out)[1]
    world.finish(arn)
    export = world.do("CreateExplainabilityExport", **out)["ExplainabilityExportArn"]
    assert export.endswith(":explainability-export/why/out")
    described = world.do("DescribeExplainabilityExport", ExplainabilityExportArn=export)
    assert described["Format"] == "CSV"
    by = [{"Key": "ResourceArn", "Value": arn, "Condition": "IS"}]
    (listed,) = world.do("ListExplainabilityExports", Filters=by)["ExplainabilityExports"]
    assert listed["ExplainabilityExportArn"] == export
    of = [{"Key": "ResourceArn", "Value": resource, "Condition": "IS"}]
    assert len(world.do("ListExplainabilities", Filters=of)["Explainabilities"]) == 1
    world.finish(export)
    name, _ = world.refusal("DeleteExplainability", ExplainabilityArn=arn)
    assert name == "ResourceInUseException"
    world.do("DeleteExplainabilityExport", ExplainabilityExportArn=export)
    world.do("DeleteExplainability", ExplainabilityArn=arn)
    found = world.do("DescribeExplainability", ExplainabilityArn=arn)
    assert found["Status"] == "DELETE_PENDING"

"""CreateAutoPredictor, DescribeAutoPredictor: new, retrained and upgraded predictors."""

from __future__ import annotations

from typing import Any

import pytest

from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from tests.service.service_world import NOON, World, auto, legacy

HOLIDAY = {"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}
RULES = {"AttributeName": "demand", "Transformations": {"aggregation": "avg"}}


def test_its_arn_has_a_suffix_so_that_names_may_repeat(world: World) -> None:
    group = world.sales()
    one, two = world.predictor(group), world.predictor(group)
    assert one != two
    stem, _, suffix = one.rpartition("_")
    assert stem.endswith(":predictor/daily")
    assert len(suffix) == 26
    assert world.find(one).nonce == suffix


def test_it_is_described_with_its_defaults(world: World) -> None:
    group = world.sales()
    arn = world.predictor(group)
    assert world.do("DescribeAutoPredictor", PredictorArn=arn) == {
        "PredictorArn": arn,
        "PredictorName": "daily",
        "ForecastHorizon": 7,
        "ForecastTypes": ["0.1", "0.5", "0.9"],
        "ForecastFrequency": "D",
        "DataConfig": {"DatasetGroupArn": group},
        "OptimizationMetric": "AverageWeightedQuantileLoss",
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }


def test_it_is_described_as_it_was_asked_for(world: World) -> None:
    asked = {
        "ForecastTypes": ["0.45", "mean"],
        "DataConfig": {"AttributeConfigs": [RULES], "AdditionalDatasets": [HOLIDAY]},
        "ForecastFrequency": "W",
        "TimeAlignmentBoundary": {"DayOfWeek": "SUNDAY"},
        "OptimizationMetric": "WAPE",
    }
    arn = world.predictor(world.sales(), **asked)
    described = world.do("DescribeAutoPredictor", PredictorArn=arn)
    assert described["DataConfig"].items() >= asked["DataConfig"].items()
    for name in ("ForecastTypes", "TimeAlignmentBoundary", "OptimizationMetric"):
        assert described[name] == asked[name]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ForecastHorizon": None}, "ForecastHorizon is missing; a new predictor needs it"),
        ({"ForecastFrequency": None}, "ForecastFrequency is missing"),
        ({"DataConfig": None}, "DataConfig is missing"),
        ({"ExplainPredictor": True}, "there is nothing to explain"),
        (
            {"TimeAlignmentBoundary": {"DayOfWeek": "SUNDAY"}},
            "time alignment boundary DayOfWeek does not fit frequency D; give Hour",
        ),
        (
            {"DataConfig": {"AdditionalDatasets": [{"Name": "weather"}]}},
            "the weather index is not available",
        ),
        (
            {"DataConfig": {"AdditionalDatasets": [{"Name": "holiday"}]}},
            'additional dataset holiday takes the Configuration {"CountryCode": ["US"]}',
        ),
        (
            {"DataConfig": {"AttributeConfigs": [{**RULES, "AttributeName": "price"}]}},
            "attribute 'price' is neither the target nor",
        ),
    ],
)
def test_a_request_that_cannot_be_trained(world: World, change: dict[str, Any], said: str) -> None:
    name, message = world.refusal("CreateAutoPredictor", **auto(world.sales(), **change))
    assert name == "InvalidInputException"
    assert said in message


def test_each_kind_has_its_own_describe_operation(world: World) -> None:
    group = world.sales()
    new = world.predictor(group)
    old = world.do("CreatePredictor", **legacy(group))["PredictorArn"]
    assert world.refusal("DescribePredictor", PredictorArn=new) == (
        "InvalidInputException",
        f"{new} is an AutoPredictor; describe it with DescribeAutoPredictor",
    )
    assert world.refusal("DescribeAutoPredictor", PredictorArn=old) == (
        "InvalidInputException",
        f"{old} is a legacy predictor; describe it with DescribePredictor",
    )


class TestRetraining:
    def test_takes_over_the_configuration(self, world: World) -> None:
        asked = {
            "ForecastTypes": ["0.45", "mean"],
            "DataConfig": {"AttributeConfigs": [RULES]},
            "OptimizationMetric": "WAPE",
        }
        first = world.trained(**asked)
        made = world.do("CreateAutoPredictor", PredictorName="again", ReferencePredictorArn=first)
        one = world.do("DescribeAutoPredictor", PredictorArn=first)
        two = world.do("DescribeAutoPredictor", **made)
        assert two["PredictorName"] == "again"
        assert two["ReferencePredictorSummary"] == {"Arn": first, "State": "Active"}
        for name in ("ForecastHorizon", "ForecastTypes", "DataConfig", "OptimizationMetric"):
            assert two[name] == one[name]

    def test_needs_nothing_of_its_reference_later(self, world: World) -> None:
        first = world.trained()
        made = world.do("CreateAutoPredictor", PredictorName="again", ReferencePredictorArn=first)
        world.service.catalog.resources.remove(first, world.find(first).nonce)
        found = world.find(made["PredictorArn"])
        assert TrainingRequest.read(configuration(found.request, found.details)).horizon == 7
        (listed,) = world.do("ListPredictors")["Predictors"]
        assert listed["ReferencePredictorSummary"] == {"Arn": first, "State": "Deleted"}

    def test_may_change_the_metric_alone(self, world: World) -> None:
        first = world.trained()
        again = {"PredictorName": "again", "ReferencePredictorArn": first}
        made = world.do("CreateAutoPredictor", **again, OptimizationMetric="RMSE")
        assert world.do("DescribeAutoPredictor", **made)["OptimizationMetric"] == "RMSE"
        name, message = world.refusal("CreateAutoPredictor", **again, ForecastHorizon=14)
        assert name == "InvalidInputException"
        assert "ForecastHorizon differs from that of the predictor to retrain" in message
        world.do("CreateAutoPredictor", **again, ForecastHorizon=7)

    def test_waits_for_its_reference(self, world: World) -> None:
        first = world.predictor()
        name, message = world.refusal(
            "CreateAutoPredictor", PredictorName="again", ReferencePredictorArn=first
        )
        assert name == "ResourceInUseException"
        assert f"predictor {first} is CREATE_PENDING" in message

    def test_upgrades_a_legacy_predictor(self, world: World) -> None:
        group = world.sales()
        filling = {
            "FeaturizationMethodName": "filling",
            "FeaturizationMethodParameters": {"aggregation": "avg"},
        }
        parameters = legacy(
            group,
            FeaturizationConfig={
                "Featurizations": [{"AttributeName": "demand", "FeaturizationPipeline": [filling]}]
            },
            InputDataConfig={"SupplementaryFeatures": [{"Name": "holiday", "Value": "UK"}]},
        )
        old = world.do("CreatePredictor", **parameters)["PredictorArn"]
        world.finish(old)
        made = world.do("CreateAutoPredictor", PredictorName="new", ReferencePredictorArn=old)
        described = world.do("DescribeAutoPredictor", **made)
        assert described["ForecastHorizon"] == 7
        assert described["ForecastFrequency"] == "D"
        assert described["DataConfig"] == {
            "DatasetGroupArn": group,
            "AttributeConfigs": [RULES],
            "AdditionalDatasets": [HOLIDAY],
        }

"""PerformHPO and HPOConfig: which ranges can be searched, and what is told of the search."""

from __future__ import annotations

from typing import Any

import pytest

from forecastle.training import tuning
from tests.service.service_world import World, legacy

ARN = "arn:aws:forecast:::algorithm/"

pytest.importorskip("torch")


def words(name: str, *values: str) -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": name, "Values": list(values)}]}


def numbers(name: str, least: float, most: float, **scale: str) -> dict[str, Any]:
    span = {"Name": name, "MinValue": least, "MaxValue": most, **scale}
    return {"ContinuousParameterRanges": [span]}


def whole(name: str, least: int, most: int, **scale: str) -> dict[str, Any]:
    span = {"Name": name, "MinValue": least, "MaxValue": most, **scale}
    return {"IntegerParameterRanges": [span]}


def request(world: World, ranges: dict[str, Any] | None = None, **change: Any) -> dict[str, Any]:
    config = {} if ranges is None else {"HPOConfig": {"ParameterRanges": ranges}}
    asked = {"AlgorithmArn": f"{ARN}Deep_AR_Plus", "PerformHPO": True, **config, **change}
    return legacy(world.sales(), **asked)


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        (whole("num_cells", 20, 50), "num_cells of Deep_AR_Plus: '20' cannot be used; use a whole"),
        (whole("num_cells", 30, 101), "num_cells of Deep_AR_Plus: '101' cannot be used"),
        (
            numbers("learning_rate_decay", 0.1, 0.9),
            "learning_rate_decay of Deep_AR_Plus: '0.1' cannot be used; use a number from 0.5 to 1",
        ),
        (words("likelihood", "gaussian", "poisson"), "'poisson' cannot be used; use beta or"),
        (whole("trees", 1, 9), "training parameter 'trees' is not one of Deep_AR_Plus"),
        (
            numbers("num_cells", 30, 50),
            "range of num_cells of Deep_AR_Plus: it is a whole number from 30 to 100, not from "
            "ContinuousParameterRanges; give its range in IntegerParameterRanges",
        ),
        (words("epochs", "5", "9"), "give its range in IntegerParameterRanges"),
        (whole("epochs", 9, 5), "range of epochs of Deep_AR_Plus: MinValue 9 is more than"),
        (
            {**whole("epochs", 5, 9), **words("epochs", "5")},
            "range of epochs of Deep_AR_Plus: it is a whole number from 1 to 1000",
        ),
        (
            {"IntegerParameterRanges": 2 * whole("epochs", 5, 9)["IntegerParameterRanges"]},
            "range of epochs of Deep_AR_Plus: it is given twice; give it once",
        ),
        (
            whole("epochs", 5, 9, ScalingType="ReverseLogarithmic"),
            "ReverseLogarithmic is for fractions from 0 to below 1, found 5 to 9; use Auto",
        ),
        (
            numbers("learning_rate_decay", 0.5, 1, ScalingType="ReverseLogarithmic"),
            "ReverseLogarithmic is for fractions from 0 to below 1, found 0.5 to 1",
        ),
        (
            whole("max_learning_rate_decays", 0, 3, ScalingType="Logarithmic"),
            "Logarithmic needs a MinValue above 0, found 0; raise it or use Linear",
        ),
    ],
)
def test_a_range_that_cannot_be_searched(world: World, ranges: dict[str, Any], said: str) -> None:
    name, message = world.refusal("CreatePredictor", **request(world, ranges))
    assert name == "InvalidInputException"
    assert said in message


def test_what_is_fixed_cannot_be_tuned(world: World) -> None:
    fixed = {"TrainingParameters": {"epochs": "7"}}
    asked = request(world, whole("epochs", 5, 9), **fixed)
    _, message = world.refusal("CreatePredictor", **asked)
    assert "the training parameters fix it at '7'; leave it out there, or leave its" in message


def test_an_installation_that_cannot_tune_says_so(world: World, monkeypatch) -> None:
    monkeypatch.setattr(tuning, "missing", lambda: "it needs optuna; install the extra")
    _, message = world.refusal("CreatePredictor", **request(world))
    assert message == "tuning Deep_AR_Plus is not possible here: it needs optuna; install the extra"


@pytest.mark.parametrize("scale", ["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"])
def test_every_scale_is_taken(world: World, scale: str) -> None:
    ranges = numbers("learning_rate_decay", 0.5, 0.9, ScalingType=scale)
    arn = world.do("CreatePredictor", **request(world, ranges))["PredictorArn"]
    described = world.do("DescribePredictor", PredictorArn=arn)
    assert described["PerformHPO"] is True
    assert described["HPOConfig"] == {"ParameterRanges": ranges}
    assert "TrainingParameters" not in described


def test_what_was_found_is_told_when_it_is_trained(world: World) -> None:
    fixed = {"TrainingParameters": {"epochs": "7"}}
    arn = world.do("CreatePredictor", **request(world, **fixed))["PredictorArn"]
    assert world.do("DescribePredictor", PredictorArn=arn)["TrainingParameters"] == {"epochs": "7"}
    found = {"epochs": "7", "learning_rate": "0.01"}
    world.finish(arn, training_parameters=found)
    assert world.do("DescribePredictor", PredictorArn=arn)["TrainingParameters"] == found

"""Monitors: made, described, listed, paused, resumed and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.evaluations import FAILURE, SUCCESS, Evaluation
from tests.service.service_world import NOON, World, auto, legacy

DAY = 86400.0
ACCURACY = [
    {
        "AlgorithmArn": "arn:aws:forecast:::algorithm/AutoPredictor",
        "TestWindows": [
            {
                "EvaluationType": "SUMMARY",
                "Metrics": {
                    "AverageWeightedQuantileLoss": 0.2,
                    "ErrorMetrics": [
                        {
                            "ForecastType": "mean",
                            "WAPE": 0.3,
                            "RMSE": 4.0,
                            "MASE": 0.8,
                            "MAPE": None,
                        }
                    ],
                },
            }
        ],
    }
]


def monitor(world: World, predictor: str | None = None, name: str = "watch") -> str:
    """A monitor that waits; its ARN."""
    made = world.do("CreateMonitor", MonitorName=name, ResourceArn=predictor or world.trained())
    return str(made["MonitorArn"])


def active(world: World) -> str:
    arn = monitor(world)
    world.finish(arn)
    return arn


def evaluation(number: int, state: str = SUCCESS, **more: Any) -> Evaluation:
    made = Evaluation(
        forecast=f"arn:aws:forecast:eu-central-1:1:forecast/week{number}",
        forecast_nonce=f"nonce{number}",
        data="data",
        predictor="arn:aws:forecast:eu-central-1:1:predictor/p",
        import_job="arn:aws:forecast:eu-central-1:1:dataset-import-job/sales/second",
        state=state,
        window_start=NOON + number * DAY,
        window_end=NOON + (number + 6) * DAY,
        metrics={"AverageWeightedQuantileLoss": 0.17, "WAPE": 0.25},
        items=12,
        evaluated_at=NOON + number,
    )
    return replace(made, **more)


def add(world: World, arn: str, *found: Evaluation) -> None:
    world.service.catalog.evaluations.add(arn, found)


def test_it_is_made_described_and_listed(world: World) -> None:
    predictor = world.trained()
    world.change(predictor, details={**world.find(predictor).details, "accuracy": ACCURACY})
    arn = monitor(world, predictor)
    assert "monitor/watch_" in arn
    assert world.do("DescribeMonitor", MonitorArn=arn)["Status"] == "CREATE_PENDING"
    world.finish(arn)
    described = world.do("DescribeMonitor", MonitorArn=arn)
    assert described == {
        "MonitorName": "watch",
        "MonitorArn": arn,
        "ResourceArn": predictor,
        "Status": "ACTIVE",
        "Baseline": {
            "PredictorBaseline": {
                "BaselineMetrics": [
                    {"Name": "AverageWeightedQuantileLoss", "Value": 0.2},
                    {"Name": "MASE", "Value": 0.8},
                    {"Name": "RMSE", "Value": 4.0},
                    {"Name": "WAPE", "Value": 0.3},
                ]
            }
        },
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    (listed,) = world.do("ListMonitors")["Monitors"]
    assert listed.items() <= described.items()
    assert world.do("DescribeAutoPredictor", PredictorArn=predictor)["MonitorInfo"] == {
        "MonitorArn": arn,
        "Status": "ACTIVE",
    }


def test_a_predictor_has_one(world: World) -> None:
    predictor = world.trained()
    first = monitor(world, predictor)
    name, message = world.refusal("CreateMonitor", MonitorName="b", ResourceArn=predictor)
    assert name == "ResourceAlreadyExistsException"
    assert f"has the monitor {first}; use that, or delete it" in message
    world.finish(first)
    world.do("DeleteMonitor", MonitorArn=first)
    assert monitor(world, predictor, "b") != first


def test_only_auto_predictors_that_are_trained_have_one(world: World) -> None:
    group = world.sales()
    old = world.do("CreatePredictor", **legacy(group))["PredictorArn"]
    name, message = world.refusal("CreateMonitor", MonitorName="m", ResourceArn=old)
    assert name == "InvalidInputException"
    assert "only AutoPredictors can be monitored" in message
    waiting = world.predictor(group)
    name, _ = world.refusal("CreateMonitor", MonitorName="m", ResourceArn=waiting)
    assert name == "ResourceInUseException"
    name, _ = world.refusal("CreateMonitor", MonitorName="m", ResourceArn=group)
    assert name == "InvalidInputException"


class TestMonitorConfig:
    def test_makes_one_along_with_the_predictor(self, world: World) -> None:
        arn = world.predictor(MonitorConfig={"MonitorName": "watch"})
        info = world.do("DescribeAutoPredictor", PredictorArn=arn)["MonitorInfo"]
        assert info["Status"] == "CREATE_PENDING"
        made = world.do("DescribeMonitor", MonitorArn=info["MonitorArn"])
        assert (made["MonitorName"], made["ResourceArn"]) == ("watch", arn)

    def test_where_there_may_be_no_more_monitors_no_predictor_is_made(self, world: World) -> None:
        group = world.sales()
        world.setting(quota_monitors=0)
        name, message = world.refusal(
            "CreateAutoPredictor", **auto(group, MonitorConfig={"MonitorName": "watch"})
        )
        assert (name, "quota_monitors" in message) == ("LimitExceededException", True)
        assert world.do("ListPredictors")["Predictors"] == []

    def test_goes_with_its_predictor(self, world: World) -> None:
        arn = world.predictor(MonitorConfig={"MonitorName": "watch"})
        world.do("StopResource", ResourceArn=arn)
        (listed,) = world.do("ListMonitors")["Monitors"]
        assert listed["Status"] == "CREATE_STOPPED"
        world.do("DeleteResourceTree", ResourceArn=arn)
        assert world.find(listed["MonitorArn"]).status == life.DELETE_PENDING


class TestEvaluations:
    def test_are_told_with_what_they_come_from(self, world: World) -> None:
        arn = active(world)
        add(world, arn, evaluation(1, retrained_at=NOON - DAY))
        found = evaluation(1)
        (told,) = world.do("ListMonitorEvaluations", MonitorArn=arn)["PredictorMonitorEvaluations"]
        assert told == {
            "ResourceArn": world.find(arn).request["ResourceArn"],
            "MonitorArn": arn,
            "EvaluationTime": NOON + 1,
            "EvaluationState": "SUCCESS",
            "WindowStartDatetime": found.window_start,
            "WindowEndDatetime": found.window_end,
            "PredictorEvent": {"Detail": "Retrain", "Datetime": NOON - DAY},
            "MonitorDataSource": {
                "DatasetImportJobArn": found.import_job,
                "ForecastArn": found.forecast,
                "PredictorArn": found.predictor,
            },
            "MetricResults": [
                {"MetricName": "AverageWeightedQuantileLoss", "MetricValue": 0.17},
                {"MetricName": "WAPE", "MetricValue": 0.25},
            ],
            "NumItemsEvaluated": 12,
        }
        described = world.do("DescribeMonitor", MonitorArn=arn)
        assert described["LastEvaluationTime"] == NOON + 1
        assert described["LastEvaluationState"] == "SUCCESS"

    def test_come_in_pages_newest_first(self, world: World) -> None:
        arn = active(world)
        add(world, arn, *(evaluation(number) for number in range(3)))
        first = world.do("ListMonitorEvaluations", MonitorArn=arn, MaxResults=2)
        rest = world.do("ListMonitorEvaluations", MonitorArn=arn, NextToken=first["NextToken"])
        pages = (first, rest)
        times = [e["EvaluationTime"] for p in pages for e in p["PredictorMonitorEvaluations"]]
        assert times == [NOON + 2, NOON + 1, NOON]
        assert "NextToken" not in rest
        name, _ = world.refusal(
            "ListMonitorEvaluations",
            MonitorArn=arn,
            NextToken=first["NextToken"],
            Filters=[{"Key": "EvaluationState", "Value": "SUCCESS", "Condition": "IS"}],
        )
        assert name == "InvalidNextTokenException"

    @pytest.mark.parametrize(("condition", "states"), [("IS", [FAILURE]), ("IS_NOT", [SUCCESS])])
    def test_are_filtered_by_state(self, world: World, condition: str, states: list[str]) -> None:
        arn = active(world)
        add(world, arn, evaluation(1), evaluation(2, FAILURE, message="no actuals"))
        wanted = {"Key": "EvaluationState", "Value": "FAILURE", "Condition": condition}
        found = world.do("ListMonitorEvaluations", MonitorArn=arn, Filters=[wanted])
        assert [e["EvaluationState"] for e in found["PredictorMonitorEvaluations"]] == states

    def test_another_key_is_refused(self, world: World) -> None:
        wanted = {"Key": "Status", "Value": "FAILURE", "Condition": "IS"}
        name, message = world.refusal(
            "ListMonitorEvaluations", MonitorArn=active(world), Filters=[wanted]
        )
        assert name == "InvalidInputException"
        assert message == "filter key 'Status' is not known here; use EvaluationState"

    def test_of_another_account_are_not_found(self, world: World) -> None:
        arn = active(world)
        name, _ = world.another().refusal("ListMonitorEvaluations", MonitorArn=arn)
        assert name == "ResourceNotFoundException"


class TestPausing:
    def test_it_is_paused_and_resumed_and_to_ask_again_is_no_error(self, world: World) -> None:
        arn = active(world)
        for operation, status in (
            ("StopResource", life.ACTIVE_STOPPED),
            ("StopResource", life.ACTIVE_STOPPED),
            ("ResumeResource", life.ACTIVE),
            ("ResumeResource", life.ACTIVE),
        ):
            assert world.do(operation, ResourceArn=arn) == {}
            assert world.find(arn).status == status

    def test_one_that_compares_is_stopping(self, world: World) -> None:
        arn = active(world)
        world.change(arn, status=life.UPDATE_IN_PROGRESS)
        world.do("StopResource", ResourceArn=arn)
        assert world.find(arn).status == life.ACTIVE_STOPPING
        name, message = world.refusal("ResumeResource", ResourceArn=arn)
        assert name == "ResourceInUseException"
        assert message == f"{arn} is ACTIVE_STOPPING; wait until it is ACTIVE_STOPPED"
        name, _ = world.refusal("DeleteMonitor", MonitorArn=arn)
        assert name == "ResourceInUseException"

    def test_one_that_was_stopped_before_it_was_made_is_not_resumed(self, world: World) -> None:
        arn = monitor(world)
        world.do("StopResource", ResourceArn=arn)
        assert world.find(arn).status == life.CREATE_STOPPED
        name, message = world.refusal("ResumeResource", ResourceArn=arn)
        assert name == "InvalidInputException"
        assert "only a monitor that is ACTIVE_STOPPED can be resumed" in message

    def test_a_paused_one_may_be_deleted(self, world: World) -> None:
        arn = active(world)
        world.do("StopResource", ResourceArn=arn)
        world.do("DeleteMonitor", MonitorArn=arn)
        assert world.find(arn).status == life.DELETE_PENDING

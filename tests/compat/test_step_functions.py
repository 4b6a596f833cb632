"""examples/step-functions: the workflow of the AWS original, against `forecastle serve`."""

from __future__ import annotations

import csv
import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.compat.running import Running
from tests.compat.sales import ITEMS, ROLE
from tests.compat.states import Execution, ExecutionFailed

FOLDER = Path(__file__).parents[2] / "examples" / "step-functions"
BUCKET = "shop"
LONGEST_PAUSE = 0.1


@pytest.fixture(scope="module")
def handlers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("step_functions", FOLDER / "handlers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def definition() -> dict[str, Any]:
    found = json.loads((FOLDER / "state_machine.asl.json").read_text())
    settings = found["States"]["Settings"]["Result"]
    settings |= {"group": "steps", "algorithm": "NPTS", "output": "steps/"}
    return dict(found)


class Topic:
    """Stands for the SNS client: remembers what was published."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []

    def publish(self, **message: str) -> None:
        self.messages.append(message)


@pytest.fixture
def topic(service: Running, monkeypatch: pytest.MonkeyPatch) -> Topic:
    """The environment of the Lambda functions; the topic that they publish to."""
    for name, value in service.client.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("FORECAST_ROLE_ARN", ROLE)
    monkeypatch.setenv("FORECAST_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:forecast")
    found, session = Topic(), boto3.Session()
    monkeypatch.setattr(
        boto3, "client", lambda name: found if name == "sns" else session.client(name)
    )
    return found


def execution(definition: dict[str, Any], handlers: ModuleType) -> Execution:
    functions = {
        "ImportData": handlers.import_data,
        "TrainPredictor": handlers.train_predictor,
        "CreateForecast": handlers.create_forecast,
        "ExportForecast": handlers.export_forecast,
        "AwaitJob": handlers.await_job,
        "Notify": handlers.notify,
    }
    return Execution(definition, functions, lambda wanted: time.sleep(min(wanted, LONGEST_PAUSE)))


def cloudtrail(key: str, event: str) -> dict[str, Any]:
    """What EventBridge sends for an upload that CloudTrail recorded."""
    return {
        "id": event,
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "detail": {
            "eventName": "PutObject",
            "requestParameters": {"bucketName": BUCKET, "key": key},
        },
    }


def object_created(key: str, event: str) -> dict[str, Any]:
    """What EventBridge sends for an upload to a bucket that sends events itself."""
    return {
        "id": event,
        "detail-type": "Object Created",
        "source": "aws.s3",
        "detail": {"bucket": {"name": BUCKET}, "object": {"key": key}},
    }


def exported_rows(service: Running) -> list[dict[str, str]]:
    parts = sorted((service.buckets / BUCKET / "steps").glob("*.csv"))
    return [row for part in parts for row in csv.DictReader(part.read_text().splitlines())]


def test_an_upload_goes_all_the_way_to_the_export_and_the_message(
    service: Running, definition: dict[str, Any], handlers: ModuleType, topic: Topic
) -> None:
    event = cloudtrail("input/sales.csv", "6a7e8feb-b491-4cf7-a9f1-bf3703467718")
    first = execution(definition, handlers)
    first.run(event)

    assert first.visited[-2:] == ["NotifySuccess", "Done"]
    rows = exported_rows(service)
    assert len(rows) == 7 * len(ITEMS)
    assert {"p10", "p50", "p90"} < set(rows[0])
    assert topic.messages[0]["Message"].endswith("the forecast is in s3://shop/steps/")

    execution(definition, handlers).run(event)
    assert len(exported_rows(service)) == len(rows), "the event again makes nothing again"


def test_a_broken_file_ends_with_a_message_that_names_the_line(
    definition: dict[str, Any], handlers: ModuleType, topic: Topic
) -> None:
    event = object_created("broken/sales.csv", "11112222-3333-4444-5555-666677778888")
    failing = execution(definition, handlers)
    with pytest.raises(ExecutionFailed, match="ForecastFailed"):
        failing.run(event)
    assert "TrainPredictor" not in failing.visited
    assert "many" in topic.messages[0]["Message"]


def test_another_event_is_refused(definition: dict[str, Any], handlers: ModuleType) -> None:
    with pytest.raises(ExecutionFailed, match="UnknownEvent"):
        execution(definition, handlers).run({"id": "1", "detail-type": "Object Deleted"})


def test_every_state_is_reached_by_another(definition: dict[str, Any]) -> None:
    text = [json.dumps(state) for state in definition["States"].values()]
    for name in set(definition["States"]) - {definition["StartAt"]}:
        assert any(f': "{name}"' in state for state in text), name

"""StopResource and ResumeResource."""

from __future__ import annotations

from forecastle.catalog import status as life
from tests.service.service_world import World


def test_a_job_at_work_is_stopping(world: World) -> None:
    arn = world.predictor()
    world.begin(arn)
    world.now += 5
    assert world.do("StopResource", ResourceArn=arn) == {}
    assert world.find(arn).status == life.CREATE_STOPPING
    described = world.do("DescribeAutoPredictor", PredictorArn=arn)
    assert described["Status"] == "CREATE_STOPPING"
    assert described["LastModificationTime"] == world.now


def test_a_job_that_waits_is_stopped_at_once(world: World) -> None:
    arn = world.import_job(world.dataset())
    world.do("StopResource", ResourceArn=arn)
    found = world.find(arn)
    assert (found.status, found.dispatched) == (life.CREATE_STOPPED, True)


def test_to_ask_again_is_no_error(world: World) -> None:
    arn = world.predictor()
    world.begin(arn)
    for _ in range(2):
        world.do("StopResource", ResourceArn=arn)
    assert world.find(arn).status == life.CREATE_STOPPING
    world.change(arn, status=life.CREATE_STOPPED)
    world.do("StopResource", ResourceArn=arn)
    assert world.find(arn).status == life.CREATE_STOPPED


def test_what_is_being_made_from_it_is_stopped_too(world: World) -> None:
    forecast = world.forecast()
    predictor = world.find(forecast).request["PredictorArn"]
    world.do("StopResource", ResourceArn=predictor)
    assert world.find(forecast).status == life.CREATE_STOPPED
    assert world.find(predictor).status == life.ACTIVE


def test_what_is_finished_cannot_be_stopped(world: World) -> None:
    arn = world.trained()
    name, message = world.refusal("StopResource", ResourceArn=arn)
    assert name == "InvalidInputException"
    assert message == f"{arn} is ACTIVE; only what is being created can be stopped"


def test_only_monitors_are_resumed(world: World) -> None:
    arn = world.predictor()
    world.do("StopResource", ResourceArn=arn)
    name, message = world.refusal("ResumeResource", ResourceArn=arn)
    assert name == "InvalidInputException"
    assert "only monitors can be resumed" in message

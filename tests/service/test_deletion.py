"""Delete operations and DeleteResourceTree."""

from __future__ import annotations

import pytest

from forecastle.catalog import status as life
from tests.service.service_world import World

PENDING = life.DELETE_PENDING


def test_what_is_deleted_waits_for_a_worker_and_keeps_its_name(world: World) -> None:
    arn = world.dataset("sales")
    world.now += 9
    assert world.do("DeleteDataset", DatasetArn=arn) == {}
    found = world.find(arn)
    assert (found.status, found.dispatched, found.modified_at) == (PENDING, False, world.now)
    with pytest.raises(Exception, match="A dataset already exists") as caught:
        world.dataset("sales")
    assert caught.value.wire_name == "ResourceAlreadyExistsException"


def test_a_name_is_free_when_the_deletion_is_done(world: World) -> None:
    arn = world.dataset("sales")
    before = world.find(arn)
    world.do("DeleteDataset", DatasetArn=arn)
    world.service.catalog.resources.remove(arn, before.nonce)
    assert world.dataset("sales") == arn
    assert world.find(arn).nonce != before.nonce


def test_scripts_may_ask_until_it_is_gone(world: World) -> None:
    arn = world.dataset()
    nonce = world.find(arn).nonce
    for _ in range(2):
        world.do("DeleteDataset", DatasetArn=arn)
    world.change(arn, status=life.DELETE_IN_PROGRESS)
    world.do("DeleteDataset", DatasetArn=arn)
    assert world.find(arn).status == life.DELETE_IN_PROGRESS
    world.service.catalog.resources.remove(arn, nonce)
    name, message = world.refusal("DeleteDataset", DatasetArn=arn)
    assert name == "ResourceNotFoundException"
    assert f"No resource found with the arn: {arn}" in message


def test_what_others_were_made_from_stays(world: World) -> None:
    dataset = world.filled(world.dataset())
    job = world.do("ListDatasetImportJobs")["DatasetImportJobs"][0]["DatasetImportJobArn"]
    name, message = world.refusal("DeleteDataset", DatasetArn=dataset)
    assert name == "ResourceInUseException"
    assert message == (
        f"{dataset} cannot be deleted while others made from it are there: dataset import job "
        f"{job}; delete them first, or all at once with DeleteResourceTree"
    )
    world.do("DeleteDatasetImportJob", DatasetImportJobArn=job)
    world.do("DeleteDataset", DatasetArn=dataset)


def test_what_is_being_made_stays(world: World) -> None:
    arn = world.predictor()
    name, message = world.refusal("DeletePredictor", PredictorArn=arn)
    assert name == "ResourceInUseException"
    assert message == (
        f"{arn} is CREATE_PENDING; wait until it is finished, or stop it with StopResource"
    )


@pytest.mark.parametrize("status", [life.CREATE_FAILED, life.CREATE_STOPPED])
def test_what_failed_or_was_stopped_goes(world: World, status: str) -> None:
    arn = world.predictor()
    world.begin(arn)
    if status == life.CREATE_STOPPED:
        world.change(arn, status=life.CREATE_STOPPING)
    world.change(arn, status=status, message="no")
    world.do("DeletePredictor", PredictorArn=arn)
    assert world.find(arn).status == PENDING
    assert world.find(arn).message is None


def test_each_operation_deletes_its_own_type(world: World) -> None:
    group = world.group()
    name, message = world.refusal("DeleteDataset", DatasetArn=group)
    assert name == "InvalidInputException"
    assert message == f"{group} is the ARN of a dataset group; give that of a dataset"


def test_a_group_goes_without_its_datasets(world: World) -> None:
    dataset = world.filled(world.dataset())
    group = world.group(dataset)
    world.do("DeleteDatasetGroup", DatasetGroupArn=group)
    assert world.find(group).status == PENDING
    assert world.find(dataset).status == life.ACTIVE


class TestTheTree:
    def test_goes_at_once_but_for_the_datasets(self, world: World) -> None:
        dataset = world.filled(world.dataset())
        group = world.group(dataset)
        predictor = world.trained(group)
        forecast = world.forecast(predictor)
        world.finish(forecast)
        export = world.do(
            "CreateForecastExportJob",
            ForecastExportJobName="csv",
            ForecastArn=forecast,
            Destination=world.s3("out"),
        )["ForecastExportJobArn"]
        world.finish(export)
        world.do("DeleteResourceTree", ResourceArn=group)
        for arn in (group, predictor, forecast, export):
            assert (world.find(arn).status, world.find(arn).dispatched) == (PENDING, False)
        assert world.find(dataset).status == life.ACTIVE

    def test_of_a_dataset_is_its_imports(self, world: World) -> None:
        dataset = world.filled(world.dataset())
        (job,) = world.service.catalog.resources.children(dataset)
        world.do("DeleteResourceTree", ResourceArn=dataset)
        assert [world.find(arn).status for arn in (dataset, job.arn)] == [PENDING, PENDING]

    def test_stays_whole_while_a_part_is_being_made(self, world: World) -> None:
        group = world.sales()
        predictor = world.trained(group)
        forecast = world.forecast(predictor)
        world.begin(forecast)
        name, message = world.refusal("DeleteResourceTree", ResourceArn=group)
        assert name == "ResourceInUseException"
        assert f"{forecast} is CREATE_IN_PROGRESS; wait until it is finished" in message
        assert world.find(group).status == life.ACTIVE
        assert world.find(predictor).status == life.ACTIVE

    def test_may_be_asked_for_again(self, world: World) -> None:
        group = world.sales()
        for _ in range(2):
            world.do("DeleteResourceTree", ResourceArn=group)
        assert world.find(group).status == PENDING

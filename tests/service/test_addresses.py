"""Short addresses of resources."""

from __future__ import annotations

from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.context import Caller, Context
from tests.service.service_world import SALES


def _context(world, region="us-east-1"):
    return Context(world.service, Caller(world.account, world.role, region, "ann"))


def test_an_address_leads_back_to_the_resource_whatever_its_region(world):
    dataset = world.do(
        "CreateDataset",
        DatasetName="sales",
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        DataFrequency="D",
        Schema={"Attributes": [{"AttributeName": n, "AttributeType": t} for n, t in SALES]},
    )["DatasetArn"]
    assert id_of(dataset) == "sales"
    assert ":us-east-1:" not in dataset
    assert arn_of(_context(world), ResourceType.DATASET, "sales") == dataset


def test_an_address_of_nothing_is_an_arn_that_nothing_has(world):
    context = _context(world)
    assert arn_of(context, ResourceType.FORECAST, "s%").endswith(":forecast/s%")
    assert (
        context.service.catalog.resources.find(arn_of(context, ResourceType.FORECAST, "x")) is None
    )


def test_the_import_of_a_dataset_has_both_names():
    arn = "arn:aws:forecast:us-east-1:000000000000:dataset-import-job/sales/first"
    assert id_of(arn) == "sales/first"

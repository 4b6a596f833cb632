from __future__ import annotations

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.resources import Edge
from forecastle.core.names import ResourceType
from forecastle.core.settings import ServiceSettings
from forecastle.jobs.dispatcher import Dispatcher
from forecastle.jobs.queues import QUEUES, Queue
from forecastle.jobs.workflows import Kind
from tests.catalog.records import a_resource


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog.open(ServiceSettings(data_dir=tmp_path), migrate=True)
    yield catalog
    catalog.close()


@pytest.fixture
def told():
    return []


@pytest.fixture
def dispatcher(catalog, told):
    def enqueue(resource, kind, queue):
        told.append((resource.name, kind, queue))

    return Dispatcher(catalog.resources, enqueue, QUEUES)


def test_each_job_goes_to_its_queue_once(catalog, dispatcher, told):
    waiting = {"dispatched": False}
    catalog.resources.add(a_resource("p", **waiting))
    catalog.resources.add(a_resource("f", ResourceType.FORECAST, **waiting))
    catalog.resources.add(a_resource("d", status=life.DELETE_PENDING, **waiting))
    catalog.resources.add(a_resource("s", status=life.CREATE_STOPPED, **waiting))
    assert dispatcher.dispatch() == 4
    assert sorted(told) == [
        ("d", Kind.DELETE, Queue.DELETION),
        ("f", Kind.CREATE, Queue.DATA),
        ("p", Kind.CREATE, Queue.TRAINING),
    ]
    assert dispatcher.dispatch() == 0


def test_imports_of_a_dataset_wait_for_those_before_them(catalog, dispatcher, told):
    for name, dataset, at in (("b", "x", 2.0), ("a", "x", 1.0), ("c", "y", 3.0)):
        job = a_resource(
            name,
            ResourceType.DATASET_IMPORT_JOB,
            created_at=at,
            request={"DatasetArn": dataset},
            dispatched=False,
        )
        catalog.resources.add(job, [Edge(dataset)])
    dispatcher.dispatch()
    dispatcher.dispatch()
    assert [name for name, _, _ in told] == ["a", "c"]


def test_an_import_waits_for_a_later_one_that_is_under_way(catalog, dispatcher, told):
    for name, at, dispatched in (("under way", 2.0, True), ("early", 1.0, False)):
        job = a_resource(
            name,
            ResourceType.DATASET_IMPORT_JOB,
            created_at=at,
            request={"DatasetArn": "x"},
            dispatched=dispatched,
        )
        catalog.resources.add(job, [Edge("x")])
    assert dispatcher.dispatch() == 0


def test_a_parent_is_deleted_after_its_children(catalog, dispatcher, told):
    parent = a_resource("parent", status=life.DELETE_PENDING, dispatched=False)
    child = a_resource("child", status=life.DELETE_PENDING, dispatched=False)
    catalog.resources.add(parent)
    catalog.resources.add(child, [Edge(parent.arn)])
    dispatcher.dispatch()
    dispatcher.dispatch()
    assert [name for name, _, _ in told] == ["child"]
    catalog.resources.remove(child.arn, child.nonce)
    dispatcher.dispatch()
    assert [name for name, _, _ in told] == ["child", "parent"]

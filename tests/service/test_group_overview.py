"""The guided way: which steps are taken, which is next, and what is known of each."""

from __future__ import annotations

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.core.names import ResourceType
from forecastle.service.context import Caller, Context
from forecastle.service.group_overview import (
    State,
    Step,
    describe_group,
    free_group_name,
    list_groups,
    list_things,
)
from tests.service.service_world import ITEMS, REGION, World


def viewer(world: World) -> Context:
    return Context(world.service, Caller(world.account, Role.VIEWER, REGION, "somebody"))


def states(world: World, group: str) -> list[str]:
    return [str(each.state) for each in describe_group(viewer(world), group).steps]


def later(world: World) -> None:
    world.now += 60


def test_a_new_group_begins_with_its_dataset(world: World):
    group = describe_group(viewer(world), world.group())
    assert [each.state for each in group.steps][:3] == [State.DONE, State.NEXT, State.LATER]
    assert group.next is not None
    assert group.next.step is Step.DATASET
    assert not group.is_busy


def test_without_a_bucket_that_is_the_next_step(world: World):
    world.service.catalog.buckets.remove(world.bucket)
    group = describe_group(viewer(world), world.group())
    assert group.next is not None
    assert group.next.step is Step.BUCKET


def test_the_steps_are_taken_one_after_the_other(world: World):
    dataset = world.dataset()
    group = world.group(dataset)
    assert states(world, group) == ["done", "done", "next", "later", "later", "later"]
    world.filled(dataset)
    assert states(world, group) == ["done", "done", "done", "next", "later", "later"]
    predictor = world.predictor(group)
    assert states(world, group)[3:] == ["busy", "later", "later"]
    world.finish(predictor, artifact="a")
    assert states(world, group)[3:] == ["done", "next", "later"]
    forecast = world.forecast(predictor)
    world.finish(forecast, artifact="a")
    assert states(world, group)[3:] == ["done", "done", "next"]
    export = world.do(
        "CreateForecastExportJob",
        ForecastExportJobName="out",
        ForecastArn=forecast,
        Destination=world.s3(),
    )["ForecastExportJobArn"]
    world.finish(export)
    assert states(world, group) == ["done"] * 6
    assert describe_group(viewer(world), group).next is None


def test_what_failed_is_told_unless_something_before_can_be_used(world: World):
    group = world.sales()
    world.fail(world.predictor(group, "bad"), "no history")
    step = describe_group(viewer(world), group).step(Step.TRAIN)
    assert step.state is State.FAILED
    assert step.newest is not None
    assert step.newest.message == "no history"
    later(world)
    good = world.trained(group, "good")
    later(world)
    world.fail(world.predictor(group, "worse"), "no history")
    step = describe_group(viewer(world), group).step(Step.TRAIN)
    assert step.state is State.DONE
    assert step.usable is not None
    assert step.usable.arn == good


def test_new_data_make_the_forecast_the_next_step_again(world: World):
    dataset = world.filled(world.dataset())
    group = world.group(dataset)
    forecast = world.forecast(world.trained(group))
    world.finish(forecast, artifact="a")
    export = world.do(
        "CreateForecastExportJob",
        ForecastExportJobName="out",
        ForecastArn=forecast,
        Destination=world.s3(),
    )["ForecastExportJobArn"]
    world.finish(export)
    assert describe_group(viewer(world), group).next is None
    later(world)
    world.finish(world.import_job(dataset, "second"), field_statistics={}, data_size=0.1)
    found = describe_group(viewer(world), group)
    assert found.step(Step.TRAIN).outdated
    assert found.next is not None
    assert (found.next.step, found.next.outdated) == (Step.FORECAST, True)


def test_a_job_at_work_tells_how_far_it_is(world: World):
    group = world.sales()
    predictor = world.predictor(group)
    world.begin(predictor)
    world.change(predictor, progress={"fraction": 0.4, "step": "ETS", "minutes_left": 2.1})
    found = describe_group(viewer(world), group)
    newest = found.step(Step.TRAIN).newest
    assert newest is not None
    assert (newest.fraction, newest.minutes_left, found.is_busy) == (0.4, 3, True)


def test_an_import_tells_what_was_in_its_files(world: World):
    dataset = world.dataset()
    group = world.group(dataset)
    statistics = {
        "item_id": {"CountDistinctLong": 5},
        "timestamp": {"Min": "2024-01-01T00:00:00Z", "Max": "2024-07-18T00:00:00Z"},
    }
    world.finish(world.import_job(dataset), field_statistics=statistics, rows=1000)
    found = describe_group(viewer(world), group).step(Step.IMPORT).usable
    assert found is not None
    assert {name: found.facts[name] for name in ("rows", "items", "first")} == {
        "rows": 1000,
        "items": 5,
        "first": "2024-01-01T00:00:00Z",
    }


def test_a_predictor_tells_its_error_over_all_windows(world: World):
    group = world.sales()
    predictor = world.predictor(group)
    windows = [
        {"EvaluationType": "SUMMARY", "Metrics": {"AverageWeightedQuantileLoss": 0.12}},
        {"EvaluationType": "COMPUTED", "Metrics": {"AverageWeightedQuantileLoss": 0.5}},
    ]
    world.finish(predictor, accuracy=[{"TestWindows": windows}], weights={"ETS": 1.0})
    found = describe_group(viewer(world), group).step(Step.TRAIN).usable
    assert found is not None
    assert (found.facts["wql"], found.facts["weights"]) == (0.12, {"ETS": 1.0})


def test_additional_data_are_known_by_their_type(world: World):
    items = world.dataset("items", ITEMS, kind="ITEM_METADATA", frequency=None)
    group = world.group(world.dataset(), items)
    job = world.import_job(items)
    found = describe_group(viewer(world), group)
    assert found.datasets["ITEM_METADATA"].arn == items
    assert {kind: thing.arn for kind, thing in found.data.items()} == {"ITEM_METADATA": job}
    assert found.step(Step.IMPORT).state is State.NEXT
    assert found.is_busy


def test_everything_in_a_group_and_nothing_else(world: World):
    dataset = world.filled(world.dataset())
    group = world.group(dataset)
    predictor = world.trained(group)
    later(world)
    world.trained(world.group(dataset, name="other"), "stranger")
    forecast = world.forecast(predictor)
    things = list_things(viewer(world), group)
    assert [each.arn for each in things[ResourceType.PREDICTOR]] == [predictor]
    assert [each.arn for each in things[ResourceType.FORECAST]] == [forecast]
    assert [each.name for each in things[ResourceType.DATASET_IMPORT_JOB]] == ["first"]
    assert things[ResourceType.FORECAST_EXPORT_JOB] == ()
    assert things[ResourceType.FORECAST][0].status == life.CREATE_PENDING


def test_groups_are_searched_and_shown_page_by_page(world: World):
    for number in range(4):
        world.group(name=f"Sales_{number}")
        later(world)
    world.group(name="other")
    page = list_groups(viewer(world), "sales", 1, 2)
    assert [each.name for each in page.groups] == ["Sales_2", "Sales_1"]
    assert (page.count, page.total) == (4, 5)


def test_a_name_that_is_free_is_proposed(world: World):
    assert free_group_name(viewer(world)) == "sales"
    world.group(name="sales")
    world.group(name="sales_2")
    assert free_group_name(viewer(world)) == "sales_3"

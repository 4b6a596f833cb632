"""Monitors: earlier forecasts compared with what was sold since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecastle.catalog import status as life
from forecastle.catalog.evaluations import Evaluation
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.evaluation.metrics import weighted_quantile_loss
from forecastle.jobs.forecast import FILE
from forecastle.jobs.monitoring import Monitoring, due, found_by
from forecastle.jobs.queues import QUEUES
from forecastle.jobs.steps import Steps
from forecastle.jobs.workflows import Kind, identity
from tests.jobs.job_world import CREATED, World, arn, legacy

DAYS, HORIZON = 30, 3
GROUP = arn(ResourceType.DATASET_GROUP, "group")


def sales(days: int, items: str = "AB") -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                item,
                str(date(2024, 1, 1) + timedelta(day)),
                float(10 + day % 7 + day * day % 5 + place),
            )
            for place, item in enumerate(items)
            for day in range(days)
        ],
        schema=["item_id", "timestamp", "demand"],
        orient="row",
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.at(tmp_path)
    world.sales(sales(DAYS))
    return world


@pytest.fixture
def predictor(world: World) -> Resource:
    group = world.find(GROUP)
    return world.run(ResourceType.PREDICTOR, "predictor", legacy(group, "NPTS"))


def forecast(world: World, predictor: Resource, name: str = "week", **request) -> Resource:
    """A forecast, as the service and its job leave it."""
    made = world.run(ResourceType.FORECAST, name, {"PredictorArn": predictor.arn, **request})
    changed = world.catalog.resources.change(
        made.arn,
        lambda found: replace(found, details={**found.details, "dataset_group": GROUP}),
        edges=lambda _: [Edge(predictor.arn)],
    )
    assert changed is not None
    return changed


def sold(world: World, days: int, name: str, items: str = "AB") -> Resource:
    """An import of all that was sold until then."""
    dataset = world.find(arn(ResourceType.DATASET, "sales"))
    return world.import_data(dataset, world.upload(f"{name}/sales.csv", sales(days, items)), name)


def monitor(world: World, predictor: Resource, name: str = "watch") -> Resource:
    made = world.run(ResourceType.MONITOR, name, {"ResourceArn": predictor.arn})
    world.catalog.resources.change(
        made.arn, lambda found: found, edges=lambda _: [Edge(predictor.arn)]
    )
    return made


def evaluations(world: World, watch: Resource) -> list[Evaluation]:
    return world.catalog.evaluations.page(watch.arn)


def test_a_forecast_is_compared_once_its_whole_horizon_is_there(world: World, predictor: Resource):
    made = forecast(world, predictor)
    watch = monitor(world, predictor)
    assert evaluations(world, watch) == []
    sold(world, DAYS + HORIZON - 1, "early")
    assert due(world.catalog, watch) == []
    came = sold(world, DAYS + HORIZON, "whole")
    assert [each.forecast.arn for each in due(world.catalog, watch)] == [made.arn]

    (found,) = evaluations(world, monitor(world, predictor, "later"))

    assert (found.state, found.items, found.message) == ("SUCCESS", 2, None)
    assert (found.forecast, found.predictor, found.import_job) == (
        made.arn,
        predictor.arn,
        came.arn,
    )
    days = [date.fromtimestamp(each) for each in (found.window_start, found.window_end)]
    assert days == [date(2024, 1, 31), date(2024, 2, 2)]
    assert found.evaluated_at == CREATED
    assert found.retrained_at is None


def test_the_metrics_are_those_of_backtests(world: World, predictor: Resource):
    made = forecast(world, predictor)
    table = pl.read_parquet(world.artifact(made) / FILE)
    actual = sales(DAYS + HORIZON).group_by("item_id", maintain_order=True).tail(HORIZON)
    sold(world, DAYS + HORIZON, "whole")
    (found,) = evaluations(world, monitor(world, predictor))
    losses = [
        weighted_quantile_loss(actual["demand"].to_numpy(), table[name].to_numpy(), level)
        for name, level in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9))
    ]
    assert set(found.metrics) == {"AverageWeightedQuantileLoss", "MAPE", "MASE", "RMSE", "WAPE"}
    assert found.metrics["AverageWeightedQuantileLoss"] == pytest.approx(np.mean(losses))
    errors = np.abs(actual["demand"].to_numpy() - table["mean"].to_numpy())
    assert found.metrics["WAPE"] == pytest.approx(errors.sum() / actual["demand"].sum())


def test_a_forecast_of_the_mean_alone_has_no_quantile_loss(world: World, predictor: Resource):
    forecast(world, predictor, ForecastTypes=["mean"])
    sold(world, DAYS + HORIZON, "whole")
    (found,) = evaluations(world, monitor(world, predictor))
    assert set(found.metrics) == {"MAPE", "MASE", "RMSE", "WAPE"}


def test_later_corrections_change_nothing(world: World, predictor: Resource):
    forecast(world, predictor)
    sold(world, DAYS + HORIZON, "whole")
    watch = monitor(world, predictor)
    sold(world, DAYS + HORIZON + 1, "corrected")
    assert due(world.catalog, watch) == []


def test_evidence_outlives_the_forecast(world: World, predictor: Resource):
    made = forecast(world, predictor)
    sold(world, DAYS + HORIZON, "whole")
    watch = monitor(world, predictor)
    world.catalog.resources.remove(made.arn, made.nonce)
    assert [each.forecast for each in evaluations(world, watch)] == [made.arn]


def test_without_actuals_of_what_was_forecast_it_fails_and_is_tried_with_the_next_import(
    world: World, predictor: Resource
):
    forecast(world, predictor)
    sold(world, DAYS + HORIZON, "others", items="XY")
    watch = monitor(world, predictor)
    (found,) = evaluations(world, watch)
    assert (found.state, found.metrics) == ("FAILURE", {})
    assert found.message == (
        "none of the 2 series that were forecast has actuals from 2024-01-31 to 2024-02-02; "
        "import them under the same names"
    )
    assert world.find(watch.arn).message == found.message
    assert due(world.catalog, watch) == []
    sold(world, DAYS + HORIZON, "right")
    assert len(due(world.catalog, watch)) == 1


def test_the_monitor_of_a_retrained_predictor_takes_over_the_history(
    world: World, predictor: Resource
):
    forecast(world, predictor)
    sold(world, DAYS + HORIZON, "whole")
    before = evaluations(world, monitor(world, predictor))
    request = {**predictor.request, "ReferencePredictorArn": predictor.arn}
    again = world.run(ResourceType.PREDICTOR, "again", request)
    forecast(world, again, "next")
    sold(world, DAYS + 2 * HORIZON, "next")
    newest, *older = evaluations(world, monitor(world, again, "second"))
    assert older == before
    assert (newest.predictor, newest.retrained_at) == (again.arn, CREATED)


def test_a_predictor_that_was_not_trained_has_no_monitor(world: World):
    failed = world.add(ResourceType.PREDICTOR, "failed", {}, life.CREATE_FAILED)
    with pytest.raises(InputError, match="is CREATE_FAILED; create a monitor for one that is"):
        monitor(world, failed)


class TestMonitoring:
    def test_lets_a_monitor_wait_for_its_turn_while_something_is_due(
        self, world: World, predictor: Resource
    ):
        forecast(world, predictor)
        watch = monitor(world, predictor)
        monitoring = Monitoring(world.catalog, lambda: 5.0)
        assert monitoring.begin() == 0
        sold(world, DAYS + HORIZON, "whole")
        assert monitoring.begin() == 1
        waiting = world.find(watch.arn)
        assert (waiting.status, waiting.dispatched) == (life.UPDATE_IN_PROGRESS, False)
        assert identity(waiting, Kind.UPDATE).endswith("#update#1")
        assert waiting.type in QUEUES
        assert monitoring.begin() == 0

    def test_a_paused_one_waits(self, world: World, predictor: Resource):
        forecast(world, predictor)
        watch = monitor(world, predictor)
        world.catalog.resources.change(
            watch.arn, lambda found: replace(found, status=life.ACTIVE_STOPPED)
        )
        sold(world, DAYS + HORIZON, "whole")
        assert Monitoring(world.catalog, lambda: 5.0).begin() == 0

    def test_a_job_that_broke_down_failed_at_all_that_was_due(
        self, world: World, predictor: Resource
    ):
        forecast(world, predictor)
        watch = monitor(world, predictor)
        sold(world, DAYS + HORIZON, "whole")
        Monitoring(world.catalog, lambda: 5.0).begin()
        at_work = world.find(watch.arn)
        (found,) = found_by(world.catalog, at_work, {"failure": "memory ran out"}, 6.0)
        assert (found.state, found.message, found.evaluated_at) == (
            "FAILURE",
            "memory ran out",
            6.0,
        )
        world.catalog.evaluations.add(watch.arn, [found])
        assert due(world.catalog, at_work) == []
        assert found_by(world.catalog, at_work, {"stopped": True}, 6.0) == []


class Played:
    """Stands for the runner: the job ends with a result, or somebody pauses the monitor."""

    def __init__(self, result, pause=lambda: None):
        self.result, self.pause = result, pause

    def run(self, arn, nonce, report):
        assert report({"fraction": 0.5, "step": "comparing", "minutes_left": 1})
        self.pause()
        return self.result if report(None) else {"stopped": True}


class TestSteps:
    """What the workflow does to a monitor that has something to compare."""

    @pytest.fixture
    def at_work(self, world: World, predictor: Resource) -> Resource:
        forecast(world, predictor)
        watch = monitor(world, predictor)
        sold(world, DAYS + HORIZON, "whole")
        Monitoring(world.catalog, lambda: 5.0).begin()
        return world.find(watch.arn)

    def go(self, world: World, watch: Resource, runner: Played) -> Resource:
        steps = Steps(world.catalog, runner, lambda: 7.0)
        result = steps.perform(watch.arn, watch.nonce)
        for _ in range(2):  # a worker that dies after the first leaves the second to another
            steps.commit(watch.arn, watch.nonce, result)
        return world.find(watch.arn)

    def test_what_it_found_is_kept_once(self, world: World, at_work: Resource):
        (comparison,) = due(world.catalog, at_work)
        found = comparison.evaluation("SUCCESS", metrics={"WAPE": 0.5}, items=2)
        outcome = {"details": {}, "message": None, "evaluations": [found.to_json()]}
        over = self.go(world, at_work, Played({"outcome": outcome, "artifact": None}))
        assert (over.status, over.progress, over.message) == (life.ACTIVE, None, None)
        assert evaluations(world, over) == [replace(found, evaluated_at=7.0)]

    def test_one_that_is_paused_meanwhile_keeps_nothing_and_goes_on_later(
        self, world: World, at_work: Resource
    ):
        def pause():
            world.catalog.resources.change(
                at_work.arn, lambda found: replace(found, status=life.ACTIVE_STOPPING)
            )

        over = self.go(world, at_work, Played({}, pause))
        assert over.status == life.ACTIVE_STOPPED
        assert evaluations(world, over) == []
        assert len(due(world.catalog, over)) == 1

    def test_a_failure_is_told_and_does_not_come_again_and_again(
        self, world: World, at_work: Resource
    ):
        over = self.go(world, at_work, Played({"failure": "memory ran out"}))
        assert (over.status, over.message) == (life.ACTIVE, "memory ran out")
        assert [each.state for each in evaluations(world, over)] == ["FAILURE"]
        assert Monitoring(world.catalog, lambda: 8.0).begin() == 0

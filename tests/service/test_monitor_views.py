"""Monitors as people look at them."""

from __future__ import annotations

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import AccessDenied
from forecastle.service.context import Caller, Context
from forecastle.service.monitor_views import (
    monitor_of_predictor,
    monitor_view,
    monitor_views,
    train_again,
)
from tests.service.service_world import REGION, World
from tests.service.test_monitors import ACCURACY, add, evaluation, monitor

LOSS = "AverageWeightedQuantileLoss"


def as_(world: World, role: Role = Role.OPERATOR) -> Context:
    return Context(world.service, Caller(world.account, role, REGION, "ann"))


def watched(world: World) -> tuple[str, str]:
    """A predictor whose backtest's loss was 0.2, and its monitor."""
    predictor = world.trained()
    world.change(predictor, details={**world.find(predictor).details, "accuracy": ACCURACY})
    arn = monitor(world, predictor)
    world.finish(arn)
    return predictor, arn


@pytest.mark.parametrize(("loss", "fallen"), [(0.25, False), (0.26, True)])
def test_accuracy_has_fallen_beyond_a_quarter_more_loss(
    world: World, loss: float, fallen: bool
) -> None:
    predictor, arn = watched(world)
    add(world, arn, evaluation(1, predictor=predictor, metrics={LOSS: loss}))
    view = monitor_view(as_(world), arn)
    assert (view.expected, view.has_fallen) == (0.2, fallen)
    assert view.times == pytest.approx(loss / 0.2)
    assert monitor_of_predictor(as_(world), predictor) == view
    assert monitor_views(as_(world)) == [view]


def test_what_the_predictor_before_forecast_is_shown_but_proves_nothing(world: World) -> None:
    _, arn = watched(world)
    add(world, arn, evaluation(1, metrics={LOSS: 9.0}))
    view = monitor_view(as_(world), arn)
    assert (view.times, view.has_fallen) == (None, False)
    assert [each.is_inherited for each in view.outcomes] == [True]
    assert [each.is_there for each in view.outcomes] == [False]


def test_training_again_keeps_the_settings_and_the_monitor(world: World) -> None:
    predictor, arn = watched(world)
    request = world.find(train_again(as_(world), arn)).request
    assert request["ReferencePredictorArn"] == predictor
    assert request["MonitorConfig"] == {"MonitorName": "watch"}
    assert world.find(predictor).name == request["PredictorName"]
    with pytest.raises(AccessDenied, match="CreateAutoPredictor"):
        train_again(as_(world, Role.VIEWER), arn)


def test_a_predictor_without_one_has_none(world: World) -> None:
    assert monitor_of_predictor(as_(world), world.trained()) is None

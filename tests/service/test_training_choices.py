"""What may be trained on a group, the operation behind a wish, and a training on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.budget import DONE, WORKING, Part
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs.training_request import TrainingRequest
from forecastle.models.registry import REGISTRY
from forecastle.service.context import Caller, Context, Service
from forecastle.service.operations import call
from forecastle.service.training_choices import training_choices
from forecastle.service.training_state import training_state
from forecastle.service.training_wish import (
    TrainingWish,
    retraining_operation,
    training_operation,
)
from tests.jobs.job_world import ACCOUNT, PRICES, SALES, World, auto, legacy

DAYS = 90
FIRST = date(2024, 1, 1)


def sales(days: int = DAYS) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": ["tea"] * days,
            "timestamp": [FIRST + timedelta(day) for day in range(days)],
            "demand": [float(day % 7) for day in range(days)],
        }
    )


@pytest.fixture
def world(tmp_path) -> World:
    return World.at(tmp_path)


def context(world: World, role: Role = Role.OPERATOR) -> Context:
    service = Service(world.catalog, world.settings, world.stores, lambda: 1e9, lambda _bits: 1)
    return Context(service, Caller(ACCOUNT, role, "us-east-1", "test"))


def test_the_history_decides_how_far_a_forecast_may_reach(world: World):
    found = training_choices(context(world, Role.VIEWER), world.sales(sales()).arn)
    assert (found.first, found.last) == (datetime(2024, 1, 1), datetime(2024, 3, 30))
    assert found.frequencies == ("D", "W", "2W", "M", "3M", "Y")
    assert (found.longest["D"], found.longest["W"], found.longest["Y"]) == (30, 4, 0)
    assert (found.usual["D"], found.usual["W"]) == (7, 4)
    assert found.target == "demand"
    assert found.proposed_name == "group_predictor"
    assert "ETS" in found.algorithms
    assert {"GB", "KR"} <= set(found.countries)


def test_the_longest_horizon_is_what_training_accepts(world: World):
    group = world.sales(sales())
    longest = training_choices(context(world), group.arn).longest["D"]
    request = legacy(group, "SeasonalNaive", ForecastHorizon=longest)
    assert world.run(ResourceType.PREDICTOR, "longest", request).details["horizon"] == longest
    with pytest.raises(InputError, match="too long"):
        world.run(ResourceType.PREDICTOR, "longer", {**request, "ForecastHorizon": longest + 1})


def test_an_algorithm_that_lacks_a_package_is_not_offered(world: World, monkeypatch):
    lacking = SimpleNamespace(missing=lambda: "install the package", tuned=None)
    registry = {**REGISTRY, "Deep_AR_Plus": lacking}
    monkeypatch.setattr("forecastle.service.training_choices.REGISTRY", registry)
    found = training_choices(context(world), world.sales(sales()).arn)
    assert "Deep_AR_Plus" not in found.algorithms
    assert "Theta" in found.algorithms


def test_networks_can_be_tuned_and_the_wish_says_so(world: World):
    pytest.importorskip("torch")
    group = world.sales(sales())
    assert training_choices(context(world), group.arn).tunable == ("CNN-QR", "Deep_AR_Plus")
    wish = TrainingWish(group.arn, "tuned", "D", 7, algorithm="CNN-QR", tune=True)
    operation, parameters = training_operation(wish)
    assert (operation, parameters["PerformHPO"]) == ("CreatePredictor", True)
    assert call(context(world), operation, parameters)["PredictorArn"]


def test_related_data_fix_the_frequency(world: World):
    target = world.dataset("sales", (*SALES, ("store", "string")))
    rows = sales().with_columns(pl.lit("London").alias("store"))
    world.import_data(target, world.upload("sales.csv", rows), "first")
    related = world.dataset("prices", (*PRICES, ("store", "string")), kind="RELATED_TIME_SERIES")
    prices = rows.rename({"demand": "price"})
    world.import_data(related, world.upload("prices.csv", prices), "first")
    found = training_choices(context(world), world.group(target, related).arn)
    assert found.frequencies == ("D",)
    assert found.features == ("price",)
    assert found.dimensions == found.needed_dimensions == ("store",)


def test_a_group_without_data_says_what_is_missing(world: World):
    group = world.group(world.dataset("sales"))
    with pytest.raises(InputError, match="holds no data"):
        training_choices(context(world), group.arn)


def test_earlier_predictors_are_told_and_their_names_taken(world: World):
    group = world.sales(sales())
    asked = context(world)
    wish = TrainingWish(group.arn, "group_predictor", "D", 7, countries=("KR",))
    operation, parameters = training_operation(wish)
    call(asked, operation, parameters)
    arn = call(asked, operation, {**parameters, "PredictorName": "group_predictor_2"})
    for status in ("CREATE_IN_PROGRESS", "ACTIVE"):
        world.catalog.resources.change(
            arn["PredictorArn"], partial(replace, status=status, details={"seconds": 12.0})
        )
    found = training_choices(asked, group.arn)
    assert found.proposed_name == "group_predictor_3"
    assert [(each.name, each.seconds, each.countries) for each in found.earlier] == [
        ("group_predictor_2", 12.0, ("KR",))
    ]


@pytest.mark.parametrize("algorithm", [None, "Theta"])
def test_a_wish_is_what_the_operation_is_asked_for(world: World, algorithm):
    target = world.dataset("sales", (*SALES, ("store", "string")))
    rows = sales().with_columns(pl.lit("London").alias("store"))
    world.import_data(target, world.upload("sales.csv", rows), "first")
    group = world.group(target)
    wish = TrainingWish(
        group=group.arn,
        name="wished",
        frequency="W",
        horizon=3,
        types=("0.05", "0.5", "mean"),
        metric="WAPE",
        algorithm=algorithm,
        countries=("GB", "IE"),
        dimensions=("store",),
        rules={"demand": {"aggregation": "max", "middlefill": "value", "middlefill_value": "2"}},
        boundary=None if algorithm else {"DayOfWeek": "SUNDAY"},
        windows=2 if algorithm else 1,
        explain=algorithm is None,
    )
    operation, parameters = training_operation(wish)
    assert operation == ("CreatePredictor" if algorithm else "CreateAutoPredictor")
    assert parameters.get("ExplainPredictor", False) == wish.explain
    made = call(context(world), operation, parameters)["PredictorArn"]
    request = TrainingRequest.read(world.find(made).request)
    assert request == TrainingRequest(
        group=group.arn,
        frequency=request.frequency,
        horizon=3,
        forecast_types=wish.types,
        dimensions=("store",),
        attributes=wish.rules,
        countries=("GB", "IE"),
        boundary=wish.boundary,
        algorithms=(algorithm,) if algorithm else (),
        metric="WAPE",
        backtest_windows=wish.windows,
        is_auto=algorithm is None,
    )
    state = training_state(context(world), made)
    assert (state.frequency, state.horizon, state.algorithm) == ("W", 3, algorithm)
    assert (state.countries, state.dimensions, state.metric) == (("GB", "IE"), ("store",), "WAPE")


def test_a_plain_wish_leaves_the_rest_to_the_service(world: World):
    group = world.sales(sales())
    _, parameters = training_operation(TrainingWish(group.arn, "plain", "D", 7))
    assert set(parameters["DataConfig"]) == {"DatasetGroupArn"}
    assert retraining_operation("again", "arn") == (
        "CreateAutoPredictor",
        {"PredictorName": "again", "ReferencePredictorArn": "arn"},
    )


def test_a_training_tells_how_far_each_algorithm_is(world: World):
    group = world.sales(sales())
    working = world.add(ResourceType.PREDICTOR, "working", auto(group), "CREATE_IN_PROGRESS")
    assert training_state(context(world), working.arn).progress is None
    parts = [Part("ETS", DONE, 2, 2, 1.5, "2024-03-01"), Part("Theta", WORKING, 0, 2, 0.0)]
    told = {
        "fraction": 0.5,
        "step": "training ETS",
        "minutes_left": 3,
        "parts": [vars(part) for part in parts],
    }
    world.catalog.resources.tell_progress(working.arn, working.nonce, told)
    progress = training_state(context(world), working.arn).progress
    assert progress is not None
    assert (progress.fraction, progress.minutes_left) == (0.5, 3)
    assert progress.parts == tuple(parts)


def test_strangers_to_the_account_see_nothing(world: World):
    group = world.sales(sales())
    stranger = replace(context(world).caller, account="111111111111")
    with pytest.raises(InputError, match="No resource found"):
        training_choices(replace(context(world), caller=stranger), group.arn)

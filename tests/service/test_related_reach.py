"""Whether related data reach to the end of the forecast is told when a predictor is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.models.deep import extra
from forecastle.models.registry import REGISTRY
from forecastle.service.context import Caller, Context, Service
from forecastle.service.operations import call
from tests.jobs.job_world import ACCOUNT, SALES, World, auto, legacy

_FIRST, _DAYS, _HORIZON = date(2024, 1, 1), 60, 7
_RELATED = (
    ("item_id", "string"),
    ("timestamp", "timestamp"),
    ("price", "float"),
    ("stock", "float"),
)


@pytest.fixture
def world(tmp_path) -> World:
    return World.at(tmp_path)


def ask(world: World, operation: str, parameters: Mapping[str, Any]) -> Any:
    numbers = iter(range(1, 1000))
    service = Service(
        world.catalog, world.settings, world.stores, lambda: 1e9, lambda _bits: next(numbers)
    )
    caller = Caller(ACCOUNT, Role.OPERATOR, "us-east-1", "test")
    return call(Context(service, caller), operation, dict(parameters))


def days(count: int, step: int = 1) -> list[str]:
    return [str(_FIRST + timedelta(days=step * number)) for number in range(count)]


def sold(count: int = _DAYS, unknown: int = 0) -> pl.DataFrame:
    """Sales of a number of days; the last ones are not known."""
    known = [float(10 + number % 7) for number in range(count - unknown)]
    return pl.DataFrame(
        {"item_id": "tea", "timestamp": days(count), "demand": [*known, *[None] * unknown]}
    )


def related(count: int, stock: int | None = None, *, step: int = 1) -> pl.DataFrame:
    """Prices over a number of periods, and stock over fewer."""
    here = count if stock is None else stock
    columns = {
        "item_id": "tea",
        "timestamp": days(count, step),
        "price": [float(number % 5) for number in range(count)],
        "stock": [*(float(number % 3) for number in range(here)), *[None] * (count - here)],
    }
    return pl.DataFrame(columns)


def group(world: World, sales: pl.DataFrame, prices: pl.DataFrame, frequency: str = "D") -> Any:
    """A dataset group with sales and related data."""
    target = world.dataset("sales", SALES)
    beside = world.dataset("prices", _RELATED, kind="RELATED_TIME_SERIES", frequency=frequency)
    world.import_data(target, world.upload("sales/sales.csv", sales), "first")
    world.import_data(beside, world.upload("prices/prices.csv", prices), "first")
    return world.group(target, beside)


@pytest.mark.parametrize(
    ("operation", "request_of"), [("CreateAutoPredictor", auto), ("CreatePredictor", legacy)]
)
def test_prices_that_end_within_the_horizon_are_refused_at_once(
    world: World, operation: str, request_of: Any
) -> None:
    request = request_of(group(world, sold(), related(_DAYS + 4)), ForecastHorizon=_HORIZON)
    with pytest.raises(InputError) as caught:
        ask(world, operation, request)
    assert str(caught.value) == (
        "the related time series has values of 'price' up to 2024-03-04; a forecast of 7 steps "
        "needs them up to 2024-03-07: import the rows from 2024-03-05 on, fill them with "
        "futurefill, or set ForecastHorizon to 4"
    )
    assert list(world.catalog.resources.all_of([ResourceType.PREDICTOR])) == []
    assert ask(world, operation, {**request, "ForecastHorizon": 4})


@pytest.mark.parametrize(
    "prices",
    [
        pytest.param(related(_DAYS + _HORIZON), id="the whole horizon"),
        pytest.param(related(_DAYS + _HORIZON + 20), id="more than that"),
        pytest.param(related(_DAYS), id="the history alone"),
        pytest.param(related(_DAYS + 7, _DAYS), id="one ahead, one of the past"),
        pytest.param(related(_DAYS + 4).with_columns(price=1.0, stock=2.0), id="never changes"),
        pytest.param(related(_DAYS + 4).with_columns(price=None, stock=None), id="empty rows"),
    ],
)
def test_what_may_be_trained_on_is_let_through(world: World, prices: pl.DataFrame) -> None:
    assert ask(world, "CreateAutoPredictor", auto(group(world, sold(), prices), _HORIZON))


def test_each_feature_is_judged_by_itself(world: World) -> None:
    made = group(world, sold(), related(_DAYS + 4).with_columns(price=1.0))
    with pytest.raises(InputError, match="values of 'stock' up to 2024-03-04"):
        ask(world, "CreateAutoPredictor", auto(made, _HORIZON))


def test_a_rule_for_the_future_fills_what_is_missing(world: World) -> None:
    made = group(world, sold(), related(_DAYS + 4, _DAYS))
    rules = [{"AttributeName": "price", "Transformations": {"futurefill": "mean"}}]
    config = {"AttributeConfigs": rules}
    assert ask(world, "CreateAutoPredictor", auto(made, _HORIZON, DataConfig=config))


def test_sales_that_are_not_known_yet_are_no_history(world: World) -> None:
    made = group(world, sold(_DAYS + 3, unknown=3), related(_DAYS + _HORIZON))
    assert ask(world, "CreateAutoPredictor", auto(made, _HORIZON))


@pytest.mark.parametrize(("weeks", "fits"), [(11, False), (12, True)])
def test_daily_sales_and_weekly_prices(world: World, weeks: int, fits: bool) -> None:
    made = group(world, sold(9 * 7 - 3), related(weeks, step=7), "W")
    request = {**auto(made, 3), "ForecastFrequency": "W"}
    if fits:
        assert ask(world, "CreateAutoPredictor", request)
        return
    with pytest.raises(InputError, match="a forecast of 3 steps needs them up to 2024-03-18"):
        ask(world, "CreateAutoPredictor", request)


@pytest.mark.parametrize("name", ["Deep_AR_Plus", "CNN-QR"])
def test_an_algorithm_that_lacks_a_package_is_refused_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = lambda module: None if module == "torch" else object()  # noqa: E731
    monkeypatch.setattr("importlib.util.find_spec", found)
    extra.missing.cache_clear()
    try:
        with pytest.raises(InputError) as caught:
            ask(world, "CreatePredictor", legacy(world.sales(sold()), name))
    finally:
        extra.missing.cache_clear()
    assert REGISTRY[name].missing is extra.missing
    assert str(caught.value) == (
        f"algorithm {name} is not available here: it needs torch; install the extra: pip install "
        "'forecastle[deep]'"
    )

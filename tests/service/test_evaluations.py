"""What a predictor's backtests say: algorithms side by side, windows, items."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.models.registry import REGISTRY
from forecastle.service.backtests import BEST, LARGEST, WORST, backtests, items_by_error
from forecastle.service.context import Caller, Context, Service
from forecastle.service.evaluations import evaluate
from forecastle.training.predictor import BACKTESTS
from forecastle.training.report import AUTOML
from tests.jobs.job_world import ACCOUNT, World, auto, legacy

DAYS, HORIZON = 84, 7
ITEMS = ("apple", "Banana", "cherry")
FIRST = date(2024, 1, 1)


def sales() -> pl.DataFrame:
    """A weekly rhythm; the later items are noisier."""
    rows = [
        (item, FIRST + timedelta(day), 20.0 + 5 * (day % 7) + place * 9 * ((day * 37) % 5))
        for place, item in enumerate(ITEMS)
        for day in range(DAYS)
    ]
    return pl.DataFrame(rows, schema=["item_id", "timestamp", "demand"], orient="row")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.at(tmp_path_factory.mktemp("evaluations"))


@pytest.fixture(scope="module")
def group(world: World):
    return world.sales(sales())


@pytest.fixture(scope="module")
def context(world: World) -> Context:
    service = Service(world.catalog, world.settings, world.stores, lambda: 0.0, lambda _bits: 1)
    return Context(service, Caller(ACCOUNT, Role.VIEWER, "us-east-1", "test"))


@pytest.fixture(scope="module")
def blended(world: World, group) -> str:
    """An AutoPredictor of quick algorithms."""
    with pytest.MonkeyPatch.context() as patch:
        few = {name: REGISTRY[name] for name in ("SeasonalNaive", "NPTS", "Theta")}
        patch.setattr("forecastle.training.automl.REGISTRY", few)
        return world.run(ResourceType.PREDICTOR, "blended", auto(group, HORIZON)).arn


@pytest.fixture(scope="module")
def single(world: World, group) -> str:
    """One algorithm by name, on three windows."""
    request = legacy(
        group,
        "Theta",
        ForecastHorizon=HORIZON,
        EvaluationParameters={"NumberOfBacktestWindows": 3},
    )
    return world.run(ResourceType.PREDICTOR, "single", request).arn


def test_every_algorithm_stands_beside_what_is_kept(context: Context, blended: str):
    found = evaluate(context, blended)
    assert found.kept.is_kept
    assert found.kept.share == 1.0
    names = {each.name for each in found.candidates}
    assert {"SeasonalNaive", "NPTS", "Theta"} <= names
    assert found.is_blend == (found.kept.name == AUTOML) == (len(found.weights) > 1)
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert found.naive.skill == 0.0
    assert found.season_days == 7.0
    for each in found.candidates:
        assert tuple(each.errors.losses) == found.quantiles == ("0.1", "0.5", "0.9")
        mean = sum(each.errors.losses.values()) / 3
        assert each.errors.average == pytest.approx(mean)
        assert each.skill == pytest.approx(1 - each.errors.average / found.naive.errors.average)


def test_one_algorithm_stands_for_itself_with_its_windows(context: Context, single: str):
    found = evaluate(context, single)
    assert [each.name for each in found.candidates] == ["Theta", "SeasonalNaive"]
    assert not found.is_blend
    assert found.weights == {"Theta": 1.0}
    starts = [window.first for window in found.kept.windows]
    assert [later - earlier for earlier, later in pairwise(starts)] == [timedelta(days=HORIZON)] * 2
    assert found.kept.windows[-1].end == datetime(2024, 1, 1) + timedelta(days=DAYS)


def test_the_windows_of_an_item_lie_over_its_history(context: Context, single: str):
    found = backtests(context, single, 1)
    assert found.series.keys == ("apple",)
    own = sales().filter(pl.col("item_id") == "apple")
    known = dict(zip(own["timestamp"].to_list(), own["demand"].to_list(), strict=True))
    assert [known[time.date()] for time in found.times] == list(found.history)
    assert len(found.windows) == 3
    for window in found.windows:
        assert list(window.actual) == [known[time.date()] for time in window.times]
        for low, middle, high in zip(window.p10, window.p50, window.p90, strict=True):
            assert low <= middle <= high
    assert found.times[-1] == found.windows[-1].times[-1]


def test_all_items_together_are_their_sum(context: Context, single: str):
    whole = backtests(context, single)
    parts = [backtests(context, single, row) for row in range(len(ITEMS))]
    assert whole.series is None
    assert list(whole.history) == pytest.approx(
        [sum(values) for values in zip(*(part.history for part in parts), strict=True)]
    )
    for name in ("actual", "p10", "p50", "p90", "mean"):
        sums = [
            sum(values)
            for values in zip(*(getattr(part.windows[0], name) for part in parts), strict=True)
        ]
        assert list(getattr(whole.windows[0], name)) == pytest.approx(sums)


def test_items_are_ranked_by_their_error(context: Context, single: str):
    worst = items_by_error(context, single, WORST)
    best = items_by_error(context, single, BEST)
    largest = items_by_error(context, single, LARGEST)
    assert [each.series for each in worst.items] == [each.series for each in best.items][::-1]
    errors = [each.error for each in worst.items]
    assert errors == sorted(errors, reverse=True)
    shares = [each.share for each in largest.items]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0)
    assert worst.items[0].series.keys == ("cherry",)


def test_the_losses_of_the_items_are_that_of_the_predictor(context: Context, single: str):
    items = items_by_error(context, single).items
    sold = sum(each.sold for each in items)
    whole = sum(each.error * each.sold for each in items) / sold
    windows = evaluate(context, single).kept.windows
    weights = [sum(part for part in window.actual) for window in backtests(context, single).windows]
    averages = [window.errors.average for window in windows]
    expected = sum(w * a for w, a in zip(weights, averages, strict=True)) / sum(weights)
    assert whole == pytest.approx(expected)


def test_items_are_found_by_a_part_of_their_name(context: Context, single: str):
    found = items_by_error(context, single, search="BAN")
    assert [each.series.keys for each in found.items] == [("Banana",)]
    assert found.total == 1
    assert items_by_error(context, single, search="%").items == ()
    assert len(items_by_error(context, single, limit=2).items) == 2


def test_a_series_that_is_not_there_is_named(context: Context, single: str):
    with pytest.raises(InputError, match="series 99"):
        backtests(context, single, 99)


def test_predictors_of_an_earlier_version_have_no_windows(world: World, context: Context, group):
    made = world.run(ResourceType.PREDICTOR, "old", legacy(group, "SeasonalNaive"))
    path = Path(world.artifact(made)) / "model" / BACKTESTS
    path.unlink()
    assert evaluate(context, made.arn).kept.is_naive
    with pytest.raises(InputError, match="kept no backtests"):
        backtests(context, made.arn)


def test_only_what_is_ready_can_be_looked_at(world: World, context: Context, group):
    waiting = world.add(ResourceType.PREDICTOR, "waiting", auto(group), status="CREATE_IN_PROGRESS")
    with pytest.raises(ResourceInUse):
        evaluate(context, waiting.arn)
    with pytest.raises(ResourceNotFound):
        evaluate(context, waiting.arn.replace("waiting", "nowhere"))

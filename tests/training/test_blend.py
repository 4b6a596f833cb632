"""The blend: shares, their sum, and that it never loses where it was chosen."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import window_metrics
from forecastle.evaluation.metrics import OPTIMIZATION_METRICS
from forecastle.evaluation.windows import Window
from forecastle.models.registry import NAIVE
from forecastle.series.forecast import Forecast
from forecastle.series.spec import ForecastSpec
from forecastle.training.blend import Blend, choose_best, choose_blend, equal_blend
from tests.panels import busy_demand, shop_panel

HORIZON = 4
SPEC = ForecastSpec(HORIZON, ("0.1", "0.5", "0.9"))


def windows_of(panel, count):
    return tuple(Window(panel.n_time - (count - k) * HORIZON, HORIZON) for k in range(count))


def around(actual, error, spread):
    """Quantiles that lie around the actuals plus an error."""
    offsets = np.linspace(-1, 1, len(GRID))
    return (actual + error)[..., None] + spread * offsets


def random_members(panel, windows, n_members, seed):
    """Members of every quality, by name: biased, noisy, too wide, too narrow."""
    rng = np.random.default_rng(seed)
    names = [NAIVE, *(f"Member{k}" for k in range(1, n_members))]
    results = {}
    for name in names:
        bias, noise, spread = rng.normal(0, 10), rng.gamma(1, 8), rng.gamma(1, 10)
        results[name] = [
            around(
                np.nan_to_num(panel.target[:, w.first : w.end], nan=5.0),
                bias + noise * rng.normal(size=(panel.n_series, HORIZON)),
                spread,
            )
            for w in windows
        ]
    return results


def loss(panel, windows, quantiles, spec=SPEC, metric="AverageWeightedQuantileLoss"):
    """A metric averaged over the windows, as it is reported."""
    start = panel.future_times(1)[0]
    return np.mean(
        [
            window_metrics(panel, w, Forecast(panel.frequency, panel.keys, start, q), spec)[0].of(
                metric
            )
            for w, q in zip(windows, quantiles, strict=True)
        ]
    )


def blended(blend, results, count):
    return [
        blend.combine({name: results[name][k] for name in blend.algorithms}) for k in range(count)
    ]


@settings(max_examples=60)
@given(
    n_series=st.integers(1, 6),
    n_windows=st.integers(1, 5),
    n_members=st.integers(1, 6),
    seed=st.integers(0, 10_000),
    metric=st.sampled_from(OPTIMIZATION_METRICS),
)
def test_on_its_windows_it_never_loses_to_its_best_member_or_the_naive(
    n_series, n_windows, n_members, seed, metric
):
    panel = shop_panel(busy_demand(n_series, 60, seed=seed), horizon=HORIZON)
    windows = windows_of(panel, n_windows)
    results = random_members(panel, windows, n_members, seed)
    blend = choose_blend(panel, windows, results, SPEC, metric)
    ours = loss(panel, windows, blended(blend, results, n_windows), metric=metric)
    alone = {name: loss(panel, windows, each, metric=metric) for name, each in results.items()}
    assert ours <= min(alone.values()) * (1 + 1e-9)
    assert choose_best(panel, windows, results, SPEC, metric).shares() == {
        min(alone, key=alone.get): 1.0
    }


@settings(max_examples=40)
@given(n_series=st.integers(1, 6), n_members=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_shares_are_positive_and_sum_to_one(n_series, n_members, seed):
    panel = shop_panel(busy_demand(n_series, 60, seed=seed), horizon=HORIZON)
    windows = windows_of(panel, 2)
    results = random_members(panel, windows, n_members, seed)
    blend = choose_blend(panel, windows, results, SPEC)
    assert set(blend.algorithms) <= set(results)
    assert blend.weights.shape == (len(blend.algorithms),)
    assert blend.series_weights.shape == (n_series, len(blend.algorithms))
    assert (blend.weights > 0).all()
    assert (blend.series_weights >= 0).all()
    assert blend.weights.sum() == pytest.approx(1)
    assert blend.series_weights.sum(axis=1) == pytest.approx(np.ones(n_series))


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_what_it_combines_keeps_its_order(seed):
    rng = np.random.default_rng(seed)
    quantiles = {n: np.sort(rng.normal(size=(3, 2, len(GRID))), axis=2) for n in "ABC"}
    weights = rng.dirichlet(np.ones(3), size=3)
    combined = Blend(("A", "B", "C"), weights.mean(axis=0), weights).combine(quantiles)
    assert (np.diff(combined, axis=2) >= -1e-12).all()


def test_it_combines_by_each_series_own_shares():
    blend = Blend(("A", "B"), np.array([0.5, 0.5]), np.array([[1.0, 0.0], [0.25, 0.75]]))
    quantiles = {"A": np.full((2, 1, len(GRID)), 4.0), "B": np.full((2, 1, len(GRID)), 8.0)}
    assert blend.combine(quantiles)[:, 0, 0].tolist() == [4.0, 7.0]


def test_the_perfect_member_takes_all():
    panel = shop_panel(busy_demand(2, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    results = random_members(panel, windows, 4, seed=1)
    results["Oracle"] = [around(panel.target[:, w.first : w.end], 0.0, 0.0) for w in windows]
    assert choose_blend(panel, windows, results, SPEC).algorithms == ("Oracle",)


def test_two_members_that_err_on_opposite_sides_share():
    panel = shop_panel(busy_demand(2, 60), horizon=HORIZON)
    windows = windows_of(panel, 3)
    results = {
        name: [around(panel.target[:, w.first : w.end], error, 5.0) for w in windows]
        for name, error in (("High", 6.0), ("Low", -6.0), (NAIVE, 50.0))
    }
    blend = choose_blend(panel, windows, results, SPEC)
    assert blend.shares() == pytest.approx({"High": 0.5, "Low": 0.5}, abs=0.1)


def test_a_series_leans_to_the_member_that_fits_it():
    panel = shop_panel(np.full((2, 80), 20.0), horizon=HORIZON)
    windows = windows_of(panel, 5)
    errors = {"First": [1.0, 9.0], "Second": [9.0, -1.0], NAIVE: [40.0, 40.0]}
    results = {
        name: [
            around(panel.target[:, w.first : w.end], np.array(error)[:, None], 2.0) for w in windows
        ]
        for name, error in errors.items()
    }
    blend = choose_blend(panel, windows, results, SPEC)
    first, second = (blend.algorithms.index(name) for name in ("First", "Second"))
    assert blend.series_weights[0, first] > blend.series_weights[1, first]
    assert blend.series_weights[1, second] > blend.series_weights[0, second]


def test_shares_are_told_largest_first():
    blend = Blend(("A", "B"), np.array([0.3, 0.7]), np.array([[0.3, 0.7]]))
    assert list(blend.shares()) == ["B", "A"]


def test_missing_and_unsold_windows_do_no_harm():
    demand = busy_demand(3, 60)
    demand[0, -HORIZON:] = np.nan
    demand[1] = 0.0
    panel = shop_panel(demand, horizon=HORIZON)
    windows = windows_of(panel, 2)
    blend = choose_blend(panel, windows, random_members(panel, windows, 4, seed=2), SPEC)
    assert np.isfinite(blend.series_weights).all()


def test_the_metric_decides_who_is_best():
    """One member is right but for a few large misses, the other always a little wrong."""
    panel = shop_panel(busy_demand(1, 60), horizon=HORIZON)
    windows = windows_of(panel, 3)
    misses = np.where(np.arange(HORIZON) == 0, 12.0, 0.0)
    results = {
        name: [around(panel.target[:, w.first : w.end], error, 0.0) for w in windows]
        for name, error in (("Misses", misses), ("Steady", 5.0))
    }
    best = {m: choose_best(panel, windows, results, SPEC, m) for m in ("WAPE", "RMSE")}
    assert best["WAPE"].algorithms == ("Misses",)
    assert best["RMSE"].algorithms == ("Steady",)


@pytest.mark.parametrize("metric", OPTIMIZATION_METRICS)
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_where_nothing_can_be_learnt_there_is_a_blend_all_the_same(value, metric):
    panel = shop_panel(np.full((2, 60), value), horizon=HORIZON)
    windows = windows_of(panel, 2)
    members = random_members(panel, windows, 3, seed=3)
    blend = choose_blend(panel, windows, members, SPEC, metric)
    assert blend.weights.sum() == pytest.approx(1)
    assert np.isfinite(blend.series_weights).all()


def test_equal_shares_leave_the_naive_to_be_the_yardstick():
    assert equal_blend(("SeasonalNaive", "ETS", "NPTS"), 2).shares() == {"ETS": 0.5, "NPTS": 0.5}
    assert equal_blend((NAIVE,), 2).series_weights.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("types", [("0.5",), ("0.01", "0.99"), ("mean",)])
def test_only_the_wanted_levels_count(types):
    spec = ForecastSpec(HORIZON, types)
    panel = shop_panel(busy_demand(2, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    results = random_members(panel, windows, 4, seed=5)
    blend = choose_blend(panel, windows, results, spec)
    ours = loss(panel, windows, blended(blend, results, 2), spec)
    assert ours <= min(loss(panel, windows, m, spec) for m in results.values()) * (1 + 1e-9)


def erring_apart(panel, windows, seed=0):
    """Three members whose errors are as large as they say, and of which none knows the others'."""
    rng = np.random.default_rng(seed)
    scores = np.array([NormalDist().inv_cdf(level) for level in GRID])
    found = {}
    for name in ("One", "Two", "Three"):
        found[name] = []
        for w in windows:
            actual = panel.target[:, w.first : w.end]
            found[name].append((actual + rng.normal(0, 5, actual.shape))[..., None] + 5 * scores)
    return found


def test_members_that_err_apart_make_a_narrower_blend():
    panel = shop_panel(busy_demand(300, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    blend = choose_blend(panel, windows, erring_apart(panel, windows), SPEC)
    assert blend.spread < 0.9
    one = {name: each[0] for name, each in erring_apart(panel, windows).items()}
    width = np.diff(blend.combine(one)[..., [0, -1]], axis=-1)
    assert width == pytest.approx(blend.spread * np.diff(one["One"][..., [0, -1]], axis=-1))


def test_few_points_hardly_make_it_narrower():
    panel = shop_panel(busy_demand(2, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    assert choose_blend(panel, windows, erring_apart(panel, windows), SPEC).spread > 0.98


def test_one_member_alone_keeps_its_spread():
    panel = shop_panel(busy_demand(300, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    results = {"One": erring_apart(panel, windows)["One"]}
    wide = {name: [q + 3 * (q - q[..., [6]]) for q in each] for name, each in results.items()}
    assert choose_blend(panel, windows, wide, SPEC).spread == 1.0


def test_a_metric_of_the_mean_says_nothing_of_the_spread():
    panel = shop_panel(busy_demand(300, 60), horizon=HORIZON)
    windows = windows_of(panel, 2)
    assert choose_blend(panel, windows, erring_apart(panel, windows), SPEC, "WAPE").spread == 1.0


def test_part_of_a_blend_has_its_spread():
    rows = np.array([[0.5, 0.5], [0.2, 0.8]])
    blend = Blend(("A", "B"), np.array([0.5, 0.5]), rows, 0.9)
    assert blend.of_series(np.array([1])).spread == 0.9
    assert blend.without({"A"}).spread == 0.9

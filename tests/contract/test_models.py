"""What every registered algorithm promises; a new one is picked up by itself."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.base import Capability
from forecastle.models.registry import REGISTRY
from forecastle.series.calendar import Calendar, Event
from forecastle.series.spec import ForecastSpec
from forecastle.training.ordering import ordered
from tests.panels import HORIZON, busy_demand, same_panel, shop_panel, sparse_demand

NAMES = tuple(REGISTRY)
SPEC = ForecastSpec(HORIZON, seed=3)
MEDIAN = GRID.index(0.5)
READABLE = {".json", ".txt", ".parquet", ".safetensors"}
# The first bytes of pickles, also within zip (torch) and gzip, by protocol.
PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
SHAPES = {
    "D": {"n_time": 84, "season": 7},
    "W": {"n_time": 110, "season": 52},
    "M": {"n_time": 48, "season": 12},
    "H": {"n_time": 100, "season": 24},
}

every_algorithm = pytest.mark.parametrize("name", NAMES)


@cache
def training_panel(frequency="D"):
    """Two series with everything that a model may use, so that all find their use tested."""
    demand = busy_demand(2, **SHAPES[frequency])
    rng = np.random.default_rng(7)
    return shop_panel(
        demand,
        frequency,
        known=rng.uniform(1, 2, (2, demand.shape[1] + HORIZON)),
        static={"category": ["tea", "toys"], "weight": [1.5, 3.0]},
        countries=("UK",),
    )


@cache
def fitted(name, frequency="D"):
    return REGISTRY[name].model.fit(training_panel(frequency), SPEC, Budget())


@cache
def forecast(name):
    return fitted(name).predict(training_panel()).quantiles


@cache
def odd_forecast(name):
    return fitted(name).predict(odd_history())


def fit_and_predict(name, panel, spec=SPEC):
    return REGISTRY[name].model.fit(panel, spec, Budget()).predict(panel)


def brief(name, horizon=HORIZON):
    """For tests of what a model looks at, not of how well: networks train a moment."""
    epochs = [each for each in REGISTRY[name].parameters if each.name == "epochs"]
    return ForecastSpec(horizon, seed=3, training_parameters={"epochs": "3"} if epochs else {})


def reacts_to(name, changed, panel):
    """Whether the same fitted model forecasts something else for the changed history."""
    if not capable(name, Capability.GLOBAL):  # each series by itself: one shows it as well
        changed, panel = changed.select(np.array([0])), panel.select(np.array([0]))
    model = REGISTRY[name].model.fit(panel, brief(name), Budget())
    before = model.predict(panel).quantiles
    return not np.array_equal(before, model.predict(changed).quantiles)


def capable(name, capability):
    return capability in REGISTRY[name].model.capabilities


@every_algorithm
def test_it_has_a_name_of_its_own_and_says_what_it_can_do(name):
    model = REGISTRY[name].model
    assert model.name == name
    assert isinstance(model.capabilities, Capability)
    assert model.__class__.__doc__


@every_algorithm
@pytest.mark.parametrize("frequency", SHAPES)
def test_a_forecast_has_a_finite_value_for_every_series_step_and_level(name, frequency):
    panel = training_panel(frequency)
    found = fitted(name, frequency).predict(panel)
    assert found.quantiles.shape == (2, HORIZON, len(GRID))
    assert np.isfinite(found.quantiles).all()
    assert found.frequency == panel.frequency
    assert found.keys.equals(panel.keys)
    assert np.array_equal(found.times, panel.future_times(HORIZON))


@every_algorithm
def test_a_forecast_of_regular_demand_is_of_its_size(name):
    recent = training_panel().target[:, -14:].mean(axis=1)
    middle = forecast(name)[:, :, MEDIAN].mean(axis=1)
    assert (middle > recent / 2).all()
    assert (middle < recent * 2).all()
    if REGISTRY[name].model.unsuited(training_panel(), SPEC) is None:
        assert (forecast(name)[:, :, -1] > forecast(name)[:, :, 0]).all()


def odd_demand(n_time):
    """Series that are hard to forecast, by what makes them so."""
    rng = np.random.default_rng(5)
    usual = busy_demand(1, n_time)[0]
    unobserved = np.full(n_time, np.nan)
    single = unobserved.copy()
    single[-1] = 7.0
    early = unobserved.copy()
    early[: n_time // 2] = usual[: n_time // 2]
    few = unobserved.copy()
    few[-3:] = [4.0, 0.0, 5.0]
    gaps = usual.copy()
    gaps[rng.choice(n_time, n_time // 3, replace=False)] = np.nan
    return {
        "without an observation": unobserved,
        "one observation": single,
        "three observations": few,
        "ended long ago": early,
        "gaps": gaps,
        "never sold": np.zeros(n_time),
        "constant": np.full(n_time, 12.0),
        "returns": usual - 25.0,
        "only returns": -usual,
        "sparse": sparse_demand(1, n_time)[0],
        "one large sale": np.where(np.arange(n_time) == n_time - 3, 1e9, 1.0),
        "tiny": usual * 1e-9,
        "huge": usual * 1e12,
    }


def history_of(demand, frequency="D"):
    """A history of other series than those of the training, later and longer."""
    target = np.stack(list(demand.values()))
    return shop_panel(
        target,
        frequency,
        first="2010-01-11",
        known=np.ones((len(target), target.shape[1] + HORIZON)),
        static={"category": ["unheard-of"] * len(target), "weight": [2.0] * len(target)},
        countries=("UK",),
    )


@cache
def odd_history():
    return history_of(odd_demand(SHAPES["D"]["n_time"] + 6))


@every_algorithm
def test_new_and_odd_series_are_forecast_without_training(name):
    found, history = odd_forecast(name), odd_history()
    finite = np.isfinite(found.quantiles).all(axis=(1, 2))
    assert [text for text, fine in zip(odd_demand(9), finite, strict=True) if not fine] == []
    assert found.quantiles.shape == (history.n_series, HORIZON, len(GRID))
    assert np.array_equal(found.times, history.future_times(HORIZON))


@every_algorithm
def test_put_in_order_its_quantiles_never_cross_and_are_not_negative_without_cause(name):
    quantiles = ordered(odd_forecast(name), odd_history()).quantiles
    assert (np.diff(quantiles, axis=2) >= 0).all()
    ever_negative = np.array(["returns" in text for text in odd_demand(9)])
    assert (quantiles[~ever_negative] >= 0).all()


@every_algorithm
def test_it_can_be_trained_on_odd_series_too(name):
    demand = odd_demand(SHAPES["D"]["n_time"])
    odd = {text: demand[text] for text in ("without an observation", "never sold", "gaps")}
    found = fit_and_predict(name, history_of(odd))
    assert np.isfinite(found.quantiles).all()


@every_algorithm
def test_it_can_be_trained_on_the_shortest_histories(name):
    panel = shop_panel([[3.0, 4.0], [np.nan, 2.0]])
    if REGISTRY[name].model.unsuited(panel, SPEC) is None:
        assert np.isfinite(fit_and_predict(name, panel).quantiles).all()


@every_algorithm
def test_a_series_without_any_history_at_all_says_nothing_wild(name):
    history = history_of({"nothing": np.full(SHAPES["D"]["n_time"], np.nan)})
    found = fitted(name).predict(history).quantiles
    assert np.abs(found).max() < 1e6


@every_algorithm
def test_saved_and_loaded_it_forecasts_the_same_to_the_last_bit(name, tmp_path):
    fitted(name).save(tmp_path)
    again = REGISTRY[name].model.load(tmp_path).predict(training_panel()).quantiles
    assert again.tobytes() == forecast(name).tobytes()


@every_algorithm
def test_what_it_saves_is_no_pickle(name, tmp_path):
    fitted(name).save(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert {path.suffix for path in files} <= READABLE
    for path in files:
        content = path.read_bytes()
        assert not content.startswith(PICKLES)
        if path.suffix == ".json":
            json.loads(content)
        if path.suffix == ".txt":
            content.decode("utf-8")


@every_algorithm
def test_what_it_saves_twice_is_the_same(name, tmp_path):
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        fitted(name).save(folder)
        written.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*")})
    assert written[0] == written[1]


@every_algorithm
def test_the_same_data_and_seed_give_the_same_forecast(name):
    again = fit_and_predict(name, training_panel()).quantiles
    assert again.tobytes() == forecast(name).tobytes()


@every_algorithm
def test_forecasting_twice_gives_the_same(name):
    again = fitted(name).predict(training_panel()).quantiles
    assert again.tobytes() == forecast(name).tobytes()


@every_algorithm
def test_training_and_forecasting_leave_the_panel_alone(name):
    panel = training_panel("W")
    copy = replace(
        panel,
        start=panel.start.copy(),
        target=panel.target.copy(),
        observed=panel.observed.copy(),
        known=panel.known.copy(),
        past=panel.past.copy(),
    )
    fit_and_predict(name, panel, brief(name))
    assert same_panel(panel, copy)


@every_algorithm
@pytest.mark.parametrize(
    "demand",
    [busy_demand(2, 90), busy_demand(1, 12), sparse_demand(), [[1.0]], [[np.nan, np.nan]]],
    ids=["busy", "short", "sparse", "one observation", "nothing"],
)
def test_it_says_in_a_sentence_whether_it_is_unsuited(name, demand):
    reason = REGISTRY[name].model.unsuited(shop_panel(demand), SPEC)
    assert reason is None or (len(reason) > 10 and not reason.endswith("."))


@every_algorithm
def test_the_horizon_may_be_longer_than_a_season(name):
    panel = shop_panel(busy_demand(1, 90), horizon=17)
    found = fit_and_predict(name, panel, brief(name, 17))
    assert found.quantiles.shape == (1, 17, len(GRID))
    assert np.isfinite(found.quantiles).all()


@every_algorithm
@pytest.mark.parametrize("frequency", ["M", "W"])
def test_the_horizon_may_be_longer_than_a_year(name, frequency):
    horizon, n_time, season = {"M": (14, 96, 12), "W": (55, 170, 52)}[frequency]
    panel = shop_panel(busy_demand(1, n_time, season), frequency, horizon=horizon)
    if REGISTRY[name].model.unsuited(panel, ForecastSpec(horizon)) is None:
        found = fit_and_predict(name, panel, brief(name, horizon))
        assert np.isfinite(found.quantiles).all()


@every_algorithm
def test_a_shop_that_is_closed_on_saturdays_sells_nothing_on_saturdays(name):
    demand = busy_demand(1, 12 * 7)
    demand[:, 5::7] = 0.0
    panel = shop_panel(demand, horizon=7)
    quantiles = ordered(fit_and_predict(name, panel, ForecastSpec(7)), panel).quantiles
    assert (quantiles[:, 5] == 0).all()
    assert (np.delete(quantiles, 5, axis=1)[:, :, MEDIAN] > 0).all()


def promoted_panel():
    """Demand trebles wherever the covariate is 1, at random days: nothing else could tell."""
    rng = np.random.default_rng(8)
    promoted = (rng.random((3, 120 + HORIZON)) < 0.3).astype(float)
    demand = busy_demand(3, 120) * (1 + 2 * promoted[:, :120])
    promoted[:, 120:] = 0.0
    return shop_panel(demand, known=promoted)


@every_algorithm
def test_only_a_model_that_says_so_reacts_to_known_covariates(name):
    panel = promoted_panel()
    future = panel.known.copy()
    future[:, panel.n_time :] = 1.0
    changed = replace(panel, known=future)
    assert reacts_to(name, changed, panel) == capable(name, Capability.KNOWN)


@pytest.mark.parametrize("name", [n for n in NAMES if capable(n, Capability.KNOWN)])
def test_a_promotion_raises_the_forecast(name):
    panel = promoted_panel()
    future = panel.known.copy()
    future[:, panel.n_time :] = 1.0
    model = REGISTRY[name].model.fit(panel, SPEC, Budget())
    without = model.predict(panel).quantiles[..., MEDIAN].mean()
    promoted = model.predict(replace(panel, known=future)).quantiles[..., MEDIAN].mean()
    assert promoted > 1.3 * without


def eventful_panel(future_event=True):
    """Demand trebles on every event; one may fall on the third day of the forecast."""
    n_time = 120
    demand = busy_demand(2, n_time)
    days = np.random.default_rng(9).choice(n_time, 20, replace=False)
    demand[:, days] *= 3
    panel = shop_panel(demand)
    ahead = [n_time + 2] if future_event else []
    dates = [panel.origin.astype("datetime64[D]") + int(day) for day in [*days, *ahead]]
    return replace(panel, calendar=Calendar((), tuple(Event("Fair", date) for date in dates)))


@every_algorithm
def test_only_a_model_that_says_so_reacts_to_the_calendar(name):
    with_event, without = eventful_panel(True), eventful_panel(False)
    assert reacts_to(name, with_event, without) == capable(name, Capability.CALENDAR)


@pytest.mark.parametrize("name", [n for n in NAMES if capable(n, Capability.CALENDAR)])
def test_an_event_raises_the_forecast_of_its_day(name):
    panel = eventful_panel(True)
    middle = fit_and_predict(name, panel).quantiles[..., MEDIAN]
    assert (middle[:, 2] > 1.3 * np.delete(middle, 2, axis=1).mean(axis=1)).all()


def panel_by_category(n_series=24, n_time=60):
    """Toys sell ten times as much at the weekend, tea does not; what one sold tells less of it."""
    demand = busy_demand(1, n_time)[0] * np.ones((n_series, 1))
    demand *= np.random.default_rng(4).lognormal(0, 0.7, demand.shape)
    weekend = np.arange(n_time) % 7 >= 5
    demand[::2, weekend] *= 10
    category = ["toys" if row % 2 == 0 else "tea" for row in range(n_series)]
    return shop_panel(demand, static={"category": category})


@every_algorithm
def test_only_a_model_that_says_so_reacts_to_item_metadata(name):
    panel = panel_by_category()
    if not capable(name, Capability.GLOBAL):  # each series by itself: two show it as well
        panel = panel.select(np.array([0, 1]))
    swapped = panel.static["category"].replace({"tea": "toys", "toys": "tea"})
    changed = replace(panel, static=pl.DataFrame({"category": swapped}))
    # New items: what they sold tells little, what they are tells more.
    young = np.where(np.arange(panel.n_time) < panel.n_time - 2, np.nan, panel.target)
    start = np.full(panel.n_series, panel.n_time - 2)
    model = REGISTRY[name].model.fit(panel, brief(name), Budget())
    one, other = (
        model.predict(replace(each, target=young, start=start)).quantiles
        for each in (panel, changed)
    )
    assert (not np.array_equal(one, other)) == capable(name, Capability.STATIC)


def panel_with_past(seed):
    """The past covariate tells what the next day will bring."""
    rng = np.random.default_rng(seed)
    signal = rng.uniform(1, 5, (3, 120))
    demand = 10 * np.hstack([np.ones((3, 1)), signal[:, :-1]])
    return replace(shop_panel(demand), past=signal[:, :, None], past_names=("visitors",))


@every_algorithm
def test_only_a_model_that_says_so_reacts_to_covariates_of_the_past(name):
    panel = panel_with_past(1)
    past = panel.past.copy()
    past[:, -1] = 6.0 - past[:, -1]
    assert reacts_to(name, replace(panel, past=past), panel) == capable(name, Capability.PAST)


@every_algorithm
def test_only_a_global_model_lets_one_series_speak_for_another(name):
    if capable(name, Capability.GLOBAL):  # some share only what they know of the year
        assert any(np.ptp(beside_another(name, each), axis=0).max() > 0 for each in ("D", "W"))
        return
    one, other = beside_another(name, "D")
    if name in {"SeasonalNaive", "LastYearLevel"}:  # these share the spread of their errors
        assert np.allclose(one[:, MEDIAN], other[:, MEDIAN], rtol=0.1)
    else:
        assert np.allclose(one, other, rtol=1e-9)


def beside_another(name, frequency):
    """``[2, horizon, n_grid]`` the first series' forecast, and that beside another second one."""
    panel = training_panel(frequency)
    target = panel.target.copy()
    target[1] = busy_demand(2, **SHAPES[frequency], seed=99)[1] * 3
    usual = fitted(name, frequency).predict(panel).quantiles[0]
    return np.stack([usual, fit_and_predict(name, replace(panel, target=target)).quantiles[0]])

"""Last years' patterns without chance, at this year's level."""

from dataclasses import replace

import numpy as np
import pytest

from forecastle.core.budget import Budget
from forecastle.core.quantiles import GRID
from forecastle.models.low_rank_seasonal import LowRankSeasonal
from forecastle.models.registry import REGISTRY
from forecastle.series.spec import ForecastSpec
from tests.panels import shop_panel, sparse_demand

SPEC = ForecastSpec(6)
MEDIAN = GRID.index(0.5)
YEAR = 52


def yearly_demand(n_series=30, n_time=130, noise=0.1, growth=1.0, seed=0):
    """Series that share two patterns of the year: without chance and with it."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_time)
    waves = np.stack([np.sin(2 * np.pi * time / YEAR), np.cos(4 * np.pi * time / YEAR)])
    level = rng.uniform(20, 60, (n_series, 1)) * growth ** (time / YEAR)
    clean = level * (2 + rng.uniform(-0.6, 0.6, (n_series, 2)) @ waves)
    return clean, clean * rng.lognormal(0, noise, clean.shape)


def weeks(demand):
    return shop_panel(demand, "W", SPEC.horizon)


def fitted(demand):
    return LowRankSeasonal().fit(weeks(demand), SPEC, Budget())


def forecast(demand):
    return fitted(demand).predict(weeks(demand)).quantiles


def off(found, expected):
    return np.abs(found - expected).mean()


def test_it_foretells_better_than_last_year_s_own_values():
    clean, demand = yearly_demand(n_time=136, noise=0.3)
    median = forecast(demand[:, :130])[:, :, MEDIAN]
    naive = demand[:, 130 - YEAR : 130 - YEAR + 6]
    assert off(median, clean[:, 130:]) < 0.6 * off(naive, clean[:, 130:])


def test_growth_that_all_series_share_is_carried_on():
    clean, demand = yearly_demand(n_time=136, noise=0.02, growth=1.3)
    median = forecast(demand[:, :130])[:, :, MEDIAN]
    assert median.sum() == pytest.approx(clean[:, 130:].sum(), rel=0.05)


def test_a_series_that_fell_to_another_level_stays_there():
    _, demand = yearly_demand(noise=0.05)
    demand[0, 110:] *= 0.5
    before, after = forecast(demand)[:, :, MEDIAN], demand[0, 110:].mean()
    assert before[0].mean() == pytest.approx(after, rel=0.35)


def test_a_series_that_began_this_year_has_the_year_that_the_others_had():
    clean, demand = yearly_demand(n_time=136, noise=0.05)
    demand[0, :90] = np.nan
    median = forecast(demand[:, :130])[0, :, MEDIAN]
    assert median == pytest.approx(clean[0, 130:], rel=0.25)


def test_intervals_hold_what_they_promise():
    inside, both = [], []
    for seed in range(4):
        _, demand = yearly_demand(60, 136, 0.25, seed=seed)
        quantiles = forecast(demand[:, :130])
        low, high = quantiles[:, :, GRID.index(0.1)], quantiles[:, :, GRID.index(0.9)]
        inside.append(((demand[:, 130:] >= low) & (demand[:, 130:] <= high)).mean())
        both.append((demand[:, 130:] < quantiles[:, :, MEDIAN]).mean())
    assert np.mean(inside) == pytest.approx(0.8, abs=0.06)
    assert np.mean(both) == pytest.approx(0.5, abs=0.08)


def test_a_noisier_series_has_wider_quantiles():
    clean, demand = yearly_demand(noise=0.05)
    demand[0] = clean[0] * np.random.default_rng(5).lognormal(0, 0.5, demand.shape[1])
    quantiles = forecast(demand)
    width = (quantiles[:, :, -1] - quantiles[:, :, 0]).mean(axis=1) / clean.mean(axis=1)
    assert width[0] > 3 * np.median(width)


def test_history_that_began_later_or_went_on_is_put_beside_the_right_weeks():
    _, demand = yearly_demand(n_time=140, noise=0.1)
    model = fitted(demand[:, :134])
    usual = model.predict(weeks(demand[:, :134])).quantiles
    panel = weeks(demand[:, 4:134])
    shifted = replace(panel, origin=weeks(demand).times[4])
    assert model.predict(shifted).quantiles == pytest.approx(usual, rel=0.1)
    longer = model.predict(weeks(demand)).quantiles[:, 0, MEDIAN]
    assert longer == pytest.approx(demand[:, 88], rel=0.6)


def test_closed_days_are_no_pattern():
    rng = np.random.default_rng(2)
    demand = rng.uniform(20, 40, (25, 1)) * rng.lognormal(0, 0.1, (25, 400))
    demand[:, 5::7] = 0.0
    panel = shop_panel(demand, "D", SPEC.horizon)
    median = LowRankSeasonal().fit(panel, SPEC, Budget()).predict(panel).quantiles[:, :, MEDIAN]
    assert median.mean() == pytest.approx(demand[demand > 0].mean(), rel=0.1)


def test_it_says_what_is_missing():
    model = LowRankSeasonal()
    assert model.unsuited(weeks(yearly_demand(20, 62)[1]), SPEC) is None
    short = model.unsuited(weeks(yearly_demand(20, 61)[1]), SPEC)
    assert short == "needs 62 steps of history; the longest series has fewer"
    few = model.unsuited(weeks(yearly_demand(19)[1]), SPEC)
    assert few == "only 19 series to learn from together; it needs 20"
    assert "mostly zero" in model.unsuited(shop_panel(sparse_demand(30, 500)), SPEC)
    years = shop_panel(yearly_demand()[1], "Y")
    assert "no yearly season" in model.unsuited(years, SPEC)


def test_when_the_time_is_up_it_measures_fewer_errors():
    _, demand = yearly_demand()
    panel = weeks(demand)
    hurried = LowRankSeasonal().fit(panel, SPEC, Budget(limit=1e-9)).predict(panel).quantiles
    assert np.isfinite(hurried).all()
    assert not np.array_equal(hurried, forecast(demand))


def test_automl_tries_it():
    assert REGISTRY["LowRankSeasonal"].left_out(1_000_000) is None

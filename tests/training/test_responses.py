"""How demand answers to the price: known elasticities are found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecastle.training.responses import demand_ratio, estimate_responses
from tests.panels import shop_panel

_STEPS, _HORIZON = 730, 14


def priced_panel(elasticity, n_series=20, size=(1, 30), seed=0):
    """Two years of daily Poisson demand, with seasons, drifting levels and price promotions."""
    rng = np.random.default_rng(seed)
    days = np.arange(_STEPS + _HORIZON)
    usual = rng.uniform(5, 50, n_series)[:, None]
    price = np.repeat(usual, len(days), axis=1)
    for row in price:
        day = int(rng.integers(0, 40))
        while day < _STEPS:
            row[day : day + 7] *= 1 - rng.uniform(0.1, 0.3)
            day += int(rng.integers(20, 70))
    price[:, _STEPS:] = usual
    week = 1 + 0.4 * np.sin(2 * np.pi * days / 7)
    year = 1 + 0.3 * np.sin(2 * np.pi * days / 365.25)
    drift = np.exp(np.cumsum(rng.normal(0, 0.015, (n_series, len(days))), axis=1))
    level = rng.uniform(*size, n_series)[:, None] * drift
    demand = rng.poisson(level * week * year * (price / usual) ** elasticity).astype(float)
    return shop_panel(demand[:, :_STEPS], horizon=_HORIZON, known=price)


def effect_of(panel, factor):
    """By how much demand rises in all if all prices are multiplied by ``factor``."""
    before = panel.known[:, panel.n_time :]
    return demand_ratio(estimate_responses(panel), before, before * factor).mean() - 1


@pytest.mark.parametrize("factor", [0.9, 0.8])
@pytest.mark.parametrize(
    ("elasticity", "size"), [(-1.5, (1, 30)), (-1.5, (0.3, 1.5)), (-2.6, (1, 30))]
)
def test_the_effect_of_a_price_cut_is_recovered_within_a_fifth(factor, elasticity, size):
    truth = factor**elasticity - 1

    assert effect_of(priced_panel(elasticity, size=size), factor) == pytest.approx(truth, rel=0.2)


def test_a_series_whose_price_never_moved_answers_as_the_others_do():
    panel = priced_panel(-1.5, n_series=12)
    known = panel.known.copy()
    known[0] = 9.0

    (response,) = estimate_responses(replace(panel, known=known))

    assert response.slopes[0] == response.mean
    assert response.mean == pytest.approx(-1.5, abs=0.25)


def test_series_that_differ_keep_their_own_response():
    insensitive, sensitive = priced_panel(-0.3, n_series=6), priced_panel(-3.0, n_series=6)
    both = shop_panel(
        np.concatenate([insensitive.target, sensitive.target]),
        horizon=_HORIZON,
        known=np.concatenate([insensitive.known, sensitive.known])[:, :, 0],
    )

    (response,) = estimate_responses(both)

    assert response.slopes[:6].max() < 0.3
    assert response.slopes[:6].min() > -1.2
    assert response.slopes[6:].max() < -2.2


def test_a_flag_answers_by_its_level_not_its_logarithm():
    rng = np.random.default_rng(3)
    flag = (rng.random((8, 400 + _HORIZON)) < 0.2).astype(float)
    demand = rng.poisson(20 * np.exp(0.5 * flag[:, :400])).astype(float)

    (response,) = estimate_responses(shop_panel(demand, horizon=_HORIZON, known=flag))

    assert not response.is_elasticity
    assert response.mean == pytest.approx(0.5, abs=0.05)
    assert (response.low, response.high) == (0.0, 1.0)


def test_noise_gives_a_vague_response():
    rng = np.random.default_rng(4)
    price = rng.uniform(9, 11, (5, 200 + _HORIZON))
    panel = shop_panel(rng.poisson(3.0, (5, 200)).astype(float), horizon=_HORIZON, known=price)

    assert estimate_responses(panel)[0].is_vague


def test_without_a_sale_nothing_is_claimed():
    price = np.random.default_rng(5).uniform(9, 11, (2, 100 + _HORIZON))

    (response,) = estimate_responses(shop_panel(np.zeros((2, 100)), horizon=_HORIZON, known=price))

    assert response.is_vague
    assert response.slopes.tolist() == [0.0, 0.0]


def test_no_scenario_moves_demand_by_more_than_twenty_times():
    panel = priced_panel(-2.6, n_series=4)
    responses = estimate_responses(panel)
    before = panel.known[:, panel.n_time :]

    assert demand_ratio(responses, before, before / 1000).max() == pytest.approx(20)
    assert demand_ratio(responses, before, before * 1000).min() == pytest.approx(1 / 20)
    assert (demand_ratio(responses, before, before) == 1).all()

"""Quantiles put in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecastle.core.quantiles import GRID
from forecastle.evaluation.metrics import quantile_loss
from forecastle.series.forecast import Forecast
from forecastle.training.ordering import ordered
from tests.panels import shop_panel

raw = arrays(float, (2, 3, len(GRID)), elements=st.floats(-1e6, 1e6))


def forecast_of(panel, quantiles):
    return Forecast(panel.frequency, panel.keys, panel.future_times(1)[0], quantiles)


@given(raw)
def test_levels_never_cross_and_only_a_series_that_was_negative_may_be(quantiles):
    panel = shop_panel([[1.0, np.nan, 0.0], [1.0, -2.0, 3.0]])
    found = ordered(forecast_of(panel, quantiles), panel).quantiles
    assert (np.diff(found, axis=2) >= 0).all()
    assert (found[0] >= 0).all()
    assert np.array_equal(found[1], np.sort(quantiles[1], axis=1))


@given(raw, st.floats(0, 1e6))
def test_order_never_costs_accuracy(quantiles, actual):
    panel = shop_panel([[1.0], [1.0]])
    after = ordered(forecast_of(panel, quantiles), panel).quantiles

    def loss(values):
        return sum(
            quantile_loss(np.array(actual), values[..., k], level).sum()
            for k, level in enumerate(GRID)
        )

    assert loss(after) <= loss(quantiles) * (1 + 1e-12) + 1e-6


@given(raw)
def test_what_is_in_order_stays_and_the_input_too(quantiles):
    panel = shop_panel([[1.0], [1.0]])
    before = quantiles.copy()
    once = ordered(forecast_of(panel, quantiles), panel)
    assert np.array_equal(quantiles, before)
    assert np.array_equal(ordered(once, panel).quantiles, once.quantiles)


def test_a_series_without_history_is_not_negative():
    panel = shop_panel([[np.nan, np.nan]])
    found = ordered(forecast_of(panel, np.full((1, 2, len(GRID)), -1.0)), panel).quantiles
    assert (found == 0).all()

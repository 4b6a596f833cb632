"""Metrics of parts pooled are the metrics of the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecastle.core.quantiles import GRID
from forecastle.evaluation.accuracy import window_accuracy
from forecastle.evaluation.metrics import seasonal_naive_error
from forecastle.evaluation.pooling import Sizes, pooled
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast
from forecastle.series.spec import ForecastSpec
from tests.panels import shop_panel

HORIZON, N_TIME = 2, 12
WINDOW = Window(N_TIME - HORIZON, HORIZON)
SPEC = ForecastSpec(HORIZON)


def forecast_of(panel):
    """Something other than what happened."""
    values = np.arange(panel.n_series)[:, None, None] + np.linspace(0, 5, len(GRID))
    start = panel.until(WINDOW.first).future_times(1)[0]
    return Forecast(panel.frequency, panel.keys, start, np.repeat(values, HORIZON, axis=1))


def measured(panel, forecast, rows):
    part = panel.select(rows)
    some = Forecast(forecast.frequency, part.keys, forecast.start, forecast.quantiles[rows])
    scale = seasonal_naive_error(part.target[:, : WINDOW.first], part.frequency.season)
    return window_accuracy(part, WINDOW, some, SPEC), Sizes.of(part, WINDOW, scale)


def demand(n_series):
    """With zeros, missing values and series without a scale."""
    values = st.sampled_from([0.0, 0.0, 1.0, 2.0, 7.5, np.nan])
    return arrays.arrays(float, (n_series, N_TIME), elements=values)


@given(target=demand(6), cut=st.integers(1, 5))
def test_as_if_measured_at_once(target, cut):
    panel = shop_panel(np.vstack([target, np.full((1, N_TIME), 3.0)]), horizon=HORIZON)
    forecast, rows = forecast_of(panel), np.arange(panel.n_series)
    whole, _ = measured(panel, forecast, rows)
    parts, sizes = zip(
        *(measured(panel, forecast, some) for some in (rows[:cut], rows[cut:])), strict=True
    )
    found = pooled(parts, sizes)
    assert (found.start, found.end, found.item_count) == (
        whole.start,
        whole.end,
        whole.item_count,
    )
    one, other = found.metrics.to_json(), whole.metrics.to_json()
    losses = "weighted_quantile_losses"
    assert one.pop(losses) == pytest.approx(other.pop(losses))
    assert one == pytest.approx(other)


def test_without_any_sale_the_loss_itself_is_told():
    panel = shop_panel(np.zeros((4, N_TIME)), horizon=HORIZON)
    forecast, rows = forecast_of(panel), np.arange(4)
    whole, _ = measured(panel, forecast, rows)
    parts, sizes = zip(
        *(measured(panel, forecast, some) for some in (rows[:1], rows[1:])), strict=True
    )
    found = pooled(parts, sizes).metrics
    assert found.wape == pytest.approx(whole.metrics.wape)
    assert np.isnan(found.mape)

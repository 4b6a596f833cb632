import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.series.forecast import Forecast, interpolation_weights
from forecastle.series.spec import ForecastSpec

levels = st.integers(1, 99).map(lambda percent: percent / 100)
quantile_functions = st.lists(st.floats(-1e6, 1e6), min_size=len(GRID), max_size=len(GRID)).map(
    sorted
)


def forecast_of(quantiles):
    return Forecast(
        Frequency(1, "W"),
        pl.DataFrame({"item_id": ["a"]}),
        np.datetime64("2010-01-04", "s"),
        np.asarray(quantiles, dtype=float).reshape(1, -1, len(GRID)),
    )


def test_times_follow_the_frequency():
    forecast = forecast_of(np.zeros((2, len(GRID))))
    assert forecast.horizon == 2
    assert [str(time)[:10] for time in forecast.times] == ["2010-01-04", "2010-01-11"]


@given(quantile_functions)
def test_levels_of_the_grid_come_back_as_they_are(quantiles):
    assert np.array_equal(forecast_of(quantiles).at(GRID)[0, 0], quantiles)


@given(quantile_functions, st.lists(levels, min_size=2, max_size=10).map(sorted))
def test_any_levels_keep_the_order_and_stay_within_the_grid(quantiles, asked):
    found = forecast_of(quantiles).at(asked)[0, 0]
    slack = 1e-9 * max(1.0, *np.abs(quantiles))
    assert np.all(np.diff(found) >= -slack)
    assert quantiles[0] - slack <= found[0]
    assert found[-1] <= quantiles[-1] + slack


@given(levels)
def test_a_normal_distribution_is_met_exactly(level):
    forecast = forecast_of(50 + 10 * norm.ppf(GRID))
    assert forecast.at([level])[0, 0, 0] == pytest.approx(50 + 10 * norm.ppf(level))


def test_the_mean_is_the_integral_of_the_quantiles():
    assert forecast_of(50 + 10 * norm.ppf(GRID)).mean[0, 0] == pytest.approx(50)
    skewed = forecast_of(-np.log(1 - np.asarray(GRID)))  # exponential, mean 1
    assert skewed.mean[0, 0] == pytest.approx(1, abs=0.05)


def test_a_forecast_type_is_a_level_or_the_mean():
    forecast = forecast_of(np.arange(len(GRID)))
    assert forecast.of_type("0.5")[0, 0] == 6
    assert np.array_equal(forecast.of_type("mean"), forecast.mean)


@given(levels)
def test_interpolation_weights_sum_to_one(level):
    assert interpolation_weights([level]).sum() == pytest.approx(1)


def test_a_spec_without_quantiles_is_judged_by_the_median():
    assert ForecastSpec(7).levels == (0.1, 0.5, 0.9)
    assert ForecastSpec(7, ("0.3", "mean")).levels == (0.3,)
    assert ForecastSpec(7, ("mean",)).levels == (0.5,)

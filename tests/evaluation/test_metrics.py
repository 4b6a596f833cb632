"""The metrics against numbers worked out by hand, and the rules they obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecastle.evaluation import metrics

ACTUAL = np.array([[10.0, 0.0], [5.0, 25.0]])
POINT = np.array([[8.0, 4.0], [5.0, 35.0]])

levels = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
sales = arrays(float, (3, 4), elements=st.integers(-50, 1000).map(float))
factors = st.sampled_from([0.001, 0.5, 3.0, 1e6])


def test_quantile_loss_is_twice_the_pinball_loss():
    loss = metrics.quantile_loss(np.array([10.0, 10.0]), np.array([7.0, 14.0]), 0.9)
    assert loss == pytest.approx([2 * 0.9 * 3, 2 * 0.1 * 4])


def test_weighted_quantile_loss_by_hand():
    # Under by 2, over by 4, right, over by 10; the actuals sum to 40.
    expected = 2 * (0.9 * 2 + 0.1 * 4 + 0.0 + 0.1 * 10) / 40
    assert metrics.weighted_quantile_loss(ACTUAL, POINT, 0.9) == pytest.approx(expected)


def test_wape_rmse_and_mape_by_hand():
    assert metrics.wape(ACTUAL, POINT) == pytest.approx(16 / 40)
    assert metrics.rmse(ACTUAL, POINT) == pytest.approx(np.sqrt((4 + 16 + 0 + 100) / 4))
    # The zero actual is skipped: 20 %, 0 % and 40 % remain.
    assert metrics.mape(ACTUAL, POINT) == pytest.approx((0.2 + 0.0 + 0.4) / 3)


def test_mase_averages_each_series_error_over_its_own_scale():
    assert metrics.mase(ACTUAL, POINT, np.array([1.0, 10.0])) == pytest.approx((3 / 1 + 5 / 10) / 2)


def test_mase_skips_series_without_a_scale():
    assert metrics.mase(ACTUAL, POINT, np.array([np.nan, 10.0])) == pytest.approx(0.5)
    assert metrics.mase(ACTUAL, POINT, np.array([0.0, 10.0])) == pytest.approx(0.5)
    assert np.isnan(metrics.mase(ACTUAL, POINT, np.array([0.0, np.nan])))


def test_where_nothing_was_sold_the_loss_is_not_divided():
    nothing = np.zeros((1, 2))
    quantile = np.array([[3.0, 1.0]])
    assert metrics.weighted_quantile_loss(nothing, quantile, 0.9) == pytest.approx(2 * 0.1 * 4)
    assert metrics.wape(nothing, quantile) == pytest.approx(4.0)
    assert np.isnan(metrics.mape(nothing, quantile))


def test_without_any_series_there_is_no_error_to_tell():
    empty = np.empty((0, 3))
    assert np.isnan(metrics.rmse(empty, empty))
    assert np.isnan(metrics.mape(empty, empty))
    assert np.isnan(metrics.mase(empty, empty, np.empty(0)))


def test_negative_actuals_count_by_their_size():
    actual, point = np.array([[-10.0, 10.0]]), np.array([[-8.0, 10.0]])
    assert metrics.wape(actual, point) == pytest.approx(2 / 20)
    assert metrics.mape(actual, point) == pytest.approx(0.1)


def test_seasonal_naive_error_skips_gaps_and_tells_series_without_a_pair():
    history = np.array(
        [
            [1.0, 2.0, 4.0, 2.0, np.nan, 5.0],
            [np.nan, np.nan, np.nan, np.nan, 3.0, 4.0],
        ]
    )
    # Lag 2: |4 - 1|, |2 - 2|, missing, |5 - 2|.
    error = metrics.seasonal_naive_error(history, 2)
    assert error[0] == pytest.approx((3 + 0 + 3) / 3)
    assert np.isnan(error[1])


def test_seasonal_naive_error_of_a_history_within_one_season_takes_lag_one():
    assert metrics.seasonal_naive_error(np.array([[1.0, 3.0, 6.0]]), 7) == pytest.approx([2.5])


@given(sales, sales)
def test_the_loss_of_the_median_is_the_wape(actual, point):
    assert metrics.weighted_quantile_loss(actual, point, 0.5) == pytest.approx(
        metrics.wape(actual, point)
    )


@given(sales, levels)
def test_a_perfect_forecast_has_no_error(actual, level):
    scale = np.ones(len(actual))
    assert metrics.weighted_quantile_loss(actual, actual, level) == 0.0
    assert metrics.wape(actual, actual) == 0.0
    assert metrics.rmse(actual, actual) == 0.0
    assert metrics.mase(actual, actual, scale) == 0.0
    assert metrics.mape(actual, actual) == 0.0 or not actual.any()


@given(sales, sales, levels)
def test_a_wrong_forecast_has_an_error_and_none_is_negative(actual, quantile, level):
    loss = metrics.weighted_quantile_loss(actual, quantile, level)
    assert loss >= 0.0
    assert (loss == 0.0) == np.array_equal(actual, quantile)


@given(sales, sales, levels, factors)
def test_relative_errors_do_not_depend_on_the_unit(actual, quantile, level, factor):
    actual[0, 0] = 100.0  # something is sold

    def errors(unit):
        y, q = actual * unit, quantile * unit
        scale = metrics.seasonal_naive_error(np.hstack([y, q]), 2)
        return (
            metrics.weighted_quantile_loss(y, q, level),
            metrics.wape(y, q),
            metrics.mape(y, q),
            metrics.mase(y, q, scale),
        )

    assert errors(factor) == pytest.approx(errors(1.0), nan_ok=True)
    assert metrics.rmse(actual * factor, quantile * factor) == pytest.approx(
        factor * metrics.rmse(actual, quantile)
    )


@given(st.lists(st.integers(0, 100), min_size=3, max_size=30), levels)
def test_no_forecast_has_a_lower_loss_than_the_quantile_itself(values, level):
    actual = np.array([values], dtype=float)

    def loss(guess):
        return metrics.quantile_loss(actual, np.full_like(actual, guess), level).sum()

    best = loss(np.quantile(actual, level, method="inverted_cdf"))
    assert all(best <= loss(guess) + 1e-9 for guess in range(101))

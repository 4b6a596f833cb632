"""The metrics of each item are those of the group, of a group of one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.evaluation import metrics
from forecastle.evaluation.item_accuracy import item_metrics, metric_names

LEVELS = (0.1, 0.5, 0.9)


def of_one(actual, point, quantiles, scale):
    """By the metrics of a group that holds one series."""
    losses = {
        f"wQL[{level}]": metrics.weighted_quantile_loss(actual, quantiles[:, :, k], level)
        for k, level in enumerate(LEVELS)
    }
    return {
        **losses,
        "Average wQL": np.mean(list(losses.values())),
        "RMSE": metrics.rmse(actual, point),
        "WAPE": metrics.wape(actual, point),
        "MAPE": metrics.mape(actual, point),
        "MASE": metrics.mase(actual, point, scale),
    }


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_each_item_is_measured_as_a_group_of_its_own(n_series, horizon, seed):
    rng = np.random.default_rng(seed)
    actual = rng.poisson(0.8, (n_series, horizon)).astype(float)
    point = rng.normal(1, 1, (n_series, horizon))
    quantiles = np.sort(rng.normal(1, 2, (n_series, horizon, 3)), axis=2)
    scale = rng.choice([0.0, 0.5, 2.0, np.nan], n_series)
    found = item_metrics(actual, point, quantiles, LEVELS, scale)
    assert tuple(found) == metric_names(LEVELS)
    for row in range(n_series):
        one = slice(row, row + 1)
        alone = of_one(actual[one], point[one], quantiles[one], scale[one])
        assert {name: values[row] for name, values in found.items()} == pytest.approx(
            alone, nan_ok=True
        )


def test_no_items_have_no_metrics():
    empty = np.empty((0, 2))
    found = item_metrics(empty, empty, np.empty((0, 2, 3)), LEVELS, np.empty(0))
    assert all(values.shape == (0,) for values in found.values())


def test_the_order_is_that_of_the_export():
    assert metric_names((0.65, 0.9)) == (
        "wQL[0.65]", "wQL[0.9]", "Average wQL", "RMSE", "WAPE", "MAPE", "MASE",
    )  # fmt: skip

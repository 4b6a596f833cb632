"""Settings and tables that cannot be used: one message with value and remedy, before training."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import forecastle as fc
from tests.shop import rows

_DAYS, _HORIZON = 40, 7
_ITEMS = ("jam", "tea")
SALES = rows(_ITEMS, days=_DAYS)


def prices(days: int = _DAYS + _HORIZON) -> pl.DataFrame:
    table = rows(_ITEMS, days=days)
    return table.select("item_id", "timestamp", pl.col("demand").alias("price"))


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test in which training begins."""

    def begin(*_: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr("forecastle.training.automl.Backtesting.run", begin)


def refused(**options: Any) -> str:
    with pytest.raises(fc.InputError) as caught:
        fc.Predictor.train(SALES, **{"algorithms": "SeasonalNaive", **options})
    return str(caught.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"horizon": 0}, "horizon 0 is out of range; use a whole number, 1 to 500"),
        ({"horizon": 501}, "horizon 501 is out of range; use a whole number, 1 to 500"),
        ({"horizon": 2.5}, "horizon 2.5 is out of range; use a whole number"),
        ({"horizon": "7"}, "horizon '7' is out of range; use a whole number"),
        ({"horizon": True}, "horizon True is out of range"),
        ({"horizon": 20}, "horizon 20 is too long: it may reach a third of the longest series"),
        ({"backtest_windows": 6}, "backtest windows 6 is out of range; use a whole number, 1 to 5"),
        ({"seed": -1}, "seed -1 is out of range; use a whole number, 0 to 2147483647"),
        (
            {"shard_series": 0},
            "series per shard 0 is out of range; use a whole number, 1 to 1000000",
        ),
        ({"time_limit": -1}, "time limit -1 is out of range; give seconds above 0, or leave it"),
        ({"quantiles": ("1.2",)}, "quantile '1.2' is not known; use 0.01 to 0.99"),
        ({"algorithms": "Oracle"}, "algorithm 'Oracle' is not known; use AutoML or some of"),
        (
            {"algorithms": "NPTS", "training_parameters": {"context_length": 0}},
            "training parameter context_length of NPTS: '0' cannot be used; use a whole number",
        ),
        (
            {"related_filling": {"price": {"middlefill": "nan"}}},
            "middlefill 'nan' is not allowed; use one of zero, value, mean, median, min, max",
        ),
    ],
)
def test_what_is_out_of_range(options: dict[str, Any], told: str):
    assert told in refused(**options)


@pytest.mark.parametrize(
    ("related", "told"),
    [
        (prices(_DAYS + 3), "item_id 'jam': related rows stop at 2024-02-12 ('price'); need"),
        (
            prices().filter(pl.col("timestamp") != prices()["timestamp"][9]),
            "item_id 'jam': no value of 'price' on 2024-01-10; add it, or a filling rule",
        ),
        (
            prices().with_columns(pl.col("item_id").str.to_uppercase()),
            "none of the items of the target is there; it has jam, tea, the related data have JAM",
        ),
        (prices().rename({"price": "demand"}), "the column 'demand' is the target; remove it"),
    ],
)
def test_prices_that_do_not_fit(related: pl.DataFrame, told: str):
    assert told in refused(related=related)


def test_numbers_of_numpy_are_numbers():
    spec = fc.Settings(horizon=np.int64(3), seed=np.int32(5)).forecast_spec()
    assert (spec.horizon, spec.seed) == (3, 5)

"""Totals as a table: steps, and all of them together, by the values of a column."""

import numpy as np
import polars as pl
import pytest

from forecastle.core.frequency import Frequency
from forecastle.series.forecast import Forecast
from forecastle.series.groups import EVERYONE
from forecastle.training.dependence import Dependence, Factor
from forecastle.training.totals_table import totals_table
from tests.training.common_world import HORIZON, KEYS, LEVEL, SHOP_OF, normal_quantiles

TYPES = ("0.1", "0.9", "mean")
SHOPS = KEYS.with_columns(shop=pl.Series([f"S{shop}" for shop in SHOP_OF]))
FORECAST = Forecast(Frequency(1, "D"), KEYS, np.datetime64("2024-01-01", "s"), normal_quantiles())
DEPENDENCE = Dependence((Factor(EVERYONE, 0.1, 0.1), Factor("shop", 0.1, 0.1)), series=0.1)


def test_of_all_series_there_is_a_row_per_step_and_one_for_all_of_them():
    table = totals_table(FORECAST, SHOPS, None, DEPENDENCE, TYPES)
    assert table.columns == ["value", "timestamp", "p10", "p90", "mean"]
    assert table["value"].is_null().all()
    assert table["timestamp"].to_list() == [*FORECAST.times.tolist(), None]
    means = [len(KEYS) * LEVEL] * HORIZON
    assert table["mean"].to_list() == pytest.approx([*means, sum(means)])
    assert (table["p10"] < table["mean"]).all()
    assert (table["mean"] < table["p90"]).all()


def test_by_a_column_the_values_are_sorted_and_missing_ones_come_first():
    series = SHOPS.with_columns(
        shop=pl.when(pl.col("shop") == "S9").then(None).otherwise(pl.col("shop"))
    )
    table = totals_table(FORECAST, series, "shop", DEPENDENCE, TYPES)
    values = table["value"].unique(maintain_order=True).to_list()
    assert values == [None, *(f"S{shop}" for shop in range(9))]
    assert len(table) == 10 * (HORIZON + 1)


def test_the_mean_of_all_is_the_sum_of_the_shops():
    of_all = totals_table(FORECAST, SHOPS, None, DEPENDENCE, TYPES)
    of_shops = totals_table(FORECAST, SHOPS, "shop", DEPENDENCE, TYPES)
    whole = of_shops.filter(pl.col("timestamp").is_null())
    assert whole["mean"].sum() == pytest.approx(of_all["mean"].to_list()[-1])
    assert whole["p90"].sum() > of_all["p90"].to_list()[-1]

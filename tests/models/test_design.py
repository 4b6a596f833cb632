"""The columns that lines are drawn through: numbers that follow demand, none of them missing."""

import numpy as np
import pytest

from forecastle.models.design import design_matrix
from forecastle.models.features import is_demand, level_feature
from forecastle.models.global_rows import Context, rows_ahead
from tests.panels import HORIZON, busy_demand, shop_panel


def described(panel, horizon=HORIZON):
    """The features of every step ahead by name, in demand of no scale."""
    rows = rows_ahead(panel, np.arange(panel.n_series), horizon)
    builder = Context.of(panel).builder(panel, horizon)
    features, names = builder.build(rows, np.ones(len(rows.series)))
    return rows, features, names


def designed(panel):
    rows, features, names = described(panel)
    return design_matrix(panel, rows, features, names)


def years(n_series=25, **more):
    return shop_panel(busy_demand(n_series, 800), countries=("UK",), **more)


def test_what_counts_as_demand_doubles_with_demand_and_nothing_else_does():
    demand = busy_demand(25, 800)
    _, once, names = described(shop_panel(demand, countries=("UK",)))
    _, twice, _ = described(shop_panel(2 * demand, countries=("UK",)))
    for name, one, two in zip(names, once.T, twice.T, strict=True):
        if is_demand(name):
            assert two == pytest.approx(2 * one, rel=1e-4, nan_ok=True), name
        else:
            assert two == pytest.approx(one, rel=1e-4, nan_ok=True), name
    assert level_feature(7) in names


def test_nothing_is_missing_also_where_little_is_known():
    demand = busy_demand(25, 800)
    demand[0, :795] = np.nan
    demand[1] = np.nan
    known = np.ones((25, 805))
    known[2] = np.nan
    known[3, 600:] = 4.0
    columns, is_related = designed(shop_panel(demand, known=known, countries=("UK",)))
    assert np.isfinite(columns).all()
    assert columns.shape == (25 * HORIZON, len(is_related))
    assert is_related.sum() == 4  # the step, those around it, and a year before


def test_a_demand_that_is_not_known_is_the_level():
    young = busy_demand(25, 800)
    young[0, :700] = np.nan
    panel = shop_panel(young)
    rows, features, names = described(panel)
    columns, _ = design_matrix(panel, rows, features, names)
    level = features[0, names.index(level_feature(7))]
    order = [name for name in names if is_demand(name) or name.startswith("growth")]
    assert np.isnan(features[0, names.index("year_0")])
    assert columns[0, 1 + order.index("year_0")] == pytest.approx(level)


def test_a_price_counts_by_how_far_it_is_from_the_usual_one():
    rng = np.random.default_rng(5)
    price = rng.uniform(1, 2, (25, 805))
    columns, is_related = designed(years(known=price))
    same, _ = designed(years(known=100 * price + 7))
    assert same[:, is_related] == pytest.approx(columns[:, is_related], abs=1e-3)


@pytest.mark.parametrize(("frequency", "n_time"), [("W", 170), ("M", 70), ("H", 400), ("Y", 30)])
def test_every_frequency_has_columns(frequency, n_time):
    columns, _ = designed(shop_panel(busy_demand(3, n_time), frequency))
    assert np.isfinite(columns).all()
    assert columns.shape[1] > 5

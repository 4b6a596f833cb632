import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.core.quantiles import GRID, column_name, levels_of, parse_forecast_types


@given(st.lists(st.integers(1, 99), min_size=1))
def test_types_come_once_and_in_order(percents):
    types = parse_forecast_types([percent / 100 for percent in percents])
    assert levels_of(types) == tuple(sorted({percent / 100 for percent in percents}))
    assert parse_forecast_types(types) == types


def test_the_mean_comes_last():
    assert parse_forecast_types(["mean", ".9", "0.10", "mean"]) == ("0.1", "0.9", "mean")
    assert levels_of(("0.1", "mean")) == (0.1,)


@pytest.mark.parametrize("text", ["0", "0.0", ".00", "1", "1.0", "0.123", "-0.1", "p50", "median"])
def test_what_is_no_quantile_is_named(text):
    with pytest.raises(InputError, match=f"quantile '{text}' is not known; use 0.01 to 0.99"):
        parse_forecast_types([text])


def test_nothing_asked_is_refused():
    with pytest.raises(InputError, match="no quantile given"):
        parse_forecast_types([])


@pytest.mark.parametrize(
    ("forecast_type", "name"),
    [("0.1", "p10"), ("0.05", "p5"), ("0.57", "p57"), ("0.99", "p99"), ("mean", "mean")],
)
def test_columns_are_named_as_amazon_names_them(forecast_type, name):
    assert column_name(forecast_type) == name


def test_the_grid_ascends_from_the_lowest_to_the_highest_level():
    assert list(GRID) == sorted(set(GRID))
    assert (GRID[0], GRID[-1]) == (0.01, 0.99)
    assert {0.1, 0.5, 0.9} < set(GRID)

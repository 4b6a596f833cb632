import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.series.aggregation import AGGREGATIONS, aggregate

# Whole numbers: their sums are exact in any order.
values = st.lists(st.none() | st.integers(-1000, 1000).map(float), min_size=1, max_size=20)


def aggregated(rows, how):
    frame = pl.DataFrame({"key": "a", "value": rows}, schema_overrides={"value": pl.Float64})
    grouped = frame.group_by("key", maintain_order=True).agg(aggregate(pl.col("value"), how))
    return grouped["value"][0]


@pytest.mark.parametrize(
    ("how", "expected"), [("sum", 6.0), ("avg", 2.0), ("first", 3.0), ("min", 1.0), ("max", 3.0)]
)
def test_missing_values_are_skipped(how, expected):
    assert aggregated([None, 3.0, 2.0, None, 1.0], how) == expected


@pytest.mark.parametrize("how", AGGREGATIONS)
def test_nothing_but_missing_values_stays_missing(how):
    assert aggregated([None, None], how) is None


@given(values, values, st.sampled_from(["sum", "min", "max", "first"]))
def test_the_parts_aggregated_are_the_whole_aggregated(left, right, how):
    parts = [aggregated(left, how), aggregated(right, how)]
    assert aggregated(parts, how) == aggregated(left + right, how)


def test_an_unknown_method_is_named():
    with pytest.raises(InputError, match="aggregation 'median' is not known; use one of sum, avg"):
        aggregate(pl.col("value"), "median")

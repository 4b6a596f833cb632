"""Sums are the same in any order of the rows, to the last bit."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.series.summing import MEAN, SUM, exact_sums

demands = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=30)


def total(values, how=SUM):
    rows = pl.LazyFrame({"k": "a", "x": pl.Series(values, dtype=pl.Float64)})
    return exact_sums(rows, ["k"], "x").collect(engine="streaming")[how].to_list()


@given(values=demands.filter(len), seed=st.randoms())
def test_order_does_not_matter(values, seed):
    shuffled = list(values)
    seed.shuffle(shuffled)
    assert total(shuffled) == total(values)


@given(values=demands.filter(lambda values: any(value is not None for value in values)))
def test_the_sum_is_the_sum(values):
    exact = math.fsum(value for value in values if value is not None)
    assert total(values)[0] == pytest.approx(exact, rel=1e-12, abs=1e-7)


@given(value=st.floats(-1e15, 1e15))
def test_a_value_alone_keeps_all_its_digits(value):
    assert total([value, None]) == [value]


def test_decimals_sum_to_decimals():
    assert total([0.1, 0.2]) == [0.3]


def test_other_groups_make_no_difference():
    rows = pl.LazyFrame({"k": ["a", "a", "b", "b"], "x": [0.0, -0.01, 0.1, 0.2]})
    found = exact_sums(rows, ["k"], "x").sort("k").collect(engine="streaming")
    assert found[SUM].to_list() == [-0.01, 0.3]
    assert total([0.0, -0.01]) == [-0.01]


@pytest.mark.parametrize("how", [SUM, MEAN])
def test_nothing_but_missing_values_is_missing(how):
    assert total([None, None], how) == [None]


def test_the_mean_leaves_out_missing_values():
    assert total([1.0, None, 2.0], MEAN) == [1.5]

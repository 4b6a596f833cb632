"""What is stored of a target is enough for every aggregation, and newer data merge into it."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series import portions
from forecastle.series.aggregation import AGGREGATIONS
from forecastle.series.alignment import Alignment, default_alignment
from forecastle.series.dataset_target import (
    EXACT,
    FIRST,
    FIRST_AT,
    condensed,
    merged_target,
    stored_alignment,
    target_observations,
)
from forecastle.series.reading import ReadOptions, read_target
from tests.series.dataset_examples import SALES, schema

START = datetime(2024, 1, 1)
STORES = schema(SALES + " store:string")
SECONDS = st.integers(0, 40 * 86_400)
CENTS = st.one_of(st.none(), st.integers(-(10**6), 10**6).map(lambda cents: cents / 100))


def sales(rows):
    """``(item, store, seconds, demand)`` as rows in the order of time."""
    frame = pl.DataFrame(
        sorted(rows, key=lambda row: row[2]),
        schema={"item_id": pl.String, "store": pl.String, "s": pl.Int64, "demand": pl.Float64},
        orient="row",
    )
    stamp = (pl.lit(START) + pl.duration(seconds="s")).cast(pl.Datetime("us"))
    return frame.select("item_id", "store", stamp.alias("timestamp"), "demand")


def stored(rows, of=STORES):
    return condensed(sales(rows).lazy(), of).collect(engine="streaming")


def row(items="AB", stores="xy", seconds=SECONDS, demand=CENTS):
    return st.tuples(st.sampled_from(items), st.sampled_from(stores), seconds, demand)


FREQUENCIES = [
    ("D", "D"), ("D", "W"), ("D", "2W"), ("W", "M"), ("M", "Y"), ("H", "6H"), ("15min", "15min")
]  # fmt: skip


@given(
    rows=st.lists(row(), min_size=1, max_size=40, unique_by=lambda found: found[2]),
    frequencies=st.sampled_from(FREQUENCIES),
    how=st.sampled_from(AGGREGATIONS),
    dimensions=st.sampled_from([(), ("store",)]),
)
def test_observations_are_those_of_the_rows_themselves(rows, frequencies, how, dimensions):
    data, forecast = frequencies
    of = schema(SALES + " store:string", frequency=data)
    alignment = default_alignment(Frequency.parse(forecast), START)
    options = ReadOptions(aggregation=how, dimensions=dimensions, alignment=alignment)
    expected = read_target(sales(rows), options).observations.drop("n_rows", "negative_rows")
    found = target_observations(stored(rows, of), of, alignment, how, dimensions)
    assert_frame_equal(found, expected, rel_tol=1e-12, abs_tol=1e-8)


@given(rows=st.lists(row(), min_size=1, max_size=40), order=st.randoms())
def test_the_order_of_rows_matters_only_within_a_moment(rows, order):
    moments = {found[2]: found for found in rows}.values()
    frame = sales(moments)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=order.randrange(1000))
    again = condensed(shuffled.lazy(), STORES).collect(engine="streaming")
    assert again.equals(stored(moments))


def test_the_first_value_is_the_earliest_and_then_the_first_in_the_file():
    frame = pl.LazyFrame(
        {
            "item_id": ["A"] * 4,
            "timestamp": [START + timedelta(hours=hour) for hour in (9, 7, 7, 5)],
            "demand": [1.0, 2.0, 3.0, None],
        }
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("us")))
    found = condensed(frame, schema()).collect()
    assert found[FIRST].to_list() == [2.0]
    assert found[FIRST_AT].to_list() == [START + timedelta(hours=7)]


DAYS = st.integers(0, 3).map(lambda day: day * 86_400)
EXACT_ROWS = st.lists(row(seconds=DAYS), min_size=1, max_size=20)
NEVER_EXACT = st.lists(row(seconds=DAYS.map(lambda second: second + 3600)), min_size=1, max_size=20)


@given(rows=EXACT_ROWS)
def test_the_same_exact_rows_again_change_nothing(rows):
    table = stored(rows)
    assert merged_target(table, table, STORES).equals(table)


@given(old=EXACT_ROWS, new=EXACT_ROWS)
def test_newer_exact_rows_replace_those_of_their_key_and_time(old, new):
    found = merged_target(stored(old), stored(new), STORES)
    keys = {sale[:3] for sale in new}
    assert found.equals(stored([sale for sale in old if sale[:3] not in keys] + new))


@given(
    old=NEVER_EXACT,
    new=st.one_of(NEVER_EXACT, EXACT_ROWS),
    is_swapped=st.booleans(),
)
def test_transactions_are_added_in_either_order(old, new, is_swapped):
    first, second = (new, old) if is_swapped else (old, new)
    found = merged_target(stored(first), stored(second), STORES)
    assert_frame_equal(found, stored(first + second), rel_tol=1e-12, abs_tol=1e-8)


def test_missing_values_replace_and_join():
    day, later = ("A", "x", 0), ("A", "x", 3600)
    value, gap = stored([(*day, 5.0)]), stored([(*day, None)])
    assert merged_target(value, gap, STORES)["demand"].to_list() == [None]
    assert merged_target(gap, value, STORES)["demand"].to_list() == [5.0]
    sale = stored([(*later, 2.0)])
    both = merged_target(gap, sale, STORES)
    assert both.select("demand", FIRST, EXACT).rows() == [(2.0, 2.0, False)]
    assert both.equals(merged_target(sale, gap, STORES))


def test_the_periods_that_data_have_are_kept():
    fridays = stored([("A", "x", (4 + 7 * week) * 86_400, 1.0) for week in range(4)])
    assert str(stored_alignment(fridays, Frequency(1, "W"))).endswith("Friday")


@pytest.mark.parametrize(
    ("alignment", "dimensions", "message"),
    [
        (
            default_alignment(Frequency(1, "H")), (),
            "ForecastFrequency H is finer than the DataFrequency of the dataset, D; use D or a",
        ),
        (
            Alignment.from_boundary(Frequency(1, "D"), {"Hour": 6}), (),
            "TimeAlignmentBoundary: days that start at 06:00 cannot be told from a dataset of "
            "DataFrequency D, which is kept by D",
        ),
        (
            default_alignment(Frequency(1, "D")), ("region",),
            "ForecastDimensions: 'region' is no dimension of the TARGET_TIME_SERIES dataset; its "
            "dimensions are: store",
        ),
    ],
)  # fmt: skip
def test_what_the_data_cannot_tell_is_refused(alignment, dimensions, message):
    with pytest.raises(InputError) as refused:
        target_observations(stored([("A", "x", 0, 1.0)]), STORES, alignment, "sum", dimensions)
    assert message in str(refused.value)


@pytest.mark.parametrize("how", AGGREGATIONS)
def test_very_many_items_are_aggregated_some_at_a_time(monkeypatch, how):
    rows = [(f"item{k * 7 % 13}", "xy"[k % 2], k * 9_000, float(k)) for k in range(60)]
    alignment = default_alignment(Frequency(1, "D"))
    whole = target_observations(stored(rows), STORES, alignment, how)
    monkeypatch.setattr(portions, "_MANY_ROWS", 5)
    monkeypatch.setattr(portions, "_GROUPS_AT_A_TIME", 4)
    assert target_observations(stored(rows).lazy(), STORES, alignment, how).equals(whole)

"""What visuals show of their data."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.core.errors import InputError
from forecastle.service.analyses import (
    describe_source,
    find_values,
    first_visual,
    run_again,
    run_visual,
)
from forecastle.service.visual_data import MOST_POINTS, compute
from forecastle.service.visuals import (
    Aggregate,
    Condition,
    Grain,
    Shape,
    Sort,
    Value,
    Visual,
)
from forecastle.storage.prepared import Field, Kind
from tests.service.analysis_world import context_of, file, rows

FIELDS = (
    Field("item_id", Kind.TEXT),
    Field("date", Kind.DATE),
    Field("store", Kind.NUMBER),
    Field("p50", Kind.NUMBER),
    Field("p90", Kind.NUMBER),
)


def table(*rows: tuple) -> pl.LazyFrame:
    """Rows of item, ISO date, store, p50, p90."""
    schema = ["item_id", "date", "store", "p50", "p90"]
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    numbers = pl.col("store", "p50", "p90").cast(pl.Float64)
    return frame.with_columns(pl.col("date").str.to_datetime(time_unit="us"), numbers).lazy()


SHOP = table(
    ("tea", "2011-11-30", 1, 10, 12),
    ("tea", "2011-12-04", 1, 20, 25),
    ("tea", "2011-12-04", 2, 1, 2),
    ("milk", "2011-12-05", 1, 5, 6),
    ("bread", "2011-12-05", 2, 2, None),
)


def visual(**changes) -> Visual:
    return replace(Visual(Shape.LINE, "date", (Value("p50"),)), **changes)


def shown(points) -> dict:
    """(field, group or '…' for others) → category → number."""
    return {
        (each.value.field, "…" if each.is_others else each.group): dict(
            zip(points.categories, each.numbers, strict=True)
        )
        for each in points.series
    }


@pytest.mark.parametrize(
    ("grain", "numbers"),
    [
        (Grain.DAY, {"2011-11-30": 10, "2011-12-04": 21, "2011-12-05": 7}),
        (Grain.WEEK, {"2011-11-28": 31, "2011-12-05": 7}),
        (Grain.MONTH, {"2011-11-01": 10, "2011-12-01": 28}),
    ],
)
def test_dates_are_gathered_by_their_grain_in_their_order(grain, numbers):
    points = compute(SHOP, FIELDS, visual(grain=grain))
    assert points.are_dates
    assert shown(points) == {("p50", None): numbers}
    assert list(points.categories) == sorted(numbers)


@pytest.mark.parametrize(
    ("aggregate", "number"),
    [
        (Aggregate.SUM, 31),
        (Aggregate.AVERAGE, 31 / 3),
        (Aggregate.MINIMUM, 1),
        (Aggregate.MAXIMUM, 20),
    ],
)
def test_rows_that_fall_together_are_aggregated(aggregate, number):
    chosen = visual(shape=Shape.BAR, x="item_id", values=(Value("p50", aggregate),))
    assert shown(compute(SHOP, FIELDS, chosen))["p50", None]["tea"] == pytest.approx(number)


def test_several_values_are_shown_at_once_and_missing_ones_are_no_zeros():
    chosen = visual(x="item_id", values=(Value("p50"), Value("p90")))
    found = shown(compute(SHOP, FIELDS, chosen))
    assert found["p50", None]["bread"] == 2
    assert found["p90", None] == {"tea": 39, "milk": 6, "bread": None}


def test_smaller_groups_are_taken_together_before_they_are_averaged():
    chosen = visual(
        x="date", grain=Grain.MONTH, values=(Value("p50", Aggregate.AVERAGE),), group="item_id"
    )
    points = compute(SHOP, FIELDS, replace(chosen, groups=1))
    assert shown(points)["p50", "…"]["2011-12-01"] == pytest.approx((5 + 2) / 2)
    assert points.groups_left_out == 2


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.LARGEST, ["tea", "milk"]),
        (Sort.SMALLEST, ["bread", "milk"]),
        (Sort.NAME, ["bread", "milk"]),
    ],
)
def test_texts_come_in_the_order_that_was_asked_for_and_the_rest_is_counted(sort, order):
    points = compute(SHOP, FIELDS, visual(x="item_id", sort=sort, limit=2))
    assert list(points.categories) == order
    assert points.left_out == 1


def test_of_too_many_dates_the_newest_are_shown():
    points = compute(SHOP, FIELDS, visual(limit=1))
    assert points.categories == ("2011-12-05",)
    assert points.left_out == 2


def test_a_heat_map_has_a_row_for_each_of_the_largest_groups():
    chosen = visual(shape=Shape.HEAT_MAP, group="item_id", groups=2)
    found = shown(compute(SHOP, FIELDS, chosen))
    assert list(found) == [("p50", "tea"), ("p50", "milk")]
    assert found["p50", "milk"] == {"2011-11-30": None, "2011-12-04": None, "2011-12-05": 5}


@pytest.mark.parametrize(
    ("condition", "total"),
    [
        (Condition("item_id", any_of=("tea", "bread")), 33),
        (Condition("item_id", contains="EA"), 33),
        (Condition("p50", least=2, most=10), 17),
        (Condition("date", least="2011-12-01", most="2011-12-04"), 21),
        (Condition("date", most="2011-12-04T00:00"), 31),
        (Condition("item_id"), 38),
    ],
)
def test_conditions_keep_rows(condition, total):
    points = compute(SHOP, FIELDS, visual(conditions=(condition,)))
    assert sum(points.series[0].numbers) == total


def test_numbers_as_categories_look_like_whole_numbers():
    assert set(compute(SHOP, FIELDS, visual(x="store")).categories) == {"1", "2"}


def test_a_sum_of_quantiles_is_told_as_what_it_is():
    both = (Value("p90"), Value("p50", Aggregate.MAXIMUM))
    assert compute(SHOP, FIELDS, visual(values=both)).blurred == ("p90",)
    one = (Condition("item_id", any_of=("milk",)),)
    assert compute(SHOP, FIELDS, visual(values=both, conditions=one)).blurred == ()


def test_nothing_left_is_no_error():
    points = compute(SHOP, FIELDS, visual(conditions=(Condition("p50", least=1e9),)))
    assert points.categories == ()
    assert points.series[0].numbers == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"x": "price"}, "X axis 'price' is no field of these data; choose one of item_id"),
        ({"x": ""}, "no X axis is chosen"),
        ({"values": ()}, "choose at least one field of numbers"),
        ({"values": (Value("item_id"),)}, "'item_id' is text, no number"),
        ({"values": (Value("p50"),) * 9}, "9 values are too many"),
        ({"group": "date"}, "on the X axis already"),
        ({"group": "nobody"}, "colour 'nobody' is no field"),
        ({"shape": Shape.HEAT_MAP}, "needs a field for its rows"),
        (
            {
                "shape": Shape.HEAT_MAP,
                "group": "item_id",
                "values": (Value("p50"), Value("p90")),
            },
            "shows one value, not 2",
        ),
        ({"conditions": (Condition("nobody"),)}, "filter 'nobody' is no field"),
        ({"conditions": (Condition("p50", least="x"),)}, "cannot lie from or to 'x'"),
        ({"conditions": (Condition("date", least="x"),)}, "'x' is no date"),
    ],
)
def test_what_does_not_fit_is_told(changes, told):
    with pytest.raises(InputError, match=told):
        compute(SHOP, FIELDS, visual(**changes))


def test_a_hundred_thousand_items_become_a_chart_of_bounded_size():
    n = 100_000
    frame = pl.DataFrame({"item_id": [f"i{k}" for k in range(n)], "p50": range(n)})
    lazy = frame.with_columns(pl.col("p50").cast(pl.Float64)).lazy()
    fields = (Field("item_id", Kind.TEXT), Field("p50", Kind.NUMBER))
    chosen = Visual(Shape.TABLE, "item_id", (Value("p50"),) * 8, limit=1000)
    points = compute(lazy, fields, chosen)
    assert len(points.categories) * len(points.series) <= MOST_POINTS
    assert points.categories[0] == "i99999"
    assert points.left_out == n - len(points.categories)


@st.composite
def visuals(draw) -> Visual:
    text = st.text(max_size=20)
    bound = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(min_size=1)
    conditions = st.builds(Condition, text, st.lists(text).map(tuple), text, bound, bound)
    values = st.builds(Value, text, st.sampled_from(Aggregate))
    return Visual(
        draw(st.sampled_from(Shape)),
        draw(text),
        tuple(draw(st.lists(values, max_size=8))),
        draw(st.sampled_from(Grain)),
        draw(text),
        draw(st.integers(1, 50)),
        tuple(draw(st.lists(conditions, max_size=3))),
        draw(st.sampled_from(Sort)),
        draw(st.integers(1, 1000)),
    )


@settings(max_examples=50)
@given(visuals())
def test_a_visual_survives_its_way_through_json(chosen):
    assert Visual.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x", "make it anew"),
        ({"shape": "pie"}, "shape 'pie' is not known; use line or bar"),
        ({"values": [["p50", "median"]]}, "'median' is not known"),
        ({"values": ["p50"]}, "a value looks like"),
        ({"limit": 0}, "limit '0' is no whole number from 1"),
        ({"limit": True}, "limit 'True'"),
        ({"x": 5}, "x is no text"),
        ({"conditions": ["x"]}, "a filter looks like"),
        ({"conditions": [{"field": "x", "least": [1]}]}, "numbers or dates"),
    ],
)
def test_damaged_visuals_are_refused(content, told):
    with pytest.raises(InputError, match=told):
        Visual.from_json(content)


def test_a_visual_begins_with_the_quantiles_by_day(world):
    source = file(world, rows())
    context = context_of(world)
    chosen = first_visual(describe_source(context, source).fields)
    assert [each.field for each in chosen.values] == ["p10", "p50", "p90"]
    data = run_visual(context, source, chosen)
    assert shown(data.points)["p50", None] == {"2011-12-04": 5, "2011-12-05": 5}
    assert data.points.blurred == ("p10", "p50", "p90")


def test_what_did_not_change_is_not_computed_again(world):
    source, context = file(world, rows()), context_of(world)
    chosen = first_visual(describe_source(context, source).fields)
    before = run_visual(context, source, chosen)
    assert run_again(context, source, chosen, before) is before
    file(world, rows(first=7))
    after = run_again(context, source, chosen, before)
    assert shown(after.points)["p50", None]["2011-12-04"] == 17


def test_names_that_could_do_harm_are_names(world):
    items = ('"<script>alert(1)</script>"', "'=1+1", "차 tea", "007")
    source, context = file(world, rows(items)), context_of(world)
    assert find_values(context, source, "item_id", "SCRIPT") == ["<script>alert(1)</script>"]
    assert find_values(context, source, "item_id", "차") == ["차 tea"]
    assert "007" in find_values(context, source, "item_id", "")
    assert find_values(context, source, "nobody", "") == []

"""Very many items are summed some at a time; nothing else changes."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import DataError
from forecastle.core.frequency import Frequency
from forecastle.series import building, portions
from forecastle.series.aggregation import AGGREGATIONS
from forecastle.series.building import build_panel
from forecastle.series.calendar import Calendar
from forecastle.series.reading import ReadOptions, read_target
from forecastle.series.recipe import DataRecipe
from tests.panels import same_panel

DAILY = Frequency(1, "D")


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(portions, "_MANY_ROWS", 5)
    monkeypatch.setattr(portions, "_GROUPS_AT_A_TIME", 4)


def sales(rows=60):
    """Several rows a day of items of different length, not in order, some without demand."""
    return pl.DataFrame(
        {
            "item_id": [str(number * 7 % 11) for number in range(rows)],
            "timestamp": [f"2024-01-{1 + number * 13 % 9:02d}" for number in range(rows)],
            "demand": [None if number % 9 == 0 else number * 37 % 17 / 8 for number in range(rows)],
        }
    )


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_the_same_table_as_at_once(monkeypatch, aggregation):
    options = ReadOptions(frequency=DAILY, aggregation=aggregation)
    whole = read_target(sales(), options)
    monkeypatch.setattr(portions, "_MANY_ROWS", 5)
    monkeypatch.setattr(portions, "_GROUPS_AT_A_TIME", 4)
    parted = read_target(sales(), options)
    assert parted.observations.equals(whole.observations)
    assert parted.facts == whole.facts


def test_rows_without_an_item_are_told_all_the_same(small_portions):
    broken = sales().with_columns(
        pl.when(pl.col("timestamp") == "2024-01-03")
        .then(None)
        .otherwise("item_id")
        .alias("item_id")
    )
    with pytest.raises(DataError, match="item_id is empty"):
        read_target(broken, ReadOptions(frequency=DAILY))


@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=20), most=st.integers(1, 30))
def test_every_row_is_in_one_portion_and_in_order(counts, most):
    items = [f"i{k:02d}" for k, count in enumerate(counts) for _ in range(count)]
    days = pl.Series(range(len(items))).cast(pl.Int64) * 86_400_000_000
    table = pl.DataFrame({"item_id": items, "timestamp": days.cast(pl.Datetime("us"))})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "_MANY_ROWS", 0)
        patch.setattr(portions, "_GROUPS_AT_A_TIME", most)
        filters = portions.portions(table.lazy(), DAILY)
    parts = [table.filter(each) for each in filters]
    assert pl.concat(parts).equals(table)
    assert len(parts) <= 16
    assert all(len(part) < max(most, len(table) / 16) + max(counts) for part in parts)


def test_a_panel_is_the_same_piece_by_piece(monkeypatch):
    table = read_target(sales(), ReadOptions(frequency=DAILY))
    recipe = DataRecipe(alignment=table.alignment, calendar=Calendar())
    whole = build_panel(table.observations, recipe, 2)
    monkeypatch.setattr(building, "_ROWS_AT_A_TIME", 7)
    pieces = build_panel(table.observations, recipe, 2)
    assert same_panel(pieces.panel, whole.panel)
    assert pieces.messages == whole.messages

"""Newer tables take over from where they begin."""

from datetime import datetime

import polars as pl
from polars.testing import assert_frame_equal

from forecastle.library.history import History


def table(days: range, demand: float, item: str = "tea", column: str = "demand") -> pl.DataFrame:
    times = pl.Series("timestamp", [datetime(2024, 1, day) for day in days], pl.Datetime("us"))
    return pl.DataFrame(
        {"item_id": [item] * len(times), "timestamp": times, column: [demand] * len(times)}
    )


def test_the_latest_rows_alone_continue_the_stored_ones():
    both = History(table(range(1, 5), 1.0)).continued(History(table(range(5, 8), 2.0)))
    assert both.target["demand"].to_list() == [1, 1, 1, 1, 2, 2, 2]


def test_where_newer_rows_begin_the_stored_ones_end():
    both = History(table(range(1, 9), 1.0)).continued(History(table(range(3, 6), 2.0)))
    assert both.target["demand"].to_list() == [1, 1, 2, 2, 2]


def test_all_rows_given_again_replace_everything():
    newer = History(table(range(1, 4), 2.0))
    assert_frame_equal(History(table(range(1, 9), 1.0)).continued(newer).target, newer.target)


def test_rows_stay_sorted_by_series_and_time():
    older = History(pl.concat([table(range(1, 4), 1.0), table(range(1, 4), 1.0, "zebra")]))
    newer = History(pl.concat([table(range(4, 6), 2.0), table(range(4, 6), 2.0, "ant")]))
    target = older.continued(newer).target
    assert_frame_equal(target, target.sort("item_id", "timestamp"))
    assert target["item_id"].unique(maintain_order=True).to_list() == ["ant", "tea", "zebra"]


def test_related_rows_follow_the_same_rule_and_stay_if_none_are_newer():
    prices = table(range(1, 9), 5.0, column="price")
    older = History(table(range(1, 5), 1.0), prices)
    assert_frame_equal(older.continued(History(table(range(5, 6), 1.0))).related, prices)
    newer = History(table(range(5, 6), 1.0), table(range(7, 10), 6.0, column="price"))
    assert older.continued(newer).related["price"].to_list() == [5] * 6 + [6] * 3


def test_metadata_are_replaced_as_a_whole():
    target = table(range(1, 3), 1.0)
    first = pl.DataFrame({"item_id": ["tea"], "brand": ["A"]})
    second = pl.DataFrame({"item_id": ["tea"], "brand": ["B"]})
    older = History(target, metadata=first)
    assert_frame_equal(older.continued(History(target)).metadata, first)
    assert_frame_equal(older.continued(History(target, metadata=second)).metadata, second)


def test_saved_and_loaded_it_is_the_same(tmp_path):
    history = History(table(range(1, 4), 1.0), metadata=pl.DataFrame({"item_id": ["tea"]}))
    history.save(tmp_path)
    loaded = History.load(tmp_path)
    assert_frame_equal(loaded.target, history.target)
    assert_frame_equal(loaded.metadata, history.metadata)
    assert loaded.related is None

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from forecastle.core.errors import InputError
from forecastle.samples.till import DEFAULT_END, TillData, generate_till_data, write_sample
from forecastle.series.calendar import Calendar


@pytest.fixture(scope="module")
def till() -> TillData:
    return generate_till_data()


@pytest.fixture(scope="module")
def by_day(till: TillData) -> pl.DataFrame:
    day = pl.col("timestamp").dt.date().alias("day")
    return till.sales.group_by("item_id", day).agg(pl.col("demand").sum()).sort("item_id", "day")


def test_the_same_seed_gives_the_same_data(till):
    again = generate_till_data()
    assert till.sales.equals(again.sales)
    assert till.related.equals(again.related)
    assert till.metadata.equals(again.metadata)


def test_another_seed_gives_other_data(till):
    assert not till.sales.equals(generate_till_data(seed=1).sales)


def test_lines_are_in_the_order_of_time_and_end_on_the_last_day(till):
    assert till.sales["timestamp"].is_sorted()
    assert till.sales["timestamp"].max().date() == DEFAULT_END.astype(object)


def test_there_are_several_lines_per_item_and_day(till, by_day):
    assert len(till.sales) > 2 * len(by_day)


def test_the_shop_is_shut_on_sundays_and_holidays(by_day):
    days = by_day["day"].unique()
    assert 7 not in days.dt.weekday().to_list()
    calendar = Calendar(countries=("UK",))
    first, last = np.datetime64(days.min()), np.datetime64(days.max())
    holidays = {date.astype(object) for date, _ in calendar.days(first, last)}
    assert holidays
    assert not holidays & set(days.to_list())


def test_about_two_lines_in_a_hundred_are_returns(till):
    share = (till.sales["demand"] < 0).mean()
    assert 0.01 < share < 0.03


def test_promotions_cut_the_price_and_raise_demand(till, by_day):
    joined = by_day.join(
        till.related.with_columns(day=pl.col("timestamp")), on=["item_id", "day"], how="left"
    )
    prices = till.related.group_by("item_id", "promotion").agg(pl.col("price").mean())
    regular = prices.filter(pl.col("promotion") == 0).sort("item_id")["price"]
    reduced = prices.filter(pl.col("promotion") == 1).sort("item_id")["price"]
    assert (reduced < regular).all()
    demand = dict(joined.group_by("promotion").agg(pl.col("demand").mean()).iter_rows())
    assert demand[1] > 1.3 * demand[0]


def test_december_is_the_busiest_month(by_day):
    total = by_day.filter(pl.col("day").dt.year() == 2025)
    months = total.group_by(pl.col("day").dt.month()).agg(pl.col("demand").sum())
    assert months.sort("demand")["day"][-1] == 12


def test_some_items_are_new_some_die_and_some_sell_now_and_then(by_day):
    spans = by_day.group_by("item_id").agg(
        first=pl.col("day").min(), last=pl.col("day").max(), days=pl.len()
    )
    first, last = by_day["day"].min(), by_day["day"].max()
    assert (spans["first"] > first.replace(year=first.year + 1)).any()
    recent = by_day.filter(pl.col("day") > last.replace(month=1))
    alive = recent.group_by("item_id").agg(pl.col("demand").sum())
    earlier = by_day.filter(pl.col("day").dt.year() == 2024).group_by("item_id")
    fallen = earlier.agg(before=pl.col("demand").sum()).join(alive, on="item_id", how="left")
    assert (fallen["demand"].fill_null(0) < 0.1 * fallen["before"]).any()
    assert (spans["days"] < 300).sum() >= 3


def test_a_stock_out_leaves_a_popular_item_unsold_for_days(till):
    open_days = till.sales["timestamp"].dt.date().n_unique()
    popular = till.sales.group_by("item_id").agg(
        sold=pl.col("demand").sum(), days=pl.col("timestamp").dt.date().n_unique()
    )
    top = popular.sort("sold", descending=True).head(3)
    assert (top["days"] < open_days).any()


def test_prices_are_known_for_every_item_and_day_beyond_the_last_sale(till):
    counts = till.related.group_by("item_id").len()["len"].unique()
    assert len(counts) == 1
    beyond = np.datetime64(till.related["timestamp"].max()) - DEFAULT_END
    assert beyond == np.timedelta64(56, "D")
    assert set(till.related["item_id"]) == set(till.metadata["item_id"])


def test_files_are_written_and_overwritten_only_when_asked(tmp_path):
    data = generate_till_data(items=2, years=0.1)
    sales, related, metadata = write_sample(tmp_path / "shop", data)
    line = sales.read_text().splitlines()[0].split(",")
    assert line[0].startswith("SKU-")
    assert len(line[1]) == len("2026-04-30 09:00:00")
    assert related.read_text().startswith("item_id,timestamp,price,promotion\n")
    assert metadata.read_text().startswith("item_id,category,brand\n")
    with pytest.raises(InputError, match=r"sales\.csv exists already"):
        write_sample(tmp_path / "shop", data)
    other = generate_till_data(seed=1, items=2, years=0.1)
    before = sales.read_text()
    write_sample(tmp_path / "shop", other, overwrite=True)
    assert sales.read_text() != before


def test_a_sample_without_items_is_refused():
    with pytest.raises(InputError, match="0 items"):
        generate_till_data(items=0)

"""The cases are those that the accuracy is stated for."""

from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.cases import CASES, FOLDER, REPORTED, Case, every

needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared retail data are not here")


@pytest.fixture
def two_shops() -> Case:
    days = [date(2024, 1, 1) + timedelta(days=k) for k in range(10)]
    return Case(
        name="toy",
        title="Toy",
        frequency="D",
        horizon=2,
        last_days=(days[7], days[9]),
        sales=pl.DataFrame(
            {
                "item_id": ["A"] * 10 + ["B"] * 9,
                "timestamp": [*days, *days[:9]],
                "demand": [float(k) for k in range(19)],
            }
        ),
    )


@needs_data
@pytest.mark.parametrize(
    ("name", "count", "first", "last"),
    [
        ("uk12", 12, date(2011, 2, 3), date(2011, 12, 8)),
        ("uk23", 23, date(2011, 2, 3), date(2011, 12, 8)),
        ("mission", 2, date(2010, 12, 2), date(2010, 12, 9)),
        ("uk_dev", 15, date(2010, 6, 24), date(2011, 1, 20)),
        ("walmart", 1, date(2012, 10, 26), date(2012, 10, 26)),
        ("walmart_features", 1, date(2012, 10, 26), date(2012, 10, 26)),
        ("walmart_dev", 1, date(2012, 8, 3), date(2012, 8, 3)),
        ("skus", 1, date(2011, 6, 19), date(2011, 6, 19)),
    ],
)
def test_windows_end_on_the_named_days(name, count, first, last):
    case = CASES[name](FOLDER)
    assert len(case.last_days) == count
    assert (case.last_days[0], case.last_days[-1]) == (first, last)


@needs_data
def test_no_window_for_decisions_shares_a_day_with_a_reported_one():
    def days(name):
        return {
            window.first + timedelta(days=k)
            for window in CASES[name](FOLDER).windows
            for k in range(7)
        }

    assert not days("uk_dev") & (days("uk12") | days("uk23") | days("mission"))


@needs_data
@pytest.mark.parametrize(
    ("name", "series", "steps"), [("uk12", 1, 7), ("walmart", 2760, 12), ("skus", 500, 14)]
)
def test_actuals_hold_every_series_and_step(name, series, steps):
    case = CASES[name](FOLDER)
    actuals = case.actuals(case.windows[-1])
    assert len(actuals) == series * steps
    assert actuals["demand"].null_count() == 0


@needs_data
def test_the_weeks_of_walmart_end_on_friday_and_their_holidays_are_known_ahead():
    case = CASES["walmart"](FOLDER)
    assert case.sales["timestamp"].dt.weekday().unique().to_list() == [5]
    assert len(case.known) == 2760 * 143
    assert case.static.schema["Store"] == case.static.schema["dept"] == pl.String
    assert case.static.schema["Size"] == pl.Float64


@needs_data
def test_the_related_series_of_walmart_are_known_to_the_end_and_lack_nothing():
    case = CASES["walmart_features"](FOLDER)
    assert case.known.height == 2760 * 143
    assert case.known.columns[3:] == [
        *("Temperature", "Fuel_Price"),
        *(f"MarkDown{number}" for number in range(1, 6)),
        *("CPI", "Unemployment"),
    ]
    assert case.known.null_count().sum_horizontal().item() == 0
    first_markdown = case.known.filter(pl.col("MarkDown1") != 0)["timestamp"].min()
    assert first_markdown == date(2011, 11, 11)


@needs_data
def test_the_skus_are_the_best_sellers_before_the_window():
    case = CASES["skus"](FOLDER)
    assert case.sales["demand"].min() > 0
    assert set(case.training(case.windows[0])["item_id"]) == set(case.items)


@needs_data
def test_a_correction_of_the_stock_is_no_sale():
    corrected = (pl.col("item_id") == "85123A") & (pl.col("timestamp") == date(2011, 6, 9))
    day = CASES["skus"](FOLDER).sales.filter(corrected)
    assert day["demand"].sum() < 4000


def test_a_contestant_sees_what_lies_before_the_window(two_shops):
    window = two_shops.windows[0]
    assert (window.first, window.last) == (date(2024, 1, 7), date(2024, 1, 8))
    assert two_shops.training(window)["timestamp"].max() == date(2024, 1, 6)


def test_a_day_without_a_sale_counts_as_zero(two_shops):
    expected = pl.DataFrame(
        {
            "item_id": ["A", "A", "B", "B"],
            "timestamp": [date(2024, 1, 9), date(2024, 1, 10)] * 2,
            "demand": [8.0, 9.0, 18.0, 0.0],
        }
    )
    assert_frame_equal(two_shops.actuals(two_shops.windows[1]), expected)


def test_a_try_takes_the_last_windows_and_few_series(two_shops):
    tried = two_shops.smaller(windows=1, series=1)
    assert (tried.last_days, tried.items) == ((date(2024, 1, 10),), ["A"])
    whole = two_shops.smaller(None, None)
    assert (whole.last_days, whole.items) == (two_shops.last_days, ["A", "B"])


def test_every_includes_both_ends():
    assert every(7, date(2024, 1, 1), date(2024, 1, 15)) == (
        date(2024, 1, 1),
        date(2024, 1, 8),
        date(2024, 1, 15),
    )


def test_the_windows_for_decisions_are_not_reported():
    assert set(REPORTED) == set(CASES) - {"uk_dev", "walmart_dev"}

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecastle.series.calendar import Calendar, Event
from forecastle.series.closed_days import open_mask
from forecastle.series.closed_weekdays import closed_weekdays
from tests.series.panels import make_panel

SATURDAY, SUNDAY, MONDAY = 5, 6, 0
UK_SALES = Path(__file__).parents[2].parent / "shared" / "data" / "uk_sales_daily.csv"


def dates(first, n_days):
    return np.datetime64(first, "D") + np.arange(n_days)


def weekday(days):
    return (days.astype(np.int64) + 3) % 7


def shop(first, n_days, closed_on=(), shut=()):
    """Sales of 100 a day, none on closed weekdays and on shut dates (texts or ranges)."""
    days = dates(first, n_days)
    demand = np.full(n_days, 100.0)
    demand[np.isin(weekday(days), closed_on)] = 0
    for first_day, last_day in shut:
        demand[(days >= np.datetime64(first_day)) & (days <= np.datetime64(last_day))] = 0
    return demand


def closed_ahead(panel, horizon):
    mask = open_mask(panel, horizon)[0, panel.n_time :]
    return [str(day)[:10] for day in panel.future_times(horizon)[~mask]]


def closing_weekdays(target, **options):
    return [np.flatnonzero(row).tolist() for row in closed_weekdays(make_panel(target, **options))]


def test_a_weekly_closing_day_is_found():
    assert closing_weekdays(shop("2010-01-04", 200, closed_on=(SATURDAY,))) == [[SATURDAY]]


@pytest.mark.parametrize("first", ["2010-01-04", "2010-01-06", "2010-01-10"])
def test_whatever_weekday_the_history_begins_with(first):
    demand = shop(first, 65, closed_on=(SUNDAY,))
    assert closing_weekdays(demand, first=first) == [[SUNDAY]]


def test_a_market_stall_that_sells_on_saturdays_only_is_closed_on_the_other_days():
    demand = shop("2010-01-04", 100, closed_on=(0, 1, 2, 3, 4, 6))
    assert closing_weekdays(demand) == [[0, 1, 2, 3, 4, 6]]


def test_a_few_sales_on_a_closing_day_do_not_open_it():
    demand = shop("2010-01-04", 364, closed_on=(SATURDAY,))
    demand[5 + 7 * np.arange(0, 20, 5)] = 20
    assert closing_weekdays(demand) == [[SATURDAY]]


def test_two_weeks_are_too_few():
    assert closing_weekdays(shop("2010-01-04", 14, closed_on=(SATURDAY,))) == [[]]


def test_an_item_that_rarely_sells_has_no_closing_day():
    demand = np.random.default_rng(0).poisson(0.05, (1000, 200))
    # Every row by itself, so that the shop as a whole tells nothing.
    found = np.vstack([closed_weekdays(make_panel(row)) for row in demand[:200]])
    assert found.mean() < 0.001


def test_what_the_whole_shop_does_holds_for_its_rare_items():
    demand = np.random.default_rng(0).poisson(0.05, (300, 200)).astype(float)
    demand[:, weekday(dates("2010-01-04", 200)) == SUNDAY] = 0
    assert np.all(closed_weekdays(make_panel(demand))[:, SUNDAY])


def test_a_shop_that_moved_its_closing_day_is_closed_on_the_new_one():
    demand = np.concatenate(
        [shop("2010-01-04", 140, closed_on=(SUNDAY,)), shop("2010-01-04", 98, closed_on=(MONDAY,))]
    )
    assert closing_weekdays(demand) == [[MONDAY]]


def test_missing_days_close_a_weekday_as_zeros_do():
    demand = shop("2010-01-04", 100, closed_on=(SATURDAY,))
    demand[demand == 0] = np.nan
    assert closing_weekdays(demand) == [[SATURDAY]]


def test_filled_in_days_are_no_sales():
    demand = shop("2010-01-04", 100)
    observed = (weekday(dates("2010-01-04", 100)) != SATURDAY)[None]
    assert closing_weekdays(demand, observed=observed) == [[SATURDAY]]


def test_only_daily_data_have_closed_days():
    panel = make_panel(shop("2010-01-04", 200, closed_on=(SATURDAY,)), frequency="W")
    assert not closed_weekdays(panel).any()
    assert open_mask(panel, 5).all()


def test_closed_weekdays_are_closed_throughout_and_ahead():
    demand = shop("2010-01-04", 70, closed_on=(SATURDAY,))
    demand[12] = 30  # a stray sale on a Saturday
    mask = open_mask(make_panel(demand), 14)
    assert np.array_equal(mask[0], weekday(dates("2010-01-04", 84)) != SATURDAY)


def test_a_holiday_that_was_always_closed_will_be_closed():
    good_friday = [("2010-04-02", "2010-04-02")]
    calendar = Calendar(("UK",))
    panel = make_panel(shop("2009-12-01", 500, shut=good_friday), "2009-12-01", calendar=calendar)
    assert closed_ahead(panel, 14) == ["2011-04-22"]  # Easter Monday was open


def test_a_holiday_with_sales_stays_open():
    panel = make_panel(shop("2009-12-01", 500), "2009-12-01", calendar=Calendar(("UK",)))
    assert closed_ahead(panel, 28) == []


def test_an_unknown_holiday_is_closed_where_all_the_others_were():
    shut = [(day, day) for day in ("2010-04-02", "2010-04-05", "2010-05-03")]
    demand = shop("2010-02-01", 115, shut=shut)
    panel = make_panel(demand, "2010-02-01", calendar=Calendar(("UK",)))
    assert closed_ahead(panel, 7) == ["2010-05-31"]


def test_an_unknown_event_of_the_users_own_is_no_reason_to_close():
    shut = [(day, day) for day in ("2010-04-02", "2010-04-05", "2010-05-03")]
    calendar = Calendar(("UK",), (Event("Fair", np.datetime64("2010-05-28")),))
    panel = make_panel(shop("2010-02-01", 115, shut=shut), "2010-02-01", calendar=calendar)
    assert "2010-05-28" not in closed_ahead(panel, 7)


def test_a_day_beside_a_holiday_repeats_what_it_did():
    easter = [("2010-04-02", "2010-04-05")]  # Saturday and Sunday are no holidays by themselves
    demand = shop("2009-12-01", 500, shut=easter)
    panel = make_panel(demand, "2009-12-01", calendar=Calendar(("UK",)))
    assert closed_ahead(panel, 14) == [str(day) for day in dates("2011-04-22", 4)]


def test_a_christmas_shutdown_comes_back_on_the_same_dates():
    demand = shop("2009-06-01", 565, shut=[("2009-12-24", "2010-01-03")])
    panel = make_panel(demand, "2009-06-01")
    expected = [str(day) for day in dates("2010-12-24", 11)]
    assert closed_ahead(panel, 28) == expected


def test_a_summer_shutdown_comes_back_on_the_same_weekdays():
    demand = shop("2009-06-01", 425, shut=[("2009-08-03", "2009-08-16")])
    panel = make_panel(demand, "2009-06-01")
    assert closed_ahead(panel, 28) == [str(day) for day in dates("2010-08-02", 14)]


def test_a_closure_that_was_not_there_the_year_before_does_not_come_back():
    demand = shop("2008-06-01", 790, shut=[("2009-08-03", "2009-08-16")])
    assert closed_ahead(make_panel(demand, "2008-06-01"), 28) == []


def test_one_item_that_was_away_once_in_an_open_shop_was_out_of_stock():
    away = shop("2009-06-01", 425, shut=[("2009-08-03", "2009-08-16")])
    panel = make_panel([away, shop("2009-06-01", 425)], "2009-06-01")
    assert open_mask(panel, 28)[:, 425:].all()


def test_one_branch_that_was_away_in_both_years_will_be_away():
    both = [("2008-08-04", "2008-08-17"), ("2009-08-03", "2009-08-16")]
    branch = shop("2008-06-01", 790, shut=both)
    panel = make_panel([branch, shop("2008-06-01", 790)], "2008-06-01")
    assert closed_ahead(panel, 28) == [str(day) for day in dates("2010-08-02", 14)]
    assert open_mask(panel, 28)[1].all()


def test_zeros_of_an_item_that_often_sells_nothing_are_demand():
    demand = np.random.default_rng(0).poisson(1.0, 400)
    assert open_mask(make_panel(demand), 28).all()


def test_a_long_time_without_sales_is_no_closure():
    demand = shop("2010-01-04", 400)
    demand[-40:] = 0
    assert open_mask(make_panel(demand), 7).all()


def test_a_series_without_history_follows_its_shop():
    demand = shop("2010-01-04", 70, closed_on=(SATURDAY,))
    panel = make_panel(np.vstack([demand, np.full(70, np.nan)]))
    mask = open_mask(panel, 7)
    assert np.array_equal(mask[0], mask[1])


def test_the_history_is_closed_where_a_busy_shop_sold_nothing():
    demand = shop("2010-01-04", 100, closed_on=(SATURDAY,), shut=[("2010-02-09", "2010-02-11")])
    mask = open_mask(make_panel(demand), 0)
    assert np.array_equal(mask[0], demand > 0)


@pytest.mark.skipif(not UK_SALES.exists(), reason="the shared retail data are not here")
def test_the_real_shop_is_shut_when_the_mask_says_so():
    demand = pl.read_csv(UK_SALES)["demand"].to_numpy()
    panel = make_panel(demand, "2009-12-01", calendar=Calendar(("UK",)))
    said_closed = said_open = 0
    for cut in range(90, 732, 7):
        closed = ~open_mask(panel.until(cut), 7)[0, cut:]
        is_zero = demand[cut : cut + 7] == 0
        assert not np.any(closed & ~is_zero)
        said_closed += np.sum(closed & is_zero)
        said_open += np.sum(~closed & is_zero)
    # Only the first Easter could not be known.
    assert said_open <= 4
    assert said_closed >= 100

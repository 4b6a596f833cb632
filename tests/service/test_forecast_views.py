"""What a forecast's page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.series.groups import EVERYONE
from forecastle.service.forecast_files import write_csv, write_parquet
from forecastle.service.forecast_summary import summary
from forecastle.service.forecast_table import items
from forecastle.service.forecast_views import compare_previous, series, total
from forecastle.training.dependence import INDEPENDENT, Dependence, Factor
from tests.service.forecast_world import Shop
from tests.service.service_world import World

FIRST = datetime(2024, 1, 29)  # a Monday
TEA, MILK, ICE = ("Tea", "Berlin"), ("milk", "Köln"), ("Iced tea", "Berlin")


def days(count: int, first: datetime = FIRST) -> list[datetime]:
    return [first + timedelta(days=day) for day in range(count)]


def before(count: int) -> list[datetime]:
    return days(count, FIRST - timedelta(days=count))


def sold(value: float, count: int = 28) -> dict[datetime, float | None]:
    return dict.fromkeys(before(count), value)


def flat(value: float, horizon: int = 7) -> dict[str, Sequence[float]]:
    return {
        "p10": [value - 2] * horizon,
        "p50": [value] * horizon,
        "p90": [value + 2] * horizon,
        "mean": [value + 0.5] * horizon,
    }


@pytest.fixture
def shop(world: World) -> Shop:
    shop = Shop.open(world)
    shop.sell({TEA: sold(10), MILK: sold(20), ICE: sold(5)})
    return shop


@pytest.fixture
def week(shop: Shop) -> str:
    return shop.forecast({TEA: flat(12), MILK: flat(20), ICE: flat(3)}, FIRST)


class TestItems:
    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("", [ICE, TEA, MILK]),
            ("TEA", [TEA, ICE]),  # what begins with it comes first
            ("  berlin  tea ", [ICE, TEA]),
            ("köl", [MILK]),
            (".*", []),
        ],
    )
    def test_names_hold_every_word_in_any_case(
        self, shop: Shop, week: str, search: str, found: list[tuple[str, str]]
    ) -> None:
        answer = items(shop.context, week, search)
        assert list(answer.keys) == found
        assert answer.count == len(found)

    def test_only_the_first_are_listed_and_all_are_counted(self, shop: Shop, week: str) -> None:
        answer = items(shop.context, week, limit=2)
        assert (len(answer.keys), answer.count) == (2, 3)


class TestSeries:
    def test_history_ends_where_the_forecast_begins(self, shop: Shop, week: str) -> None:
        view = series(shop.context, week, TEA)
        assert view.history_times == tuple(before(28))
        assert view.history == (10.0,) * 28
        assert view.times == tuple(days(7))
        assert view.forecast["p90"] == (14.0,) * 7
        assert view.actuals == (None,) * 7
        assert view.inside is None
        assert not view.has_older

    def test_a_gap_between_sales_is_a_day_on_which_nothing_was_sold(
        self, shop: Shop, week: str
    ) -> None:
        first, second, *_ = before(28)
        shop.sell({TEA: {first: 1.0, second: None, before(28)[4]: 5.0}})
        history = series(shop.context, week, TEA).history
        assert history[:5] == (1.0, 0.0, 0.0, 0.0, 5.0)
        assert history[5:] == (None,) * 23

    def test_only_the_wanted_history(self, shop: Shop, week: str) -> None:
        view = series(shop.context, week, TEA, history_periods=5)
        assert view.history_times == tuple(before(5))
        assert view.has_older

    def test_what_arrived_since_is_held_against_the_bounds(self, shop: Shop, week: str) -> None:
        arrived = {FIRST: 14.0, days(2)[1]: 14.1, days(4)[3]: 10.0}
        shop.sell({TEA: sold(10) | arrived})
        view = series(shop.context, week, TEA)
        assert view.actuals == (14.0, 14.1, None, 10.0, None, None, None)
        assert view.inside == (2, 3)
        assert view.history == (10.0,) * 28

    def test_a_new_item_has_no_history(self, shop: Shop) -> None:
        arn = shop.forecast({("new", "Bonn"): flat(1)}, FIRST)
        view = series(shop.context, arn, ("new", "Bonn"))
        assert (view.history, view.has_older) == ((), False)

    def test_names_from_an_address_count_in_any_case(self, shop: Shop, week: str) -> None:
        assert series(shop.context, week, ("TEA", "berlin")).key == TEA

    @pytest.mark.parametrize("key", [("beer", "Berlin"), ("Tea",), ("Tea", "Berlin", "x")])
    def test_an_unknown_series_is_not_found(
        self, shop: Shop, week: str, key: Sequence[str]
    ) -> None:
        with pytest.raises(ResourceNotFound):
            series(shop.context, week, key)

    def test_bounds_are_the_quantiles_that_lie_alike(self, shop: Shop) -> None:
        values = {"p5": [1], "p10": [2], "p60": [3], "p95": [4], "mean": [3]}
        view = series(shop.context, shop.forecast({TEA: values}, FIRST), TEA)
        assert view.bounds == ("p5", "p95")
        one_sided = {"p50": [1], "p90": [2], "mean": [1]}
        arn = shop.forecast({TEA: one_sided}, FIRST, "one_sided")
        assert series(shop.context, arn, TEA).bounds is None

    def test_data_that_are_gone_leave_the_forecast(self, shop: Shop, week: str) -> None:
        found = shop.world.find(shop.dataset)
        details = {name: value for name, value in found.details.items() if name != "data"}
        shop.world.change(shop.dataset, details=details)
        view = series(shop.context, week, TEA)
        assert (view.history, view.forecast["p50"]) == ((), (12.0,) * 7)


class TestPeriods:
    """Forecasts whose periods are longer than those of the data."""

    @pytest.fixture
    def weekly(self, world: World) -> Shop:
        return Shop.open(world, dimensions=(), frequency="W")

    def test_days_and_stores_become_weeks_of_an_item(self, weekly: Shop) -> None:
        weekly.sell({("Tea", "Berlin"): sold(1, 14), ("Tea", "Bonn"): sold(2, 14)})
        arn = weekly.forecast({("Tea",): flat(20, 2)}, FIRST)
        view = series(weekly.context, arn, ("Tea",))
        assert view.history_times == (FIRST - timedelta(days=14), FIRST - timedelta(days=7))
        assert view.history == (21.0, 21.0)

    def test_a_week_counts_once_its_last_day_is_there(self, weekly: Shop) -> None:
        arn = weekly.forecast({("Tea",): flat(20, 2)}, FIRST)
        ten_days = dict.fromkeys(days(10), 3.0)
        weekly.sell({TEA: sold(3, 7) | ten_days})
        assert series(weekly.context, arn, ("Tea",)).actuals == (21.0, None)
        weekly.sell({TEA: sold(3, 7) | dict.fromkeys(days(14), 3.0)})
        assert series(weekly.context, arn, ("Tea",)).actuals == (21.0, 21.0)


class TestTotal:
    def test_everything_is_added_up(self, shop: Shop, week: str) -> None:
        view = total(shop.context, week)
        assert view.is_total
        assert view.n_series == 3
        assert view.history == (35.0,) * 28
        assert view.forecast["mean"] == (36.5,) * 7
        assert view.forecast["p90"] == (41.0,) * 7
        assert view.adds_quantiles

    def test_only_what_matches(self, shop: Shop, week: str) -> None:
        view = total(shop.context, week, "tea")
        assert (view.n_series, view.history[0]) == (2, 15.0)
        assert view.forecast["mean"] == (16.0,) * 7
        with pytest.raises(ResourceNotFound, match="holds 'beer' in its name"):
            total(shop.context, week, "beer")

    def test_series_that_are_not_forecast_do_not_count(self, shop: Shop) -> None:
        arn = shop.forecast({TEA: flat(12)}, FIRST)
        assert total(shop.context, arn).history == (10.0,) * 28

    def test_no_sum_of_quantiles_is_taken_for_a_bound(self, shop: Shop, week: str) -> None:
        shop.sell({TEA: sold(10) | {FIRST: 12.0}})
        view = total(shop.context, week)
        assert view.actuals[0] == 12.0
        assert view.inside is None

    def test_averages_of_items_are_added_up_item_by_item(self, world: World) -> None:
        shop = Shop.open(world, dimensions=(), aggregation="avg")
        shop.sell({TEA: sold(4), ("Tea", "Bonn"): sold(8), MILK: sold(1)})
        arn = shop.forecast({("Tea",): flat(6), ("milk",): flat(1)}, FIRST)
        assert total(shop.context, arn).history == (7.0,) * 28
        assert not summary(shop.context, arn).is_sum


class TestHonestTotal:
    @pytest.fixture
    def honest(self, shop: Shop) -> Callable[[Dependence], str]:
        values = {TEA: flat(100), MILK: flat(100), ICE: flat(100)}
        return lambda dependence: shop.forecast(values, FIRST, dependence=dependence)

    def test_of_all_series_it_is_the_one_that_lies_beside_the_forecast(
        self, shop: Shop, honest: Callable[[Dependence], str]
    ) -> None:
        arn = honest(INDEPENDENT)
        shop.sell({TEA: sold(10) | {FIRST: 999.0}})
        view = total(shop.context, arn)
        assert view.forecast["p10"] == (980.0,) * 7
        assert not view.adds_quantiles
        assert view.inside == (1, 1)

    def test_of_a_selection_it_is_drawn(
        self, shop: Shop, honest: Callable[[Dependence], str]
    ) -> None:
        view = total(shop.context, honest(INDEPENDENT), "tea")
        low, high, mean = (view.forecast[name][0] for name in ("p10", "p90", "mean"))
        assert mean == 201.0
        assert high - low == pytest.approx(4 * 2**0.5, rel=0.1)  # 8 is the sum of the spreads
        assert (low + high) / 2 == pytest.approx(mean, rel=0.01)

    def test_series_that_move_as_one_have_the_spread_of_the_sum(
        self, shop: Shop, honest: Callable[[Dependence], str]
    ) -> None:
        one = Dependence((Factor(EVERYONE, lasting=1.0),))
        view = total(shop.context, honest(one), "tea")
        assert view.forecast["p90"][0] - view.forecast["p10"][0] == pytest.approx(8, rel=0.1)

    def test_one_quantile_says_too_little_of_a_selection(self, shop: Shop) -> None:
        middle = {"p50": [5.0] * 7, "mean": [5.0] * 7}
        arn = shop.forecast({TEA: middle, ICE: middle}, FIRST, dependence=INDEPENDENT)
        assert not total(shop.context, arn).adds_quantiles
        assert total(shop.context, arn, "tea").adds_quantiles


class TestPrevious:
    def test_the_one_made_before_is_compared(self, shop: Shop) -> None:
        earlier = FIRST - timedelta(days=3)
        shop.forecast({TEA: flat(1)}, earlier, "first")
        shop.forecast({TEA: flat(9)}, earlier, "second")
        this = shop.forecast({TEA: flat(12)}, FIRST, "third")
        shop.forecast({TEA: flat(99)}, FIRST, "later")
        found = compare_previous(shop.context, this, TEA)
        assert found is not None
        assert (found.name, found.column) == ("second", "p50")
        assert found.values == dict.fromkeys(days(7, earlier), 9.0)

    def test_totals_are_compared_by_their_means(self, shop: Shop) -> None:
        shop.forecast({TEA: flat(1), MILK: flat(2)}, FIRST, "first")
        this = shop.forecast({TEA: flat(12)}, FIRST, "second")
        found = compare_previous(shop.context, this)
        assert found is not None
        assert found.column == "mean"
        assert set(found.values.values()) == {4.0}

    def test_there_may_be_none(self, shop: Shop, week: str) -> None:
        assert compare_previous(shop.context, week, TEA) is None
        second = shop.forecast({("new", "Bonn"): flat(1)}, FIRST, "second")
        assert compare_previous(shop.context, second, ("new", "Bonn")) is None
        assert compare_previous(shop.context, second, search="bonn") is None


class TestSummary:
    def test_the_next_week_beside_the_last(self, shop: Shop, week: str) -> None:
        found = summary(shop.context, week)
        assert (found.n_series, found.horizon, str(found.frequency)) == (3, 7, "D")
        assert (found.first, found.last) == (FIRST, days(7)[-1])
        assert found.expected == pytest.approx(7 * 36.5)
        assert found.before == pytest.approx(7 * 35)
        assert found.compared is not None
        assert found.compared.is_latest
        assert [each.key for each in found.largest] == [MILK, TEA, ICE]
        assert [each.key for each in found.rising] == [TEA, MILK]
        assert [(each.key, each.before) for each in found.falling] == [(ICE, 35.0)]

    def test_three_days_are_compared_with_the_same_weekdays(self, shop: Shop) -> None:
        arn = shop.forecast({TEA: flat(12, 3)}, FIRST)
        compared = summary(shop.context, arn).compared
        assert compared is not None
        assert compared.first == FIRST - timedelta(days=7)
        assert compared.end == FIRST - timedelta(days=4)
        assert not compared.is_latest

    def test_a_short_history_is_compared_with_what_lies_right_before(self, shop: Shop) -> None:
        shop.sell({TEA: sold(10, 4)})
        found = summary(shop.context, shop.forecast({TEA: flat(12, 3)}, FIRST))
        assert found.compared is not None
        assert found.compared.is_latest
        assert found.before == pytest.approx(30)

    def test_without_history_there_is_nothing_to_compare_with(self, shop: Shop) -> None:
        shop.sell({})
        found = summary(shop.context, shop.forecast({TEA: flat(12)}, FIRST))
        assert (found.compared, found.before, found.rising) == (None, None, ())
        assert found.largest[0].before is None


class TestFiles:
    def test_csv_has_the_columns_of_an_export(self, shop: Shop, tmp_path: Path) -> None:
        arn = shop.forecast({("=1+1", "@store"): flat(12, 1), TEA: flat(3, 1)}, FIRST)
        write_csv(shop.context, tmp_path / "all.csv", arn)
        assert (tmp_path / "all.csv").read_text().splitlines() == [
            "item_id,date,store,p10,p50,p90",
            "'=1+1,2024-01-29T00:00:00Z,'@store,10.0,12.0,14.0",
            "Tea,2024-01-29T00:00:00Z,Berlin,1.0,3.0,5.0",
        ]

    def test_parquet_of_one_series(self, shop: Shop, week: str, tmp_path: Path) -> None:
        write_parquet(shop.context, tmp_path / "tea.parquet", week, TEA)
        frame = pl.read_parquet(tmp_path / "tea.parquet")
        assert frame.columns == ["item_id", "date", "store", "p10", "p50", "p90"]
        assert frame["item_id"].unique().to_list() == ["Tea"]
        assert frame.height == 7


class TestWhatCannotBeShown:
    def test_a_forecast_in_the_making(self, shop: Shop) -> None:
        arn = shop.world.forecast(shop.predictor, "making")
        with pytest.raises(ResourceInUse):
            items(shop.context, arn)

    def test_an_old_forecast(self, shop: Shop, week: str) -> None:
        shop.world.now += 31 * 86_400
        with pytest.raises(InputError, match="create a new one"):
            summary(shop.context, week)

    def test_another_accounts(self, shop: Shop, week: str) -> None:
        context = shop.context
        stranger = replace(context, caller=replace(context.caller, account="1" * 12))
        with pytest.raises(ResourceNotFound):
            total(stranger, week)

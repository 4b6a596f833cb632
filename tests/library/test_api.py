"""``import forecastle as fc``: one call, or train once and forecast often."""

from dataclasses import fields
from datetime import date

import altair as alt
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import forecastle as fc
from tests.shop import rows, write_sales

QUICK = {"algorithms": "SeasonalNaive"}
ITEMS = ("jam", "tea")


@pytest.fixture(scope="module")
def predictor() -> fc.Predictor:
    return fc.Predictor.train(rows(ITEMS), holidays="UK", **QUICK)


def test_one_call_from_a_frame():
    table = fc.forecast(rows(ITEMS), horizon=5, frequency="D", holidays="UK", **QUICK)
    assert table.columns == ["item_id", "timestamp", "p10", "p50", "p90"]
    assert table["item_id"].to_list() == ["jam"] * 5 + ["tea"] * 5
    assert table["timestamp"].dt.date().to_list()[:2] == [date(2024, 4, 30), date(2024, 5, 1)]


@pytest.mark.parametrize("kind", [pl.DataFrame, pl.LazyFrame, pd.DataFrame])
def test_the_same_kind_of_frame_comes_back(kind):
    data = rows(days=40)
    given = {pl.DataFrame: data, pl.LazyFrame: data.lazy(), pd.DataFrame: data.to_pandas()}[kind]
    assert type(fc.forecast(given, **QUICK)) is kind


def test_every_kind_of_source_gives_the_same_forecast(tmp_path):
    data = rows(days=40)
    path = write_sales(tmp_path / "sales.csv", days=40)
    data.write_parquet(tmp_path / "sales.parquet")
    expected = fc.forecast(data, **QUICK)
    for source in (path, str(path), tmp_path / "sales.parquet"):
        assert_frame_equal(fc.forecast(source, **QUICK), expected)
    assert_frame_equal(fc.forecast(data.lazy(), **QUICK).collect(), expected)
    assert_frame_equal(pl.from_pandas(fc.forecast(data.to_pandas(), **QUICK)), expected,
                       check_dtypes=False)  # fmt: skip


def test_all_settings_can_be_given_by_name_or_as_one(predictor):
    settings = fc.Settings(holidays="UK", **QUICK)
    again = fc.Predictor.train(rows(ITEMS), settings)
    assert_frame_equal(again.forecast(), predictor.forecast())


def test_in_shards_and_in_other_processes_it_forecasts_the_same(predictor):
    sharded = fc.Predictor.train(rows(ITEMS), holidays="UK", shard_series=1, **QUICK)
    assert sharded.trained.shard_series == 1
    assert any("2 shards" in each for each in sharded.messages)
    here = sharded.forecast()
    with fc.ProcessExecutor(2) as executor:
        assert_frame_equal(sharded.forecast(executor=executor), here)
    assert here.columns == predictor.forecast().columns


def test_both_ways_at_once_are_refused():
    with pytest.raises(TypeError, match="give settings or horizon, not both"):
        fc.Predictor.train(rows(), fc.Settings(), horizon=3)


def test_an_option_that_is_no_setting_is_refused():
    with pytest.raises(TypeError, match="colour"):
        fc.forecast(rows(), colour="red")


def test_every_setting_is_documented():
    for field in fields(fc.Settings):
        assert f"        {field.name}: " in fc.Settings.__doc__


def test_accuracy_stands_beside_the_seasonal_naive(predictor):
    report = predictor.accuracy
    assert report.skill == pytest.approx(0)
    assert 0 < report.average_weighted_quantile_loss < 1
    assert report.naive.algorithm == "SeasonalNaive"


def test_saved_and_loaded_it_forecasts_the_same(predictor, tmp_path):
    predictor.save(tmp_path / "predictor")
    loaded = fc.load(tmp_path / "predictor")
    assert_frame_equal(loaded.forecast(), predictor.forecast())
    assert loaded.accuracy.skill == predictor.accuracy.skill
    assert loaded.recipe == predictor.recipe


def test_a_saved_predictor_holds_no_pickle(predictor, tmp_path):
    predictor.save(tmp_path / "predictor")
    kinds = {path.suffix for path in (tmp_path / "predictor").rglob("*") if path.is_file()}
    assert kinds <= {".json", ".parquet", ".txt"}


def test_saving_never_overwrites(predictor, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(fc.InputError, match="holds files"):
        predictor.save(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_newer_sales_move_the_forecast_on(predictor):
    newer = rows(ITEMS, days=7, first=date(2024, 4, 30))
    table = predictor.forecast(newer)
    assert table["timestamp"].dt.date().min() == date(2024, 5, 7)


def test_newer_sales_alone_give_what_all_sales_give(predictor):
    newer = rows(ITEMS, days=7, first=date(2024, 4, 30))
    assert_frame_equal(predictor.forecast(newer), predictor.forecast(rows(ITEMS, days=127)))


def test_newer_sales_decide_the_kind_of_frame(predictor):
    assert isinstance(predictor.forecast(rows(ITEMS).to_pandas()), pd.DataFrame)


def test_a_new_item_is_forecast_too(predictor):
    newer = rows((*ITEMS, "zest"), days=7, first=date(2024, 4, 30))
    table = predictor.forecast(newer)
    assert table["item_id"].unique().sort().to_list() == ["jam", "tea", "zest"]
    assert table["p50"].is_finite().all()


def test_a_file_without_items_goes_on_under_another_name(tmp_path):
    for name, options in (("old", {}), ("new", {"days": 7, "first": date(2024, 4, 30)})):
        rows(**options).drop("item_id").write_csv(tmp_path / f"{name}.csv")
    predictor = fc.Predictor.train(tmp_path / "old.csv", **QUICK)
    table = predictor.forecast(tmp_path / "new.csv")
    assert table["item_id"].unique().to_list() == ["old"]
    assert table["timestamp"].dt.date().min() == date(2024, 5, 7)


def test_columns_named_for_training_are_found_again(tmp_path):
    names = {"item_id": "thing", "timestamp": "when", "demand": "pieces"}
    first = rows(ITEMS).rename(names)
    predictor = fc.Predictor.train(first, columns=list(names.values()), **QUICK)
    predictor.save(tmp_path / "predictor")
    newer = rows(ITEMS, days=7, first=date(2024, 4, 30)).rename(names)
    table = fc.load(tmp_path / "predictor").forecast(newer)
    assert table["timestamp"].dt.date().min() == date(2024, 5, 7)


class TestBesideTheSales:
    @pytest.fixture
    def prices(self) -> pl.DataFrame:
        table = rows(ITEMS, days=141)
        return table.select("item_id", "timestamp", price=2.0 + pl.col("demand") / 100)

    @pytest.fixture
    def brands(self) -> pl.DataFrame:
        return pl.DataFrame({"item_id": ITEMS, "brand": ["A", "B"]})

    def test_are_kept_with_the_predictor(self, prices, brands, tmp_path):
        predictor = fc.Predictor.train(rows(ITEMS), related=prices, metadata=brands, **QUICK)
        predictor.save(tmp_path / "predictor")
        loaded = fc.load(tmp_path / "predictor")
        assert loaded.predict().panel.known_names == ("price",)
        newer = rows(ITEMS, days=7, first=date(2024, 4, 30))
        assert len(loaded.forecast(newer)) == 14

    def test_that_no_longer_reach_the_horizon_are_refused(self, prices):
        predictor = fc.Predictor.train(rows(ITEMS), related=prices, **QUICK)
        newer = rows(ITEMS, days=21, first=date(2024, 4, 30))
        with pytest.raises(fc.InputError, match="2024-05-20"):
            predictor.forecast(newer)

    def test_given_to_a_predictor_that_knows_none_are_refused(self, predictor, prices, brands):
        with pytest.raises(fc.InputError, match="trained without related data"):
            predictor.forecast(rows(ITEMS), related=prices)
        with pytest.raises(fc.InputError, match="trained without item metadata"):
            predictor.forecast(rows(ITEMS), metadata=brands)

    def test_given_without_sales_are_refused(self, predictor, prices):
        with pytest.raises(fc.InputError, match="without newer sales"):
            predictor.forecast(related=prices)


def test_events_of_the_user_s_own():
    events = [fc.Event("Fair", pl.Series(["2024-05-01"]).str.to_date().to_numpy()[0])]
    predictor = fc.Predictor.train(rows(), events=events, **QUICK)
    assert predictor.predict().by_step()["holiday"].to_list()[:2] == ["", "Fair"]


def test_filling_rules():
    gap = rows().filter(pl.col("timestamp") != date(2024, 4, 3))
    filled = fc.Predictor.train(gap, filling={"middlefill": "value", "middlefill_value": "7"},
                                **QUICK)  # fmt: skip
    assert 7.0 in filled.predict().panel.target[0, 93:94]


def test_a_long_horizon_is_told_of():
    predictor = fc.Predictor.train(rows(days=40), horizon=12, **QUICK)
    assert any("quarter" in message for message in predictor.messages)


@pytest.mark.parametrize("item", [None, "tea"])
def test_plot_is_an_altair_chart(predictor, item):
    chart = predictor.plot(item)
    assert isinstance(chart, alt.TopLevelMixin)
    assert chart.to_dict()["layer"]


def test_plot_of_an_unknown_item_is_refused(predictor):
    with pytest.raises(fc.InputError, match="'coal' is not in the data"):
        predictor.plot("coal")


def test_totals_of_steps_and_sums_over_steps(predictor):
    prediction = predictor.predict()
    table = predictor.forecast()
    steps = prediction.by_step()
    assert steps["p50"].to_list() == prediction.total()["p50"].to_list()
    sums = table.group_by("timestamp").agg(pl.col("p10", "p90").sum()).sort("timestamp")
    assert (steps["p10"] >= sums["p10"]).all(), "not every item has its bad day at once"
    assert (steps["p90"] <= sums["p90"]).all()
    assert prediction.by_series()["p50"].sum() == pytest.approx(table["p50"].sum())
    assert prediction.by_series()["item_id"].to_list() == ["tea", "jam"]


def test_what_is_no_table_is_refused():
    with pytest.raises(fc.InputError, match="data: a dict is no table"):
        fc.forecast({"demand": [1, 2]})


def test_what_drives_a_forecast():
    trained = fc.Predictor.train(rows(ITEMS).to_pandas(), holidays="UK", **QUICK)
    found = trained.explain()
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == ["item_id", "timestamp", "attribute", "kind", "raw", "impact"]
    assert {"holidays", "calendar", "recent sales"} <= set(found["attribute"])
    assert set(found["item_id"]) == set(ITEMS)
    assert found["impact"].abs().max() == 1
    words = trained.explain_in_words()
    assert len(words) == len(ITEMS)
    assert all(f"the forecast of {item}" in told for item, told in zip(ITEMS, words, strict=True))

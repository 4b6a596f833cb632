import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.core.errors import DataError, InputError
from forecastle.core.frequency import Frequency
from forecastle.series.alignment import default_alignment
from forecastle.series.building import build_panel, check_horizon
from forecastle.series.calendar import Calendar
from forecastle.series.filling import FillingRules
from forecastle.series.recipe import DataRecipe
from tests.series.panels import make_panel

DAILY = default_alignment(Frequency(1, "D"))
FIRST = np.datetime64("2024-01-01", "us")
RECIPE = DataRecipe(DAILY)


def rows(item, days, **columns):
    """Rows of one item on days counted from the first of January."""
    stamps = FIRST + np.asarray(list(days)) * np.timedelta64(1, "D")
    return pl.DataFrame({"item_id": [item] * len(stamps), "timestamp": stamps, **columns})


def sales(item, days):
    return rows(item, days, demand=[float(10 + day) for day in days])


TWO = pl.concat([sales("a", range(10)), sales("b", range(4, 10))])


def prices(item, days, **columns):
    given = columns or {"price": [1.0 + day for day in days]}
    return rows(item, days, **given)


def test_all_series_share_one_grid_and_its_end():
    built = build_panel(pl.concat([sales("b", [2, 3, 5]), sales("a", [0, 1])]), RECIPE, 3)
    panel = built.panel
    assert panel.keys["item_id"].to_list() == ["a", "b"]
    assert str(panel.times[0])[:10] == "2024-01-01"
    assert panel.target.shape == (2, 6)
    assert panel.start.tolist() == [0, 2]
    expected = [[10, 11, 0, 0, 0, 0], [np.nan, np.nan, 12, 13, 0, 15]]
    assert np.array_equal(panel.target, expected, equal_nan=True)
    assert panel.observed.sum() == 5
    assert panel.n_future == 3
    assert built.messages == ()


def test_the_order_of_rows_does_not_matter():
    expected = build_panel(TWO, RECIPE, 3).panel
    shuffled = build_panel(TWO.sample(fraction=1, shuffle=True, seed=1), RECIPE, 3).panel
    assert np.array_equal(shuffled.target, expected.target, equal_nan=True)
    assert shuffled.keys.equals(expected.keys)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.integers(0, 50)), st.floats(-100, 100), min_size=1
    )
)
def test_every_observation_stands_in_its_cell(cells):
    parts = [rows(item, [day], demand=[value]) for (item, day), value in cells.items()]
    panel = build_panel(pl.concat(parts), RECIPE, 1).panel
    first = min(day for _, day in cells)
    names = panel.keys["item_id"].to_list()
    for (item, day), value in cells.items():
        assert panel.target[names.index(item), day - first] == value
    assert panel.observed.sum() == len(cells)


def test_dimensions_are_part_of_the_key():
    table = pl.concat(
        [sales("a", [0, 1]).with_columns(store=pl.lit(store)) for store in ("y", "x")]
    )
    panel = build_panel(table, DataRecipe(DAILY, dimensions=("store",)), 1).panel
    assert panel.keys.rows() == [("a", "x"), ("a", "y")]


def test_months_make_a_grid_too():
    stamps = np.asarray(["2023-11-01", "2024-01-01", "2024-02-01"], dtype="datetime64[us]")
    table = pl.DataFrame({"item_id": "a", "timestamp": stamps, "demand": [1.0, 2.0, 3.0]})
    recipe = DataRecipe(default_alignment(Frequency(1, "M")))
    assert build_panel(table, recipe, 1).panel.target.tolist() == [[1, 0, 2, 3]]


def test_filling_follows_the_recipe():
    recipe = DataRecipe(DAILY, filling=FillingRules.for_target({"middlefill": "nan"}))
    panel = build_panel(sales("a", [0, 2]), recipe, 1).panel
    assert np.array_equal(panel.target, [[10, np.nan, 12]], equal_nan=True)


def test_missing_demand_is_no_observation():
    table = rows("a", range(5), demand=[None, 1.0, None, 2.0, None])
    panel = build_panel(table, RECIPE, 1).panel
    assert panel.target.tolist() == [[1, 0, 2]]
    assert panel.observed.tolist() == [[True, False, True]]


def test_an_item_without_any_demand_is_kept_and_said():
    table = pl.concat([sales("a", [0, 1]), rows("new", [0], demand=[None])], how="vertical_relaxed")
    built = build_panel(table, RECIPE, 1)
    assert built.panel.start.tolist() == [0, 2]
    assert built.messages == ("1 series have no history and are forecast from the others: new",)


def test_no_demand_at_all_is_refused():
    table = rows("a", [0, 1], demand=pl.Series([None, None], dtype=pl.Float64))
    with pytest.raises(InputError, match="every value is missing"):
        build_panel(table, RECIPE, 1)


def test_a_grid_that_no_machine_holds_is_refused():
    stamps = np.asarray(["1024-01-01", "2024-01-01"], dtype="datetime64[us]")
    table = pl.DataFrame({"item_id": "a", "timestamp": stamps, "demand": [1.0, 2.0]})
    with pytest.raises(InputError, match=r"from 1024-01-01 00:00:00 to 2024-01-01 00:00:00"):
        build_panel(table, DataRecipe(default_alignment(Frequency(1, "min"))), 1)


def test_related_features_that_cover_the_horizon_are_known():
    related = pl.concat([prices("a", range(13)), prices("b", range(13))])
    built = build_panel(TWO, RECIPE, 3, related)
    panel = built.panel
    assert panel.known_names == ("price",)
    assert panel.known.shape == (2, 13, 1)
    assert panel.known[1, :, 0].tolist() == [1.0 + day for day in range(13)]
    assert panel.past.shape == (2, 10, 0)
    assert (built.recipe.known, built.recipe.past) == (("price",), ())


def test_related_features_that_end_with_the_history_are_known_for_the_past():
    related = pl.concat([prices("a", range(10)), prices("b", range(10))])
    panel = build_panel(TWO, RECIPE, 3, related).panel
    assert panel.past_names == ("price",)
    assert panel.past[0, :, 0].tolist() == [1.0 + day for day in range(10)]
    assert panel.known.shape == (2, 13, 0)


def test_each_feature_is_judged_by_itself():
    columns = {
        "price": [float(day) for day in range(13)],
        "weather": [float(day) if day < 10 else None for day in range(13)],
    }
    related = pl.concat([prices("a", range(13), **columns), prices("b", range(13), **columns)])
    panel = build_panel(TWO, RECIPE, 3, related).panel
    assert (panel.known_names, panel.past_names) == (("price",), ("weather",))


def test_related_rows_that_stop_before_the_horizon_are_named():
    related = pl.concat([prices("a", range(13)), prices("b", range(11))])
    with pytest.raises(DataError) as caught:
        build_panel(TWO, RECIPE, 3, related)
    assert str(caught.value) == (
        "related data: item_id 'b': related rows stop at 2024-01-11 ('price'); need 2024-01-13: "
        "add rows from 2024-01-12 on, or a filling rule such as futurefill"
    )


def test_related_rows_that_stop_within_the_history_are_named():
    related = pl.concat([prices("a", range(10)), prices("b", range(8))])
    with pytest.raises(
        DataError,
        match=r"'b': .* stop at 2024-01-08 .* need 2024-01-10: .* 2024-01-09 on, .* backfill",
    ):
        build_panel(TWO, RECIPE, 3, related)


def test_related_rows_that_start_after_their_item_are_named():
    related = pl.concat([prices("a", range(2, 13)), prices("b", range(4, 13))])
    with pytest.raises(DataError, match=r"item_id 'a': .* start after the item's first sale on"):
        build_panel(TWO, RECIPE, 3, related)


def test_a_missing_related_value_is_named_with_a_remedy():
    related = pl.concat([prices("a", [*range(5), *range(6, 13)]), prices("b", range(13))])
    with pytest.raises(DataError, match=r"item_id 'a': no value of 'price' on 2024-01-06; add it"):
        build_panel(TWO, RECIPE, 3, related)


def test_many_missing_related_values_are_counted():
    target = pl.concat([sales(f"i{n:02d}", range(10)) for n in range(15)])
    related = pl.concat([prices(f"i{n:02d}", range(12)) for n in range(15)])
    with pytest.raises(DataError, match=r"5 more \(15 problems in all\)"):
        build_panel(target, RECIPE, 3, related)


def test_rules_fill_related_features_and_their_future():
    related = pl.concat([prices("a", [0, 1, 3]), prices("b", [0, 1, 3])])
    rules = {
        "middlefill": "mean",
        "backfill": "max",
        "futurefill": "value",
        "futurefill_value": "9",
    }
    recipe = DataRecipe(DAILY, related_filling={"price": FillingRules.for_related(rules)})
    panel = build_panel(TWO, recipe, 3, related).panel
    expected = [1, 2, 1.5, 4, 4, 4, 4, 4, 4, 4, 9, 9, 9]
    assert panel.known[0, :, 0].tolist() == expected


def test_before_an_items_first_sale_nothing_is_needed():
    related = pl.concat([prices("a", range(13)), prices("b", range(4, 13))])
    panel = build_panel(TWO, RECIPE, 3, related).panel
    assert panel.known[1, :5, 0].tolist() == [5, 5, 5, 5, 5]


def test_items_without_related_rows_are_left_out_and_said():
    built = build_panel(TWO, RECIPE, 3, prices("a", range(13)))
    assert built.panel.keys["item_id"].to_list() == ["a"]
    assert built.messages == (
        "related data cover 1 of 2 series; left out: b; add their rows to forecast them too",
    )


def test_related_data_of_other_items_only_are_refused():
    recipe = DataRecipe(DAILY, dimensions=("store",))
    target = TWO.with_columns(store=pl.lit("x"))
    with pytest.raises(InputError, match="none of the items of the target"):
        build_panel(target, recipe, 3, prices("c", range(13)))


def test_items_of_the_related_data_without_history_are_forecast_too():
    related = pl.concat(
        [prices("a", range(13)), prices("b", range(13)), prices("c", range(10, 13))]
    )
    built = build_panel(TWO, RECIPE, 3, related)
    assert built.panel.start.tolist() == [0, 4, 10]
    assert not built.panel.observed[2].any()
    assert "1 series have no history" in built.messages[0]


def test_related_data_may_have_some_of_the_dimensions_only():
    target = pl.concat([TWO.with_columns(store=pl.lit(store)) for store in ("x", "y")])
    related = pl.concat([prices("a", range(13)), prices("b", range(13))])
    panel = build_panel(target, DataRecipe(DAILY, dimensions=("store",)), 3, related).panel
    assert np.array_equal(panel.known[0], panel.known[1])
    assert panel.n_series == 4


def test_a_feature_that_never_changes_is_left_out_and_said():
    columns = {"price": [float(day) for day in range(13)], "tax": [19.0] * 13}
    related = pl.concat([prices("a", range(13), **columns), prices("b", range(13), **columns)])
    built = build_panel(TWO, RECIPE, 3, related)
    assert built.panel.known_names == ("price",)
    assert built.messages == (
        "related feature 'tax' never changes and was left out; give the values that it had, or "
        "remove the column",
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"demand": [1.0] * 13}, "the column 'demand' is the target; remove it"),
        ({"colour": ["red"] * 13}, "the column 'colour' is not numeric; give numbers, or name it"),
        ({f"f{n}": [1.0] * 13 for n in range(14)}, "14 features; use at most 13"),
    ],
)
def test_columns_that_cannot_be_features_are_refused(columns, message):
    with pytest.raises(InputError, match=message):
        build_panel(TWO, RECIPE, 3, prices("a", range(13), **columns))


def test_related_data_without_a_feature_are_refused():
    with pytest.raises(InputError, match="no feature beside the keys"):
        build_panel(TWO, RECIPE, 3, rows("a", range(13)))


def test_related_data_are_never_aggregated():
    related = pl.concat([prices("a", range(0, 40, 7)), prices("b", range(0, 40, 7))])
    with pytest.raises(
        InputError, match="the rows are W, the forecast is D; give one row for each"
    ):
        build_panel(TWO, RECIPE, 3, related)


def test_related_timestamps_lie_on_the_grid():
    mondays = DataRecipe(default_alignment(Frequency(1, "W")))
    related = prices("a", range(2, 80, 7))
    with pytest.raises(InputError, match=r"not those of the forecast \(periods that start on Mon"):
        build_panel(sales("a", range(0, 70, 7)), mondays, 1, related)


def test_filling_rules_for_an_unknown_feature_are_refused():
    recipe = DataRecipe(DAILY, related_filling={"prize": FillingRules()})
    with pytest.raises(InputError, match="filling rules for 'prize'"):
        build_panel(TWO, recipe, 3, prices("a", range(13)))


METADATA = pl.DataFrame({"item_id": ["b", "a"], "brand": ["B", None], "size": [None, 2.0]})


def test_metadata_follow_the_order_of_the_series():
    static = build_panel(TWO, RECIPE, 3, metadata=METADATA).panel.static
    assert static["brand"].to_list() == ["", "B"]
    assert static["size"][0] == 2.0
    assert np.isnan(static["size"][1])


def test_without_metadata_the_table_has_a_row_for_each_series_and_no_column():
    assert build_panel(TWO, RECIPE, 3).panel.static.shape == (2, 0)


def test_items_that_the_metadata_do_not_list_are_told_and_known_by_their_sales_alone():
    built = build_panel(TWO, RECIPE, 3, metadata=METADATA.filter(pl.col("item_id") == "b"))
    assert built.messages == (
        "item metadata list 1 of 2 items; nothing is known of a: add a row for each",
    )
    assert built.panel.keys["item_id"].to_list() == ["a", "b"]
    assert built.panel.static["brand"].to_list() == ["", "B"]
    assert np.isnan(built.panel.static["size"][0])


def test_metadata_have_at_most_ten_columns():
    wide = METADATA.with_columns(**{f"c{n}": pl.lit(1.0) for n in range(8)})
    with pytest.raises(InputError, match="11 columns; use at most 10, item_id among them"):
        build_panel(TWO, RECIPE, 3, metadata=wide)


def test_items_of_the_metadata_without_history_are_forecast_too():
    more = pl.concat([METADATA, pl.DataFrame({"item_id": ["c"], "brand": ["B"], "size": [1.0]})])
    built = build_panel(TWO, RECIPE, 3, metadata=more)
    assert built.panel.start.tolist() == [0, 4, 10]
    assert np.isnan(built.panel.target[2]).all()


def test_newer_data_are_built_with_what_was_decided_before():
    related = pl.concat([prices("a", range(13)), prices("b", range(13))])
    recipe = build_panel(TWO, RECIPE, 3, related, METADATA).recipe
    newer = pl.concat([sales("a", range(3, 20)), sales("b", range(3, 20))])
    later = pl.concat([prices(item, range(23)).with_columns(new=1.0) for item in "ab"])
    built = build_panel(newer, recipe, 3, later, METADATA)
    assert built.panel.known_names == ("price",)
    assert built.panel.static.columns == ["brand", "size"]
    assert built.recipe == recipe


@pytest.mark.parametrize(
    ("related", "metadata", "message"),
    [
        (None, METADATA, r"trained with related data \(price\); give them too"),
        ("prices", None, r"trained with item metadata \(brand, size\); give them too"),
        ("other", METADATA, "no column 'price', which the predictor was trained with"),
        ("prices", METADATA.drop("size"), "no column 'size', which the predictor was trained with"),
        ("prices", METADATA.cast({"size": pl.String}), "'size' is now a string; .* with a float"),
    ],
)
def test_what_a_predictor_was_trained_with_must_be_given(related, metadata, message):
    full = pl.concat([prices("a", range(13)), prices("b", range(13))])
    recipe = build_panel(TWO, RECIPE, 3, full, METADATA).recipe
    tables = {None: None, "prices": full, "other": full.rename({"price": "cost"})}
    with pytest.raises(InputError, match=message):
        build_panel(TWO, recipe, 3, tables[related], metadata)


def test_a_feature_that_was_known_ahead_must_be_so_again():
    full = pl.concat([prices("a", range(13)), prices("b", range(13))])
    recipe = build_panel(TWO, RECIPE, 3, full).recipe
    short = pl.concat([prices("a", range(10)), prices("b", range(10))])
    with pytest.raises(DataError, match="related rows stop at 2024-01-10"):
        build_panel(TWO, recipe, 3, short)


def test_a_predictor_without_related_data_leaves_them_aside():
    recipe = build_panel(TWO, RECIPE, 3).recipe
    assert build_panel(TWO, recipe, 3, prices("a", range(13))).panel.n_series == 2


@pytest.mark.parametrize("horizon", [1, 7, 10])
def test_a_horizon_within_a_quarter_is_fine(horizon):
    assert check_horizon(make_panel(np.ones(40)), horizon) == ()


@pytest.mark.parametrize("horizon", [11, 13])
def test_a_horizon_beyond_a_quarter_is_warned_of(horizon):
    (message,) = check_horizon(make_panel(np.ones(40)), horizon)
    assert message.startswith(f"horizon {horizon} is more than a quarter of the longest series (40")


def test_a_horizon_beyond_a_third_is_refused():
    message = "has 40 steps of D, and 500 steps at most; use at most 13, or give 42 steps"
    with pytest.raises(InputError, match=message):
        check_horizon(make_panel(np.ones(40)), 14)


def test_a_horizon_beyond_500_is_refused():
    with pytest.raises(InputError, match=r"horizon 501 is too long: .* use at most 500$"):
        check_horizon(make_panel(np.ones(2000)), 501)


def test_the_longest_series_counts():
    short = np.concatenate([np.full(30, np.nan), np.ones(10)])
    assert check_horizon(make_panel([short, np.ones(40)]), 10) == ()


@pytest.mark.parametrize(
    ("target", "horizon", "message"),
    [
        ([5.0], 1, "there is one observation in all"),
        ([5.0, 6.0], 1, "which has 2 steps of D, .* give more history"),
        ([5.0] * 40, 0, "horizon 0 is no number of steps"),
    ],
)
def test_too_little_to_forecast_is_refused(target, horizon, message):
    with pytest.raises(InputError, match=message):
        check_horizon(make_panel(target), horizon)


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        DataRecipe(
            DAILY,
            dimensions=("store",),
            columns={"item_id": "sku", "demand": "qty"},
            timestamp_format="dd/MM/yyyy",
            aggregation="max",
            filling=FillingRules.for_target({"middlefill": "value", "middlefill_value": "2"}),
            related_filling={"price": FillingRules.for_related({"futurefill": "max"})},
            calendar=Calendar(("UK",)),
            domain="RETAIL",
            known=("price",),
            past=(),
            metadata={"brand": "string"},
        ),
    ],
)
def test_a_recipe_survives_json(recipe):
    assert DataRecipe.from_json(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimensions": tuple("abcdefghijk")}, "11 forecast dimensions; use at most 10"),
        ({"aggregation": "median"}, "aggregation 'median' is not known"),
        ({"domain": "FOOD"}, "domain 'FOOD' is not known"),
    ],
)
def test_a_recipe_checks_its_names(options, message):
    with pytest.raises(InputError, match=message):
        DataRecipe(DAILY, **options)

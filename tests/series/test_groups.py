"""Groups of series: by dimensions and metadata, or all as one."""

from dataclasses import replace

import polars as pl
import pytest

from forecastle.series.groups import EVERYONE, grouping_columns, members_of
from tests.training.common_world import N_SERIES, SHOP_OF, shop_panel


class TestColumns:
    def test_text_that_several_series_share_groups_them(self):
        assert grouping_columns(shop_panel()) == ("shop",)

    @pytest.mark.parametrize(
        ("column", "found"),
        [
            (pl.Series([float(row % 6) for row in range(N_SERIES)]), ("shop", "more")),  # a number
            (pl.Series([row % 6 + 0.5 for row in range(N_SERIES)]), ("shop",)),  # a measure
            (pl.Series([f"{row}" for row in range(N_SERIES)]), ("shop",)),  # no two alike
            (pl.Series(["same"] * N_SERIES), ("shop",)),
            (pl.Series([f"city of {shop}" for shop in SHOP_OF]), ("shop",)),  # tells no more
            (pl.Series([f"region {shop // 5}" for shop in SHOP_OF]), ("shop", "more")),
        ],
    )
    def test_what_names_something_groups_them(self, column, found):
        panel = shop_panel()
        static = panel.static.with_columns(column.alias("more"))
        assert grouping_columns(replace(panel, static=static)) == found

    def test_a_missing_value_is_a_group_too(self):
        series = pl.DataFrame({"shop": ["b", None, "a", "b"]})
        assert members_of(series, ["shop"])["shop"].tolist() == [2, 0, 1, 2]

    def test_where_the_column_is_missing_each_series_is_alone(self):
        assert members_of(pl.DataFrame({"item_id": ["x", "y"]}), ["shop"])["shop"].tolist() == [
            0,
            1,
        ]

    def test_all_series_are_one_group_under_the_name_of_everyone(self):
        groups = members_of(pl.DataFrame({"item_id": ["x", "y"]}), ["item_id", EVERYONE])
        assert {name: codes.tolist() for name, codes in groups.items()} == {
            "item_id": [0, 1],
            EVERYONE: [0, 0],
        }

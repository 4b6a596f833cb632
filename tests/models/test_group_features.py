"""What a group of series did last year, as far as it was known at the origin."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecastle.models.group_features import GroupFeatures, LastYear, pooled_columns
from forecastle.series.groups import EVERYONE
from tests.panels import busy_demand, shop_panel

YEAR, STRETCH = 52, 8
SHOPS = {"shop": ["a", "a", "b", "b"]}


def place(series=(0, 1, 2, 3), origin=120, step=3, width=2):
    """Where last year's values of a step lie, in a panel of weeks."""
    rows = np.array(series)
    columns = np.full(len(rows), origin)
    source = columns + step - 1 - YEAR
    return LastYear(rows, columns, source, np.full(len(rows), YEAR), STRETCH, width)


def weekly(target, **more):
    return shop_panel(np.asarray(target, dtype=float), "W", static=SHOPS, **more)


def test_a_flat_year_says_that_the_level_stays():
    panel = weekly(np.repeat([[1.0], [3.0], [10.0], [20.0]], 130, axis=1))
    found = GroupFeatures(panel, ("", "shop")).last_year(place(), level=np.array([1.0, 2, 3, 4]))
    for name in ("of_all", "of_shop"):
        assert found[f"year_{name}"].tolist() == [1.0, 2.0, 3.0, 4.0]
        assert found[f"year_around_{name}"].tolist() == [1.0, 2.0, 3.0, 4.0]
        assert found[f"growth_{name}"].tolist() == [1.0] * 4


def test_a_peak_of_the_group_is_told_to_a_series_that_had_none():
    target = np.ones((4, 130))
    where = place().source[0]
    target[1, where] = 5.0  # the other one of the first shop
    found = GroupFeatures(weekly(target), ("shop",)).last_year(place(), np.ones(4))
    assert found["year_of_shop"].tolist() == [3.0, 3.0, 1.0, 1.0]
    assert found["year_around_of_shop"] == pytest.approx([1.4, 1.4, 1.0, 1.0])


def test_growth_is_that_of_the_levels_a_year_apart():
    target = np.ones((4, 130))
    target[:2, 100:] = 1.5
    found = GroupFeatures(weekly(target), (EVERYONE, "shop")).last_year(place(), np.ones(4))
    assert found["growth_of_shop"].tolist() == [1.5, 1.5, 1.0, 1.0]
    assert found["growth_of_all"].tolist() == [1.25] * 4


@pytest.mark.parametrize("step", [1, 30, YEAR])
def test_demand_from_the_origin_on_changes_nothing(step):
    panel = weekly(busy_demand(4, 130))
    later = panel.target.copy()
    later[:, 120:] = 1e6
    asked = place(step=step)
    one, other = (
        GroupFeatures(each, (EVERYONE, "shop")).last_year(asked, np.ones(4))
        for each in (panel, replace(panel, target=later))
    )
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_missing_demand_counts_for_nothing():
    target = np.full((4, 130), 2.0)
    target[0, :100] = np.nan
    target[2:] = np.nan
    found = GroupFeatures(weekly(target), ("shop",)).last_year(place(), np.ones(4))
    assert found["year_of_shop"][:2].tolist() == [1.0, 1.0]
    assert np.isnan(found["year_of_shop"][2:]).all()


def test_few_series_have_no_groups_and_many_those_of_their_columns():
    few = weekly(np.ones((4, 130)))
    many = shop_panel(np.ones((24, 130)), "W", static={"shop": ["a", "b", "c"] * 8})
    assert pooled_columns(few) == ()
    assert pooled_columns(many) == (EVERYONE, "shop")


def test_a_column_that_is_no_longer_there_leaves_each_series_alone():
    panel = weekly(np.ones((4, 130)))
    panel = replace(panel, static=pl.DataFrame())
    found = GroupFeatures(panel, ("shop",)).last_year(place(), np.ones(4))
    assert found["year_of_shop"].tolist() == [1.0] * 4

"""What the statistical algorithms share."""

from forecastle.models.statistical import unsuited_to_smoothing
from tests.panels import busy_demand, shop_panel, sparse_demand


def test_a_long_season_is_left_to_mstl_once_it_can_carry_it():
    assert unsuited_to_smoothing(shop_panel(busy_demand(1, 103, 52), "W")) is None
    reason = unsuited_to_smoothing(shop_panel(busy_demand(1, 104, 52), "W"))
    assert reason == "the season of 52 steps is too long for it: MSTL+ETS carries it"


def test_sparse_demand_has_no_level_to_smooth():
    assert unsuited_to_smoothing(shop_panel(busy_demand(3, 90))) is None
    assert "mostly zero" in (unsuited_to_smoothing(shop_panel(sparse_demand(3, 90))) or "")

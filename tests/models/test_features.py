"""What the global model is told of a forecast: nothing that was not known at its origin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.models.features import FeatureBuilder, Rows, category_names
from forecastle.series.calendar import Calendar, Event
from tests.panels import busy_demand, shop_panel

# Long enough for two long seasons (hours: a week), and for what lies before them.
LENGTHS = {"D": 800, "W": 160, "M": 70, "H": 400, "15min": 300, "Y": 30, "2W": 90}
HORIZONS = {"D": 40, "W": 60, "M": 15, "H": 170, "15min": 110, "Y": 5, "2W": 30}


def rows(series, origin, step):
    values = np.broadcast_arrays(*(np.atleast_1d(each) for each in (series, origin, step)))
    return Rows(*(each.astype(np.int64) for each in values))


def features(panel, chosen, categories=None, with_year=True):
    """Feature name → ``[n_rows]``, and the scale."""
    horizon = int(chosen.step.max(initial=1))
    builder = FeatureBuilder(panel, horizon, with_year, categories or {})
    scale = builder.scale(chosen.series, chosen.origin)
    matrix, names = builder.build(chosen, scale)
    assert len(names) == len(set(names)) == matrix.shape[1]
    return dict(zip(names, matrix.T, strict=True)), scale


def daily(n_time=120, horizon=20, **more):
    return shop_panel(np.arange(1.0, n_time + 1)[None], horizon=horizon, **more)


@pytest.mark.parametrize("frequency", LENGTHS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_demand_from_the_origin_on_changes_nothing(frequency, data):
    horizon, n_time = HORIZONS[frequency], LENGTHS[frequency]
    panel = shop_panel(busy_demand(2, n_time), frequency, horizon=horizon)
    origin = data.draw(st.integers(1, n_time - 1))
    steps = np.arange(1, min(horizon, n_time - origin) + 1)
    chosen = rows(np.repeat([0, 1], len(steps)), origin, np.tile(steps, 2))
    later = panel.target.copy()
    later[:, origin:] = data.draw(st.sampled_from([1e6, -3.0, np.nan]))
    before, scale = features(panel, chosen)
    after, other_scale = features(replace(panel, target=later), chosen)
    assert np.array_equal(scale, other_scale)
    changed = [n for n in before if not np.array_equal(before[n], after[n], equal_nan=True)]
    assert changed == []


@pytest.mark.parametrize("frequency", LENGTHS)
def test_a_history_that_ends_at_the_origin_gives_the_same(frequency):
    """Training describes origins in the middle of the history, forecasting its end."""
    horizon, n_time = HORIZONS[frequency], LENGTHS[frequency]
    panel = shop_panel(busy_demand(2, n_time), frequency, horizon=horizon)
    origin = n_time - horizon
    chosen = rows(np.repeat([0, 1], horizon), origin, np.tile(np.arange(1, horizon + 1), 2))
    within, scale = features(panel, chosen)
    at_end, scale_at_end = features(panel.until(origin, horizon), chosen)
    assert scale == pytest.approx(scale_at_end)
    for name, values in within.items():
        assert values == pytest.approx(at_end[name], rel=1e-4, abs=1e-4, nan_ok=True), name


def test_recent_demand_is_in_units_of_the_scale():
    found, scale = features(daily(), rows(0, 100, 1))
    # The value of column k is k + 1: 100 is the last one known.
    assert found["lag_1"] * scale == pytest.approx([100.0])
    assert found["lag_7"] * scale == pytest.approx([94.0])
    assert found["mean_7"] * scale == pytest.approx([97.0])
    assert found["deviation_7"] * scale == pytest.approx([2.0], rel=1e-3)


def test_seasonal_lags_lie_whole_seasons_before_the_target_and_are_known():
    found, scale = features(daily(), rows(0, 100, np.array([1, 7, 8])))
    assert found["season_0"] * scale == pytest.approx([94.0, 100.0, 94.0])
    assert found["season_1"] * scale == pytest.approx([87.0, 93.0, 87.0])
    assert found["season_mean_4"] * scale == pytest.approx([83.5, 89.5, 83.5])


def test_before_the_first_observation_nothing_is_known():
    found, _ = features(daily(), rows(0, 3, 1))
    assert np.isnan(found["lag_4"])
    assert not np.isnan(found["lag_3"])
    assert np.isnan(found["season_0"])


@given(st.sampled_from([1e-6, 0.01, 1000.0, 1e9]))
def test_the_unit_of_demand_changes_the_scale_and_nothing_else(factor):
    panel = shop_panel(busy_demand(1, 100))
    bigger = replace(panel, target=panel.target * factor)
    chosen = rows(0, np.array([40, 60, 80]), np.array([1, 3, 9]))
    one, scale = features(panel, chosen)
    other, bigger_scale = features(bigger, chosen)
    assert bigger_scale == pytest.approx(scale * factor)
    for name in set(one) - {"log_scale"}:
        assert other[name] == pytest.approx(one[name], rel=1e-3, abs=1e-3, nan_ok=True), name


def test_the_scale_is_positive_whatever_was_sold():
    panel = shop_panel([[0.0] * 30, [np.nan] * 30, [5.0, -5.0] * 15])
    _, scale = features(panel, rows(np.array([0, 1, 2, 0]), np.array([30, 30, 30, 1]), 1))
    assert (scale > 0).all()


def test_the_calendar_is_that_of_the_target():
    found, _ = features(daily(), rows(0, 100, np.array([1, 2])), with_year=True)
    # 2010-01-04 was a Monday; column 100 is Wednesday, 14 April.
    assert found["weekday"].tolist() == [2.0, 3.0]
    assert found["day_of_month"].tolist() == [13.0, 14.0]
    assert found["month"].tolist() == [3.0, 3.0]
    assert found["day_of_year"].tolist() == [103.0, 104.0]


def test_without_a_year_of_history_the_time_of_year_is_not_told():
    found, _ = features(daily(), rows(0, 100, 1), with_year=False)
    assert not {"month", "day_of_year"} & set(found)


def test_hours_are_told_apart():
    panel = shop_panel(busy_demand(1, 100), "H", first="2010-01-04T00:00:00")
    found, _ = features(panel, rows(0, 90, np.array([1, 5])))
    assert found["minute_of_day"].tolist() == [18 * 60.0, 22 * 60.0]


def test_events_are_told_by_their_distance():
    fair = Calendar((), (Event("Fair", np.datetime64("2010-04-16")),))
    panel = replace(daily(), calendar=fair)
    found, _ = features(panel, rows(0, 100, np.array([1, 3, 4])))
    assert found["holiday"].tolist() == [0.0, 1.0, 0.0]
    assert found["days_to_holiday"][:2].tolist() == [2.0, 0.0]
    assert found["days_since_holiday"][2] == 1.0


def test_known_covariates_are_those_around_the_target():
    panel = daily(known=np.arange(140.0)[None])
    found, _ = features(panel, rows(0, 100, np.array([1, 20])))
    assert found["known_price_0"].tolist() == [100.0, 119.0]
    assert found["known_price_-1"].tolist() == [99.0, 118.0]
    assert found["known_price_1"].tolist() == [101.0, 120.0]


def test_a_covariate_may_have_any_name():
    """Such as ``year``, which looks like a feature of last year."""
    panel = replace(daily(400, known=np.arange(420.0)[None]), known_names=("year",))
    found, scale = features(panel, rows(0, 390, 1))
    assert found["known_year_0"].tolist() == [390.0]
    assert found["year_0"] * scale == pytest.approx([390 - 364 + 1])


def test_covariates_of_the_past_are_the_last_known_ones():
    panel = daily()
    panel = replace(panel, past=np.arange(120.0)[None, :, None], past_names=("visitors",))
    found, _ = features(panel, rows(0, 100, np.array([1, 9])))
    assert found["past_visitors"].tolist() == [99.0, 99.0]


def test_metadata_are_codes_of_the_known_strings_and_plain_numbers():
    panel = shop_panel(
        busy_demand(3, 60), static={"category": ["tea", "toys", "new"], "weight": [1.5, 2.5, 3.5]}
    )
    categories = {"category": ["tea", "toys"]}
    found, _ = features(panel, rows(np.array([0, 1, 2]), 60, 1), categories)
    assert found["static_category"].tolist() == [0.0, 1.0, -1.0]
    assert found["static_weight"].tolist() == [1.5, 2.5, 3.5]
    assert category_names(categories) == ["static_category"]


def test_rows_know_the_column_of_their_target():
    assert rows(0, np.array([10, 10]), np.array([1, 3])).target.tolist() == [10, 12]

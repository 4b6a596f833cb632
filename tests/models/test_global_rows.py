"""Which rows global models learn from, and which they predict."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.models.global_rows import (
    rows_ahead,
    sample_rows,
    too_few_origins,
    without_closed_days,
)
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel

SPEC = ForecastSpec(5)


def triples(rows):
    return list(zip(rows.series.tolist(), rows.origin.tolist(), rows.step.tolist(), strict=True))


@settings(max_examples=30, deadline=None)
@given(
    n_series=st.integers(1, 4),
    n_time=st.integers(8, 200),
    horizon=st.integers(1, 9),
    most=st.integers(1, 500),
    seed=st.integers(0, 9),
)
def test_every_row_is_a_forecast_that_could_have_been_made(n_series, n_time, horizon, most, seed):
    demand = busy_demand(n_series, n_time)
    demand[-1, : n_time // 2] = np.nan  # one series began late
    panel = shop_panel(demand, horizon=horizon)
    rows = sample_rows(panel, ForecastSpec(horizon, seed=seed), most)
    assert len(rows.series) <= most
    assert len(set(triples(rows))) == len(rows.series)
    assert ((rows.series >= 0) & (rows.series < n_series)).all()
    assert ((rows.step >= 1) & (rows.step <= horizon)).all()
    assert (rows.origin > panel.start[rows.series]).all()
    assert (rows.target < n_time).all()
    assert np.isfinite(panel.target[rows.series, rows.target]).all()


def test_where_all_fit_all_are_taken():
    panel = shop_panel(busy_demand(2, 30))
    rows = sample_rows(panel, SPEC, 10_000)
    # Origins from a week on, each with the steps that lie within the history.
    expected = [
        (series, origin, step)
        for series in range(2)
        for origin in range(7, 30)
        for step in range(1, 6)
        if origin + step <= 30
    ]
    assert triples(rows) == expected


def test_missing_targets_are_left_out():
    demand = busy_demand(1, 30)
    demand[0, 20] = np.nan
    rows = sample_rows(shop_panel(demand), SPEC, 10_000)
    assert 20 not in rows.target
    assert 19 in rows.target


def test_the_seed_decides_the_draw():
    panel = shop_panel(busy_demand(3, 100))
    one, again, other = (
        triples(sample_rows(panel, ForecastSpec(5, seed=seed), 50)) for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_a_draw_reaches_all_series_steps_and_times():
    rows = sample_rows(shop_panel(busy_demand(4, 200)), SPEC, 1000)
    assert set(rows.series) == {0, 1, 2, 3}
    assert set(rows.step) == {1, 2, 3, 4, 5}
    assert rows.origin.min() < 80
    assert rows.origin.max() > 180


def test_a_series_without_history_gives_no_rows():
    panel = shop_panel([[np.nan] * 40, list(range(40))])
    assert set(sample_rows(panel, SPEC, 1000).series) == {1}


def test_with_years_of_history_last_year_s_value_is_always_known():
    panel = shop_panel(busy_demand(1, 800))
    assert sample_rows(panel, SPEC, 10_000).origin.min() >= 800 // 3


def test_closed_days_teach_nothing():
    demand = busy_demand(2, 84)
    demand[:, 6::7] = 0.0
    learnt = without_closed_days(shop_panel(demand))
    assert np.isnan(learnt.target[:, 6::7]).all()
    assert np.isfinite(np.delete(learnt.target, np.s_[6::7], axis=1)).all()


def test_every_step_after_the_history_is_predicted():
    rows = rows_ahead(shop_panel(busy_demand(3, 40)), np.array([0, 2]), 2)
    assert triples(rows) == [(0, 40, 1), (0, 40, 2), (2, 40, 1), (2, 40, 2)]


def test_there_must_be_something_to_learn_from():
    reason = too_few_origins(shop_panel(busy_demand(1, 20)), SPEC)
    assert reason == "only 8 origins to learn from; it needs 60"
    assert too_few_origins(shop_panel(busy_demand(8, 20)), SPEC) is None

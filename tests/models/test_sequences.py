"""Series as local algorithms want them, and what becomes of their answers."""

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.models.sequences import SequenceModel, fill_gaps, is_sparse, sequences
from forecastle.series.spec import ForecastSpec
from tests.panels import busy_demand, shop_panel, sparse_demand

SPEC = ForecastSpec(7)
N_TIME = 12 * 7


class Scripted(SequenceModel):
    """Answers what it is told, whatever it is asked."""

    name = "Scripted"

    def __init__(self, answer):
        self.answer = answer

    def forecast(self, sequence, history, spec):
        return self.answer(sequence)


def only(panel, horizon=7, logarithms=True):
    (sequence,) = sequences(panel, horizon, logarithms)
    return sequence


def closed_on_sundays():
    demand = busy_demand(1, N_TIME)
    demand[:, 6::7] = 0.0
    return shop_panel(demand, horizon=7)


class TestOpenDays:
    def test_closed_weekdays_are_dropped_and_the_season_shrinks(self):
        sequence = only(closed_on_sundays())
        assert sequence.season == 6
        assert len(sequence.values) == 12 * 6
        assert (sequence.columns % 7 != 6).all()
        assert np.exp(sequence.values) == pytest.approx(
            closed_on_sundays().target[0, sequence.columns]
        )

    def test_only_open_steps_are_forecast(self):
        sequence = only(closed_on_sundays(), horizon=15)
        # The forecast begins on a Monday; steps 6 and 13 are Sundays.
        assert sequence.steps.tolist() == [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14]
        assert sequence.positions.tolist() == list(range(13))
        assert sequence.length == 13

    def test_zeros_are_put_back_on_closed_days(self):
        model = Scripted(lambda s: np.repeat(np.log(20.0 + np.arange(s.length))[:, None], 13, 1))
        found = model.quantiles(closed_on_sundays(), SPEC)[0]
        assert found[:, 0] == pytest.approx([20, 21, 22, 23, 24, 25, 0])

    def test_a_shop_that_never_closes_keeps_its_week(self):
        sequence = only(shop_panel(busy_demand(1, N_TIME)))
        assert sequence.season == 7
        assert sequence.length == 7

    def test_a_weekday_that_a_new_item_has_not_seen_yet_is_no_closed_day(self):
        demand = busy_demand(2, N_TIME)
        demand[1, :-3] = np.nan
        _, new = sequences(shop_panel(demand), 7)
        assert new.steps.tolist() == list(range(7))
        assert new.season == 7

    @pytest.mark.parametrize("frequency", ["2D", "3D"])
    def test_steps_of_several_days_keep_their_season(self, frequency):
        assert only(shop_panel(busy_demand(1, 40), frequency)).season == 7

    def test_other_frequencies_know_no_closed_days(self):
        sequence = only(shop_panel(busy_demand(1, 60, season=12), "M", horizon=3), horizon=3)
        assert sequence.season == 12
        assert len(sequence.values) == 60


class TestValues:
    def test_a_series_begins_with_its_first_observation(self):
        demand = busy_demand(1, N_TIME)
        demand[:, :30] = np.nan
        assert only(shop_panel(demand)).columns.tolist() == list(range(30, N_TIME))

    def test_a_series_without_an_observation_is_passed_over(self):
        demand = busy_demand(3, N_TIME)
        demand[1] = np.nan
        assert [each.row for each in sequences(shop_panel(demand), 7)] == [0, 2]

    def test_logarithms_only_where_something_is_always_sold(self):
        assert only(shop_panel(busy_demand(1, N_TIME))).is_log
        assert not only(shop_panel(busy_demand(1, N_TIME)), logarithms=False).is_log
        assert not only(shop_panel(busy_demand(1, N_TIME) - 25)).is_log

    def test_there_are_no_gaps(self):
        demand = busy_demand(1, N_TIME)
        demand[:, [20, 40, 41]] = np.nan
        sequence = only(shop_panel(demand))
        assert len(sequence.values) == N_TIME
        assert np.isfinite(sequence.values).all()


class TestGaps:
    def test_a_gap_takes_the_mean_of_its_neighbours_a_season_away(self):
        values = np.array([1.0, 10.0, 3.0, np.nan, 5.0, 20.0, 7.0, 33.0])
        # A season of two: columns 1, 5 and 7.
        assert fill_gaps(values, 2)[3] == pytest.approx((10 + 20 + 33) / 3)

    def test_without_neighbours_it_takes_the_mean_of_all(self):
        assert fill_gaps(np.array([2.0, np.nan, 4.0]), 7)[1] == pytest.approx(3.0)
        assert fill_gaps(np.array([np.nan, np.nan]), 7).tolist() == [0.0, 0.0]

    def test_known_values_stay_and_the_input_too(self):
        values = np.array([2.0, np.nan, 4.0])
        fill_gaps(values, 1)
        assert np.isnan(values[1])


class TestFailures:
    """Where a method fails, the recent values stand in."""

    panel = shop_panel(busy_demand(1, N_TIME), horizon=7)

    def level(self):
        recent = self.panel.target[0, -14:]
        return np.repeat(np.quantile(recent, GRID)[None], 7, axis=0)

    @pytest.mark.parametrize(
        "answer",
        [
            lambda s: 1 / 0,
            lambda s: np.linalg.cholesky(-np.eye(2)),
            lambda s: np.full((s.length, len(GRID)), np.nan),
            lambda s: np.full((s.length, len(GRID)), 30.0),
        ],
        ids=["division", "no solution", "not a number", "explodes"],
    )
    def test_the_level_stands_in(self, answer):
        found = Scripted(answer).quantiles(self.panel, SPEC)[0]
        assert found == pytest.approx(self.level())

    @pytest.mark.parametrize("demand", [[5.0, 5.0, 5.0], [5.0] * 40, [1.0, 2.0]])
    def test_too_few_or_constant_values_ask_no_method(self, demand):
        found = Scripted(lambda s: 1 / 0).quantiles(shop_panel([demand]), ForecastSpec(5))
        assert found[0, 0] == pytest.approx(np.quantile(demand, GRID))

    def test_a_fault_of_ours_is_not_hidden(self):
        with pytest.raises(AttributeError):
            Scripted(lambda s: s.no_such_thing).quantiles(self.panel, SPEC)


def test_sparse_is_what_was_mostly_zero_of_late():
    assert is_sparse(shop_panel(sparse_demand()))
    assert not is_sparse(shop_panel(busy_demand()))
    ended = busy_demand(1, 100)
    ended[:, 60:] = 0.0
    assert is_sparse(shop_panel(ended))
    assert not is_sparse(shop_panel([[np.nan] * 10]))

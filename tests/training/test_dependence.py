"""Dependence: which share of the scores of a backtest series and steps have in common."""

import json

import numpy as np
import pytest

from forecastle.core.quantiles import GRID
from forecastle.series.forecast import normal_scores
from forecastle.series.groups import EVERYONE
from forecastle.training.dependence import (
    INDEPENDENT,
    Dependence,
    Factor,
    estimate_dependence,
    score_actuals,
)
from tests.training.common_world import (
    HORIZON,
    LEVEL,
    N_SERIES,
    SHOPS,
    SPREAD,
    backtest,
    drawn_scores,
    normal_quantiles,
    shop_panel,
    windows,
)

TRUTHS = [
    Dependence(),
    Dependence((Factor(EVERYONE, lasting=0.3),)),
    Dependence((Factor(EVERYONE, passing=0.3),)),
    Dependence((Factor("shop", lasting=0.2, passing=0.2),)),
    Dependence((), series=0.4),
    Dependence((Factor(EVERYONE, 0.1, 0.1), Factor("shop", 0.2, 0.1)), series=0.2),
]


def shares(found: Dependence) -> dict[str, tuple[float, float]]:
    return {each.column: (each.lasting, each.passing) for each in found.factors}


class TestEstimate:
    @pytest.mark.parametrize("truth", TRUTHS)
    def test_what_many_windows_have_in_common_is_found(self, truth):
        found = estimate_dependence(windows(truth, 100), shop_panel())
        expected = {EVERYONE: (0, 0), "shop": (0, 0)} | shares(truth)
        for column, values in expected.items():
            assert shares(found)[column] == pytest.approx(values, abs=0.07)
        assert found.series == pytest.approx(truth.series, abs=0.07)

    def test_one_window_is_too_little_to_forget_what_is_usual(self):
        still = estimate_dependence([backtest(np.full((N_SERIES, HORIZON), LEVEL))], shop_panel())
        assert 0.02 < shares(still)[EVERYONE][0] < 0.1

    def test_without_windows_series_are_independent(self):
        assert estimate_dependence([], shop_panel()) == INDEPENDENT

    def test_windows_without_actuals_say_nothing(self):
        nothing = backtest(np.full((N_SERIES, HORIZON), np.nan))
        assert estimate_dependence([nothing], shop_panel()) == INDEPENDENT

    def test_series_that_do_not_count_say_nothing(self):
        few = np.arange(N_SERIES) < 30
        usual = LEVEL + SPREAD * drawn_scores(INDEPENDENT, np.random.default_rng(1))
        wild = np.where(few[:, None], usual, LEVEL * 9)
        found = estimate_dependence([backtest(wild, few)] * 20, shop_panel())
        assert shares(found)[EVERYONE][0] < 0.1

    def test_something_is_left_to_each_series_even_if_all_move_as_one(self):
        moved = backtest(np.full((N_SERIES, HORIZON), LEVEL * 2))
        found = estimate_dependence([moved] * 40, shop_panel())
        assert shares(found)[EVERYONE][0] > 0.8
        assert found.rest > 0

    def test_a_window_of_some_of_the_series_counts_too(self):
        truth = Dependence((Factor("shop", lasting=0.5),))
        part = [backtest_of(each, np.arange(0, N_SERIES, 2)) for each in windows(truth, 60)]
        assert shares(estimate_dependence(part, shop_panel()))["shop"][0] > 0.35


def backtest_of(whole, rows):
    return backtest(whole.actual[rows], rows=rows)


class TestScores:
    def test_a_quantile_has_the_score_of_its_level(self):
        actual = np.array([LEVEL - SPREAD, LEVEL, LEVEL + SPREAD])
        found = score_actuals(np.repeat(normal_quantiles(1, 1)[0], 3, axis=0), actual)
        assert found == pytest.approx([-1, 0, 1], abs=0.03)

    def test_beyond_the_grid_the_score_is_that_of_half_of_what_is_left(self):
        found = score_actuals(normal_quantiles(1, 1)[0].repeat(2, axis=0), np.array([-1e9, 1e9]))
        assert found == pytest.approx(normal_scores([0.005, 0.995]))

    def test_where_quantiles_are_equal_the_middle_counts(self):
        quantiles = np.where(np.array(GRID) <= 0.6, 0.0, np.array(GRID))[None]
        assert score_actuals(quantiles, np.zeros(1)) == pytest.approx(normal_scores([0.3]))

    def test_a_missing_actual_has_none(self):
        assert np.isnan(score_actuals(normal_quantiles(1, 1)[0], np.array([np.nan]))).all()


def test_it_is_kept_as_plain_values():
    kept = json.loads(json.dumps(TRUTHS[-1].to_json()))
    assert Dependence.from_json(kept) == TRUTHS[-1]


def test_shops_are_as_many_as_the_tests_suppose():
    assert shop_panel().static["shop"].n_unique() == SHOPS

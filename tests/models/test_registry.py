"""Algorithms by name."""

import pytest

from forecastle.core.errors import InputError
from forecastle.models.registry import NAIVE, REGISTRY, model, resolve


def test_names_are_known_in_any_case_with_and_without_dashes():
    assert resolve(("seasonal-naive", "ETS", "mstl+ets", "light_gbm", " arima ")) == (
        "SeasonalNaive",
        "LightGBM",
        "ETS",
        "MSTL+ETS",
        "ARIMA",
    )


def test_names_come_in_the_order_in_which_a_time_budget_is_spent_and_once():
    assert resolve(("ETS", "ets", "SeasonalNaive")) == ("SeasonalNaive", "ETS")
    assert resolve(()) == ()
    assert next(iter(REGISTRY)) == NAIVE


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"algorithm 'DeepState' is not known; .*SeasonalNaive"):
        resolve(("ETS", "DeepState"))


def test_every_name_leads_to_its_algorithm():
    assert all(model(name).name == name for name in REGISTRY)


def test_slow_algorithms_are_left_out_of_automl_with_a_reason():
    assert REGISTRY["Prophet"].left_out(3) is None
    assert "by name" in REGISTRY["Prophet"].left_out(30)
    assert "by name" in REGISTRY["ARIMA"].left_out(3)
    assert REGISTRY["ETS"].left_out(5_000) is None
    assert "by name" in REGISTRY["ETS"].left_out(5_001)


@pytest.mark.parametrize("name", ["CNN-QR", "Deep_AR_Plus"])
@pytest.mark.parametrize("n_series", [1, 500, 100_000])
def test_automl_is_the_same_with_and_without_pytorch(name, n_series):
    assert "by name" in REGISTRY[name].left_out(n_series)

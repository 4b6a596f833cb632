import numpy as np
import pytest

from forecastle.series.quality import assess
from tests.series.panels import make_panel

NAN = np.nan


def steady(n_time=200, n_series=1):
    """Sales around 100 that differ a little from day to day."""
    return 100 + np.random.default_rng(0).normal(0, 5, (n_series, n_time)).round()


def findings(target, **options):
    return {finding.kind: finding for finding in assess(make_panel(target, **options))}


def test_clean_data_give_no_finding():
    assert findings(steady()) == {}


def test_series_without_history_are_named():
    found = findings(np.vstack([steady(), np.full((1, 200), NAN)]))
    assert found.keys() == {"no_history"}
    assert found["no_history"].detail == ("1 series: forecast from what the others show: item001")


def test_short_series_have_fewer_than_two_seasons():
    target = steady(n_series=3)
    target[1, :-13] = NAN
    target[2, :-14] = NAN
    found = findings(target)
    assert found.keys() == {"short"}
    assert found["short"].detail == "1 series: fewer than 14 steps of D: item001"


def test_series_that_stopped_selling_are_named():
    target = steady(n_series=3)
    target[0, -91:] = 0
    target[1, -90:] = 0
    found = findings(target)
    assert found.keys() == {"quiet"}
    assert found["quiet"].detail == "1 series: no sale in the last 91 steps of D: item000"


def test_missing_periods_are_counted_from_the_first_observation():
    observed = np.ones((2, 200), dtype=bool)
    observed[0, [50, 60, 71]] = False
    observed[1, 80] = False
    found = findings(steady(n_series=2), observed=observed)
    assert found.keys() == {"missing"}
    assert (found["missing"].values, found["missing"].series) == (4, 2)
    assert "1.0% of all periods" in found["missing"].detail
    assert found["missing"].detail.endswith("most in item000 (3), item001 (1)")


def test_weekly_closing_days_are_named():
    target = steady()
    target[0, 5::7] = 0
    found = findings(target)
    assert found.keys() == {"closed"}
    assert "Saturday (1 of 1 series)" in found["closed"].detail


def test_returns_are_counted():
    target = steady()
    target[0, [20, 30]] = [-5, -10]
    found = findings(target)
    assert (found["negative"].values, found["negative"].series) == (2, 1)
    assert "-15 in all" in found["negative"].detail


def test_an_outlier_is_measured_against_its_weekday():
    target = steady()
    target[0, 6::7] += 1000  # Sundays are strong: nothing unusual
    target[0, 100] = 1100  # a Wednesday like a Sunday
    found = findings(target)
    assert found.keys() == {"outlier"}
    assert found["outlier"].values == 1
    assert "item000 on 2010-04-14: 1,100 (usual: 102)" in found["outlier"].detail


def test_what_comes_back_every_year_is_not_unusual():
    target = steady(n_time=156)
    target[0, [50, 102]] = 1000
    target[0, 130] = 1000
    found = findings(target, frequency="W")
    assert found["outlier"].values == 1


def test_at_most_three_series_are_named():
    found = findings(np.vstack([steady(), np.full((5, 200), NAN)]))
    assert found["no_history"].detail.endswith("item001, item002, item003, …")
    assert found["no_history"].series == 5


@pytest.mark.parametrize("frequency", ["Y", "M", "W", "H", "15min"])
def test_every_frequency_is_assessed(frequency):
    assert findings(steady(), frequency=frequency) == {}


def test_no_series_at_all_give_no_finding():
    assert findings(np.zeros((0, 10))) == {}

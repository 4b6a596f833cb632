"""The range of a total: narrower than sums of ranges, and wider where series go together."""

import numpy as np
import pytest

from forecastle.reports.range_of_total import total_by_type
from forecastle.series.groups import EVERYONE
from forecastle.training.dependence import INDEPENDENT, Dependence, Factor
from tests.reports.made import forecast_after, make_panel, weekly_sales

TYPES = ("0.1", "0.9", "mean")
TOGETHER = Dependence((Factor(EVERYONE, lasting=0.9),))


@pytest.fixture(scope="module")
def panel():
    return make_panel(weekly_sales(5))


def widths(found):
    return found.steps["0.9"] - found.steps["0.1"]


def test_the_more_series_go_together_the_wider(panel):
    forecast = forecast_after(panel)
    alone, together = (total_by_type(panel, forecast, d, TYPES) for d in (INDEPENDENT, TOGETHER))
    sums = (forecast.of_type("0.9") - forecast.of_type("0.1")).sum(axis=0)
    is_open = sums > 0
    assert (widths(alone)[is_open] < widths(together)[is_open]).all()
    assert (widths(together)[is_open] < sums[is_open]).all()


def test_means_add_up(panel):
    forecast = forecast_after(panel)
    found = total_by_type(panel, forecast, TOGETHER, TYPES)
    assert found.steps["mean"] == pytest.approx(forecast.mean.sum(axis=0))
    assert found.whole["mean"] == pytest.approx(forecast.mean.sum())


def test_of_the_first_steps_alone(panel):
    forecast = forecast_after(panel, horizon=14)
    found = total_by_type(panel, forecast, INDEPENDENT, TYPES, 3)
    assert found.steps["0.1"].shape == (3,)
    assert found.whole["mean"] == pytest.approx(forecast.mean[:, :3].sum())


def test_a_forecast_of_some_series_will_do(panel):
    forecast = forecast_after(panel.select(np.array([1, 3])))
    found = total_by_type(panel, forecast, TOGETHER, ("mean",))
    assert found.whole["mean"] == pytest.approx(forecast.mean.sum())

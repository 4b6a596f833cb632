"""What drives a forecast: contributions that add up, gathered by attribute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions, train
from forecastle.training.explanation import Kind, explain
from forecastle.training.impact import impact_frame, in_words, scores, strongest_effects
from tests.panels import shop_panel

_STEPS, _HORIZON = 400, 7


@pytest.fixture(scope="module")
def panel():
    """Two years of four items; a price cut of a third doubles sales, holidays are quiet."""
    rng = np.random.default_rng(3)
    price = np.where(rng.random((4, _STEPS + _HORIZON)) < 0.2, 6.0, 9.0)
    price[:, _STEPS:] = 9.0
    price[0, _STEPS + 2] = 6.0
    weekday = np.arange(_STEPS) % 7
    mean = 20 * (1 + 0.3 * (weekday == 5)) * np.where(price[:, :_STEPS] < 9, 2.0, 1.0)
    static = {"category": ["food", "food", "toys", "toys"]}
    demand = rng.poisson(mean).astype(float)
    return shop_panel(demand, horizon=_HORIZON, known=price, static=static, countries=("US",))


@pytest.fixture(scope="module")
def trained(panel):
    options = TrainingOptions(algorithms=("LightGBM",))
    return train(panel, ForecastSpec(_HORIZON), options)


@pytest.fixture(scope="module")
def explanation(trained, panel):
    return explain(trained, panel)


def test_contributions_and_base_add_up_to_the_median(panel, trained, explanation):
    fitted = LightGBMQuantile().fit(panel, trained.spec, Budget())
    median = fitted.predict(panel).of_type("0.5")
    total = explanation.base + explanation.contributions.sum(axis=2)
    # The model's levels hardly ever cross here; where they do, sorting moves the median.
    assert np.median(np.abs(total - median)) < 1e-4 * median.mean()


def test_features_are_gathered_by_attribute(explanation):
    kinds = {each.name: each.kind for each in explanation.attributes}
    assert kinds == {
        "price": Kind.RELATED,
        "category": Kind.METADATA,
        "holidays": Kind.HOLIDAYS,
        "calendar": Kind.CALENDAR,
        "recent sales": Kind.HISTORY,
        "last year": Kind.HISTORY,
    }


def test_a_cheap_day_is_laid_to_the_price(explanation):
    price = [each.name for each in explanation.attributes].index("price")
    of_first = explanation.contributions[0, :, price]
    assert of_first.argmax() == 2
    assert of_first[2] > 8
    assert strongest_effects(explanation, 0)[0].attribute.name == "price"
    assert "related 'price' raises the forecast of" in in_words(explanation, 0)
    assert "on 2011-02-10" in in_words(explanation, 0)


def test_some_series_are_explained_as_among_all(trained, panel, explanation):
    one = explain(trained, panel, np.array([2]))
    np.testing.assert_allclose(one.contributions[0], explanation.contributions[2])
    assert one.keys.equals(explanation.keys[2:3])


@pytest.mark.parametrize("by_series", [True, False])
@pytest.mark.parametrize("by_step", [True, False])
def test_impacts_lie_between_minus_one_and_one_and_one_is_reached(explanation, by_series, by_step):
    found = scores(explanation, by_series=by_series, by_step=by_step)
    drivers = [k for k, each in enumerate(explanation.attributes) if each.is_driver]
    assert np.abs(found.impact).max() <= 1
    assert np.abs(found.impact[..., drivers]).max() == pytest.approx(1)
    assert (np.sign(found.impact) * np.sign(found.raw) >= 0).all()


def test_the_frame_has_a_row_per_series_step_and_attribute(explanation):
    frame = impact_frame(explanation)
    assert frame.columns == ["item_id", "timestamp", "attribute", "kind", "raw", "impact"]
    assert len(frame) == explanation.contributions.size
    keys = ["item_id", "timestamp", "attribute"]
    assert frame.select(keys).is_unique().all()
    np.testing.assert_allclose(frame["raw"].to_numpy(), explanation.contributions.ravel())


def test_a_predictor_without_the_global_model_gets_one_for_the_explanation(trained, panel):
    blind = train(panel, trained.spec, TrainingOptions(algorithms=("ETS",)))
    found = explain(blind, panel)
    assert "one was trained to tell" in found.messages[0]
    assert found.contributions.any()


def test_too_little_history_is_refused(trained, panel):
    short = panel.until(15, _HORIZON)
    blind = replace(trained, members={}, blend=replace(trained.blend, algorithms=("ETS",)))
    with pytest.raises(InputError, match=r"cannot be explained: LightGBM.*only 4 origins"):
        explain(blind, short)

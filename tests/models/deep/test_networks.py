"""What the two networks promise beside the contract of all algorithms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecastle.core.budget import Budget
from forecastle.core.errors import InputError
from forecastle.core.quantiles import GRID
from forecastle.models.cnn_qr import CNNQR
from forecastle.models.deep import extra
from forecastle.models.deep_ar import DeepAR
from forecastle.series.spec import ForecastSpec
from tests.panels import HORIZON, busy_demand, shop_panel

pytest.importorskip("torch")
MEDIAN = GRID.index(0.5)
NETWORKS = (DeepAR(), CNNQR())


def panel(**options):
    return shop_panel(busy_demand(3, 90), "D", **options)


def forecast(model, train, **parameters):
    given = {"epochs": "3", **{name: str(value) for name, value in parameters.items()}}
    spec = ForecastSpec(HORIZON, training_parameters=given)
    return model.fit(train, spec, Budget()).predict(train).quantiles


@pytest.mark.parametrize(
    "likelihood", ["gaussian", "student-T", "negative-binomial", "piecewise-linear"]
)
def test_deep_ar_learns_by_each_likelihood(likelihood):
    train = replace(panel(), target=np.round(panel().target))
    found = forecast(DeepAR(), train, likelihood=likelihood)
    assert np.isfinite(found).all()
    assert (found[:, :, -1] >= found[:, :, 0]).all()


def test_deterministic_l1_gives_one_value_for_all_levels():
    found = forecast(DeepAR(), panel(), likelihood="deterministic-L1")
    assert np.allclose(found, found[:, :, [0]])


@pytest.mark.parametrize(
    ("likelihood", "bound"), [("beta", "0 to 1"), ("negative-binomial", "0 to inf")]
)
def test_a_likelihood_that_does_not_allow_the_demand_is_refused(likelihood, bound):
    returns = replace(panel(), target=panel().target - 1000)
    with pytest.raises(InputError, match=f"{likelihood} takes demand from {bound}; found -"):
        forecast(DeepAR(), returns, likelihood=likelihood)


@pytest.mark.parametrize("model", NETWORKS, ids=lambda model: model.name)
@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("epochs", "0", "1 to 1000"),
        ("context_length", "no", "1 to 500"),
        ("epochs", "1001", "1 to 1000"),
    ],
)
def test_parameters_out_of_range_are_refused_with_the_range(model, name, value, range_):
    with pytest.raises(InputError, match=f"{name} of {model.name}: '{value}'.*from {range_}"):
        forecast(model, panel(), **{name: value})


def test_cnn_qr_leaves_out_what_it_is_told_to_leave_out():
    rng = np.random.default_rng(3)
    first, second = (
        panel(known=rng.uniform(1, 2, (3, 90 + HORIZON)), static={"category": ["a", "b", "c"]})
        for _ in range(2)
    )
    spec = ForecastSpec(
        HORIZON,
        training_parameters={
            "epochs": "2",
            "use_related_data": "NONE",
            "use_item_metadata": "NONE",
        },
    )
    model = CNNQR().fit(first, spec, Budget())
    assert np.array_equal(model.predict(first).quantiles, model.predict(second).quantiles)


@pytest.mark.parametrize("model", NETWORKS, ids=lambda model: model.name)
def test_a_strong_weekly_season_is_learnt(model):
    weekday = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0])
    demand = np.tile(weekday, 20)[None, :] * np.array([[1.0], [2.0], [5.0]])
    train = shop_panel(demand, "D")
    spec = ForecastSpec(7)
    median = model.fit(train, spec, Budget()).predict(train).quantiles[:, :, MEDIAN]
    assert np.abs(median / demand[:, :7] - 1).mean() < 0.2


@pytest.mark.parametrize("model", NETWORKS, ids=lambda model: model.name)
def test_without_pytorch_it_says_what_to_install(model, monkeypatch):
    monkeypatch.setattr(extra, "missing", lambda: "it needs torch; install the extra")
    assert model.unsuited(panel(), ForecastSpec(HORIZON)) == "it needs torch; install the extra"
    with pytest.raises(InputError, match=f"{model.name} cannot run: it needs torch; install"):
        model.fit(panel(), ForecastSpec(HORIZON), Budget())

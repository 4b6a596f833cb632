"""``prediction.total``: quantiles of sums of series and steps."""

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import forecastle as fc
from forecastle.library.prediction import Prediction
from forecastle.series.groups import EVERYONE
from forecastle.training.dependence import Dependence, Factor
from tests.shop import rows

ITEMS = ("jam", "rye", "tea")
METADATA = pl.DataFrame({"item_id": ITEMS, "kind": ["food", "food", "drink"]})


@pytest.fixture(scope="module")
def predictor() -> fc.Predictor:
    return fc.Predictor.train(
        rows(ITEMS), horizon=4, metadata=METADATA, algorithms="SeasonalNaive", backtest_windows=2
    )


@pytest.fixture(scope="module")
def prediction(predictor) -> Prediction:
    return predictor.predict()


def test_a_total_lies_within_the_sums_of_the_quantiles(prediction):
    total, sums = prediction.total(), prediction.by_step()
    assert total.columns == ["timestamp", "p10", "p50", "p90"]
    assert total["timestamp"].equals(sums["timestamp"])
    assert (total["p10"] >= sums["p10"] - 1e-9).all()
    assert (total["p90"] <= sums["p90"] + 1e-9).all()


def test_by_a_column_of_the_metadata(prediction):
    total = prediction.total("kind", quantiles=["mean"])
    assert total.columns == ["kind", "timestamp", "mean"]
    assert total["kind"].to_list() == ["drink"] * 4 + ["food"] * 4
    means = prediction.forecast.mean
    assert total["mean"].to_list() == pytest.approx([*means[2], *(means[0] + means[1])])


def test_over_time_one_row_per_total(prediction):
    total = prediction.total("item_id", over_time=True, quantiles=[0.9, "mean"])
    assert total.columns == ["item_id", "p90", "mean"]
    assert total["item_id"].to_list() == list(ITEMS)
    assert total["mean"].to_list() == pytest.approx(prediction.forecast.mean.sum(axis=1))


def test_series_that_go_together_have_wider_totals(prediction):
    apart = replace(prediction, dependence=Dependence()).total(over_time=True)
    together = replace(prediction, dependence=Dependence((Factor(EVERYONE, lasting=0.9),))).total(
        over_time=True
    )
    assert (together["p90"] - together["p10"]).item() > (apart["p90"] - apart["p10"]).item()


def test_without_a_dependence_series_count_as_independent_and_that_is_said(prediction):
    with pytest.warns(UserWarning, match="take them for independent.*train again"):
        unknown = replace(prediction, dependence=None).total()
    assert_frame_equal(unknown, replace(prediction, dependence=Dependence()).total())


def test_the_dependence_is_kept_with_the_predictor(predictor, prediction, tmp_path):
    assert prediction.dependence is not None
    predictor.save(tmp_path / "predictor")
    again = fc.load(tmp_path / "predictor").predict()
    assert again.dependence == prediction.dependence
    assert_frame_equal(again.total(), prediction.total())


def test_an_unknown_column_is_refused(prediction):
    with pytest.raises(fc.InputError, match=r"no total by 'shop'.*use one of item_id, kind"):
        prediction.total("shop")


def test_an_unknown_quantile_is_refused(prediction):
    with pytest.raises(fc.InputError, match="quantile '2' is not known"):
        prediction.total(quantiles=[2])

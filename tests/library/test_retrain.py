"""``Predictor.retrain`` and ``Settings.tune``: trained again, and tuned, from the library."""

from __future__ import annotations

from datetime import date

import pytest

import forecastle as fc
from forecastle.models import cnn_qr
from forecastle.models.deep.training import Schedule
from tests.shop import rows

ITEMS = ("jam", "tea")
DAYS = 80


@pytest.fixture(scope="module")
def predictor() -> fc.Predictor:
    return fc.Predictor.train(
        rows(ITEMS, DAYS), horizon=5, holidays="UK", algorithms=("SeasonalNaive", "NPTS", "Theta")
    )


def test_newer_data_are_trained_on_with_what_was_found(predictor):
    again = predictor.retrain(rows(ITEMS, 14, first=date(2024, 3, 14)))
    assert again.trained.weights == predictor.trained.weights
    assert again.forecast()["timestamp"].min().date() == date(2024, 3, 28)
    assert "the algorithms and their shares are those of the earlier predictor" in again.messages
    assert again.history.target.height > predictor.history.target.height


def test_it_is_the_same_after_saving_and_loading(predictor, tmp_path):
    predictor.save(tmp_path / "p")
    newer = rows(ITEMS, 14, first=date(2024, 3, 14))
    one, other = (each.retrain(newer) for each in (predictor, fc.load(tmp_path / "p")))
    assert one.forecast().equals(other.forecast())
    assert fc.load(tmp_path / "p").options == predictor.options


def test_where_it_searches_anew_it_is_among_the_algorithms_that_were_asked_for(predictor):
    others = rows(("ale", "gin", "rum", "rye", "tonic"), 60, first=date(2024, 2, 27))
    again = predictor.retrain(others)
    assert "the algorithms were chosen anew" in " ".join(again.messages)
    tried = {each.algorithm for each in again.accuracy.algorithms}
    assert tried == {"SeasonalNaive", "NPTS", "Theta"}


def test_newer_data_that_cannot_be_used_are_refused_as_in_a_forecast(predictor):
    with pytest.raises(fc.InputError, match="trained without related data"):
        predictor.retrain(rows(ITEMS, 14), related=rows(ITEMS, 14))


@pytest.fixture
def short_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that are trained for one epoch."""
    pytest.importorskip("torch")
    monkeypatch.setattr(cnn_qr, "Schedule", lambda _epochs, *others: Schedule(1, *others))


@pytest.mark.usefixtures("short_training")
def test_every_trial_of_the_tuning_can_be_seen(tmp_path):
    tuned = fc.Predictor.train(
        rows(ITEMS, DAYS), horizon=5, algorithms="CNN-QR", tune=True, trials=1
    )
    (trial,) = tuned.trials
    assert trial.loss > 0
    assert tuned.trained.spec.training_parameters == trial.parameters
    tuned.save(tmp_path / "p")
    loaded = fc.load(tmp_path / "p")
    assert loaded.trials == tuned.trials
    assert loaded.options.tuning.trials == 1


def test_tuning_without_an_algorithm_is_refused():
    with pytest.raises(fc.InputError, match="tuning is for one algorithm, but AutoML was asked"):
        fc.Predictor.train(rows(), tune=True)

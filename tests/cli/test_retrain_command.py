"""``forecastle retrain``, and ``forecastle run --tune``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forecastle.cli.main import run_app
from forecastle.models import cnn_qr
from forecastle.models.deep.training import Schedule
from tests.shop import rows, write_sales

ONE = ("--workers", "1", "--quiet")


def test_newer_data_train_again_with_what_was_found(tmp_path: Path) -> None:
    sales = write_sales(tmp_path / "sales.csv", items=("jam", "tea"), days=80)
    assert run_app(["run", str(sales), "--algorithms", "NPTS,Theta", *ONE]) == 0
    newer = write_sales(tmp_path / "newer.csv", items=("jam", "tea"), days=90)
    predictor = tmp_path / "forecast-sales" / "predictor"
    assert run_app(["retrain", str(predictor), "--data", str(newer), *ONE]) == 0
    folder = tmp_path / "forecast-newer"
    before, after = (
        json.loads((each / "accuracy.json").read_text(encoding="utf-8"))
        for each in (tmp_path / "forecast-sales", folder)
    )
    assert after["Weights"] == before["Weights"]
    assert "those of the earlier predictor" in " ".join(after["Messages"])
    forecast = pl.read_csv(folder / "forecast.csv")
    assert forecast["date"][0] == f"{date(2024, 3, 31)}T00:00:00Z"
    assert {path.name for path in folder.iterdir()} >= {"predictor", "report.html", "backtest.csv"}


def test_what_is_no_predictor_is_refused(tmp_path: Path, capsys) -> None:
    sales = write_sales(tmp_path / "sales.csv")
    assert run_app(["retrain", str(tmp_path), "--data", str(sales), *ONE]) == 2
    assert "no predictor is there" in capsys.readouterr().err


@pytest.fixture
def short_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that are trained for one epoch."""
    pytest.importorskip("torch")
    monkeypatch.setattr(cnn_qr, "Schedule", lambda _epochs, *others: Schedule(1, *others))


@pytest.mark.usefixtures("short_training")
def test_the_trials_of_a_tuning_stand_in_the_accuracy(tmp_path: Path) -> None:
    rows(days=60).write_csv(tmp_path / "sales.csv")
    arguments = ("--algorithms", "CNN-QR", "--tune", "--trials", "1", "--horizon", "3")
    assert run_app(["run", str(tmp_path / "sales.csv"), *arguments, *ONE]) == 0
    told = json.loads((tmp_path / "forecast-sales" / "accuracy.json").read_text(encoding="utf-8"))
    (trial,) = told["Trials"]
    assert trial["Loss"] > 0
    assert told["TrainingParameters"] == trial["Parameters"]


def test_tuning_what_cannot_be_tuned_is_refused(tmp_path: Path, capsys) -> None:
    sales = write_sales(tmp_path / "sales.csv")
    assert run_app(["run", str(sales), "--algorithms", "ETS", "--tune", *ONE]) == 2
    assert "algorithm ETS cannot be tuned, only CNN-QR and Deep_AR_Plus can" in (
        capsys.readouterr().err
    )

"""Prices and properties that do not fit: one message with the remedy, before any training."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from forecastle.cli.main import run_app
from tests.shop import rows, write_sales

DAYS, HORIZON = 60, 7
ITEMS = ("jam", "tea")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with two items' sales."""
    write_sales(tmp_path / "sales.csv", items=ITEMS, days=DAYS)
    return tmp_path


def prices(shop: Path, days: int = DAYS + HORIZON, items: tuple[str, ...] = ITEMS) -> pl.DataFrame:
    """Prices that change every day, up to the end of the horizon."""
    table = rows(items, days=days)
    return table.select("item_id", "timestamp", pl.col("demand").alias("price"))


def run(shop: Path, *options: str, algorithm: str = "SeasonalNaive", **tables: pl.DataFrame) -> int:
    """`forecastle run` on the sales with other tables beside them."""
    for name, table in tables.items():
        table.write_csv(shop / f"{name}.csv")
        options = (*options, f"--{name}", str(shop / f"{name}.csv"))
    arguments = ("run", str(shop / "sales.csv"), "--algorithms", algorithm, "--workers", "1")
    return run_app([*arguments, *options])


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test in which training begins."""

    def begin(*_: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr("forecastle.training.automl.Backtesting.run", begin)


@pytest.mark.usefixtures("no_training")
def test_prices_that_stop_within_the_horizon(shop: Path, capsys):
    assert run(shop, related=prices(shop, DAYS + 3)) == 2
    told = capsys.readouterr().err
    assert "item_id 'jam': related rows stop at" in told
    assert "add rows from" in told
    assert "futurefill" in told
    assert not (shop / "forecast-sales").exists()


@pytest.mark.usefixtures("no_training")
def test_a_gap_in_the_prices(shop: Path, capsys):
    table = prices(shop)
    gap = table["timestamp"][20]
    assert run(shop, related=table.filter(pl.col("timestamp") != gap)) == 2
    assert "no value of 'price' on" in capsys.readouterr().err


def test_rules_fill_what_is_missing(shop: Path):
    table = prices(shop, DAYS + 3)
    gap = table["timestamp"][20]
    rules = ("--fill", "price:middlefill=mean", "--fill", "price:futurefill=2.5")
    assert run(shop, *rules, "--quiet", related=table.filter(pl.col("timestamp") != gap)) == 0


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("price=mean", "--fill 'price=mean' cannot be read; write COLUMN:RULE=METHOD"),
        ("price:futurefill=often", "futurefill 'often' is not allowed; use one of zero, value"),
        ("demand:futurefill=zero", "filling rule 'futurefill' is not known; use one of middlefill"),
        ("colour:middlefill=zero", "filling rules for 'colour', which is no feature"),
    ],
)
def test_rules_that_mean_nothing(shop: Path, capsys, rule: str, told: str):
    assert run(shop, "--fill", rule, related=prices(shop)) == 2
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("no_training")
def test_prices_of_other_items_only(shop: Path, capsys):
    assert run(shop, related=prices(shop, items=("Jam", "Tea"))) == 2
    told = capsys.readouterr().err
    assert "none of the items of the target is there; it has jam, tea" in told
    assert "the related data have Jam, Tea: write them alike" in told


def test_what_can_be_trained_all_the_same_is_told(shop: Path, capsys):
    table = prices(shop, items=("jam",)).with_columns(tax=pl.lit(19.0))
    metadata = pl.DataFrame({"item_id": ["tea"], "category": ["drink"]})
    assert run(shop, related=table, metadata=metadata) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "related data cover 1 of 2 series; left out: tea; add their rows" in told
    assert "related feature 'tax' never changes and was left out; give the values" in told
    assert "item metadata list 0 of 1 items; nothing is known of jam: add a row" in told


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--horizon", "0", "horizon 0 is out of range; use a whole number, 1 to 500"),
        ("--backtest-windows", "6", "backtest windows 6 is out of range; use a whole number, 1 to"),
        ("--time-limit", "0", "time limit 0.0 is out of range; give seconds above 0"),
        ("--seed", "-1", "seed -1 is out of range; use a whole number, 0 to 2147483647"),
    ],
)
def test_numbers_out_of_range(shop: Path, capsys, option: str, value: str, told: str):
    assert run(shop, option, value) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("algorithm", ["ETS", "npts", "arima"])
def test_an_algorithm_of_amazon_forecast_runs_alone(shop: Path, algorithm: str):
    assert run(shop, "--quiet", algorithm=algorithm) == 0
    table = pl.read_csv(shop / "forecast-sales" / "forecast.csv")
    assert len(table) == len(ITEMS) * HORIZON


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("algorithm", ["Deep_AR_Plus", "DeepAR+", "CNN-QR"])
def test_a_network_without_its_extra(shop: Path, capsys, monkeypatch, algorithm: str):
    reason = "it needs torch; install the extra: pip install 'forecastle[deep]'"
    monkeypatch.setattr("forecastle.models.deep.extra.missing", lambda: reason)
    assert run(shop, algorithm=algorithm) == 2
    told = capsys.readouterr().err
    assert "none of the algorithms can be used" in told
    assert reason in told


def test_training_parameters_reach_their_algorithm(shop: Path):
    asked = ("--parameters", "context_length=14, kernel_type=uniform", "--quiet")
    assert run(shop, *asked, algorithm="NPTS") == 0


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("algorithm", "parameters", "told"),
    [
        ("NPTS", "context_length", "'context_length' cannot be read; write NAME=VALUE"),
        ("NPTS", "context_length=0", "'0' cannot be used; use a whole number from 1"),
        ("CNN-QR", "epochs=1001", "'1001' cannot be used; use a whole number from 1 to 1000"),
        ("Deep_AR_Plus", "cells=3", "'cells' is not one of Deep_AR_Plus; use context_length,"),
        ("ETS", "alpha=1", "ETS takes no training parameters; leave them out"),
        ("AutoML", "epochs=3", "belong to one algorithm, but AutoML was asked for"),
    ],
)
def test_training_parameters_out_of_range(shop: Path, capsys, algorithm, parameters, told):
    assert run(shop, "--parameters", parameters, algorithm=algorithm) == 2
    assert told in capsys.readouterr().err

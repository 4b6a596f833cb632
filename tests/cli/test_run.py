"""``forecastle run`` and ``forecastle forecast``: from a file of sales to a folder of results."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forecastle.cli.main import run_app
from tests.shop import rows, write_sales

QUICK = ("--algorithms", "seasonalnaive", "--workers", "1")


def run(*arguments: object) -> int:
    return run_app(["run", *map(str, arguments), *QUICK])


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    return write_sales(tmp_path / "sales.csv")


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A run's folder, for tests that only read it."""
    sales = write_sales(tmp_path_factory.mktemp("run") / "sales.csv", items=("jam", "tea"))
    assert run(sales, "--country", "UK", "--horizon", 7, "--quiet") == 0
    return sales.parent / "forecast-sales"


def test_the_results_lie_beside_the_file(results: Path):
    assert {path.name for path in results.iterdir()} == {
        "accuracy.json", "backtest.csv", "forecast.csv", "predictor", "report.html",
    }  # fmt: skip


def test_forecast_csv_has_the_export_layout(results: Path):
    table = pl.read_csv(results / "forecast.csv")
    assert table.columns == ["item_id", "date", "p10", "p50", "p90"]
    assert table["item_id"].to_list() == ["jam"] * 7 + ["tea"] * 7
    assert table["date"][0] == "2024-04-30T00:00:00Z"
    assert (
        table.select((pl.col("p10") <= pl.col("p50")) & (pl.col("p50") <= pl.col("p90")))
        .to_series()
        .all()
    )


def test_backtest_csv_has_the_forecasted_values_layout(results: Path):
    table = pl.read_csv(results / "backtest.csv")
    assert table.columns == [
        "item_id", "timestamp", "target_value", "backtestwindow_start_time",
        "backtestwindow_end_time", "mean", "p10", "p50", "p90",
    ]  # fmt: skip
    assert table["backtestwindow_end_time"].unique().to_list() == ["2024-04-29T00:00:00"]


def test_accuracy_json_is_get_accuracy_metrics_and_more(results: Path):
    record = json.loads((results / "accuracy.json").read_text())
    arns = [entry["AlgorithmArn"] for entry in record["PredictorEvaluationResults"]]
    assert arns[0].endswith("/AutoML")
    kinds = [w["EvaluationType"] for w in record["PredictorEvaluationResults"][0]["TestWindows"]]
    assert kinds == ["SUMMARY", "COMPUTED"]
    assert record["SeasonalNaive"]["WAPE"] >= 0
    assert record["Weights"] == {"SeasonalNaive": 1.0}
    assert (record["ForecastHorizon"], record["ForecastFrequency"]) == (7, "D")
    assert set(record) >= {"Skill", "LeftOut", "Messages", "TrainingSeconds", "Seed"}


def test_the_report_names_the_file(results: Path):
    assert "sales.csv" in (results / "report.html").read_text(encoding="utf-8")


def test_the_same_data_and_seed_give_the_same_bytes(tmp_path: Path, sales: Path):
    assert run(sales, "--out", tmp_path / "a", "--quiet") == 0
    assert run(sales, "--out", tmp_path / "b", "--quiet") == 0
    for name in ("forecast.csv", "backtest.csv", "report.html"):
        first = (tmp_path / "a" / name).read_bytes()
        if name != "report.html":  # which tells the seconds of training
            assert first == (tmp_path / "b" / name).read_bytes()


def test_for_people_it_ends_with_the_days_the_accuracy_and_the_report(sales: Path, capsys):
    assert run(sales, "--country", "UK") == 0
    printed = capsys.readouterr().out
    assert "tea: the next 7 days" in printed
    assert "2024-04-30" in printed
    assert "Tue" in printed
    assert "Early May bank holiday" in " ".join(printed.split()) or "May Day" in printed
    assert "seasonal naive" in printed
    assert "report.html" in printed


def test_for_many_series_their_total_comes_before_the_largest(tmp_path: Path, capsys):
    sales = write_sales(tmp_path / "two.csv", items=("jam", "tea"))
    assert run(sales) == 0
    printed = capsys.readouterr().out
    assert "All 2 series together" in printed
    assert printed.index("All 2 series") < printed.index("The largest, summed over")
    assert printed.index("tea") < printed.index("jam"), "the largest item comes first"


def test_json_is_one_object_and_nothing_else(sales: Path, capsys):
    assert run(sales, "--json") == 0
    streams = capsys.readouterr()
    record = json.loads(streams.out)
    assert len(record["totals"]) == 7
    assert set(record["totals"][0]) == {"timestamp", "weekday", "p10", "p50", "p90", "holiday"}
    assert Path(record["files"]["forecast.csv"]).is_file()
    assert record["accuracy"]["Skill"] is not None
    assert streams.err == ""


def test_quiet_says_nothing(sales: Path, capsys):
    assert run(sales, "--quiet") == 0
    streams = capsys.readouterr()
    assert (streams.out, streams.err) == ("", "")


def test_other_quantiles_horizon_and_frequency(tmp_path: Path, capsys):
    sales = write_sales(tmp_path / "long.csv", days=400)
    options = ("--quantiles", "0.05,0.95,mean", "--horizon", 3, "--frequency", "W")
    assert run(sales, *options, "--quiet") == 0
    table = pl.read_csv(tmp_path / "forecast-long" / "forecast.csv")
    assert table.columns == ["item_id", "date", "p5", "p95", "mean"]
    assert len(table) == 3


def test_dimensions_tell_series_apart(tmp_path: Path):
    table = pl.concat([rows().with_columns(store=pl.lit(store)) for store in ("north", "south")])
    table.write_csv(tmp_path / "stores.csv")
    assert run(tmp_path / "stores.csv", "--dimensions", "store", "--quiet") == 0
    forecast = pl.read_csv(tmp_path / "forecast-stores" / "forecast.csv")
    assert forecast.columns[:3] == ["item_id", "date", "store"]
    assert forecast["store"].unique().sort().to_list() == ["north", "south"]


def test_own_events_are_shown(tmp_path: Path, sales: Path, capsys):
    (tmp_path / "events.csv").write_text("date,name\n2024-05-01,Summer fair\n")
    assert run(sales, "--events", tmp_path / "events.csv") == 0
    assert "Summer fair" in capsys.readouterr().out


def test_an_earlier_run_is_never_overwritten_unless_told(sales: Path, capsys):
    folder = sales.parent / "forecast-sales"
    assert run(sales, "--quiet") == 0
    before = (folder / "forecast.csv").stat().st_mtime_ns
    assert run(sales) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (folder / "forecast.csv").stat().st_mtime_ns == before
    assert run(sales, "--overwrite", "--quiet") == 0
    assert (folder / "forecast.csv").stat().st_mtime_ns > before


def test_a_folder_of_other_files_is_never_touched(tmp_path: Path, sales: Path, capsys):
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "notes.txt").write_text("mine")
    assert run(sales, "--out", tmp_path / "diary", "--overwrite") == 2
    assert [path.name for path in (tmp_path / "diary").iterdir()] == ["notes.txt"]


class TestForecast:
    """The same predictor, newer data."""

    @pytest.fixture
    def week(self, tmp_path: Path) -> Path:
        return write_sales(
            tmp_path / "week.csv", items=("jam", "tea"), days=7, first=date(2024, 4, 30)
        )

    def test_the_latest_rows_are_enough(self, results: Path, week: Path, capsys):
        assert run_app(["forecast", str(results / "predictor"), "--data", str(week)]) == 0
        folder = week.parent / "forecast-week"
        assert {path.name for path in folder.iterdir()} == {"forecast.csv", "report.html"}
        assert pl.read_csv(folder / "forecast.csv")["date"][0] == "2024-05-07T00:00:00Z"
        assert "next 7 days" in capsys.readouterr().out

    def test_all_rows_given_again_give_the_same(self, results: Path, week: Path, tmp_path: Path):
        everything = write_sales(tmp_path / "all.csv", items=("jam", "tea"), days=127)
        for data in (week, everything):
            arguments = ["forecast", str(results / "predictor"), "--data", str(data), "--quiet"]
            assert run_app(arguments) == 0
        first, second = (
            (tmp_path / f"forecast-{name}" / "forecast.csv").read_bytes()
            for name in ("week", "all")
        )
        assert first == second

    def test_it_agrees_with_the_run_on_the_same_data(self, results: Path, tmp_path: Path):
        out = tmp_path / "again"
        data = results.parent / "sales.csv"
        arguments = ["forecast", str(results / "predictor"), "--data", str(data)]
        assert run_app([*arguments, "--out", str(out), "--json"]) == 0
        assert (out / "forecast.csv").read_bytes() == (results / "forecast.csv").read_bytes()

    def test_the_folder_of_results_will_do(self, results: Path, week: Path):
        assert run_app(["forecast", str(results), "--data", str(week), "--quiet"]) == 0

    def test_a_damaged_predictor_is_refused(self, sales: Path, week: Path, capsys):
        assert run(sales, "--quiet") == 0
        predictor = sales.parent / "forecast-sales" / "predictor"
        (predictor / "history" / "target.parquet").write_bytes(b"PAR1")
        assert run_app(["forecast", str(predictor), "--data", str(week)]) == 2
        assert "damaged (history/target.parquet" in capsys.readouterr().err
        assert not (week.parent / "forecast-week").exists()

"""Exports: forecasts and backtests become files in a bucket."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forecastle.catalog.resources import Resource
from forecastle.core.errors import InputError
from forecastle.core.names import ResourceType
from forecastle.jobs import export_forecast
from forecastle.jobs.forecast import FILE
from tests.jobs.job_world import World, legacy, s3

CREATED = "2023-11-14T22-13-20Z"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


@pytest.fixture
def predictor(world: World) -> Resource:
    """Of two items, one of which a spreadsheet would take for a formula."""
    lines = "".join(
        f"{item},{date(2024, 1, 1) + timedelta(day)},{10 + day % 7 + day % 5}\n"
        for item in ("Ärmel", "=1+1")
        for day in range(40)
    )
    request = legacy(world.sales(lines), "ETS", EvaluationParameters={"NumberOfBacktestWindows": 2})
    return world.run(ResourceType.PREDICTOR, "predictor", request)


@pytest.fixture
def forecast(world: World, predictor: Resource) -> Resource:
    return world.run(ResourceType.FORECAST, "forecast", {"PredictorArn": predictor.arn})


def export(world: World, forecast: Resource, path: str, name: str = "job", **more) -> Resource:
    request = {"ForecastArn": forecast.arn, "Destination": s3(path), **more}
    return world.run(ResourceType.FORECAST_EXPORT_JOB, f"forecast/{name}", request)


def test_a_forecast_as_csv(world: World, forecast: Resource):
    job = export(world, forecast, "s3://retail/out/forecasts/")
    (name,) = files = world.exported("out/forecasts")
    assert name == f"job_{CREATED}_part0.csv"
    lines = files[name].read_text(encoding="utf-8").splitlines()
    assert lines[0] == "item_id,date,p10,p50,p90"
    assert lines[1].startswith("'=1+1,2024-02-10T00:00:00Z,")
    assert len(lines) == 1 + 2 * 3
    assert "artifact" not in job.details


def test_what_is_exported_can_be_imported_again(world: World, forecast: Resource):
    export(world, forecast, "s3://retail/out")
    fields = (
        ("item_id", "string"),
        ("timestamp", "timestamp"),
        ("p10", "float"),
        ("demand", "float"),
        ("p90", "float"),
    )
    (path,) = world.exported("out").values()
    table = pl.read_csv(path).rename({"date": "timestamp", "p50": "demand"}).drop("p10", "p90")
    again = world.dataset("again", [field for field in fields if field[0] not in ("p10", "p90")])
    job = world.import_data(
        again,
        world.upload("again.csv", table),
        "first",
        TimestampFormat="yyyy-MM-dd'T'HH:mm:ss'Z'",
    )
    assert job.details["rows"] == 6


def test_a_forecast_as_parquet_in_parts(
    world: World, forecast: Resource, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export_forecast, "ROWS_PER_PART", 4)
    export(world, forecast, "s3://retail", Format="PARQUET")
    files = world.exported("")
    parts = [pl.read_parquet(files[f"job_{CREATED}_part{part}.parquet"]) for part in range(2)]
    assert [len(part) for part in parts] == [4, 2]
    table = pl.concat(parts)
    whole = pl.read_parquet(world.artifact(forecast) / FILE)
    assert table.columns == ["item_id", "date", "p10", "p50", "p90"]
    assert table["p50"].equals(whole["p50"])
    assert table["item_id"].unique().sort().to_list() == ["=1+1", "Ärmel"]


def test_a_job_that_runs_again_writes_the_same_files(world: World, forecast: Resource):
    job = export(world, forecast, "s3://retail/out")
    before = {name: path.read_bytes() for name, path in world.exported("out").items()}
    world.catalog.resources.remove(job.arn, job.nonce)
    export(world, forecast, "s3://retail/out")
    assert {name: path.read_bytes() for name, path in world.exported("out").items()} == before


def test_a_bucket_of_somebody_else(world: World, forecast: Resource):
    with pytest.raises(InputError, match="bucket 'other' does not exist"):
        export(world, forecast, "s3://other/out")


def test_a_forecast_that_is_gone(world: World, forecast: Resource):
    world.catalog.resources.remove(forecast.arn, forecast.nonce)
    with pytest.raises(InputError, match="does not exist any more"):
        export(world, forecast, "s3://retail/out")


@pytest.mark.parametrize("format_", ["CSV", "PARQUET"])
def test_backtests(world: World, predictor: Resource, format_: str):
    request = {
        "PredictorArn": predictor.arn,
        "Destination": s3("s3://retail/tests"),
        "Format": format_,
    }
    world.run(ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB, "predictor/job", request)
    files = world.exported("tests")
    ending = format_.lower()
    assert list(files) == [
        f"accuracy-metrics-values/job_{CREATED}_part0.{ending}",
        f"forecasted-values/job_{CREATED}_part0.{ending}",
    ]
    read = pl.read_csv if format_ == "CSV" else pl.read_parquet
    metrics, values = (read(path) for path in files.values())
    assert values.columns == [
        "item_id",
        "timestamp",
        "target_value",
        "backtestwindow_start_time",
        "backtestwindow_end_time",
        "mean",
        "p10",
        "p50",
        "p90",
    ]
    assert len(values) == 2 * 2 * 3, "items, windows, steps"
    assert metrics["backtest_window"].value_counts().sort("backtest_window").rows() == [
        ("Computed", 4),
        ("Summary", 2),
    ]
    assert metrics.columns[-1] == "MASE"

"""Forecast exports and backtest exports."""

from __future__ import annotations

from tests.service.service_world import NOON, World


def test_a_forecast_is_exported(world: World) -> None:
    forecast = world.forecast()
    world.finish(forecast)
    made = world.do(
        "CreateForecastExportJob",
        ForecastExportJobName="csv",
        ForecastArn=forecast,
        Destination=world.s3("out"),
    )
    arn = made["ForecastExportJobArn"]
    assert arn.endswith(":forecast-export-job/week/csv")
    assert world.do("DescribeForecastExportJob", ForecastExportJobArn=arn) == {
        "ForecastExportJobArn": arn,
        "ForecastExportJobName": "csv",
        "ForecastArn": forecast,
        "Destination": world.s3("out"),
        "Format": "CSV",
        "Status": "CREATE_PENDING",
        "CreationTime": NOON,
        "LastModificationTime": NOON,
    }
    wanted = [{"Key": "ForecastArn", "Value": forecast, "Condition": "IS"}]
    (listed,) = world.do("ListForecastExportJobs", Filters=wanted)["ForecastExportJobs"]
    assert listed["ForecastExportJobArn"] == arn
    assert listed["Destination"] == world.s3("out")


def test_backtests_are_exported(world: World) -> None:
    predictor = world.trained()
    made = world.do(
        "CreatePredictorBacktestExportJob",
        PredictorBacktestExportJobName="parquet",
        PredictorArn=predictor,
        Destination=world.s3("out"),
        Format="PARQUET",
    )
    arn = made["PredictorBacktestExportJobArn"]
    path = predictor.rpartition("/")[2]
    assert arn.endswith(f":predictor-backtest-export-job/{path}/parquet")
    described = world.do("DescribePredictorBacktestExportJob", PredictorBacktestExportJobArn=arn)
    assert described["PredictorArn"] == predictor
    assert described["Format"] == "PARQUET"
    wanted = [{"Key": "PredictorArn", "Value": predictor, "Condition": "IS"}]
    listed = world.do("ListPredictorBacktestExportJobs", Filters=wanted)
    assert [
        each["PredictorBacktestExportJobName"] for each in listed["PredictorBacktestExportJobs"]
    ] == ["parquet"]


def test_what_is_exported_is_there(world: World) -> None:
    forecast = world.forecast()
    export = {
        "ForecastExportJobName": "csv",
        "ForecastArn": forecast,
        "Destination": world.s3("out"),
    }
    name, message = world.refusal("CreateForecastExportJob", **export)
    assert name == "ResourceInUseException"
    assert f"forecast {forecast} is CREATE_PENDING" in message


def test_the_destination_is_a_bucket_of_the_account(world: World) -> None:
    forecast, other = world.forecast(), world.another()
    world.finish(forecast)
    name, message = world.refusal(
        "CreateForecastExportJob",
        ForecastExportJobName="csv",
        ForecastArn=forecast,
        Destination=other.s3("out"),
    )
    assert name == "InvalidInputException"
    assert f"bucket '{other.bucket}' is not a bucket of account {world.account}" in message

"""The whole story through boto3, as a script that was written for Amazon Forecast tells it."""

from __future__ import annotations

import csv
import time
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.compat.running import PATIENCE, Running
from tests.compat.sales import DAYS, ITEMS, NEXT, ROLE, SCHEMA

HORIZON = 7


def client(service: Running, name: str, **changed: str) -> Any:
    environment = {**service.client, **changed}
    return boto3.client(
        name,
        endpoint_url=service.url,
        region_name="us-east-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 1}),
    )


@pytest.fixture(scope="module")
def forecast(service: Running) -> Any:
    return client(service, "forecast")


def wait(describe: Any, **arn: str) -> dict[str, Any]:
    """Poll, as every script for Amazon Forecast does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = describe(**arn)
        if not found["Status"].endswith(("PENDING", "IN_PROGRESS", "STOPPING")):
            return dict(found)
        assert "EstimatedTimeRemainingInMinutes" not in found or (
            found["EstimatedTimeRemainingInMinutes"] >= 0
        )
        time.sleep(0.1)
    raise AssertionError(f"still {found['Status']}: {arn}")


def wait_until_gone(forecast: Any, describe: Any, **arn: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            describe(**arn)
        except forecast.exceptions.ResourceNotFoundException:
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {arn}")


def source(path: str) -> dict[str, Any]:
    return {"S3Config": {"Path": path, "RoleArn": ROLE}}


@pytest.fixture(scope="module")
def dataset(forecast: Any) -> str:
    made = forecast.create_dataset(
        DatasetName="boto_sales",
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        DataFrequency="D",
        Schema=SCHEMA,
    )
    return str(made["DatasetArn"])


@pytest.fixture(scope="module")
def imported(forecast: Any, dataset: str) -> dict[str, Any]:
    made = forecast.create_dataset_import_job(
        DatasetImportJobName="first",
        DatasetArn=dataset,
        DataSource=source("s3://shop/input/"),
        TimestampFormat="yyyy-MM-dd",
    )
    return wait(
        forecast.describe_dataset_import_job, DatasetImportJobArn=made["DatasetImportJobArn"]
    )


@pytest.fixture(scope="module")
def group(forecast: Any, dataset: str, imported: dict[str, Any]) -> str:
    assert imported["Status"] == "ACTIVE", imported
    made = forecast.create_dataset_group(
        DatasetGroupName="boto_group", Domain="RETAIL", DatasetArns=[dataset]
    )
    return str(made["DatasetGroupArn"])


@pytest.fixture(scope="module")
def predictor(forecast: Any, group: str) -> dict[str, Any]:
    made = forecast.create_auto_predictor(
        PredictorName="boto_predictor",
        ForecastHorizon=HORIZON,
        ForecastFrequency="D",
        ForecastTypes=["0.1", "0.5", "0.9", "mean"],
        DataConfig={
            "DatasetGroupArn": group,
            "AdditionalDatasets": [{"Name": "holiday", "Configuration": {"CountryCode": ["UK"]}}],
        },
    )
    return wait(forecast.describe_auto_predictor, PredictorArn=made["PredictorArn"])


@pytest.fixture(scope="module")
def made_forecast(forecast: Any, predictor: dict[str, Any]) -> dict[str, Any]:
    assert predictor["Status"] == "ACTIVE", predictor
    made = forecast.create_forecast(
        ForecastName="boto_forecast", PredictorArn=predictor["PredictorArn"]
    )
    return wait(forecast.describe_forecast, ForecastArn=made["ForecastArn"])


class TestTheMission:
    def test_the_import_tells_what_it_found(self, imported: dict[str, Any]) -> None:
        assert imported["Status"] == "ACTIVE"
        demand = imported["FieldStatistics"]["demand"]
        assert demand["Count"] == len(ITEMS) * DAYS
        assert imported["FieldStatistics"]["item_id"]["CountDistinct"] == len(ITEMS)
        assert imported["FieldStatistics"]["timestamp"]["Min"] == "2024-01-01T00:00:00Z"

    def test_the_predictor_is_an_auto_predictor(self, predictor: dict[str, Any]) -> None:
        assert predictor["Status"] == "ACTIVE"
        assert predictor["ForecastHorizon"] == HORIZON
        stem, _, suffix = predictor["PredictorArn"].rpartition("_")
        assert stem.endswith("predictor/boto_predictor")
        assert len(suffix) == 26

    def test_its_accuracy_is_told_in_amazons_shape(
        self, forecast: Any, predictor: dict[str, Any]
    ) -> None:
        metrics = forecast.get_accuracy_metrics(PredictorArn=predictor["PredictorArn"])
        assert metrics["IsAutoPredictor"] is True
        summary, computed = metrics["PredictorEvaluationResults"][0]["TestWindows"]
        assert summary["EvaluationType"] == "SUMMARY"
        assert computed["TestWindowEnd"] - computed["TestWindowStart"] == timedelta(days=HORIZON)
        assert computed["ItemCount"] == len(ITEMS)
        losses = computed["Metrics"]["WeightedQuantileLosses"]
        assert [loss["Quantile"] for loss in losses] == [0.9, 0.5, 0.1]
        assert 0 < computed["Metrics"]["AverageWeightedQuantileLoss"] < 0.2

    def test_the_forecast_can_be_queried(
        self, service: Running, made_forecast: dict[str, Any]
    ) -> None:
        assert made_forecast["Status"] == "ACTIVE"
        answer = client(service, "forecastquery").query_forecast(
            ForecastArn=made_forecast["ForecastArn"], Filters={"item_id": "milk"}
        )
        predictions = answer["Forecast"]["Predictions"]
        assert set(predictions) == {"p10", "p50", "p90", "mean"}
        days = [each["Timestamp"] for each in predictions["p50"]]
        assert days == [f"{NEXT + timedelta(days=k)}T00:00:00" for k in range(HORIZON)]
        for low, middle, high in zip(*(predictions[k] for k in ("p10", "p50", "p90")), strict=True):
            assert 0 <= low["Value"] <= middle["Value"] <= high["Value"]
            assert 30 < middle["Value"] < 60

    def test_a_query_is_narrowed_by_dates(
        self, service: Running, made_forecast: dict[str, Any]
    ) -> None:
        answer = client(service, "forecastquery").query_forecast(
            ForecastArn=made_forecast["ForecastArn"],
            Filters={"item_id": "tea"},
            StartDate=f"{NEXT + timedelta(days=2)}T00:00:00",
            EndDate=f"{NEXT + timedelta(days=4)}T00:00:00",
        )
        assert len(answer["Forecast"]["Predictions"]["p50"]) == 3

    def test_the_forecast_is_exported(
        self, service: Running, forecast: Any, made_forecast: dict[str, Any]
    ) -> None:
        made = forecast.create_forecast_export_job(
            ForecastExportJobName="boto_export",
            ForecastArn=made_forecast["ForecastArn"],
            Destination=source("s3://shop/output/"),
        )
        arn = made["ForecastExportJobArn"]
        assert wait(forecast.describe_forecast_export_job, ForecastExportJobArn=arn)["Status"] == (
            "ACTIVE"
        )
        (file,) = (service.buckets / "shop" / "output").glob("boto_export_*.csv")
        rows = list(csv.DictReader(file.read_text().splitlines()))
        assert list(rows[0]) == ["item_id", "date", "p10", "p50", "p90", "mean"]
        assert len(rows) == len(ITEMS) * HORIZON
        assert rows[0]["date"] == f"{NEXT}T00:00:00Z"

    def test_the_backtest_is_exported(
        self, service: Running, forecast: Any, predictor: dict[str, Any]
    ) -> None:
        made = forecast.create_predictor_backtest_export_job(
            PredictorBacktestExportJobName="boto_backtest",
            PredictorArn=predictor["PredictorArn"],
            Destination=source("s3://shop/backtest"),
        )
        arn = made["PredictorBacktestExportJobArn"]
        found = wait(
            forecast.describe_predictor_backtest_export_job, PredictorBacktestExportJobArn=arn
        )
        assert found["Status"] == "ACTIVE", found
        folder = service.buckets / "shop" / "backtest"
        (values,) = (folder / "forecasted-values").glob("*.csv")
        (metrics,) = (folder / "accuracy-metrics-values").glob("*.csv")
        assert "target_value" in values.read_text().splitlines()[0]
        assert "Average wQL" in metrics.read_text().splitlines()[0]

    def test_a_retrained_predictor_inherits(self, forecast: Any, predictor: dict[str, Any]) -> None:
        made = forecast.create_auto_predictor(
            PredictorName="boto_again", ReferencePredictorArn=predictor["PredictorArn"]
        )
        found = wait(forecast.describe_auto_predictor, PredictorArn=made["PredictorArn"])
        assert found["Status"] == "ACTIVE", found
        assert found["ForecastHorizon"] == HORIZON
        assert found["ReferencePredictorSummary"]["Arn"] == predictor["PredictorArn"]
        forecast.delete_predictor(PredictorArn=made["PredictorArn"])
        wait_until_gone(
            forecast, forecast.describe_auto_predictor, PredictorArn=made["PredictorArn"]
        )


class TestALegacyPredictor:
    def test_trains_one_algorithm(self, forecast: Any, group: str) -> None:
        made = forecast.create_predictor(
            PredictorName="boto_ets",
            AlgorithmArn="arn:aws:forecast:::algorithm/ETS",
            ForecastHorizon=HORIZON,
            EvaluationParameters={"NumberOfBacktestWindows": 2, "BackTestWindowOffset": HORIZON},
            InputDataConfig={"DatasetGroupArn": group},
            FeaturizationConfig={"ForecastFrequency": "D"},
        )
        found = wait(forecast.describe_predictor, PredictorArn=made["PredictorArn"])
        assert found["Status"] == "ACTIVE", found
        assert found["PredictorArn"].endswith(":predictor/boto_ets")
        metrics = forecast.get_accuracy_metrics(PredictorArn=made["PredictorArn"])
        (result,) = metrics["PredictorEvaluationResults"]
        assert result["AlgorithmArn"] == "arn:aws:forecast:::algorithm/ETS"
        assert [window["EvaluationType"] for window in result["TestWindows"]] == [
            "SUMMARY",
            "COMPUTED",
            "COMPUTED",
        ]

    def test_is_not_described_as_an_auto_predictor(
        self, forecast: Any, predictor: dict[str, Any]
    ) -> None:
        with pytest.raises(forecast.exceptions.InvalidInputException):
            forecast.describe_predictor(PredictorArn=predictor["PredictorArn"])


class TestErrors:
    def test_a_broken_file_fails_its_import_and_leaves_the_data(
        self, forecast: Any, group: str, dataset: str
    ) -> None:
        made = forecast.create_dataset_import_job(
            DatasetImportJobName="broken",
            DatasetArn=dataset,
            DataSource=source("s3://shop/broken/sales.csv"),
            TimestampFormat="yyyy-MM-dd",
        )
        found = wait(
            forecast.describe_dataset_import_job,
            DatasetImportJobArn=made["DatasetImportJobArn"],
        )
        assert found["Status"] == "CREATE_FAILED"
        assert "sales.csv, line 4" in found["Message"]
        assert "'many'" in found["Message"]
        assert forecast.describe_dataset(DatasetArn=dataset)["Status"] == "ACTIVE"

    def test_nothing_at_the_path_fails_in_amazons_words(self, forecast: Any, dataset: str) -> None:
        made = forecast.create_dataset_import_job(
            DatasetImportJobName="nothing",
            DatasetArn=dataset,
            DataSource=source("s3://shop/nowhere/"),
        )
        found = wait(
            forecast.describe_dataset_import_job,
            DatasetImportJobArn=made["DatasetImportJobArn"],
        )
        assert "No objects found in s3 path s3://shop/nowhere/" in found["Message"]

    def test_a_bad_name_breaks_a_constraint(self, forecast: Any) -> None:
        with pytest.raises(ClientError) as caught:
            forecast.create_dataset_group(DatasetGroupName="x-y", Domain="RETAIL")
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert caught.value.response["Error"]["Message"] == (
            "1 validation error detected: Value 'x-y' at 'datasetGroupName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: ^[a-zA-Z][a-zA-Z0-9_]*"
        )

    def test_a_name_is_taken_once(self, forecast: Any, group: str) -> None:
        with pytest.raises(forecast.exceptions.ResourceAlreadyExistsException) as caught:
            forecast.create_dataset_group(DatasetGroupName="boto_group", Domain="RETAIL")
        assert "A dataset group already exists with the arn: " in str(caught.value)

    def test_what_is_not_there_is_not_found(self, forecast: Any, group: str) -> None:
        with pytest.raises(forecast.exceptions.ResourceNotFoundException):
            forecast.describe_dataset_group(DatasetGroupArn=f"{group}_and_more")

    def test_a_parent_is_in_use(self, forecast: Any, dataset: str, group: str) -> None:
        with pytest.raises(forecast.exceptions.ResourceInUseException):
            forecast.delete_dataset(DatasetArn=dataset)

    def test_an_unknown_algorithm_is_refused_with_the_options(
        self, forecast: Any, group: str
    ) -> None:
        with pytest.raises(forecast.exceptions.InvalidInputException) as caught:
            forecast.create_predictor(
                PredictorName="x",
                AlgorithmArn="arn:aws:forecast:::algorithm/Magic",
                ForecastHorizon=1,
                InputDataConfig={"DatasetGroupArn": group},
                FeaturizationConfig={"ForecastFrequency": "D"},
            )
        assert "Invalid Algorithm ARN specified" in str(caught.value)
        assert "Prophet" in str(caught.value)

    def test_a_wrong_secret_is_refused(self, service: Running) -> None:
        with pytest.raises(ClientError) as caught:
            client(service, "forecast", AWS_SECRET_ACCESS_KEY="wrong").list_forecasts()
        assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"

    def test_an_unknown_key_is_refused(self, service: Running) -> None:
        with pytest.raises(ClientError) as caught:
            client(service, "forecast", AWS_ACCESS_KEY_ID="AKIAUNKNOWN").list_forecasts()
        assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"

    def test_without_prices_there_is_no_what_if(
        self, forecast: Any, made_forecast: dict[str, Any]
    ) -> None:
        with pytest.raises(forecast.exceptions.InvalidInputException) as caught:
            forecast.create_what_if_analysis(
                WhatIfAnalysisName="x", ForecastArn=made_forecast["ForecastArn"]
            )
        assert "has no related time series with data" in str(caught.value)


class TestHousekeeping:
    def test_sts_tells_the_account(self, service: Running) -> None:
        assert client(service, "sts").get_caller_identity()["Account"] == "000000000000"

    def test_lists_come_in_pages(self, forecast: Any) -> None:
        for name in ("page_a", "page_b", "page_c"):
            forecast.create_dataset_group(DatasetGroupName=name, Domain="CUSTOM")
        pages = forecast.get_paginator("list_dataset_groups").paginate(
            PaginationConfig={"PageSize": 2}
        )
        names = [group["DatasetGroupName"] for page in pages for group in page["DatasetGroups"]]
        assert {"page_a", "page_b", "page_c"} <= set(names)
        assert len(names) == len(set(names))

    def test_a_damaged_token_is_refused(self, forecast: Any) -> None:
        with pytest.raises(forecast.exceptions.InvalidNextTokenException):
            forecast.list_dataset_groups(NextToken="damaged")

    def test_lists_are_filtered(self, forecast: Any, predictor: dict[str, Any]) -> None:
        found = forecast.list_predictors(
            Filters=[{"Key": "Status", "Value": "ACTIVE", "Condition": "IS"}]
        )
        assert predictor["PredictorArn"] in [each["PredictorArn"] for each in found["Predictors"]]
        without = forecast.list_predictors(
            Filters=[{"Key": "Status", "Value": "ACTIVE", "Condition": "IS_NOT"}]
        )
        assert all(each["Status"] != "ACTIVE" for each in without["Predictors"])

    def test_tags_stay_with_the_resource(self, forecast: Any, group: str) -> None:
        forecast.tag_resource(
            ResourceArn=group, Tags=[{"Key": "team", "Value": "sales"}, {"Key": "x", "Value": ""}]
        )
        forecast.untag_resource(ResourceArn=group, TagKeys=["x"])
        assert forecast.list_tags_for_resource(ResourceArn=group)["Tags"] == [
            {"Key": "team", "Value": "sales"}
        ]

    def test_a_tree_goes_and_its_name_is_free_again(self, forecast: Any, imported: Any) -> None:
        made = forecast.create_dataset_group(
            DatasetGroupName="tree",
            Domain="RETAIL",
            DatasetArns=[imported["DatasetArn"]],
        )
        arn = made["DatasetGroupArn"]
        predictor = forecast.create_predictor(
            PredictorName="tree_npts",
            AlgorithmArn="arn:aws:forecast:::algorithm/NPTS",
            ForecastHorizon=1,
            InputDataConfig={"DatasetGroupArn": arn},
            FeaturizationConfig={"ForecastFrequency": "D"},
        )["PredictorArn"]
        wait(forecast.describe_predictor, PredictorArn=predictor)
        forecast.delete_resource_tree(ResourceArn=arn)
        wait_until_gone(forecast, forecast.describe_dataset_group, DatasetGroupArn=arn)
        wait_until_gone(forecast, forecast.describe_predictor, PredictorArn=predictor)
        assert forecast.describe_dataset(DatasetArn=imported["DatasetArn"])["Status"] == "ACTIVE"
        forecast.create_dataset_group(DatasetGroupName="tree", Domain="RETAIL")

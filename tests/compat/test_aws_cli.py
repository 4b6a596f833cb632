"""The AWS CLI, from its own package: shell lines written for Amazon Forecast."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.compat.running import PATIENCE, Running
from tests.compat.sales import ITEMS, ROLE, SCHEMA

AWS = Path(sys.executable).with_name("aws")


def aws(service: Running, *words: str, fails: bool = False) -> Any:
    done = subprocess.run(
        [str(AWS), *words, "--output", "json"],
        env=dict(service.client),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    if fails:
        return done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else {}


def wait(service: Running, *words: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = aws(service, "forecast", *words)
        if not found["Status"].endswith(("PENDING", "IN_PROGRESS")):
            return dict(found)
    raise AssertionError(f"still {found['Status']}: {words}")


@pytest.fixture(scope="module")
def predictor(service: Running) -> str:
    dataset = aws(
        service, "forecast", "create-dataset", "--dataset-name", "cli_sales", "--domain", "RETAIL",
        "--dataset-type", "TARGET_TIME_SERIES", "--data-frequency", "D",
        "--schema", json.dumps(SCHEMA),
    )["DatasetArn"]  # fmt: skip
    job = aws(
        service, "forecast", "create-dataset-import-job", "--dataset-import-job-name", "cli",
        "--dataset-arn", dataset, "--timestamp-format", "yyyy-MM-dd", "--data-source",
        f"S3Config={{Path=s3://shop/input/sales.csv,RoleArn={ROLE}}}",
    )["DatasetImportJobArn"]  # fmt: skip
    imported = wait(service, "describe-dataset-import-job", "--dataset-import-job-arn", job)
    assert imported["Status"] == "ACTIVE", imported
    group = aws(
        service, "forecast", "create-dataset-group", "--dataset-group-name", "cli_group",
        "--domain", "RETAIL", "--dataset-arns", dataset,
    )["DatasetGroupArn"]  # fmt: skip
    arn = aws(
        service, "forecast", "create-predictor", "--predictor-name", "cli_predictor",
        "--algorithm-arn", "arn:aws:forecast:::algorithm/NPTS", "--forecast-horizon", "7",
        "--training-parameters", "kernel_type=uniform",
        "--input-data-config", f"DatasetGroupArn={group}",
        "--featurization-config", "ForecastFrequency=D",
    )["PredictorArn"]  # fmt: skip
    found = wait(service, "describe-predictor", "--predictor-arn", arn)
    assert found["Status"] == "ACTIVE", found
    assert found["TrainingParameters"] == {"kernel_type": "uniform"}
    return str(arn)


def test_from_file_to_export(service: Running, predictor: str) -> None:
    arn = aws(
        service, "forecast", "create-forecast", "--forecast-name", "cli_forecast",
        "--predictor-arn", predictor, "--forecast-types", "0.05", "0.5", "mean",
    )["ForecastArn"]  # fmt: skip
    assert wait(service, "describe-forecast", "--forecast-arn", arn)["Status"] == "ACTIVE"
    answer = aws(
        service, "forecastquery", "query-forecast", "--forecast-arn", arn,
        "--filters", f"item_id={ITEMS[0]}",
    )  # fmt: skip
    assert set(answer["Forecast"]["Predictions"]) == {"p5", "p50", "mean"}
    job = aws(
        service, "forecast", "create-forecast-export-job", "--forecast-export-job-name", "cli",
        "--forecast-arn", arn, "--format", "PARQUET", "--destination",
        f"S3Config={{Path=s3://shop/cli-output,RoleArn={ROLE}}}",
    )["ForecastExportJobArn"]  # fmt: skip
    found = wait(service, "describe-forecast-export-job", "--forecast-export-job-arn", job)
    assert found["Status"] == "ACTIVE", found
    assert len(list((service.buckets / "shop" / "cli-output").glob("cli_*.parquet"))) == 1


def test_the_accuracy_is_a_table(service: Running, predictor: str) -> None:
    metrics = aws(service, "forecast", "get-accuracy-metrics", "--predictor-arn", predictor)
    (result,) = metrics["PredictorEvaluationResults"]
    assert result["AlgorithmArn"].endswith("/NPTS")
    assert result["TestWindows"][0]["Metrics"]["ErrorMetrics"][0]["ForecastType"] == "mean"


def test_an_error_names_the_operation_and_the_remedy(service: Running) -> None:
    told = aws(
        service, "forecast", "create-dataset", "--dataset-name", "no_demand", "--domain", "RETAIL",
        "--dataset-type", "TARGET_TIME_SERIES", "--data-frequency", "D", "--schema",
        json.dumps({"Attributes": SCHEMA["Attributes"][:2]}), fails=True,
    )  # fmt: skip
    assert "(InvalidInputException) when calling the CreateDataset operation" in told
    assert "demand" in told


def test_sts_knows_the_caller(service: Running) -> None:
    assert aws(service, "sts", "get-caller-identity")["Account"] == "000000000000"

"""Lambda handlers of the forecast workflow (state_machine.asl.json).

Each handler gets the state of the execution and returns what it made. They use boto3 alone, so they
run against Amazon Forecast as well as against Forecastle (set AWS_ENDPOINT_URL_FORECAST). A handler
that is called twice, as Lambda may do, makes nothing twice.
"""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import Any

import boto3

State = dict[str, Any]

SCHEMA = {
    "Attributes": [
        {"AttributeName": "item_id", "AttributeType": "string"},
        {"AttributeName": "timestamp", "AttributeType": "timestamp"},
        {"AttributeName": "demand", "AttributeType": "float"},
    ]
}
ALGORITHMS = "arn:aws:forecast:::algorithm/"


class StillBusyError(Exception):
    """The job is not over: Step Functions asks again later."""


class JobFailedError(Exception):
    """The job ended without success; the text is the job's own message."""


def import_data(state: State, _context: object) -> State:
    """Import the uploaded file into the group's target dataset, which is made if need be."""
    settings, forecast = state["settings"], boto3.client("forecast")
    dataset = made(
        forecast,
        "dataset",
        f"{settings['group']}_target",
        Domain="RETAIL",
        DatasetType="TARGET_TIME_SERIES",
        DataFrequency=settings["frequency"],
        Schema=SCHEMA,
    )
    group = made(
        forecast, "dataset_group", settings["group"], Domain="RETAIL", DatasetArns=[dataset]
    )
    job = made(
        forecast,
        "dataset_import_job",
        name_of(state),
        DatasetArn=dataset,
        DataSource=s3(f"s3://{state['bucket']}/{state['key']}"),
        TimestampFormat=settings["timestamp_format"],
    )
    return {"kind": "dataset_import_job", "arn": job, "group": group}


def train_predictor(state: State, _context: object) -> State:
    """Train on the group: AutoML, or the algorithm that the settings name."""
    settings, forecast = state["settings"], boto3.client("forecast")
    group = state["import"]["group"]
    if settings["algorithm"] == "AutoML":
        return _train_auto_predictor(forecast, name_of(state), group, settings)
    arn = made(
        forecast,
        "predictor",
        name_of(state),
        AlgorithmArn=ALGORITHMS + settings["algorithm"],
        ForecastHorizon=settings["horizon"],
        ForecastTypes=settings["quantiles"],
        InputDataConfig={
            "DatasetGroupArn": group,
            "SupplementaryFeatures": [{"Name": "holiday", "Value": settings["holidays"]}],
        },
        FeaturizationConfig={"ForecastFrequency": settings["frequency"]},
    )
    return {"kind": "predictor", "arn": arn}


def create_forecast(state: State, _context: object) -> State:
    """Forecast from the newest data."""
    arn = made(
        boto3.client("forecast"),
        "forecast",
        name_of(state),
        PredictorArn=state["predictor"]["arn"],
        ForecastTypes=state["settings"]["quantiles"],
    )
    return {"kind": "forecast", "arn": arn}


def export_forecast(state: State, _context: object) -> State:
    """Write the forecast to the bucket that the file came from."""
    path = f"s3://{state['bucket']}/{state['settings']['output']}"
    arn = made(
        boto3.client("forecast"),
        "forecast_export_job",
        name_of(state),
        ForecastArn=state["forecast"]["arn"],
        Destination=s3(path),
    )
    return {"kind": "forecast_export_job", "arn": arn, "path": path}


def await_job(job: State, _context: object) -> State:
    """Let the execution go on when a job is ACTIVE.

    Raises:
        StillBusyError: it is at work.
        JobFailedError: it ended otherwise.
    """
    describe = getattr(boto3.client("forecast"), f"describe_{job['kind']}")
    found = describe(**{f"{title(job['kind'])}Arn": job["arn"]})
    status = found["Status"]
    if status.endswith(("PENDING", "IN_PROGRESS", "STOPPING")):
        raise StillBusyError(f"{job['arn']} is {status}")
    if status != "ACTIVE":
        raise JobFailedError(found.get("Message") or f"{job['arn']} is {status}")
    return {"status": status}


def notify(state: State, _context: object) -> State:
    """Tell the topic how the execution ended."""
    file = f"s3://{state['bucket']}/{state['key']}"
    error = state.get("error")
    if error is None:
        subject, text = "Forecast ready", f"{file}: the forecast is in {state['export']['path']}"
    else:
        subject, text = "Forecast failed", f"{file}: {error['Error']}: {error['Cause']}"
    boto3.client("sns").publish(
        TopicArn=os.environ["FORECAST_TOPIC_ARN"], Subject=subject, Message=text
    )
    return {"subject": subject}


def name_of(state: State) -> str:
    """Of everything that an execution makes: the file and the event, so the same when repeated."""
    stem = PurePosixPath(state["key"]).name.split(".")[0]
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem)
    return f"f_{letters[:40]}_{state['event'].replace('-', '')[:16]}"


def made(forecast: Any, kind: str, name: str, **request: Any) -> str:
    """ARN of the resource of that kind and name; made unless it is there."""
    called, listed = title(kind), f"list_{kind.removeprefix('auto_')}s"
    for page in forecast.get_paginator(listed).paginate():
        for resource in page[f"{called}s"]:
            if resource[f"{called}Name"] == name:
                return str(resource[f"{called}Arn"])
    create = getattr(forecast, f"create_{kind}")
    return str(create(**{f"{called}Name": name}, **request)[f"{called}Arn"])


def title(kind: str) -> str:
    """``dataset_import_job`` as the API's members spell it: ``DatasetImportJob``."""
    return "".join(word.capitalize() for word in kind.removeprefix("auto_").split("_"))


def s3(path: str) -> State:
    """A place in a bucket, and the role that may use it."""
    return {"S3Config": {"Path": path, "RoleArn": os.environ["FORECAST_ROLE_ARN"]}}


def _train_auto_predictor(forecast: Any, name: str, group: str, settings: State) -> State:
    holidays = {"Name": "holiday", "Configuration": {"CountryCode": [settings["holidays"]]}}
    arn = made(
        forecast,
        "auto_predictor",
        name,
        ForecastHorizon=settings["horizon"],
        ForecastFrequency=settings["frequency"],
        ForecastTypes=settings["quantiles"],
        DataConfig={"DatasetGroupArn": group, "AdditionalDatasets": [holidays]},
    )
    return {"kind": "auto_predictor", "arn": arn}

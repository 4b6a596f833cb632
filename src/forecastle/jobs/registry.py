"""Which job makes which resource, and in which queue it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forecastle.core.names import ResourceType
from forecastle.jobs.context import Job
from forecastle.jobs.export_backtest import export_backtest
from forecastle.jobs.export_forecast import export_forecast
from forecastle.jobs.forecast import create_forecast
from forecastle.jobs.import_data import import_dataset
from forecastle.jobs.train import train_predictor

TRAINING, DATA = "training", "data"


@dataclass(frozen=True)
class JobEntry:
    """A job and its queue: ``training`` for what takes all cores, ``data`` for the rest."""

    function: Job
    queue: str


JOBS: Mapping[ResourceType, JobEntry] = {
    ResourceType.DATASET_IMPORT_JOB: JobEntry(import_dataset, DATA),
    ResourceType.PREDICTOR: JobEntry(train_predictor, TRAINING),
    ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB: JobEntry(export_backtest, DATA),
    ResourceType.FORECAST: JobEntry(create_forecast, DATA),
    ResourceType.FORECAST_EXPORT_JOB: JobEntry(export_forecast, DATA),
}
"""Every resource that a job makes."""

"""Which job makes which resource."""

from __future__ import annotations

from collections.abc import Mapping

from forecastle.core.names import ResourceType
from forecastle.jobs.context import Job
from forecastle.jobs.evaluate_monitor import evaluate_monitor
from forecastle.jobs.explain import create_explainability
from forecastle.jobs.export_backtest import export_backtest
from forecastle.jobs.export_explanation import export_explanation
from forecastle.jobs.export_forecast import export_forecast
from forecastle.jobs.export_what_if import export_what_if
from forecastle.jobs.forecast import create_forecast
from forecastle.jobs.import_data import import_dataset
from forecastle.jobs.train import train_predictor
from forecastle.jobs.what_if import create_what_if_analysis, create_what_if_forecast

JOBS: Mapping[ResourceType, Job] = {
    ResourceType.DATASET_IMPORT_JOB: import_dataset,
    ResourceType.PREDICTOR: train_predictor,
    ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB: export_backtest,
    ResourceType.FORECAST: create_forecast,
    ResourceType.FORECAST_EXPORT_JOB: export_forecast,
    ResourceType.WHAT_IF_ANALYSIS: create_what_if_analysis,
    ResourceType.WHAT_IF_FORECAST: create_what_if_forecast,
    ResourceType.WHAT_IF_FORECAST_EXPORT: export_what_if,
    ResourceType.MONITOR: evaluate_monitor,
    ResourceType.EXPLAINABILITY: create_explainability,
    ResourceType.EXPLAINABILITY_EXPORT: export_explanation,
}
"""Every resource that a job makes."""

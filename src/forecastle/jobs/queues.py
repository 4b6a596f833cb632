"""In which queue each job waits. A worker knows this; its children alone load the jobs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from forecastle.core.names import ResourceType


class Queue(StrEnum):
    """Where a workflow waits."""

    TRAINING = "training"
    DATA = "data"
    DELETION = "deletion"


QUEUES: Mapping[ResourceType, Queue] = {
    ResourceType.DATASET_IMPORT_JOB: Queue.DATA,
    ResourceType.PREDICTOR: Queue.TRAINING,
    ResourceType.PREDICTOR_BACKTEST_EXPORT_JOB: Queue.DATA,
    ResourceType.FORECAST: Queue.DATA,
    ResourceType.FORECAST_EXPORT_JOB: Queue.DATA,
    ResourceType.WHAT_IF_ANALYSIS: Queue.DATA,
    ResourceType.WHAT_IF_FORECAST: Queue.DATA,
    ResourceType.WHAT_IF_FORECAST_EXPORT: Queue.DATA,
    ResourceType.MONITOR: Queue.DATA,
    ResourceType.EXPLAINABILITY: Queue.DATA,
    ResourceType.EXPLAINABILITY_EXPORT: Queue.DATA,
}
"""``training`` for what takes all cores, ``data`` for the rest."""

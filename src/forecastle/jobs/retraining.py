"""The predictor that a training starts from: the reference that CreateAutoPredictor was given."""

from __future__ import annotations

from pathlib import Path

from forecastle.jobs.context import JobContext
from forecastle.jobs.monitoring import RETRAINED_FROM


def earlier_predictor(context: JobContext) -> Path | None:
    """The artifact whose algorithms and shares are to be taken over; None: they are searched.

    A legacy predictor holds one algorithm: to upgrade it is to search. A reference that was
    deleted while the job waited is one less to start from, and no reason to fail.
    """
    arn = context.resource.request.get(RETRAINED_FROM)
    if arn is None:
        return None
    found = context.catalog.resources.find(arn, context.resource.account)
    if found is None or "artifact" not in found.details or "InputDataConfig" in found.request:
        return None
    artifacts, identity = context.stores.artifacts, found.details["artifact"]
    return artifacts.open(identity) if artifacts.exists(identity) else None

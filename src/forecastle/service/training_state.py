"""A predictor as people follow it: what was asked for, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.budget import Part
from forecastle.core.names import ResourceType
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.service.context import Context
from forecastle.service.predictors import REFERENCE, forecast_types, is_auto
from forecastle.service.records import find, minutes_left
from forecastle.service.rights import require


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training at work stands.

    Attributes:
        fraction: done, 0 to 1.
        step: in words, as the job tells it.
        minutes_left: None where it is not known.
        parts: the algorithms; empty before they are planned.
    """

    fraction: float
    step: str
    minutes_left: int | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class TrainingState:
    """A predictor.

    Attributes:
        arn: of it.
        name: of it.
        group: ARN of its dataset group.
        group_name: of that.
        status: of it.
        message: what the user should know.
        created_at: seconds since 1970.
        modified_at: likewise.
        is_auto: whether CreateAutoPredictor made it.
        algorithm: that was asked for by name; None with AutoML.
        horizon: steps ahead.
        frequency: of the forecast.
        types: quantiles and ``mean``.
        countries: whose holidays count.
        dimensions: that tell series of an item apart.
        metric: that training makes small.
        series: how many it was trained on; None before.
        seconds: that the training took; None before.
        import_jobs: ARNs of the imports that it was trained on.
        reference: ARN of the predictor that it retrains; None for a new one.
        progress: None unless it is at work.
    """

    arn: str
    name: str
    group: str
    group_name: str
    status: str
    message: str | None
    created_at: float
    modified_at: float
    is_auto: bool
    algorithm: str | None
    horizon: int
    frequency: str
    types: tuple[str, ...]
    countries: tuple[str, ...]
    dimensions: tuple[str, ...]
    metric: str
    series: int | None
    seconds: float | None
    import_jobs: tuple[str, ...]
    reference: str | None
    progress: TrainingProgress | None


def training_state(context: Context, predictor_arn: str) -> TrainingState:
    """A predictor of either kind.

    Raises:
        ResourceNotFound: there is none.
    """
    require(context, Role.VIEWER, "DescribeAutoPredictor")
    found = find(context, predictor_arn, ResourceType.PREDICTOR)
    request = TrainingRequest.read(configuration(found.request, found.details))
    group = context.service.catalog.resources.find(request.group, found.account)
    return TrainingState(
        arn=found.arn,
        name=found.name,
        group=request.group,
        group_name=request.group.rpartition("/")[2] if group is None else group.name,
        status=found.status,
        message=found.message,
        created_at=found.created_at,
        modified_at=found.modified_at,
        is_auto=is_auto(found),
        algorithm=next(iter(request.algorithms), None),
        horizon=request.horizon,
        frequency=str(request.frequency),
        types=tuple(forecast_types(found)),
        countries=request.countries,
        dimensions=request.dimensions,
        metric=request.metric,
        series=found.details.get("series"),
        seconds=found.details.get("seconds"),
        import_jobs=tuple(found.details.get("import_jobs") or ()),
        reference=found.request.get(REFERENCE),
        progress=_progress(found),
    )


def _progress(found: Resource) -> TrainingProgress | None:
    told = found.progress
    if found.status != life.CREATE_IN_PROGRESS or told is None:
        return None
    return TrainingProgress(
        fraction=told["fraction"],
        step=told["step"],
        minutes_left=minutes_left(found),
        parts=tuple(_part(each) for each in told.get("parts", ())),
    )


def _part(told: Mapping[str, Any]) -> Part:
    return Part(**told)

"""Whether a run trains, or uses the predictor that is there; it says which, and why."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.resources import Resource
from forecastle.jobs.monitoring import due
from forecastle.pipelines.work import Work
from forecastle.service.monitors import drift, monitor_of
from forecastle.service.predictors import REFERENCE, is_auto

NAME, MONITOR = "PredictorName", "MonitorConfig"

_DAY = 86_400.0
_PATIENCE_SECONDS, _LOOK_SECONDS = 600.0, 0.5
_OF_THE_RUN = (NAME, MONITOR, REFERENCE)
_COMPARING = (life.CREATE_PENDING, life.CREATE_IN_PROGRESS, life.UPDATE_IN_PROGRESS)


@dataclass(frozen=True)
class Choice:
    """What a run does about training.

    Attributes:
        again: the predictor to use again; None: train.
        reason: for people; empty where a run always trains.
        parameters: more of the Create operation.
    """

    again: Resource | None = None
    reason: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def choose(work: Work, predictors: Sequence[Resource], request: Mapping[str, Any]) -> Choice:
    """Train, or use the latest predictor that was asked for by the same words.

    Args:
        work: of the step.
        predictors: of the dataset group, newest first.
        request: what training would be asked for.
    """
    training = work.pipeline.training
    days, factor = training.retrain_after_days, training.drift_factor
    if days is None and factor is None:
        return Choice()
    latest = next((each for each in predictors if _is_alike(each, request)), None)
    if latest is None:
        return Choice(reason="there was no predictor of this kind")
    age = (work.service.clock() - latest.created_at) / _DAY
    told = f"predictor {latest.name} is {age:.1f} days old"
    if days is not None and age >= days:
        return Choice(reason=f"{told}, {days:g} or more", parameters=_starting_from(latest))
    used = Choice(latest, f"{told} and is used again")
    return used if factor is None else _by_drift(work, latest, used, factor)


def _by_drift(work: Work, latest: Resource, used: Choice, factor: float) -> Choice:
    """Use it again, unless its latest forecast turned out too bad."""
    _wait_for_comparison(work, latest)
    times = drift(work.context, latest)
    if times is None:
        return Choice(latest, f"{used.reason}; no forecast of it was compared with actuals yet")
    loss = f"the loss of its latest forecast was {times:.2f} times that of its backtest"
    if times <= factor:
        return Choice(latest, f"{used.reason}; {loss}, {factor:g} is allowed")
    return Choice(
        reason=f"predictor {latest.name} is trained again: {loss}, more than {factor:g}",
        parameters=_starting_from(latest),
    )


def _starting_from(predictor: Resource) -> dict[str, Any]:
    """So that a training takes over what holds of an AutoPredictor's choices."""
    return {REFERENCE: predictor.arn} if is_auto(predictor) else {}


def _wait_for_comparison(work: Work, predictor: Resource) -> None:
    """Wait until its monitor knows what the data tell; it gets one if it has none.

    Raises:
        Abandoned: the run is not to go on.
    """
    if monitor_of(work.context, predictor) is None:
        work.call("CreateMonitor", {"MonitorName": work.name, "ResourceArn": predictor.arn})
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and _has_to_compare(work, predictor):
        work.tell(f"comparing the forecasts of {predictor.name} with actuals")
        work.pause(_LOOK_SECONDS)


def _has_to_compare(work: Work, predictor: Resource) -> bool:
    monitor = monitor_of(work.context, predictor)
    if monitor is None:
        return False
    is_idle = monitor.status == life.ACTIVE
    return bool(due(work.service.catalog, monitor)) if is_idle else monitor.status in _COMPARING


def _is_alike(predictor: Resource, request: Mapping[str, Any]) -> bool:
    """Whether it can be used, and was asked for by the same words."""
    return predictor.status == life.ACTIVE and _asked(predictor.request) == _asked(request)


def _asked(request: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in request.items() if key not in _OF_THE_RUN}

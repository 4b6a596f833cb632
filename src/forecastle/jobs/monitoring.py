"""Monitors: which earlier forecasts are due to be compared with what was sold since.

A forecast is due when the target time series of its dataset group reaches to the end of its last
step. That is seen in the catalog, not told by the import: whatever is cut off, it stays due until
its evaluation is kept.

One that was compared well is not compared again: later corrections of the actuals change nothing,
so that what people saw stays. One that failed is tried again with the next import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecastle.catalog import status as life
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.evaluations import FAILURE, Evaluation
from forecastle.catalog.resources import Resource
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import DATA, IMPORT_JOBS, LATEST
from forecastle.series.domains import TARGET_TIME_SERIES

RETRAINED_FROM = "ReferencePredictorArn"
UPDATES = "updates"
"""Detail of a monitor: how often it began to compare, after it was made."""


@dataclass(frozen=True)
class Comparison:
    """A forecast that is due.

    Attributes:
        forecast: its record.
        predictor: what made it.
        dataset: the target time series with the actuals.
    """

    forecast: Resource
    predictor: Resource
    dataset: Resource

    def evaluation(self, state: str, **found: Any) -> Evaluation:
        """What came of it."""
        jobs, details = self.dataset.details.get(IMPORT_JOBS, ()), self.forecast.details
        is_retrained = RETRAINED_FROM in self.predictor.request
        return Evaluation(
            forecast=self.forecast.arn,
            forecast_nonce=self.forecast.nonce,
            data=self.dataset.details[DATA],
            predictor=self.predictor.arn,
            import_job=jobs[-1] if jobs else None,
            state=state,
            window_start=_seconds(details["first"]),
            window_end=_seconds(details["last"]),
            retrained_at=self.predictor.created_at if is_retrained else None,
            **found,
        )


def due(catalog: Catalog, monitor: Resource) -> list[Comparison]:
    """The forecasts that a monitor has to compare now, oldest first."""
    predictor = catalog.resources.find(str(monitor.request["ResourceArn"]))
    if predictor is None:
        return []
    children = catalog.resources.children(predictor.arn, statuses=[life.ACTIVE])
    forecasts = [each for each in children if each.type is ResourceType.FORECAST]
    dataset = _target(catalog, forecasts[0]) if forecasts else None
    if dataset is None or not dataset.details.get(LATEST):
        return []
    seen = catalog.evaluations.seen(monitor.arn, dataset.details[DATA])
    return [
        Comparison(each, predictor, dataset)
        for each in forecasts
        if each.nonce not in seen and _is_covered(each, dataset)
    ]


def found_by(
    catalog: Catalog, monitor: Resource, result: Mapping[str, Any], now: float
) -> list[Evaluation]:
    """What the job of a monitor found, as it is kept; a job that broke down failed at all of it.

    Args:
        catalog: tells what was due.
        monitor: which is at work.
        result: of its job (`jobs.child`).
        now: seconds since 1970.
    """
    if "outcome" in result:
        made = [Evaluation(**values) for values in result["outcome"].get("evaluations", ())]
        return [each if each.evaluated_at else replace(each, evaluated_at=now) for each in made]
    failure = result.get("failure")
    if failure is None or monitor.status != life.UPDATE_IN_PROGRESS:
        return []
    return [
        each.evaluation(FAILURE, message=failure, evaluated_at=now)
        for each in due(catalog, monitor)
    ]


class Monitoring:
    """Sets monitors to work.

    Args:
        catalog: where monitors and forecasts are.
        clock: seconds since 1970.
    """

    def __init__(self, catalog: Catalog, clock: Callable[[], float]) -> None:
        self._catalog, self._clock = catalog, clock

    def begin(self) -> int:
        """Let every monitor that has something to compare wait for its turn; how many there are."""
        resources = self._catalog.resources
        active = list(resources.all_of([ResourceType.MONITOR], [life.ACTIVE]))
        found = [each for each in active if due(self._catalog, each)]
        for monitor in found:
            resources.change(monitor.arn, self._begun)
        return len(found)

    def _begun(self, found: Resource) -> Resource | None:
        if found.status != life.ACTIVE:
            return None
        details = {**found.details, UPDATES: found.details.get(UPDATES, 0) + 1}
        return replace(
            found,
            status=life.UPDATE_IN_PROGRESS,
            modified_at=self._clock(),
            details=details,
            dispatched=False,
        )


def _target(catalog: Catalog, forecast: Resource) -> Resource | None:
    """The dataset that will hold what was sold."""
    group = catalog.resources.find(str(forecast.details["dataset_group"]))
    arns = [] if group is None else group.request["DatasetArns"]
    datasets = (catalog.resources.find(arn) for arn in arns)
    return next(
        (
            each
            for each in datasets
            if each is not None and each.request["DatasetType"] == TARGET_TIME_SERIES
        ),
        None,
    )


def _is_covered(forecast: Resource, dataset: Resource) -> bool:
    """Whether the data reach to the end of the forecast's last step."""
    frequency = Frequency.parse(forecast.details["frequency"])
    last = np.datetime64(forecast.details["last"], "s")
    latest = np.datetime64(dataset.details[LATEST], "s")
    given = dataset.request.get("DataFrequency")
    own = frequency if given is None else Frequency.parse(given)
    if own.is_finer_than(frequency):
        return bool(own.shift(latest, 1) >= frequency.shift(last, 1))
    return bool(latest >= last)


def _seconds(time: str) -> float:
    return float(np.datetime64(time, "s").astype(np.int64))

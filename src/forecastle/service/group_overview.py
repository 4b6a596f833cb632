"""A dataset group as the guided way shows it: the six steps, how far each is, and what is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import chain, count
from typing import Any

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Filter, Position, Resource
from forecastle.core.names import ResourceType
from forecastle.series.domains import TARGET_TIME_SERIES
from forecastle.service.addresses import id_of
from forecastle.service.bucket_access import list_buckets
from forecastle.service.context import Context
from forecastle.service.records import find, minutes_left
from forecastle.service.rights import require

_ALL_AT_ONCE = 500
_MOST_LISTED = 50
_PARENT = "parent"
_USUAL_NAME = "sales"
_SUMMARY = "SUMMARY"


class Step(StrEnum):
    """The steps, in their order."""

    BUCKET = "bucket"
    DATASET = "dataset"
    IMPORT = "import"
    TRAIN = "train"
    FORECAST = "forecast"
    EXPORT = "export"


class State(StrEnum):
    """How far a step is."""

    DONE = "done"
    BUSY = "busy"
    FAILED = "failed"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class Thing:
    """A resource of a group, as lists and steps show it.

    Attributes:
        kind: its type.
        arn: of it.
        id: that its page's address has.
        name: of it.
        status: where it is in its life.
        message: what the user should know.
        created_at: seconds since 1970.
        modified_at: the same.
        fraction: of its job that is done, 0 to 1; None unless it is at work.
        minutes_left: of its job; None where it is not known.
        facts: what matters of its kind: of an import ``rows``, ``items``, ``first``, ``last``; of
            a predictor ``wql``, ``skill``, ``weights``, ``horizon``, ``frequency``; of a forecast
            ``first``, ``last``, ``series``; of an export ``path``; of a dataset ``type``.
    """

    kind: ResourceType
    arn: str
    id: str
    name: str
    status: str
    message: str | None
    created_at: float
    modified_at: float
    fraction: float | None
    minutes_left: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_unfinished(self) -> bool:
        """Whether a job is waiting or at work."""
        return self.status in (*life.UNFINISHED, *life.DELETING, life.UPDATE_IN_PROGRESS)


@dataclass(frozen=True)
class StepView:
    """A step.

    Attributes:
        step: which.
        state: how far it is.
        newest: what it made last, whatever became of it.
        usable: what it made last that is ACTIVE.
        outdated: whether data have come since that it does not know.
    """

    step: Step
    state: State
    newest: Thing | None = None
    usable: Thing | None = None
    outdated: bool = False


@dataclass(frozen=True)
class GroupOverview:
    """A dataset group.

    Attributes:
        arn: of it.
        id: that its page's address has.
        name: of it.
        domain: of its datasets.
        status: where it is in its life.
        created_at: seconds since 1970.
        steps: all six, in their order.
        datasets: by type.
        data: per dataset's type its latest import; only those that have one.
    """

    arn: str
    id: str
    name: str
    domain: str
    status: str
    created_at: float
    steps: tuple[StepView, ...]
    datasets: Mapping[str, Thing]
    data: Mapping[str, Thing]

    @property
    def next(self) -> StepView | None:
        """The step to take; None if all are taken or one is at work."""
        return next((each for each in self.steps if each.state is State.NEXT), None)

    @property
    def is_busy(self) -> bool:
        """Whether something changes by itself."""
        things = (*(each.newest for each in self.steps), *self.data.values())
        return any(each is not None and each.is_unfinished for each in things)

    def step(self, step: Step) -> StepView:
        """One of them."""
        return next(each for each in self.steps if each.step is step)


@dataclass(frozen=True)
class GroupPage:
    """Some of the groups, newest first, and how many there are that were searched for."""

    groups: tuple[GroupOverview, ...]
    count: int
    total: int


def describe_group(context: Context, group_arn: str) -> GroupOverview:
    """A group with its steps.

    Raises:
        ResourceNotFound: there is no such group.
    """
    require(context, Role.VIEWER, "DescribeGroup")
    group = find(context, group_arn, ResourceType.DATASET_GROUP)
    return _overview(context, group, has_bucket=bool(list_buckets(context)))


def list_groups(context: Context, search: str = "", start: int = 0, limit: int = 12) -> GroupPage:
    """The groups whose names contain a text, from the ``start``-th on, newest first."""
    require(context, Role.VIEWER, "ListGroups")
    everything = _all_groups(context)
    wanted = [each for each in everything if search.casefold() in each.name.casefold()]
    has_bucket = bool(list_buckets(context))
    shown = wanted[start : start + limit]
    overviews = tuple(_overview(context, each, has_bucket=has_bucket) for each in shown)
    return GroupPage(overviews, len(wanted), len(everything))


def list_things(context: Context, group_arn: str) -> dict[ResourceType, tuple[Thing, ...]]:
    """The latest imports, predictors, forecasts and exports of a group, newest first.

    Raises:
        ResourceNotFound: there is no such group.
    """
    require(context, Role.VIEWER, "DescribeGroup")
    group = find(context, group_arn, ResourceType.DATASET_GROUP)
    below = partial(_below, context, limit=_MOST_LISTED)
    forecasts = below(ResourceType.FORECAST, [group.arn])
    return {
        ResourceType.DATASET_IMPORT_JOB: below(
            ResourceType.DATASET_IMPORT_JOB, group.request["DatasetArns"]
        ),
        ResourceType.PREDICTOR: below(ResourceType.PREDICTOR, [group.arn]),
        ResourceType.FORECAST: forecasts,
        ResourceType.FORECAST_EXPORT_JOB: below(
            ResourceType.FORECAST_EXPORT_JOB, [each.arn for each in forecasts]
        ),
    }


def free_group_name(context: Context) -> str:
    """A name that no dataset group of the caller's has: ``sales``, else with a number."""
    require(context, Role.VIEWER, "ListGroups")
    taken = {each.name for each in _all_groups(context)}
    numbered = (f"{_USUAL_NAME}_{number}" for number in count(2))
    return next(each for each in chain([_USUAL_NAME], numbered) if each not in taken)


def thing_of(resource: Resource) -> Thing:
    """A resource as lists show it."""
    progress = resource.progress or {}
    at_work = resource.status == life.CREATE_IN_PROGRESS
    facts = _FACTS.get(resource.type)
    return Thing(
        kind=resource.type,
        arn=resource.arn,
        id=id_of(resource.arn),
        name=resource.name,
        status=resource.status,
        message=resource.message,
        created_at=resource.created_at,
        modified_at=resource.modified_at,
        fraction=progress.get("fraction") if at_work else None,
        minutes_left=minutes_left(resource),
        facts={} if facts is None else facts(resource),
    )


def _all_groups(context: Context) -> list[Resource]:
    found: list[Resource] = []
    after: Position | None = None
    while True:
        page = context.service.catalog.resources.page(
            context.caller.account, ResourceType.DATASET_GROUP, (), after, _ALL_AT_ONCE
        )
        found += page
        if len(page) < _ALL_AT_ONCE:
            return found
        after = Position(page[-1].created_at, page[-1].arn)


def _overview(context: Context, group: Resource, *, has_bucket: bool) -> GroupOverview:
    datasets = _datasets(context, group)
    below = partial(_below, context, limit=_MOST_LISTED)
    imports = {
        kind: found
        for kind, dataset in datasets.items()
        if (found := below(ResourceType.DATASET_IMPORT_JOB, [dataset.arn]))
    }
    predictors = below(ResourceType.PREDICTOR, [group.arn])
    forecasts = below(ResourceType.FORECAST, [group.arn])
    active = _usable(forecasts)
    exports = [] if active is None else below(ResourceType.FORECAST_EXPORT_JOB, [active.arn])
    arrived = max((_arrival(found) for found in imports.values()), default=0.0)
    target = [datasets[TARGET_TIME_SERIES]] if TARGET_TIME_SERIES in datasets else []
    buckets = StepView(Step.BUCKET, State.DONE if has_bucket or imports else State.LATER)
    steps = [
        buckets,
        _step(Step.DATASET, target),
        _step(Step.IMPORT, imports.get(TARGET_TIME_SERIES, ())),
        _step(Step.TRAIN, predictors, arrived),
        _step(Step.FORECAST, forecasts, arrived),
        _step(Step.EXPORT, exports),
    ]
    return GroupOverview(
        arn=group.arn,
        id=id_of(group.arn),
        name=group.name,
        domain=group.request["Domain"],
        status=group.status,
        created_at=group.created_at,
        steps=_with_next(steps),
        datasets=datasets,
        data={kind: found[0] for kind, found in imports.items()},
    )


def _datasets(context: Context, group: Resource) -> dict[str, Thing]:
    """By type; those that are gone are left out."""
    resources = context.service.catalog.resources
    arns = group.request["DatasetArns"]
    found = [each for arn in arns if (each := resources.find(arn, group.account)) is not None]
    return {each.request["DatasetType"]: thing_of(each) for each in found}


def _below(
    context: Context, kind: ResourceType, parents: Sequence[str], limit: int
) -> tuple[Thing, ...]:
    """The newest of a kind that were made from the parents, newest first."""
    page = partial(context.service.catalog.resources.page, context.caller.account, kind)
    found = [each for arn in parents for each in page([Filter(_PARENT, arn)], None, limit)]
    ordered = sorted(found, key=lambda each: (-each.created_at, each.arn))
    return tuple(thing_of(each) for each in ordered[:limit])


def _usable(things: Sequence[Thing]) -> Thing | None:
    return next((each for each in things if each.status == life.ACTIVE), None)


def _arrival(imports: Sequence[Thing]) -> float:
    """When the latest data came; 0 if there are none."""
    latest = _usable(imports)
    return 0.0 if latest is None else latest.modified_at


def _step(step: Step, things: Sequence[Thing], arrived: float = 0.0) -> StepView:
    """A step that made some things, newest first.

    Args:
        step: which.
        things: of its kind, without regard to their status.
        arrived: when the latest data came.
    """
    newest, usable = (things[0] if things else None), _usable(things)
    if newest is not None and newest.status in life.UNFINISHED:
        state = State.BUSY
    elif usable is not None:
        state = State.DONE
    else:
        state = State.LATER if newest is None else State.FAILED
    outdated = usable is not None and arrived > usable.created_at
    return StepView(step, state, newest, usable, outdated)


def _with_next(steps: Sequence[StepView]) -> tuple[StepView, ...]:
    """The first step that is not taken is the next, if those before are not at work.

    Where all were taken and data have come since, it is the forecast, which uses them without a
    new training. A step that failed is the next one too, and says so by itself.
    """
    marked = list(steps)
    for number, each in enumerate(steps):
        if each.state is State.LATER:
            marked[number] = StepView(each.step, State.NEXT, each.newest)
        if each.state is not State.DONE:
            return tuple(marked)
    return tuple(
        StepView(each.step, State.NEXT, each.newest, each.usable, outdated=True)
        if each.step is Step.FORECAST and each.outdated
        else each
        for each in steps
    )


def _facts_of_dataset(dataset: Resource) -> dict[str, Any]:
    request = dataset.request
    return {
        "type": request["DatasetType"],
        "frequency": request.get("DataFrequency"),
        "columns": len(request["Schema"]["Attributes"]),
        "filled": "data" in dataset.details,
    }


def _facts_of_import(job: Resource) -> dict[str, Any]:
    statistics = job.details.get("field_statistics") or {}
    time = statistics.get("timestamp", {})
    return {
        "path": job.request["DataSource"]["S3Config"]["Path"],
        "rows": job.details.get("rows"),
        "items": statistics.get("item_id", {}).get("CountDistinctLong"),
        "first": time.get("Min"),
        "last": time.get("Max"),
    }


def _facts_of_predictor(predictor: Resource) -> dict[str, Any]:
    details = predictor.details
    return {
        "wql": _average_loss(details.get("accuracy", ())),
        "skill": details.get("skill"),
        "weights": dict(details.get("weights") or {}),
        "horizon": details.get("horizon"),
        "frequency": details.get("frequency"),
    }


def _average_loss(accuracy: Sequence[Mapping[str, Any]]) -> float | None:
    """Average wQL over all backtest windows, of the predictor itself: the first entry."""
    windows = accuracy[0]["TestWindows"] if accuracy else ()
    found = [each["Metrics"] for each in windows if each["EvaluationType"] == _SUMMARY]
    return found[0].get("AverageWeightedQuantileLoss") if found else None


def _facts_of_forecast(forecast: Resource) -> dict[str, Any]:
    names = ("first", "last", "series", "frequency")
    return {name: forecast.details.get(name) for name in names}


def _facts_of_export(export: Resource) -> dict[str, Any]:
    return {"path": export.request["Destination"]["S3Config"]["Path"]}


_FACTS: Mapping[ResourceType, Callable[[Resource], dict[str, Any]]] = {
    ResourceType.DATASET: _facts_of_dataset,
    ResourceType.DATASET_IMPORT_JOB: _facts_of_import,
    ResourceType.PREDICTOR: _facts_of_predictor,
    ResourceType.FORECAST: _facts_of_forecast,
    ResourceType.FORECAST_EXPORT_JOB: _facts_of_export,
}

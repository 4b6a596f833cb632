"""What can be trained on a dataset group: the choices that the data leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Filter, Resource
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.train import configuration
from forecastle.jobs.training_request import TrainingRequest
from forecastle.models.registry import REGISTRY
from forecastle.series.building import longest_horizon
from forecastle.series.calendar import countries
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset_table import ROWS
from forecastle.service.algorithms import AVAILABLE
from forecastle.service.context import Context
from forecastle.service.rights import require
from forecastle.service.training_data import TrainingData
from forecastle.training.tuning import missing

_FREQUENCIES = ("min", "5min", "10min", "15min", "30min", "H", "D", "W", "2W", "M", "3M", "Y")
# How far people plan ahead, in units.
_USUAL_HORIZONS = {"min": 60, "H": 24, "D": 7, "W": 4, "M": 3, "Y": 1}
_LONGEST_NAME = 63
_MOST_PREDICTORS = 100


@dataclass(frozen=True)
class EarlierPredictor:
    """A predictor of the group that is there.

    Attributes:
        arn: of it.
        name: of it.
        seconds: that its training took.
        countries: whose holidays it knows.
    """

    arn: str
    name: str
    seconds: float | None
    countries: tuple[str, ...]


@dataclass(frozen=True)
class TrainingChoices:
    """What may be asked for.

    Attributes:
        group: ARN.
        name: of the group.
        proposed_name: a name that no predictor of the group has.
        frequencies: own first, then coarser ones.
        longest: the longest horizon by frequency, as far as the whole history tells.
        usual: the horizon to propose, by frequency.
        first: timestamp of the history.
        last: timestamp of it.
        target: the attribute that is forecast.
        features: numbers of the related time series.
        dimensions: columns that may tell series of an item apart.
        needed_dimensions: those of them that related data bring, without which it cannot be used.
        algorithms: that can be asked for by name; what they need is installed.
        tunable: those whose training parameters can be searched for.
        countries: whose holidays are known.
        earlier: ACTIVE predictors, newest first.
    """

    group: str
    name: str
    proposed_name: str
    frequencies: tuple[str, ...]
    longest: Mapping[str, int]
    usual: Mapping[str, int]
    first: datetime
    last: datetime
    target: str
    features: tuple[str, ...]
    dimensions: tuple[str, ...]
    needed_dimensions: tuple[str, ...]
    algorithms: tuple[str, ...]
    tunable: tuple[str, ...]
    countries: tuple[str, ...]
    earlier: tuple[EarlierPredictor, ...]


def training_choices(context: Context, group_arn: str) -> TrainingChoices:
    """What can be trained on the data of a dataset group.

    Raises:
        ResourceNotFound: the group or one of its datasets is not there.
        ResourceInUse: data are being imported.
        InputError: there are no data to train on.
    """
    require(context, Role.VIEWER, "ListTrainingChoices")
    data = TrainingData.of(context, group_arn)
    first, last = _span(context, group_arn)
    frequencies = _frequencies(data)
    longest = {str(each): longest_horizon(_steps(each, first, last)) for each in frequencies}
    predictors = _predictors(context, group_arn)
    return TrainingChoices(
        group=data.group.arn,
        name=data.group.name,
        proposed_name=_free_name(data.group.name, {each.name for each in predictors}),
        frequencies=tuple(longest),
        longest=longest,
        usual={str(each): _usual(each, longest[str(each)]) for each in frequencies},
        first=first,
        last=last,
        target=str(data.target.target),
        features=() if data.related is None else data.related.features,
        dimensions=data.target.dimensions,
        needed_dimensions=() if data.related is None else data.related.dimensions,
        algorithms=tuple(name for name in AVAILABLE if not REGISTRY[name].missing()),
        tunable=() if missing() else tuple(name for name in AVAILABLE if REGISTRY[name].tuned),
        countries=countries(),
        earlier=tuple(_earlier(each) for each in predictors if each.status == life.ACTIVE),
    )


def _span(context: Context, group: str) -> tuple[datetime, datetime]:
    """The first and the last timestamp of the target."""
    service = context.service
    data = GroupData.of(service.catalog, service.stores, context.caller.account, group)
    times = pl.scan_parquet(data.target.folder / ROWS, glob=False).select(
        pl.col(TIMESTAMP).min().alias("first"), pl.col(TIMESTAMP).max().alias("last")
    )
    first, last = times.collect().row(0)
    return first, last


def _frequencies(data: TrainingData) -> tuple[Frequency, ...]:
    """The target's own and coarser ones; the related data's alone where there are some."""
    if data.related is not None and data.related.frequency is not None:
        return (data.related.frequency,)
    known = [Frequency.parse(text) for text in _FREQUENCIES]
    own = data.target.frequency
    if own is None:
        return tuple(known)
    return (own, *(each for each in known if own.is_finer_than(each)))


def _steps(frequency: Frequency, first: datetime, last: datetime) -> int:
    return floor((last - first) / timedelta(days=1) / frequency.approximate_days) + 1


def _usual(frequency: Frequency, longest: int) -> int:
    steps = max(1, _USUAL_HORIZONS[frequency.unit] // frequency.count)
    return max(1, min(steps, longest))


def _predictors(context: Context, group: str) -> list[Resource]:
    """Of the group, newest first."""
    resources = context.service.catalog.resources
    wanted = [Filter("DatasetGroupArn", group, True)]
    return list(
        resources.page(
            context.caller.account, ResourceType.PREDICTOR, wanted, None, _MOST_PREDICTORS
        )
    )


def _earlier(predictor: Resource) -> EarlierPredictor:
    request = TrainingRequest.read(configuration(predictor.request, predictor.details))
    seconds = predictor.details.get("seconds")
    return EarlierPredictor(predictor.arn, predictor.name, seconds, request.countries)


def _free_name(group: str, taken: set[str]) -> str:
    """``shop_predictor``, or with the first number that is free."""
    stem = f"{group[: _LONGEST_NAME - 15]}_predictor"
    names = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)

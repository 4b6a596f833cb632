"""A forecast in a few numbers: how much, how much more than before, and which items move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import MEAN
from forecastle.series.columns import DEMAND, TIMESTAMP
from forecastle.service.context import Context
from forecastle.service.forecast_history import (
    SUM,
    Target,
    as_datetime,
    target_of,
    total_values,
    values_between,
)
from forecastle.service.forecast_table import ForecastTable, Key, open_table
from forecastle.service.records import find

_LISTED = 5
_LEAST_CHANGE = 0.01  # of what was sold before: less is as much as before
_SUMMARIES_KEPT = 16
_EXPECTED, _BEFORE, _CHANGE = "expected", "before", "change"


@dataclass(frozen=True)
class Change:
    """A series and how it moves.

    Attributes:
        key: of the series.
        expected: the sum of its means.
        before: what was sold in the period that it is compared with; None if nothing is known.
    """

    key: Key
    expected: float
    before: float | None


@dataclass(frozen=True)
class Compared:
    """The periods that a forecast is compared with: of the same season, and as many.

    Attributes:
        first: the start of the first one.
        end: the end of the last one, exclusive.
        is_latest: whether they are the ones right before the forecast.
    """

    first: datetime
    end: datetime
    is_latest: bool


@dataclass(frozen=True)
class ForecastSummary:
    """A forecast in a few numbers.

    Attributes:
        name: of the forecast.
        group: ARN of the dataset group.
        predictor: ARN of the predictor.
        predictor_name: of the predictor.
        created_at: seconds since 1970.
        frequency: of its steps.
        horizon: how many steps.
        first: the first step.
        last: the last step.
        n_series: how many series.
        item: what the domain calls an item.
        dimensions: what else tells series apart.
        quantiles: columns that were asked for.
        is_sum: whether values add up over time; averages and extremes do not.
        expected: the sum of all means.
        compared: None where there is no history to compare with.
        before: the sum in that period.
        largest: the series that are expected to sell most.
        rising: the largest rises, in units.
        falling: the largest falls, in units.
    """

    name: str
    group: str
    predictor: str
    predictor_name: str
    created_at: float
    frequency: Frequency
    horizon: int
    first: datetime
    last: datetime
    n_series: int
    item: str
    dimensions: tuple[str, ...]
    quantiles: tuple[str, ...]
    is_sum: bool
    expected: float
    compared: Compared | None
    before: float | None
    largest: tuple[Change, ...]
    rising: tuple[Change, ...]
    falling: tuple[Change, ...]


def summary(context: Context, arn: str) -> ForecastSummary:
    """A forecast in a few numbers.

    Args:
        context: who asks.
        arn: of the forecast.

    Raises:
        ForecastleError: as `forecast_table.open_table` does.
    """
    table = open_table(context, arn)
    forecast = table.resource
    predictor = find(context, forecast.request["PredictorArn"], ResourceType.PREDICTOR)
    target = target_of(context, table)
    compared = None if target is None else _compared(table, target)
    changes = _changes(table, target, compared)
    return ForecastSummary(
        name=forecast.name,
        group=forecast.details["dataset_group"],
        predictor=predictor.arn,
        predictor_name=predictor.name,
        created_at=forecast.created_at,
        frequency=table.frequency,
        horizon=table.horizon,
        first=as_datetime(table.first),
        last=as_datetime(table.last),
        n_series=table.n_series,
        item=forecast.details["item"],
        dimensions=table.dimensions,
        quantiles=table.quantiles,
        is_sum=target is None or target.aggregation == SUM,
        expected=changes.expected,
        compared=compared,
        before=changes.before,
        largest=changes.largest,
        rising=changes.rising,
        falling=changes.falling,
    )


@dataclass(frozen=True)
class _Changes:
    """What has to be worked out of the tables."""

    expected: float
    before: float | None
    largest: tuple[Change, ...]
    rising: tuple[Change, ...]
    falling: tuple[Change, ...]


@lru_cache(maxsize=_SUMMARIES_KEPT)
def _changes(table: ForecastTable, target: Target | None, compared: Compared | None) -> _Changes:
    keys = list(table.key_columns)
    sums = table.scan().group_by(keys).agg(pl.col(MEAN).sum().alias(_EXPECTED))
    expected = sums.sort(keys).collect(engine="streaming")
    if target is None or compared is None:
        both = expected.with_columns(pl.lit(None, pl.Float64).alias(_BEFORE))
    else:
        sold = values_between(target, table, compared.first, compared.end)
        both = expected.join(
            sold.rename({DEMAND: _BEFORE}), on=keys, how="left", maintain_order="left"
        )
    changes = both.with_columns((pl.col(_EXPECTED) - pl.col(_BEFORE)).alias(_CHANGE))
    known, least = changes[_BEFORE].drop_nulls(), _LEAST_CHANGE * pl.col(_BEFORE)
    return _Changes(
        expected=float(expected[_EXPECTED].sum()),
        before=float(known.sum()) if len(known) else None,
        largest=_listed(changes.sort(_EXPECTED, descending=True, maintain_order=True), keys),
        rising=_listed(_moved(changes, pl.col(_CHANGE) > least, descending=True), keys),
        falling=_listed(_moved(changes, pl.col(_CHANGE) < -least, descending=False), keys),
    )


def _moved(changes: pl.DataFrame, which: pl.Expr, *, descending: bool) -> pl.DataFrame:
    return changes.filter(which).sort(_CHANGE, descending=descending, maintain_order=True)


def _listed(rows: pl.DataFrame, keys: list[str]) -> tuple[Change, ...]:
    chosen = rows.head(_LISTED).select(*keys, _EXPECTED, _BEFORE)
    return tuple(
        Change(tuple(key), expected, before) for *key, expected, before in chosen.iter_rows()
    )


def _compared(table: ForecastTable, target: Target) -> Compared | None:
    """As many periods before the forecast, a whole number of seasons earlier.

    A Monday is compared with a Monday, a December with a December; where history does not reach
    that far back, with what lies right before.
    """
    known = total_values(target, table)[TIMESTAMP]
    first = as_datetime(table.first)
    if known.is_empty() or known.item(0) >= first:
        return None
    horizon, season = table.horizon, table.frequency.season
    seasons_back = -(-horizon // season) * season
    for steps in (seasons_back, horizon):
        start = as_datetime(table.frequency.shift(table.first, -steps))
        if known.item(0) <= start:
            end = as_datetime(table.frequency.shift(table.first, horizon - steps))
            return Compared(start, end, is_latest=steps == horizon)
    return None

"""What was sold: the data behind a forecast, as they are now.

Periods before the forecast's first step are its history. Those from it on arrived since: they show
how good the forecast was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Times
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.train import load_recipe
from forecastle.series.alignment import Alignment, period_start
from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_table import ROWS
from forecastle.series.dataset_target import target_observations
from forecastle.service.context import Context
from forecastle.service.forecast_table import ForecastTable, Key, chosen_keys, one_way
from forecastle.service.records import find

_GROUP = "dataset_group"
_KEPT = 16
SUM = "sum"


@dataclass(frozen=True)
class Target:
    """The target time series of a forecast's dataset group.

    Attributes:
        rows: the stored table, sorted by series and time.
        schema: of the dataset.
        alignment: the periods of the forecast.
        aggregation: how values of a period become one.
        dimensions: of the forecast.
        fills_zero: whether a period without a value between others means that nothing was sold.
    """

    rows: Path
    schema: DatasetSchema
    alignment: Alignment
    aggregation: str
    dimensions: tuple[str, ...]
    fills_zero: bool = True

    @property
    def key_columns(self) -> Key:
        """The columns that name a series."""
        return (ITEM, *self.dimensions)

    def scan(self) -> pl.LazyFrame:
        """The stored rows, not yet read."""
        return pl.scan_parquet(self.rows, glob=False)

    def observations(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Stored rows as values of periods: the keys, ``timestamp`` and ``demand``."""
        return target_observations(
            rows.collect(), self.schema, self.alignment, self.aggregation, self.dimensions
        ).filter(pl.col(DEMAND).is_not_null())


def target_of(context: Context, table: ForecastTable) -> Target | None:
    """Where the history of a forecast lies; None where the dataset group has no data any more."""
    service, forecast = context.service, table.resource
    predictor = find(context, forecast.request["PredictorArn"], ResourceType.PREDICTOR)
    recipe = load_recipe(service.stores.artifacts.open(predictor.details["artifact"]))
    group = forecast.details[_GROUP]
    try:
        data = GroupData.of(service.catalog, service.stores, forecast.account, group)
    except InputError:
        return None
    target = data.target
    if any(name not in target.schema.dimensions for name in recipe.dimensions):
        return None
    return Target(
        target.folder / ROWS,
        target.schema,
        recipe.alignment,
        recipe.aggregation,
        recipe.dimensions,
        recipe.filling.middlefill is not None and recipe.filling.middlefill.method == "zero",
    )


def series_values(target: Target, key: Key) -> pl.DataFrame:
    """``timestamp`` and ``demand`` of one series; periods without a value are left out."""
    wanted = [pl.col(name) == value for name, value in zip(target.key_columns, key, strict=True)]
    return target.observations(target.scan().filter(*wanted)).select(TIMESTAMP, DEMAND)


def total_values(target: Target, table: ForecastTable, search: str = "") -> pl.DataFrame:
    """`series_values`, summed over the series of a forecast that match a search."""
    return _total_values(target, table, one_way(search))


@lru_cache(maxsize=_KEPT)
def _total_values(target: Target, table: ForecastTable, search: str) -> pl.DataFrame:
    rows = _of_forecast(target, table, search)
    if target.aggregation == SUM:  # need not be added up series by series first
        found = rows.filter(pl.col(DEMAND).is_not_null()).with_columns(_period(target))
    else:
        found = target.observations(rows).lazy()
    total = found.group_by(TIMESTAMP).agg(pl.col(DEMAND).sum())
    return total.sort(TIMESTAMP).collect(engine="streaming")


def values_between(
    target: Target, table: ForecastTable, first: datetime, end: datetime
) -> pl.DataFrame:
    """Sums per series of a forecast, over the periods from ``first`` to before ``end``.

    Returns:
        The keys and ``demand``.
    """
    within = _period(target).is_between(first, end, closed="left")
    rows = _of_forecast(target, table, "").filter(within)
    if target.aggregation == SUM:
        found = rows.filter(pl.col(DEMAND).is_not_null())
    else:
        found = target.observations(rows).lazy()
    sums = found.group_by(target.key_columns).agg(pl.col(DEMAND).sum())
    return sums.sort(target.key_columns).collect(engine="streaming")


@lru_cache(maxsize=_KEPT)
def complete_until(target: Target) -> datetime:
    """The end of the last period that has all its data.

    Weeks made of days are complete once their last day is there; data that come by the period
    are complete at once.
    """
    latest = target.scan().select(pl.col(TIMESTAMP).max()).collect().item()
    frequency, own = target.alignment.frequency, target.schema.frequency
    period = pl.select(period_start(pl.lit(latest), target.alignment)).item()
    start, moment = np.datetime64(period, "s"), np.datetime64(latest, "s")
    end = frequency.shift(start, 1)
    if own is not None and own.is_finer_than(frequency) and own.shift(moment, 1) < end:
        return as_datetime(start)
    return as_datetime(end)


def on_grid(values: pl.DataFrame, times: Sequence[datetime]) -> tuple[float | None, ...]:
    """The values at times; None where there is none."""
    found = dict(zip(values[TIMESTAMP].to_list(), values[DEMAND].to_list(), strict=True))
    return tuple(found.get(time) for time in times)


def without_gaps(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """With zero for what is missing between the first and the last value."""
    known = [place for place, value in enumerate(values) if value is not None]
    if not known:
        return tuple(values)
    return tuple(
        0.0 if value is None and known[0] < place < known[-1] else value
        for place, value in enumerate(values)
    )


def as_datetime(moment: Times | np.datetime64) -> datetime:
    """A moment as Python has it."""
    found: datetime = np.asarray(moment).astype("datetime64[s]").item()
    return found


def _of_forecast(target: Target, table: ForecastTable, search: str) -> pl.LazyFrame:
    """The stored rows of the series that a forecast has, and that match a search."""
    keys = chosen_keys(table, search)
    return target.scan().join(keys, on=list(target.key_columns), how="semi")


def _period(target: Target) -> pl.Expr:
    return period_start(pl.col(TIMESTAMP), target.alignment)

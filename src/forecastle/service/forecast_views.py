"""What a forecast's page shows: one series or a total, what was forecast before, what came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from forecastle.catalog import status as life
from forecastle.catalog.resources import Filter
from forecastle.core.errors import ResourceNotFound
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import MEAN
from forecastle.series.columns import DEMAND, TIMESTAMP
from forecastle.service.context import Context
from forecastle.service.forecast_history import (
    Target,
    as_datetime,
    complete_until,
    on_grid,
    series_values,
    target_of,
    total_values,
    without_gaps,
)
from forecastle.service.forecast_table import (
    ForecastTable,
    Key,
    count_matching,
    open_table,
    table_of,
    totals,
)
from forecastle.service.forecast_totals import honest_totals, knows_totals
from forecastle.service.queries import series_rows

Values = tuple[float | None, ...]

_MOST_PERIODS = 20_000
_FORECASTS_SEARCHED = 100


@dataclass(frozen=True)
class SeriesView:
    """History and forecast of one series, or of a total.

    Attributes:
        key: of the series; empty for a total.
        n_series: how many are added up.
        frequency: of the periods.
        history_times: the periods before the forecast, without gaps.
        history: what was sold in them; None where nothing is known. A gap between sales is zero
            where the predictor takes it for that.
        times: the steps of the forecast.
        forecast: column (``p10``, ``mean``) → a value for each step.
        quantiles: the columns of quantiles, ascending.
        actuals: what was sold in each step; None where that is not known yet.
        has_older: whether there is more history than this.
        adds_quantiles: whether this is a total whose quantiles are not known: sums of the series'
            quantiles stand in their place, and are no quantiles of it.
    """

    key: Key
    n_series: int
    frequency: Frequency
    history_times: tuple[datetime, ...]
    history: Values
    times: tuple[datetime, ...]
    forecast: Mapping[str, Values]
    quantiles: tuple[str, ...]
    actuals: Values
    has_older: bool
    adds_quantiles: bool = False

    @property
    def is_total(self) -> bool:
        """Whether this is a sum over series."""
        return not self.key

    @property
    def bounds(self) -> tuple[str, str] | None:
        """The outermost quantiles that lie the same way from the median; None if there are none."""
        named = {int(name[1:]): name for name in self.quantiles}
        pairs = [
            (named[low], named[100 - low])
            for low in sorted(named)
            if low < 50 and 100 - low in named
        ]
        preferred = [pair for pair in pairs if pair == ("p10", "p90")]
        return next(iter(preferred or pairs), None)

    @property
    def inside(self) -> tuple[int, int] | None:
        """How many actual values lie within the bounds, and how many there are; None without."""
        known = [k for k, value in enumerate(self.actuals) if value is not None]
        if self.bounds is None or self.adds_quantiles or not known:
            return None
        low, high = (self.forecast[name] for name in self.bounds)
        return sum(_lies_between(self.actuals[k], low[k], high[k]) for k in known), len(known)


@dataclass(frozen=True)
class Previous:
    """What the forecast before said.

    Attributes:
        arn: of that forecast.
        name: of that forecast.
        created_at: when it was made.
        values: the median if both have it, else the mean, by time.
        column: which of them.
    """

    arn: str
    name: str
    created_at: float
    values: Mapping[datetime, float]
    column: str


def series(
    context: Context, arn: str, key: Sequence[str], history_periods: int | None = None
) -> SeriesView:
    """One series of a forecast.

    Args:
        context: who asks.
        arn: of the forecast.
        key: the item, and a value for each dimension.
        history_periods: how many at most; None is all.

    Raises:
        ResourceNotFound: there is no such series.
        ForecastleError: as `forecast_table.open_table` does.
    """
    table = open_table(context, arn)
    rows, found = _series(context, table, key)
    target = target_of(context, table)
    values = _nothing() if target is None else series_values(target, found)
    return _view(table, target, rows, values, found, 1, history_periods)


def total(
    context: Context, arn: str, search: str = "", history_periods: int | None = None
) -> SeriesView:
    """The sum over all series, or over those whose names hold all words of a search.

    Its quantiles keep how series go up and down together, where the predictor knows that.

    Args:
        context: who asks.
        arn: of the forecast.
        search: words; none is every series.
        history_periods: how many at most; None is all.

    Raises:
        ResourceNotFound: nothing matches.
        ForecastleError: as `forecast_table.open_table` does.
    """
    table = open_table(context, arn)
    count = count_matching(table, search)
    if count == 0:
        raise ResourceNotFound(
            f"no series of forecast {arn} holds '{search}' in its name; search for fewer letters"
        )
    target = target_of(context, table)
    values = _nothing() if target is None else total_values(target, table, search)
    known = knows_totals(table, search)
    rows = honest_totals(table, search) if known else totals(table, search)
    view = _view(table, target, rows, values, (), count, history_periods)
    return replace(view, adds_quantiles=not known)


def compare_previous(
    context: Context, arn: str, key: Sequence[str] = (), search: str = ""
) -> Previous | None:
    """What the forecast of the same dataset group before this one said.

    Args:
        context: who asks.
        arn: of this forecast.
        key: of a series; empty for the total over those that match the search.
        search: as in `total`.

    Returns:
        None if there was none with this series and the same frequency.
    """
    table = open_table(context, arn)
    before = _table_before(context, table)
    if before is None:
        return None
    if key:
        try:
            rows, _ = _series(context, before, key)
        except ResourceNotFound:
            return None
    else:
        rows = totals(before, search)
    median = "p50"
    both = median in table.quantiles and median in before.quantiles and bool(key)
    column = median if both else MEAN
    values = dict(zip(rows[TIMESTAMP].to_list(), rows[column].to_list(), strict=True))
    if not values:
        return None
    resource = before.resource
    return Previous(resource.arn, resource.name, resource.created_at, values, column)


def _series(context: Context, table: ForecastTable, key: Sequence[str]) -> tuple[pl.DataFrame, Key]:
    """The steps of a series, and its name as it stands in the table."""
    rows = series_rows(context, table.resource, table.named(key))
    return rows, tuple(rows.select(table.key_columns).row(0))


def _view(
    table: ForecastTable,
    target: Target | None,
    rows: pl.DataFrame,
    values: pl.DataFrame,
    key: Key,
    count: int,
    history_periods: int | None,
) -> SeriesView:
    first, times = as_datetime(table.first), tuple(rows[TIMESTAMP].to_list())
    before = values.filter(pl.col(TIMESTAMP) < first)
    since = values.filter(pl.col(TIMESTAMP) >= first)
    if target is not None and not since.is_empty():
        since = since.filter(pl.col(TIMESTAMP) < complete_until(target))
    n_known = _periods(table, before)
    n_shown = min(n_known, history_periods or _MOST_PERIODS, _MOST_PERIODS)
    history_times = _grid(table, n_shown)
    history = on_grid(before, history_times)
    return SeriesView(
        key=key,
        n_series=count,
        frequency=table.frequency,
        history_times=history_times,
        history=without_gaps(history) if target and target.fills_zero else history,
        times=times,
        forecast={name: tuple(rows[name].to_list()) for name in table.columns},
        quantiles=table.quantiles,
        actuals=on_grid(since, times),
        has_older=n_known > n_shown,
    )


def _periods(table: ForecastTable, before: pl.DataFrame) -> int:
    """From the first value to the forecast."""
    if before.is_empty():
        return 0
    oldest = np.datetime64(before[TIMESTAMP].item(0), "s")
    return -int(table.frequency.steps_between(table.first, np.asarray([oldest]))[0])


def _grid(table: ForecastTable, periods: int) -> tuple[datetime, ...]:
    """The periods before the forecast."""
    times = table.frequency.shift(table.first, np.arange(-periods, 0))
    return tuple(times.astype("datetime64[s]").tolist())


def _table_before(context: Context, table: ForecastTable) -> ForecastTable | None:
    """The newest ACTIVE forecast of the dataset group that was made before this one."""
    own = table.resource
    made = context.service.catalog.resources.page(
        own.account,
        ResourceType.FORECAST,
        [Filter("DatasetGroupArn", own.details["dataset_group"]), Filter("Status", life.ACTIVE)],
        limit=_FORECASTS_SEARCHED,
    )
    for each in made:
        if (each.created_at, each.arn) < (own.created_at, own.arn):
            before = table_of(context, each)
            alike = before.dimensions == table.dimensions and before.frequency == table.frequency
            if alike:
                return before
    return None


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={TIMESTAMP: pl.Datetime("us"), DEMAND: pl.Float64})


def _lies_between(value: float | None, low: float | None, high: float | None) -> bool:
    return value is not None and low is not None and high is not None and low <= value <= high

"""Whether related data reach to the end of a forecast, told before a job begins.

That they cover every item the job finds out, which reads all of them. Here only the ends of the
datasets are looked at, and those only where they make one doubt.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.names import ResourceType
from forecastle.jobs.group_data import LATEST, GroupData, StoredDataset
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.alignment import infer_alignment, period_start
from forecastle.series.columns import DEMAND, TIMESTAMP
from forecastle.series.dataset_table import ROWS
from forecastle.series.domains import RELATED_TIME_SERIES, TARGET_TIME_SERIES
from forecastle.series.grid import Grid
from forecastle.service.context import Context
from forecastle.service.records import find


def check_reach(context: Context, request: TrainingRequest) -> None:
    """Refuse related data that go beyond the history and end within the horizon.

    Such a feature is neither known ahead nor of the past (guide: related-time-series-datasets).
    One that never changes is left out all the same, and one with a rule for the future is filled.

    Raises:
        InputError: names the feature, the first period that is missing and the remedies.
    """
    if _surely_reaches(context, request):
        return
    service = context.service
    data = GroupData.of(service.catalog, service.stores, context.caller.account, request.group)
    if data.related is None:
        return
    schema = data.related.schema
    times = _scan(data.target).filter(pl.col(DEMAND).is_not_null()).select(TIMESTAMP).unique()
    sold = times.collect()[TIMESTAMP].sort()
    alignment = infer_alignment(sold.to_numpy().astype("datetime64[s]"), request.frequency)
    recipe = request.recipe(alignment, data.target.schema, schema)
    periods = pl.Series(sold.to_frame().select(period_start(pl.col(TIMESTAMP), recipe.alignment)))
    grid = Grid.spanning(periods, request.frequency, request.horizon)
    rules = recipe.related_filling
    names = [each for each in schema.features if each not in rules or not rules[each].futurefill]
    last = _ends(data.related, names, period_start(pl.col(TIMESTAMP), recipe.alignment))
    for name, end in last.items():
        column = int(grid.columns(pl.Series([end]))[0])
        if grid.n_time <= column < grid.n_all - 1:
            raise InputError(_refusal(name, column, grid))


def _surely_reaches(context: Context, request: TrainingRequest) -> bool:
    """Whether the ends of the datasets leave no doubt; without reading them."""
    group = find(context, request.group, ResourceType.DATASET_GROUP)
    datasets = [find(context, arn, ResourceType.DATASET) for arn in group.request["DatasetArns"]]
    ends = {each.request["DatasetType"]: each.details.get(LATEST) for each in datasets}
    sold, related = ends.get(TARGET_TIME_SERIES), ends.get(RELATED_TIME_SERIES)
    if sold is None or related is None or related <= sold:
        return True
    return _steps(request.frequency, np.datetime64(sold), np.datetime64(related)) >= request.horizon


def _steps(frequency: Frequency, first: np.datetime64, last: np.datetime64) -> int:
    """Whole steps from one timestamp to another, or a step less."""
    if not frequency.is_calendar:
        return int((last - first) / np.timedelta64(frequency.seconds, "s"))
    months = last.astype("datetime64[M]") - first.astype("datetime64[M]")
    return int(months.astype(int)) // frequency.months


def _ends(related: StoredDataset, names: list[str], start: pl.Expr) -> dict[str, datetime]:
    """The last period in which each feature has a value, of those that change at all."""
    asked: list[pl.Expr] = []
    for name in names:
        value = pl.col(name)
        changes = value.min() != value.max()
        asked.append(pl.when(changes).then(start.filter(value.is_not_null()).max()).alias(name))
    found = _scan(related).select(asked).collect().row(0, named=True)
    return {name: end for name, end in found.items() if end is not None}


def _scan(dataset: StoredDataset) -> pl.LazyFrame:
    return pl.scan_parquet(dataset.folder / ROWS, glob=False)


def _refusal(name: str, column: int, grid: Grid) -> str:
    steps = column - grid.n_time + 1
    return (
        f"the related time series has values of '{name}' up to {grid.text(column)}; a forecast of "
        f"{grid.horizon} steps needs them up to {grid.text(grid.n_all - 1)}: import the rows from "
        f"{grid.text(column + 1)} on, fill them with futurefill, or set ForecastHorizon to {steps}"
    )

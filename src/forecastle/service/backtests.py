"""Backtests to look at: forecasts of windows that are past, beside what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ForecastleError, InputError
from forecastle.core.frequency import Frequency
from forecastle.jobs.group_data import GroupData
from forecastle.jobs.train import configuration, load_recipe
from forecastle.jobs.training_request import TrainingRequest
from forecastle.series.columns import DEMAND, TIMESTAMP
from forecastle.series.dataset_table import ROWS
from forecastle.series.forecast import interpolation_weights, mean_weights
from forecastle.series.recipe import DataRecipe
from forecastle.service.context import Context
from forecastle.service.evaluations import trained_model
from forecastle.service.forecast_history import Target, as_datetime
from forecastle.service.rights import require
from forecastle.training.backtest_archive import WindowView, read_backtests, read_windows
from forecastle.training.item_errors import BIAS, ERROR, LOSS, ROW, SOLD, item_errors
from forecastle.training.predictor import BACKTESTS
from forecastle.training.summary import TrainingSummary, read_keys

LEVELS = (0.1, 0.5, 0.9)
WORST, BEST, LARGEST = "worst", "best", "largest"
_ORDERS = {WORST: (ERROR, True), BEST: (ERROR, False), LARGEST: (LOSS, True)}
_FEWEST_STEPS, _MOST_STEPS, _HORIZONS = 40, 400, 6
# Predictors whose tables a process keeps in memory.
_KEPT = 4
_VIEWS_KEPT = 64

Values = tuple[float | None, ...]
Moments = tuple[datetime, ...]


@dataclass(frozen=True)
class Series:
    """A series of a predictor.

    Attributes:
        row: its number there.
        keys: the item and the dimensions.
    """

    row: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class BacktestWindow:
    """A forecast of the past; values by step.

    Attributes:
        times: the starts of its steps.
        actual: what happened.
        p10: exceeded nine times out of ten.
        p50: exceeded every second time.
        p90: exceeded once in ten times.
        mean: expected; of all series it is the mean of their total.
    """

    times: Moments
    actual: Values
    p10: Values
    p50: Values
    p90: Values
    mean: Values


@dataclass(frozen=True)
class Backtests:
    """The windows of one series, or of all together.

    Attributes:
        series: whose; None: the sum of all.
        windows: earliest first.
        times: from some time before the first window to the end of the last.
        history: demand at these times as the dataset has it now; empty if it is gone.
    """

    series: Series | None
    windows: tuple[BacktestWindow, ...]
    times: Moments
    history: Values


@dataclass(frozen=True)
class ItemError:
    """How well one series was forecast in the windows.

    Attributes:
        series: which.
        sold: actual demand in the windows.
        error: average wQL; None where nothing was sold.
        bias: surplus of the median forecast as a share of what was sold; None likewise.
        share: of the loss of all series.
    """

    series: Series
    sold: float
    error: float | None
    bias: float | None
    share: float


@dataclass(frozen=True)
class ItemErrors:
    """Some of the series, and how many there are."""

    items: tuple[ItemError, ...]
    total: int


def backtests(context: Context, predictor_arn: str, row: int | None = None) -> Backtests:
    """The forecasts of the windows beside what happened, and the time before.

    Args:
        context: who asks.
        predictor_arn: of an ACTIVE predictor.
        row: the number of a series; None: the sum of all, of which the p10 and p90 are sums too
            and so lie further out than the p10 and the p90 of the sum.

    Raises:
        ResourceNotFound: there is no such predictor.
        InputError: it has kept no backtests, or no series of that number.
    """
    require(context, Role.VIEWER, "ViewBacktests")
    predictor, folder = trained_model(context, predictor_arn)
    keys = _keys(folder)
    series = None if row is None else _series(keys, row)
    views = _views(_archive(predictor, folder), len(keys), row)
    frequency = TrainingSummary.read(folder).frequency
    windows = tuple(_window(view, frequency) for view in views)
    times = _around(views, frequency)
    return Backtests(
        series=series,
        windows=windows,
        times=_moments(times),
        history=_history(context, predictor, folder, series, times),
    )


def items_by_error(
    context: Context, predictor_arn: str, order: str = LARGEST, limit: int = 10, search: str = ""
) -> ItemErrors:
    """The series that were forecast worst or best, or that have the most of all error.

    Args:
        context: who asks.
        predictor_arn: of an ACTIVE predictor.
        order: `WORST`, `BEST` (relative to what was sold) or `LARGEST`.
        limit: how many.
        search: part of the item's or a dimension's name.

    Raises:
        ResourceNotFound: there is no such predictor.
        InputError: it has kept no backtests.
    """
    require(context, Role.VIEWER, "ViewBacktests")
    predictor, folder = trained_model(context, predictor_arn)
    _archive(predictor, folder)
    table = _errors(folder)
    column, descending = _ORDERS[order]
    names = [name for name in table.columns if name not in (ROW, SOLD, LOSS, ERROR, BIAS)]
    found = table.filter(_contains(names, search)) if search else table
    if column == ERROR:
        found = found.filter(pl.col(ERROR).is_not_null())
    top = found.sort([column, ROW], descending=[descending, False]).head(limit)
    whole = float(table[LOSS].sum()) or 1.0
    items = tuple(
        ItemError(
            series=Series(each[ROW], tuple(each[name] for name in names)),
            sold=each[SOLD],
            error=each[ERROR],
            bias=each[BIAS],
            share=each[LOSS] / whole,
        )
        for each in top.iter_rows(named=True)
    )
    return ItemErrors(items, len(found))


def _contains(names: Sequence[str], search: str) -> pl.Expr:
    wanted = search.casefold()
    return pl.any_horizontal(
        pl.col(name).str.to_lowercase().str.contains(wanted, literal=True) for name in names
    )


def _archive(predictor: Resource, folder: Path) -> Path:
    path = folder / BACKTESTS
    if not path.exists():
        raise InputError(
            f"the predictor {predictor.arn} has kept no backtests; train it again to see them"
        )
    return path


# Artifacts never change: what was read once stays true.
@lru_cache(maxsize=_KEPT)
def _keys(folder: Path) -> pl.DataFrame:
    return read_keys(folder)


@lru_cache(maxsize=_VIEWS_KEPT)
def _views(archive: Path, n_series: int, row: int | None) -> tuple[WindowView, ...]:
    return read_windows(archive, n_series, row)


@lru_cache(maxsize=_KEPT)
def _errors(folder: Path) -> pl.DataFrame:
    summary = TrainingSummary.read(folder)
    tests = read_backtests(folder / BACKTESTS, summary.frequency, _keys(folder))
    return item_errors(tests, summary.levels)


def _series(keys: pl.DataFrame, row: int) -> Series:
    if not 0 <= row < len(keys):
        raise InputError(f"series {row} is none of the predictor's {len(keys)}; choose another one")
    return Series(row, tuple(str(value) for value in keys.row(row)))


def _window(view: WindowView, frequency: Frequency) -> BacktestWindow:
    p10, p50, p90 = (view.quantiles @ interpolation_weights(LEVELS)).T
    mean = view.quantiles @ mean_weights()
    return BacktestWindow(
        times=_moments(frequency.times(view.start, len(view.actual))),
        actual=_values(view.actual),
        p10=_values(p10),
        p50=_values(p50),
        p90=_values(p90),
        mean=_values(mean),
    )


def _around(views: Sequence[WindowView], frequency: Frequency) -> np.ndarray:
    """The times from a few horizons before the first window to the end of the last."""
    first, last, horizon = views[0].start, views[-1].start, len(views[0].actual)
    before = min(max(_HORIZONS * horizon, _FEWEST_STEPS), _MOST_STEPS)
    between = int(frequency.steps_between(first, np.array([last]))[0])
    begin = frequency.shift(first, np.array([-before]))[0]
    return frequency.times(begin, before + between + horizon)


def _history(
    context: Context, predictor: Resource, folder: Path, series: Series | None, times: np.ndarray
) -> Values:
    """Demand at ``times``, zero where nothing was sold; empty where the data are gone."""
    recipe = load_recipe(folder.parent)
    request = TrainingRequest.read(configuration(predictor.request, predictor.details))
    service = context.service
    try:
        data = GroupData.of(service.catalog, service.stores, predictor.account, request.group)
        target = _target(data, recipe)
        keys = None if series is None else series.keys
        known = _demand(target, keys, as_datetime(times[0]), as_datetime(times[-1]))
    except ForecastleError:
        return ()
    if not known:
        return ()
    begun = min(known)
    return tuple(known.get(time, 0.0 if time >= begun else None) for time in _moments(times))


def _target(data: GroupData, recipe: DataRecipe) -> Target:
    found = data.target
    return Target(
        found.folder / ROWS, found.schema, recipe.alignment, recipe.aggregation, recipe.dimensions
    )


@lru_cache(maxsize=_VIEWS_KEPT)
def _demand(
    target: Target, keys: tuple[str, ...] | None, first: datetime, last: datetime
) -> Mapping[datetime, float]:
    """Start of a period → demand, of one series or of all together, from ``first`` to ``last``."""
    frequency = target.alignment.frequency
    after = as_datetime(frequency.shift(np.datetime64(last, "s"), 1))
    rows = target.scan().filter(pl.col(TIMESTAMP).is_between(first, after, closed="left"))
    if keys is not None:
        pairs = zip(target.key_columns, keys, strict=True)
        rows = rows.filter(*(pl.col(name) == value for name, value in pairs))
    found = target.observations(rows).group_by(TIMESTAMP).agg(pl.sum(DEMAND))
    return dict(zip(found[TIMESTAMP].to_list(), found[DEMAND].to_list(), strict=True))


def _moments(times: np.ndarray) -> Moments:
    return tuple(times.astype("datetime64[us]").tolist())


def _values(numbers: np.ndarray) -> Values:
    return tuple(float(each) if np.isfinite(each) else None for each in numbers)

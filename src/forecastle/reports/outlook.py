"""What charts and tables show of each series, and of the total: plain numbers on shared times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecastle.core.frequency import Frequency, Times
from forecastle.core.quantiles import MEAN, levels_of
from forecastle.reports.range_of_total import total_by_type
from forecastle.series.calendar import Calendar
from forecastle.series.closed_days import open_mask
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Bools, Floats, Panel
from forecastle.training.dependence import Dependence
from forecastle.training.report import Backtest

MEDIAN = "0.5"
TOTAL = "All items together"

_SHORTEST_SHOWN = 60
_HORIZONS_SHOWN = 6
_SHORT_SEASON, _SHORT_SEASONS_SHOWN, _LONG_SEASONS_SHOWN = 12, 12, 2


@dataclass(frozen=True, eq=False)
class Outlook:
    """One series, or the total of all.

    Attributes:
        name: the item and its dimensions.
        is_total: whether it is the sum over all series.
        history: ``[n_shown]`` demand, NaN where missing.
        closed: ``[n_shown + horizon]`` days on which the shop was shut, or will be.
        last_year: ``[horizon]`` demand one year before each forecast step, NaN where unknown.
        forecast: ``[horizon]`` by forecast type, `MEDIAN` and ``mean`` always among them.
        backtests: per reported window ``[horizon]`` by forecast type.
        is_sum: whether the quantiles of a total are sums of those of the series, because it is
            not known how the series go together: the total is likely to lie well within.
    """

    name: str
    is_total: bool
    history: Floats
    closed: Bools
    last_year: Floats
    forecast: dict[str, Floats]
    backtests: tuple[dict[str, Floats], ...]
    is_sum: bool = False

    @property
    def middle(self) -> str:
        """The forecast type to draw as the line: the mean in a total, else the median."""
        return MEAN if self.is_total else MEDIAN


@dataclass(frozen=True, eq=False)
class Scene:
    """The outlooks and what they share.

    Attributes:
        frequency: the step.
        forecast_types: the types asked for.
        history_times: ``[n_shown]``.
        forecast_times: ``[horizon]``.
        backtest_times: ``[horizon]`` per reported window.
        holidays: ``[n_shown + horizon]`` names, empty where there is none.
        outlooks: the total first if there are several series, then the largest series.
        n_series: how many series there are in all.
    """

    frequency: Frequency
    forecast_types: tuple[str, ...]
    history_times: Times
    forecast_times: Times
    backtest_times: tuple[Times, ...]
    holidays: tuple[str, ...]
    outlooks: tuple[Outlook, ...]
    n_series: int

    @property
    def low(self) -> str:
        """The lowest quantile asked for; the lower edge of the band."""
        return min(self._quantiles, key=float)

    @property
    def high(self) -> str:
        """The highest quantile asked for; the upper edge of the band."""
        return max(self._quantiles, key=float)

    @property
    def _quantiles(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.forecast_types if kind != MEAN) or (MEDIAN,)


def build_scene(
    panel: Panel,
    forecast: Forecast,
    forecast_types: Sequence[str],
    backtests: Sequence[Backtest] = (),
    most_series: int | None = None,
    dependence: Dependence | None = None,
) -> Scene:
    """Gather what is to be shown of the ``most_series`` largest series (by the mean forecast).

    With ``dependence`` the total has quantiles of its own, else sums of those of the series.
    """
    shown = _steps_shown(panel, forecast, backtests)
    types = _types_needed(forecast_types)
    values = _by_type(panel, forecast, types)
    tested = [_by_type(panel, backtest.forecast, types) for backtest in backtests]
    largest = np.argsort(-np.nansum(values[MEAN], axis=1), kind="stable")[:most_series]
    last_year = _last_year(panel, forecast)
    open_days = open_mask(panel, forecast.horizon)[:, panel.n_time - shown :]

    def outlook(name: str, rows: npt.NDArray[np.int64]) -> Outlook:
        history = _sum(panel.target[rows, panel.n_time - shown :])
        sums = {kind: _sum(values[kind][rows]) for kind in types}
        nothing = np.concatenate([history == 0, sums[types[-2]] == 0])
        return Outlook(
            name=name,
            is_total=len(rows) > 1,
            history=history,
            closed=nothing & ~open_days[rows].any(axis=0),
            last_year=_sum(last_year[rows]),
            forecast=sums,
            backtests=tuple({kind: _sum(test[kind][rows]) for kind in types} for test in tested),
        )

    every = np.arange(panel.n_series)
    outlooks = [outlook(_name(panel, row), every[row : row + 1]) for row in largest]
    if panel.n_series > 1:
        total = outlook(TOTAL, every)
        tests = [backtest.forecast for backtest in backtests]
        outlooks.insert(0, _with_own_quantiles(total, panel, forecast, tests, dependence))
    history_times = panel.times[panel.n_time - shown :]
    holidays = [
        holiday_names(panel.calendar, times, panel.frequency)
        for times in (history_times, forecast.times)
    ]
    return Scene(
        frequency=panel.frequency,
        forecast_types=tuple(forecast_types),
        history_times=history_times,
        forecast_times=forecast.times,
        backtest_times=tuple(backtest.forecast.times for backtest in backtests),
        holidays=holidays[0] + holidays[1],
        outlooks=tuple(outlooks),
        n_series=panel.n_series,
    )


def _with_own_quantiles(
    total: Outlook,
    panel: Panel,
    forecast: Forecast,
    backtests: Sequence[Forecast],
    dependence: Dependence | None,
) -> Outlook:
    """The total with quantiles of its own; as sums, and called so, where that cannot be."""
    if dependence is None:
        return replace(total, is_sum=True)
    kinds = tuple(kind for kind in total.forecast if kind != MEAN)
    own, *tested = (
        total_by_type(panel, each, dependence, kinds).steps for each in (forecast, *backtests)
    )
    pairs = zip(total.backtests, tested, strict=True)
    return replace(
        total,
        forecast=total.forecast | own,
        backtests=tuple(sums | quantiles for sums, quantiles in pairs),
    )


def holiday_names(calendar: Calendar, times: Times, frequency: Frequency) -> tuple[str, ...]:
    """``[n_times]`` the holidays and events within each step, empty where there is none."""
    if not len(times):
        return ()
    end = frequency.times(times[-1], 2)[1] - np.timedelta64(1, "s")
    names: list[list[str]] = [[] for _ in times]
    days = times.astype("datetime64[D]")
    for date, name in calendar.days(days[0], end.astype("datetime64[D]")):
        if frequency.approximate_days < 1:
            inside = np.flatnonzero(days == date)
        else:
            inside = np.searchsorted(days, [date], side="right") - 1
        for step in inside[inside >= 0]:
            names[step].append(name)
    return tuple(", ".join(dict.fromkeys(found)) for found in names)


def _types_needed(forecast_types: Sequence[str]) -> tuple[str, ...]:
    levels = sorted({*levels_of(forecast_types), float(MEDIAN)})
    return (*(f"{level:g}" for level in levels), MEAN)


def _steps_shown(panel: Panel, forecast: Forecast, backtests: Sequence[Backtest]) -> int:
    season = panel.frequency.season
    seasons = _SHORT_SEASONS_SHOWN if season < _SHORT_SEASON else _LONG_SEASONS_SHOWN
    shown = max(_HORIZONS_SHOWN * forecast.horizon, seasons * season, _SHORTEST_SHOWN)
    if backtests:
        first = backtests[0].forecast.start
        since = panel.n_time - int(panel.frequency.steps_between(panel.origin, np.array(first)))
        shown = max(shown, since + 2 * forecast.horizon)
    return min(shown, panel.n_time)


def _last_year(panel: Panel, forecast: Forecast) -> Floats:
    """``[n_series, horizon]``: the same step of the year before; for days the same weekday."""
    values = np.full((panel.n_series, forecast.horizon), np.nan)
    lag = 364 if str(panel.frequency) == "D" else round(panel.frequency.steps_per_year)
    steps = panel.n_time + np.arange(forecast.horizon) - lag
    known = (steps >= 0) & (steps < panel.n_time)
    values[:, known] = panel.target[:, steps[known]]
    return values


def _by_type(panel: Panel, forecast: Forecast, types: Sequence[str]) -> dict[str, Floats]:
    """``[n_series, horizon]`` by type in the panel's order; NaN for series without a forecast."""
    row_of = {key: row for row, key in enumerate(forecast.keys.iter_rows())}
    rows = np.array([row_of.get(key, -1) for key in panel.keys.iter_rows()], dtype=np.int64)
    blank = np.full((1, forecast.horizon), np.nan)
    return {kind: np.concatenate([forecast.of_type(kind), blank])[rows] for kind in types}


def _sum(values: Floats) -> Floats:
    """Over the first axis, missing values left out; NaN where all are missing."""
    known = np.isfinite(values)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.where(known.any(axis=0), sums, np.nan))


def _name(panel: Panel, row: np.int64) -> str:
    return " · ".join(str(part) for part in panel.keys.row(int(row)))

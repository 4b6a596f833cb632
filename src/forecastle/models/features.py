"""Features of the global model: one row per (series, origin, step ahead).

Everything is computed from what was known at the origin, for any number of rows at once. Values
of demand are in units of the series' scale, so that one model fits series of every size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecastle.models.group_features import GroupFeatures, LastYear, running
from forecastle.models.last_year import level_stretch, long_lag
from forecastle.series.panel import Floats, Integers, Panel

Features = npt.NDArray[np.float32]
_DEMAND = ("lag_", "mean_", "deviation_", "season_", "year_")


@dataclass(frozen=True)
class Rows:
    """Which forecasts to describe: three ``[n_rows]`` arrays.

    ``origin`` is the number of steps known; ``step`` counts from 1; the target lies at column
    ``origin + step - 1``.
    """

    series: Integers
    origin: Integers
    step: Integers

    @property
    def target(self) -> Integers:
        """``[n_rows]`` column that is forecast."""
        return np.asarray(self.origin + self.step - 1)


class FeatureBuilder:
    """Describes rows of one panel.

    Args:
        panel: history and what is known of the future.
        horizon: how many steps ahead rows may reach.
        with_year: whether to offer the time of year, which under a year of history only misleads.
        categories: per metadata column the known strings, in code order.
        pooled: columns whose groups of series are described too.
    """

    def __init__(
        self,
        panel: Panel,
        horizon: int,
        with_year: bool,
        categories: dict[str, list[str]],
        pooled: Sequence[str] = (),
    ) -> None:
        self._panel = panel
        self._with_year = with_year
        self._categories = categories
        self._groups = GroupFeatures(panel, pooled)
        self._sums, self._squares, self._counts = _running_sums(panel.target)
        self._calendar = calendar_columns(panel, horizon, with_year)
        self._season = panel.frequency.season
        self._lag = long_lag(panel)
        self._has_long_lag = self._lag > self._season or self._season >= 12

    def scale(self, series: Integers, origin: Integers) -> Floats:
        """``[n_rows]`` mean absolute demand known at each origin; positive."""
        stretch = 2 * level_stretch(self._panel)
        recent = self._mean_absolute(series, origin - stretch, origin)
        overall = self._mean_absolute(series, np.zeros_like(origin), origin)
        mixed = np.where(recent > 0, 0.7 * recent + 0.3 * overall, overall)
        return np.where(mixed > 0, mixed, 1.0)

    def build(self, rows: Rows, scale: Floats) -> tuple[Features, list[str]]:
        """``[n_rows, n_features]`` and the names of the features."""
        columns: dict[str, Floats] = {"step": rows.step.astype(float)}
        columns |= self._recent(rows, scale)
        columns |= self._rolling(rows, scale)
        columns |= self._seasonal(rows, scale)
        if self._has_long_lag:
            columns |= self._long(rows, scale)
        columns |= {name: values[rows.target] for name, values in self._calendar.items()}
        columns |= self._covariates(rows)
        columns |= self._static(rows)
        columns["log_scale"] = np.log1p(scale)
        columns["age"] = (rows.origin - self._panel.start[rows.series]).astype(float)
        matrix = np.empty((len(rows.series), len(columns)), dtype=np.float32)
        for k, values in enumerate(columns.values()):
            matrix[:, k] = values
        return matrix, list(columns)

    def _value(self, series: Integers, column: Integers, origin: Integers) -> Floats:
        """Demand at a column, NaN where it lies before the grid or was not known yet."""
        known = (column >= 0) & (column < origin)
        return np.where(known, self._panel.target[series, np.where(known, column, 0)], np.nan)

    def _window(self, array: Floats, series: Integers, first: Integers, end: Integers) -> Floats:
        return np.asarray(array[series, np.maximum(end, 0)] - array[series, np.maximum(first, 0)])

    def _mean_absolute(self, series: Integers, first: Integers, end: Integers) -> Floats:
        counts = self._window(self._counts, series, first, end)
        # Root mean square would let one spike set the scale; demand is rarely negative, so the
        # absolute value of the mean is a good stand-in for the mean absolute value.
        return np.abs(self._window(self._sums, series, first, end)) / np.maximum(counts, 1)

    def _recent(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        count = min(max(self._season, 7), 14) if self._season <= 31 else 8
        return {
            f"lag_{j}": self._value(rows.series, rows.origin - j, rows.origin) / scale
            for j in range(1, count + 1)
        }

    def _rolling(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for width in _rolling_widths(self._season):
            first = rows.origin - width
            counts = self._window(self._counts, rows.series, first, rows.origin)
            counts = np.where(counts > 0, counts, np.nan)
            mean = self._window(self._sums, rows.series, first, rows.origin) / counts
            square = self._window(self._squares, rows.series, first, rows.origin) / counts
            columns[f"mean_{width}"] = mean / scale
            columns[f"deviation_{width}"] = np.sqrt(np.maximum(square - mean**2, 0)) / scale
        return columns

    def _seasonal(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        """The last values at the same place of the season, and their mean."""
        if self._season <= 1 or self._season == self._lag:
            return {}
        latest = rows.target - self._season * -(-rows.step // self._season)
        same = [
            self._value(rows.series, latest - j * self._season, rows.origin) / scale
            for j in range(4)
        ]
        columns = {f"season_{j}": values for j, values in enumerate(same)}
        columns["season_mean_4"] = _nan_mean(same)
        more = [
            self._value(rows.series, latest - j * self._season, rows.origin) / scale
            for j in range(4, 8)
        ]
        columns["season_mean_8"] = _nan_mean([*same, *more])
        return columns

    def _long(self, rows: Rows, scale: Floats) -> dict[str, Floats]:
        """Last year's values around the target, as they were and at the present level."""
        shift = self._lag * -(-rows.step // self._lag)
        width = 3 if self._season > 31 else self._season
        stretch = level_stretch(self._panel)
        place = LastYear(rows.series, rows.origin, rows.target - shift, shift, stretch, width)
        level, before = (self._mean(rows.series, *each) for each in (place.now, place.before))
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = np.clip(level / np.where(before > 0, before, np.nan), 0.2, 5.0)
        columns: dict[str, Floats] = {"growth": growth}
        for offset in (-2, -1, 0, 1, 2):
            values = self._value(rows.series, place.source + offset, rows.origin) / scale
            columns[f"year_{offset}"] = values
            if abs(offset) <= 1:
                columns[f"year_level_{offset}"] = values * growth
        earlier = self._value(rows.series, place.source - self._lag, rows.origin)
        columns["year_before"] = earlier / scale
        around = self._mean(rows.series, *place.around) / scale
        columns["year_around"] = np.where(place.source - width >= 0, around, np.nan)
        columns["year_around_level"] = columns["year_around"] * growth
        return columns | self._groups.last_year(place, level / scale)

    def _mean(self, series: Integers, first: Integers, end: Integers) -> Floats:
        counts = self._window(self._counts, series, first, end)
        total = self._window(self._sums, series, first, end)
        return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)

    def _covariates(self, rows: Rows) -> dict[str, Floats]:
        """Known covariates at the target and around it, and at last year's target."""
        columns: dict[str, Floats] = {}
        known, last = self._panel.known, self._panel.known.shape[1] - 1
        for k, name in enumerate(self._panel.known_names):
            for offset in (-1, 0, 1):
                at = np.clip(rows.target + offset, 0, last)
                columns[f"known_{name}_{offset}"] = known[rows.series, at, k]
            if self._has_long_lag:
                at = np.clip(rows.target - self._lag, 0, last)
                columns[f"known_{name}_year"] = known[rows.series, at, k]
        for k, name in enumerate(self._panel.past_names):
            at = np.clip(rows.origin - 1, 0, None)
            columns[f"past_{name}"] = self._panel.past[rows.series, at, k]
        return columns

    def _static(self, rows: Rows) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for name in self._panel.static.columns:
            values = self._panel.static[name]
            if name in self._categories:
                codes = {text: code for code, text in enumerate(self._categories[name])}
                numbers = np.array([codes.get(text, -1) for text in values.to_list()], dtype=float)
            else:
                numbers = values.cast(float).to_numpy()
            columns[f"static_{name}"] = numbers[rows.series]
        return columns


def category_names(categories: dict[str, list[str]]) -> list[str]:
    """The feature names that hold codes of strings."""
    return [f"static_{name}" for name in categories]


def level_feature(season: int) -> str:
    """The name of the feature that tells the level: the mean of some recent seasons."""
    return f"mean_{_rolling_widths(season)[3]}"


def is_demand(feature: str) -> bool:
    """Whether a feature is demand, in units of the scale; the others describe anything else."""
    return feature.startswith(_DEMAND)


def _rolling_widths(season: int) -> tuple[int, ...]:
    if season > 31:
        return (2, 4, 8, 13, 26, 52)
    return (season // 2 + 1, season, 2 * season, 4 * season, 8 * season, 26 * season)


def _running_sums(target: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums, squares and counts of the observations before each column, ``[n_series, n_time+1]``."""
    valid = np.isfinite(target)
    values = np.where(valid, target, 0.0)
    return running(values), running(values**2), running(valid.astype(float))


def _nan_mean(parts: list[Floats]) -> Floats:
    stacked = np.stack(parts)
    valid = np.isfinite(stacked)
    counts = valid.sum(axis=0)
    totals = np.where(valid, stacked, 0.0).sum(axis=0)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def calendar_columns(panel: Panel, horizon: int, with_year: bool) -> dict[str, Floats]:
    """``[n_time + horizon]`` columns of the calendar for every step of the grid."""
    times = panel.frequency.times(panel.origin, panel.n_time + horizon)
    days = times.astype("datetime64[D]")
    month_start = days.astype("datetime64[M]")
    columns: dict[str, Floats] = {}
    per_day = panel.frequency.approximate_days
    if per_day < 1:
        columns["minute_of_day"] = (times - days).astype("timedelta64[m]").astype(float)
    if per_day <= 1:
        columns["weekday"] = ((days.astype(int) + 3) % 7).astype(float)
    if per_day < 28:
        columns["day_of_month"] = (days - month_start).astype(float)
    if with_year:
        columns["month"] = (month_start.astype(int) % 12).astype(float)
        if per_day < 28:
            year_start = days.astype("datetime64[Y]").astype("datetime64[D]")
            columns["day_of_year"] = (days - year_start).astype(float)
    return columns | _event_columns(panel, days)


def _event_columns(panel: Panel, days: npt.NDArray[np.datetime64]) -> dict[str, Floats]:
    """Whether a step holds a holiday, and the days to the next and since the last one."""
    first, last = days[0] - np.timedelta64(60, "D"), days[-1] + np.timedelta64(60, "D")
    dates = np.array([date for date, _ in panel.calendar.days(first, last)], dtype="datetime64[D]")
    if not dates.size:
        return {}
    width = np.timedelta64(max(1, round(panel.frequency.approximate_days)), "D")
    following = np.searchsorted(dates, days)
    ahead = dates[np.minimum(following, len(dates) - 1)] - days
    behind = days - dates[np.maximum(following - 1, 0)]
    return {
        "holiday": ((following < len(dates)) & (ahead < width)).astype(float),
        "days_to_holiday": np.clip(ahead.astype(float), -1, 30),
        "days_since_holiday": np.clip(behind.astype(float), -1, 30),
    }

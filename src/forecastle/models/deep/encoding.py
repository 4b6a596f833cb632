"""How a panel becomes numbers that a network learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from forecastle.models.features import calendar_columns
from forecastle.models.global_rows import without_closed_days
from forecastle.series.panel import Bools, Floats, Integers, Panel

Singles = npt.NDArray[np.float32]

# How far the columns of the calendar reach, to bring them to about one.
_LONGEST = {"day_of_month": 31.0, "days_to_holiday": 30.0, "days_since_holiday": 30.0}
# Columns that come round → their length.
_ROUND = {"minute_of_day": 1440.0, "month": 12.0, "day_of_year": 365.25}
_WAVES = (1, 2)
_WEEK = 7


@dataclass(frozen=True, eq=False)
class Encoded:
    """A panel in numbers; what is missing is 0.

    Attributes:
        target: ``[n_series, n_time]`` demand as it is.
        observed: ``[n_series, n_time]`` where there is demand.
        start: ``[n_series]`` column of the first observation.
        time: ``[n_time + horizon, n_time_features]`` the calendar, the same for all series.
        known: ``[n_series, n_time + horizon, n_known]`` standardised.
        past: ``[n_series, n_time, n_past]`` standardised.
        codes: ``[n_series, n_categories]`` of categories; 0 is one that was never seen.
        numbers: ``[n_series, n_numbers]`` numeric metadata, standardised.
        scale: ``[n_series, n_time + 1]`` mean absolute demand known before each column; positive.
    """

    target: Floats
    observed: Bools
    start: Integers
    time: Singles
    known: Singles
    past: Singles
    codes: Integers
    numbers: Singles
    scale: Floats

    @property
    def n_time(self) -> int:
        """Steps of history."""
        return int(self.target.shape[1])


@dataclass(frozen=True)
class Encoding:
    """What panels to predict share with the one that was learnt from.

    Attributes:
        with_year: whether the time of the year is told; under a year of history it only misleads.
        categories: column of metadata → its values.
        known: mean and deviation of each covariate known in advance.
        past: mean and deviation of each covariate of the past.
        numbers: column of metadata → mean and deviation.
    """

    with_year: bool
    categories: Mapping[str, Sequence[str]]
    known: Sequence[Sequence[float]]
    past: Sequence[Sequence[float]]
    numbers: Mapping[str, Sequence[float]]

    @classmethod
    def of(
        cls, panel: Panel, *, known: bool = True, past: bool = True, metadata: bool = True
    ) -> Encoding:
        """The encoding of a panel to train on.

        Args:
            panel: to train on.
            known: whether covariates known in advance are used.
            past: whether those of the past are.
            metadata: whether item metadata are used.
        """
        static = panel.static if metadata else panel.static.select([])
        texts = [name for name in static.columns if static.schema[name] == pl.String]
        return cls(
            with_year=bool(panel.n_time >= panel.frequency.steps_per_year),
            categories={
                name: static[name].drop_nulls().unique().sort().to_list() for name in texts
            },
            known=_spreads(panel.known) if known else (),
            past=_spreads(panel.past) if past else (),
            numbers={
                name: _spread(static[name].cast(float).to_numpy())
                for name in static.columns
                if name not in texts
            },
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of each category: its values and one for those never seen."""
        return tuple(len(values) + 1 for values in self.categories.values())

    def encode(self, panel: Panel, horizon: int) -> Encoded:
        """The panel in numbers, with ``horizon`` steps of what is known ahead."""
        panel = without_closed_days(panel)
        length = panel.n_time + horizon
        observed = np.isfinite(panel.target)
        return Encoded(
            target=np.where(observed, panel.target, 0.0),
            observed=observed,
            start=panel.start,
            time=_time_features(panel, horizon, self.with_year),
            known=_standardised(panel.known[:, :length], self.known),
            past=_standardised(panel.past, self.past),
            codes=self._codes(panel.static),
            numbers=self._numbers(panel.static),
            scale=_scales(panel.target, observed, panel.frequency.season),
        )

    def _codes(self, static: pl.DataFrame) -> Integers:
        columns = [
            [
                {text: code + 1 for code, text in enumerate(values)}.get(each, 0)
                for each in static[name]
            ]
            for name, values in self.categories.items()
        ]
        return np.array(columns, dtype=np.int64).reshape(len(columns), static.height).T

    def _numbers(self, static: pl.DataFrame) -> Singles:
        columns = [
            (static[name].cast(float).to_numpy() - mean) / deviation
            for name, (mean, deviation) in self.numbers.items()
        ]
        found = np.array(columns, dtype=np.float32).reshape(len(columns), static.height).T
        return np.nan_to_num(found)


def _time_features(panel: Panel, horizon: int, with_year: bool) -> Singles:
    columns: list[Floats] = []
    for name, values in calendar_columns(panel, horizon, with_year).items():
        if name == "weekday":
            columns += [(values == day).astype(float) for day in range(_WEEK)]
        elif name in _ROUND:
            angle = 2 * np.pi * values / _ROUND[name]
            columns += [wave(k * angle) for k in _WAVES for wave in (np.sin, np.cos)]
        else:
            columns.append(values / _LONGEST.get(name, 1.0))
    length = panel.n_time + horizon
    return (
        np.stack(columns, axis=1).astype(np.float32)
        if columns
        else np.zeros((length, 0), np.float32)
    )


def _scales(target: Floats, observed: Bools, season: int) -> Floats:
    """``[n_series, n_time + 1]``: recent and overall mean absolute demand before each column."""
    values = np.abs(np.where(observed, target, 0.0))
    sums, counts = _running(values), _running(observed.astype(float))
    width = min(4 * max(season, 7), 60)
    back = np.maximum(np.arange(target.shape[1] + 1) - width, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        recent = (sums - sums[:, back]) / (counts - counts[:, back])
        overall = sums / counts
    mixed = np.where(recent > 0, 0.7 * recent + 0.3 * overall, overall)
    return np.where(mixed > 0, mixed, 1.0)


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _spreads(values: Floats) -> tuple[tuple[float, float], ...]:
    return tuple(_spread(values[..., k]) for k in range(values.shape[-1]))


def _spread(values: Floats) -> tuple[float, float]:
    """Mean and deviation of what is finite; 1 for what does not vary."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    return float(finite.mean()), float(finite.std()) or 1.0


def _standardised(values: Floats, spreads: Sequence[Sequence[float]]) -> Singles:
    if not spreads:
        return np.zeros((*values.shape[:-1], 0), np.float32)
    table = np.array(spreads)
    found: Singles = np.nan_to_num((values - table[:, 0]) / table[:, 1]).astype(np.float32)
    return found

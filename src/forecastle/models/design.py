"""The features of the trees as columns that a line can use: numbers, none of them missing."""

from __future__ import annotations

import numpy as np

from forecastle.models.features import Features, Rows, is_demand, level_feature
from forecastle.series.panel import Bools, Floats, Panel

_DAYS_IN_YEAR = 365.25
_WEEKDAYS = 7
_HARMONICS = (1, 2)
_FADING = 4.0  # days over which a holiday's neighbourhood fades
_GROWTH = (0.2, 5.0)
_LAGGED = ("_-1", "_0", "_1", "_year")


def design_matrix(
    panel: Panel, rows: Rows, features: Features, names: list[str]
) -> tuple[Floats, Bools]:
    """The columns, the same ones for the same kind of panel.

    Demand that is not known is the series' level; related series are deviations from the series'
    own mean in its standard deviations; growth, the size of the series, weekdays and holidays
    multiply the level. Metadata and age, which grows without end, are left out.

    Args:
        panel: that the rows are of.
        rows: the forecasts.
        features: ``[n_rows, n_features]`` of `FeatureBuilder.build`.
        names: of the features.

    Returns:
        ``[n_rows, n_columns]``, and ``[n_columns]`` which of them come from related series.
    """
    column = {name: features[:, k].astype(float) for k, name in enumerate(names)}
    level = column[level_feature(panel.frequency.season)]
    level = np.where(np.isfinite(level), level, 1.0)
    columns = [level * column["step"]]
    for name, values in column.items():
        if is_demand(name):
            columns.append(np.where(np.isfinite(values), values, level))
        elif name.startswith("growth"):
            growth = np.clip(np.where(np.isfinite(values), values, 1.0), *_GROWTH)
            columns.append(level * np.log(growth))
    columns.append(level * column["log_scale"])
    columns += _calendar(column, level)
    related = _related(panel, rows, column)
    is_related = np.arange(len(columns) + len(related)) >= len(columns)
    return np.stack(columns + related, axis=1), is_related


def _calendar(column: dict[str, Floats], level: Floats) -> list[Floats]:
    columns = []
    if "weekday" in column:
        columns += [level * (column["weekday"] == day) for day in range(1, _WEEKDAYS)]
    if "day_of_year" in column:
        angle = 2 * np.pi * column["day_of_year"] / _DAYS_IN_YEAR
        columns += [level * wave(k * angle) for k in _HARMONICS for wave in (np.sin, np.cos)]
    if "holiday" in column:
        columns.append(level * column["holiday"])
        for name in ("days_to_holiday", "days_since_holiday"):
            columns.append(level * np.exp(-np.maximum(column[name], 0) / _FADING))
    return columns


def _related(panel: Panel, rows: Rows, column: dict[str, Floats]) -> list[Floats]:
    """Related series in standard deviations from each series' own mean of the past."""
    columns = []
    groups = (
        ("known_", panel.known_names, panel.known[:, : panel.n_time]),
        ("past_", panel.past_names, panel.past),
    )
    for prefix, names, values in groups:
        for k, name in enumerate(names):
            mean, deviation = _moments(values[:, :, k])
            for ending in _LAGGED if prefix == "known_" else ("",):
                found = column.get(f"{prefix}{name}{ending}")
                if found is None:
                    continue
                apart = (found - mean[rows.series]) / deviation[rows.series]
                columns.append(np.where(np.isfinite(apart), apart, 0.0))
    return columns


def _moments(values: Floats) -> tuple[Floats, Floats]:
    valid: Bools = np.isfinite(values)
    count = np.maximum(valid.sum(axis=1), 1)
    mean = np.where(valid, values, 0.0).sum(axis=1) / count
    square = np.where(valid, values - mean[:, None], 0.0) ** 2
    deviation = np.sqrt(square.sum(axis=1) / count)
    return mean, np.where(deviation > 0, deviation, 1.0)

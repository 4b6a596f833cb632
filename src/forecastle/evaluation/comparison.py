"""A forecast that was made, compared with what happened then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.core.quantiles import MEAN, column_name
from forecastle.evaluation.accuracy import Metrics, measured, scored
from forecastle.evaluation.metrics import seasonal_naive_error
from forecastle.series.panel import Floats, Panel
from forecastle.storage.exports import TIMESTAMP


def compare(
    forecast: pl.DataFrame, forecast_types: Sequence[str], panel: Panel
) -> tuple[Metrics, int]:
    """The error of a forecast, as backtests measure it, and how many series counted.

    Args:
        forecast: as `series.frames.forecast_frame` makes it, with ``mean``.
        forecast_types: those that count: ``0.1``, ``mean``.
        panel: with the actuals; of its series those that were forecast.

    Raises:
        InputError: the data do not hold the window, or none of the series that were forecast.
    """
    first, end = _window(forecast, panel)
    keys = list(panel.keys.columns)
    steps = end - first
    asked = forecast.select(keys).unique(maintain_order=True).with_row_index("forecast")
    both = asked.join(panel.keys.with_row_index("actual"), on=keys, maintain_order="left")
    actual, observed = panel.actuals(first, steps)
    rows, made = both["actual"].to_numpy(), both["forecast"].to_numpy()
    counts = scored(actual[rows], observed[rows])
    if not counts.any():
        raise InputError(
            f"none of the {len(asked)} series that were forecast has actuals from "
            f"{_text(forecast, 0)} to {_text(forecast, -1)}; import them under the same names"
        )
    rows, made = rows[counts], made[counts]

    def values(kind: str) -> Floats:
        column = forecast[column_name(kind)].to_numpy().reshape(len(asked), steps)
        return np.asarray(column[made])

    quantiles = {kind: values(kind) for kind in forecast_types if kind != MEAN}
    scale = seasonal_naive_error(panel.target[rows, :first], panel.frequency.season)
    return measured(actual[rows], values(MEAN), quantiles, scale), len(rows)


def _window(forecast: pl.DataFrame, panel: Panel) -> tuple[int, int]:
    """The first step of the window, and the one after it, counted from the panel's origin."""
    ends = pl.Series([forecast[TIMESTAMP][0], forecast[TIMESTAMP][-1]])
    times = np.asarray(ends.to_numpy()).astype("datetime64[s]")
    first, last = (int(step) for step in panel.frequency.steps_between(panel.origin, times))
    if first < 1 or last >= panel.target.shape[1]:
        raise InputError(
            f"the data do not reach from before {_text(forecast, 0)} to {_text(forecast, -1)}, "
            "which was forecast; import the whole history"
        )
    return first, last + 1


def _text(forecast: pl.DataFrame, row: int) -> str:
    return str(forecast[TIMESTAMP][row]).removesuffix(" 00:00:00")

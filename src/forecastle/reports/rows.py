"""The rows that charts draw, as plain records; the report's script builds the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecastle.core.frequency import Times
from forecastle.core.quantiles import column_name
from forecastle.reports.outlook import Outlook, Scene
from forecastle.series.panel import Floats

Rows = list[dict[str, Any]]


def history_rows(scene: Scene, outlook: Outlook) -> Rows:
    """``time, value, holiday, closed`` of every known step shown."""
    columns = (milliseconds(scene.history_times), outlook.history, scene.holidays, outlook.closed)
    return [
        {"time": time, "value": plain(value), "holiday": holiday, "closed": bool(closed)}
        for time, value, holiday, closed in zip(*columns, strict=False)
        if np.isfinite(value)
    ]


def forecast_rows(scene: Scene, outlook: Outlook) -> Rows:
    """``time, low, middle, high, holiday, closed`` of every forecast step."""
    past = len(scene.history_times)
    rows = _band_rows(scene, outlook, outlook.forecast, scene.forecast_times)
    named = zip(rows, scene.holidays[past:], outlook.closed[past:], strict=True)
    return [{**row, "holiday": holiday, "closed": bool(closed)} for row, holiday, closed in named]


def backtest_rows(scene: Scene, outlook: Outlook) -> Rows:
    """The same and ``actual, window`` of every step of the reported windows."""
    known = {row["time"]: row for row in history_rows(scene, outlook)}
    nothing = {"value": None, "holiday": "", "closed": False}
    rows: Rows = []
    for window, (times, values) in enumerate(
        zip(scene.backtest_times, outlook.backtests, strict=True)
    ):
        for row in _band_rows(scene, outlook, values, times):
            past = known.get(row["time"], nothing)
            rows.append(
                {
                    **row,
                    "actual": past["value"],
                    "holiday": past["holiday"],
                    "closed": past["closed"] and row["high"] == 0,
                    "window": window,
                }
            )
    return [row for row in rows if row["middle"] is not None]


def backtest_start(scene: Scene) -> np.datetime64:
    """From when on the backtest chart shows history: two windows before the first."""
    first, horizon = scene.backtest_times[0][0], len(scene.backtest_times[0])
    start: np.datetime64 = scene.frequency.shift(first, np.array([-2 * horizon]))[0]
    return start


def band_labels(scene: Scene, outlook: Outlook) -> tuple[str, str, str]:
    """What the lower edge, the line and the upper edge are called."""
    low, high = column_name(scene.low), column_name(scene.high)
    if outlook.is_sum:
        low, high = f"All low (sum of {low})", f"All high (sum of {high})"
    return low, "Expected (mean)" if outlook.is_total else column_name(outlook.middle), high


def milliseconds(times: Times) -> list[int]:
    """Times as milliseconds since 1970, UTC."""
    return [int(time) for time in times.astype("datetime64[ms]").astype(np.int64)]


def plain(value: float) -> float | None:
    """Six significant digits; None for what is not finite, which JSON cannot hold."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


def _band_rows(scene: Scene, outlook: Outlook, values: Mapping[str, Floats], times: Times) -> Rows:
    columns: Sequence[Floats] = [values[kind] for kind in (scene.low, outlook.middle, scene.high)]
    return [
        {"time": time, "low": plain(low), "middle": plain(middle), "high": plain(high)}
        for time, low, middle, high in zip(milliseconds(times), *columns, strict=True)
    ]

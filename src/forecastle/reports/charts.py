"""The charts: one Altair definition each, for PNG, SVG, notebooks and the report.

Times are UTC in milliseconds, so that no reader's time zone shifts a day. The data sets are named
(``history``, ``forecast``, ``backtest``): the report swaps them when another item is picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES
from forecastle.reports.canvas import Canvas, time_axis
from forecastle.reports.outlook import Outlook, Scene, build_scene
from forecastle.reports.rows import (
    Rows,
    backtest_rows,
    backtest_start,
    band_labels,
    forecast_rows,
    history_rows,
    milliseconds,
    plain,
)
from forecastle.reports.theme import ACCENT, CONFIG, HISTORY, QUIET, WIDTH, YARDSTICK
from forecastle.series.forecast import Forecast
from forecastle.series.panel import Panel
from forecastle.training.report import AUTOML, AccuracyReport, Backtest

BLEND = "Forecastle blend"
HEIGHT, ROW_HEIGHT = 320, 30

Chart = alt.LayerChart

_PICTURES = (".png", ".svg", ".html")
_DAILY = Frequency(1, "D")
_MOST_POINTS = 800
_MANY_DAYS = 120  # from here on weeks show more than days do
_ROOM = 1.12  # for the number behind the longest bar


def forecast_chart(
    panel: Panel,
    forecast: Forecast,
    forecast_types: Sequence[str] = DEFAULT_FORECAST_TYPES,
    series: int | None = None,
    title: str = "",
) -> Chart:
    """Recent history, the middle of the forecast as a line, its lowest to highest type as a band.

    Args:
        panel: the history.
        forecast: the steps after it.
        forecast_types: quantiles asked for.
        series: row of the panel; None for the total (of one series: that series).
        title: shown above; none if empty.
    """
    scene = _scene_of(panel, forecast, forecast_types, (), series)
    return draw_forecast(scene, scene.outlooks[0], title)


def backtest_chart(
    panel: Panel,
    backtests: Sequence[Backtest],
    forecast_types: Sequence[str] = DEFAULT_FORECAST_TYPES,
    series: int | None = None,
    title: str = "",
) -> Chart:
    """What would have been forecast for the reported windows, over what happened.

    Arguments as in `forecast_chart`.
    """
    scene = _scene_of(panel, backtests[-1].forecast, forecast_types, backtests, series)
    return draw_backtest(scene, scene.outlooks[0], title)


def accuracy_chart(accuracy: AccuracyReport, title: str = "") -> Chart:
    """Average wQL of the blend, each algorithm and the seasonal naive; shorter is better."""
    entries = {accuracy.naive.algorithm: accuracy.naive, AUTOML: accuracy.blend}
    entries.update({entry.algorithm: entry for entry in accuracy.algorithms})
    rows: Rows = []
    for name, entry in entries.items():
        loss = entry.summary.average_weighted_quantile_loss
        kind = {AUTOML: "blend", accuracy.naive.algorithm: "naive"}.get(name, "other")
        label = BLEND if name == AUTOML else name
        label += " (yardstick)" if kind == "naive" else ""
        skill = accuracy.skill_of(entry)
        rows.append({"name": label, "value": plain(loss), "kind": kind, "skill": plain(skill)})
    rows = sorted(
        (row for row in rows if row["value"] is not None), key=lambda row: float(row["value"])
    )
    colours = alt.Color("kind:N", legend=None).scale(
        domain=["blend", "naive", "other"], range=[ACCENT, YARDSTICK, QUIET]
    )
    tooltip = [
        alt.Tooltip("name:N", title="Algorithm"),
        alt.Tooltip("value:Q", title="Average wQL", format=".2%"),
        alt.Tooltip("skill:Q", title="Skill", format=".1%"),
    ]
    return _bars(rows, "Average weighted quantile loss", ".1%", colours, tooltip, title)


def weights_chart(weights: Mapping[str, float], title: str = "") -> Chart:
    """The share of each algorithm in the blend."""
    rows: Rows = [{"name": name, "value": plain(share)} for name, share in weights.items()]
    rows.sort(key=lambda row: -float(row["value"]))
    tooltip = [
        alt.Tooltip("name:N", title="Algorithm"),
        alt.Tooltip("value:Q", title="Share", format=".1%"),
    ]
    return _bars(rows, "Share of the blend", ".0%", alt.value(ACCENT), tooltip, title)


def history_chart(panel: Panel, title: str = "") -> Chart:
    """The whole history of the total; long ones as sums over weeks or other seasons."""
    per_point = _steps_per_point(panel)
    known = np.where(np.isfinite(panel.target), panel.target, 0.0).sum(axis=0)
    first = panel.n_time % per_point
    sums = known[first:].reshape(-1, per_point).sum(axis=1)
    times = panel.times[first::per_point]
    rows = [
        {"time": time, "value": plain(value)}
        for time, value in zip(milliseconds(times), sums, strict=True)
    ]
    caption = "Demand" if per_point == 1 else f"Demand per {per_point} steps"
    if panel.frequency == _DAILY and per_point == panel.frequency.season:
        caption = "Demand per week"
    area = (
        alt.Chart(alt.InlineData(rows, name="total"))
        .mark_area(line={"color": HISTORY, "strokeWidth": 1.2}, color=HISTORY, opacity=0.15)
        .encode(
            time_axis(panel.times),
            alt.Y("value:Q", title=caption, axis=alt.Axis(format="~s", tickCount=4)),
        )
    )
    return _finished([area], title, HEIGHT // 2)


def save_chart(chart: Chart, path: Path) -> None:
    """Write a chart to ``.png`` (twice the resolution), ``.svg`` or self-contained ``.html``.

    Raises:
        InputError: another ending.
    """
    kind = path.suffix.lower()
    if kind not in _PICTURES:
        raise InputError(f"{path.name}: a chart is written as {', '.join(_PICTURES)}")
    if kind == ".html":
        chart.save(str(path), inline=True)
    else:
        chart.save(str(path), scale_factor=2 if kind == ".png" else 1)


def draw_forecast(scene: Scene, outlook: Outlook, title: str = "") -> Chart:
    """See `forecast_chart`."""
    times = np.concatenate([scene.history_times, scene.forecast_times])
    canvas = Canvas(times, band_labels(scene, outlook))
    history, ahead = history_rows(scene, outlook), forecast_rows(scene, outlook)
    return _finished([*canvas.history(history), *canvas.band("forecast", ahead)], title)


def draw_backtest(scene: Scene, outlook: Outlook, title: str = "") -> Chart:
    """See `backtest_chart`."""
    shown = scene.history_times >= backtest_start(scene)
    canvas = Canvas(scene.history_times[shown], band_labels(scene, outlook))
    first = milliseconds(scene.history_times[shown])[0]
    rows = [row for row in history_rows(scene, outlook) if row["time"] >= first]
    tested = backtest_rows(scene, outlook)
    return _finished([*canvas.history(rows), *canvas.band("backtest", tested)], title)


def _scene_of(
    panel: Panel,
    forecast: Forecast,
    forecast_types: Sequence[str],
    backtests: Sequence[Backtest],
    series: int | None,
) -> Scene:
    if series is not None:
        panel = panel.select(np.array([series]))
    return build_scene(panel, forecast, forecast_types, backtests, most_series=1)


def _steps_per_point(panel: Panel) -> int:
    """1 for short histories, else whole seasons; days turn into weeks early, as shops close."""
    at_least = max(1, -(-panel.n_time // _MOST_POINTS))
    weekly = panel.frequency == _DAILY and panel.n_time >= _MANY_DAYS
    if at_least == 1 and not weekly:
        return 1
    return -(-at_least // panel.frequency.season) * panel.frequency.season


def _bars(
    rows: Rows, caption: str, number: str, colour: Any, tooltip: list[alt.Tooltip], title: str
) -> Chart:
    data = alt.InlineData(rows, name="bars")
    order = [row["name"] for row in rows]
    longest = max((row["value"] for row in rows), default=1.0)
    base = alt.Chart(data).encode(
        alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, ticks=False)),
        alt.X("value:Q", title=caption, axis=None).scale(domain=[0, longest * _ROOM]),
    )
    bars = base.properties(name="bars").mark_bar(height=16, cornerRadiusEnd=3)
    labels = base.properties(name="labels").mark_text(align="left", dx=6, color=HISTORY)
    layers = (
        bars.encode(color=colour, tooltip=tooltip),
        labels.encode(text=alt.Text("value:Q", format=number)),
    )
    return _finished(layers, title, ROW_HEIGHT * max(len(rows), 1))


def _finished(layers: Sequence[alt.Chart], title: str, height: int = HEIGHT) -> Chart:
    chart = alt.LayerChart(layer=list(layers))
    chart["width"], chart["height"] = WIDTH, height
    chart["autosize"] = alt.AutoSizeParams(type="fit-x", contains="padding")
    chart["config"] = CONFIG
    if title:
        chart["title"] = title
    return chart

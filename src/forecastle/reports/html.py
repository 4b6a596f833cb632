"""The report: one HTML file that needs nothing else, for a manager to open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from forecastle.core.quantiles import MEAN, column_name
from forecastle.reports import wording
from forecastle.reports.charts import (
    Chart,
    accuracy_chart,
    draw_backtest,
    draw_forecast,
    history_chart,
    weights_chart,
)
from forecastle.reports.content import LARGEST_ITEM_CHOICE, ReportContent
from forecastle.reports.figures import date, decimals_for, number, percent, rounded, weekday
from forecastle.reports.outlook import Outlook, Scene, build_scene
from forecastle.reports.rows import backtest_start, band_labels, milliseconds, plain
from forecastle.reports.runtime import compiled, drawn, vega_script
from forecastle.storage.atomic import atomic_file

_TEMPLATES = Path(__file__).parent / "templates"
_LARGEST_SHOWN = 10
_WEEK = 7


@dataclass(frozen=True)
class Figure:
    """A chart on the page: its id, what a screen reader says, its picture and specification."""

    name: str
    description: str
    picture: str
    specification: dict[str, Any]


def write_report(path: Path, content: ReportContent) -> None:
    """Write the report; the same content gives the same file, byte for byte.

    Args:
        path: the HTML file; replaced if it is there.
        content: everything that it shows.
    """
    text = render_report(content)
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def render_report(content: ReportContent) -> str:
    """The report as HTML, self-contained: no address is loaded, no clock is read."""
    scene = build_scene(
        content.panel,
        content.forecast,
        content.forecast_types,
        content.backtests,
        LARGEST_ITEM_CHOICE,
        content.dependence,
    )
    figures = {figure.name: figure for figure in _figures(content, scene)}
    return _template().render(
        content=content,
        scene=scene,
        headline=wording.headline(content, scene),
        tiles=wording.tiles(content, scene),
        accuracy_sentence=wording.accuracy_sentence(content),
        total_sentence=wording.total_sentence(content, scene),
        metric_rows=wording.metric_rows(content),
        figures=figures,
        table=_table(scene, scene.outlooks[0]),
        quality=content.quality,
        largest=_largest(content, scene),
        moved=_moved(content),
        before=wording.steps(wording.soon(content), content),
        subtitle=_subtitle(content, scene),
        labels=band_labels(scene, scene.outlooks[0]),
        has_closed=any(outlook.closed.any() for outlook in scene.outlooks),
        vega=vega_script(),
        specifications=_as_json({name: each.specification for name, each in figures.items()}),
        data=_as_json(_data(scene)),
    )


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html.j2")


def _figures(content: ReportContent, scene: Scene) -> list[Figure]:
    outlook = scene.outlooks[0]
    horizon = wording.steps(content.forecast.horizon, content)
    low, middle, high = band_labels(scene, outlook)
    found = [
        _figure(
            "forecast",
            f"Recent sales of {outlook.name} and the forecast for the next {horizon}: {middle} as "
            f"a line, {low} to {high} as a band. The table below has the numbers.",
            draw_forecast(scene, outlook),
        ),
        _figure(
            "history",
            f"All sales in the data, from {date(content.panel.times[0])}.",
            history_chart(content.panel),
        ),
    ]
    if content.backtests:
        description = f"What would have been forecast for {outlook.name}, over what happened."
        found.append(_figure("backtest", description, draw_backtest(scene, outlook)))
    if content.accuracy is not None:
        description = "Average weighted quantile loss by algorithm; the table has the numbers."
        found.append(_figure("accuracy", description, accuracy_chart(content.accuracy)))
    if content.weights:
        shares = ", ".join(f"{name} {percent(w, 0)}" for name, w in content.weights.items())
        chart = weights_chart(content.weights)
        found.append(_figure("weights", f"Shares of the blend: {shares}.", chart))
    return found


def _figure(name: str, description: str, chart: Chart) -> Figure:
    specification = compiled(chart)
    return Figure(name, description, drawn(specification, name), specification)


def _subtitle(content: ReportContent, scene: Scene) -> str:
    panel = content.panel
    series = "1 series" if scene.n_series == 1 else f"{scene.n_series:,} series"
    return (
        f"{wording.steps(content.forecast.horizon, content)} from "
        f"{date(scene.forecast_times[0])} · {series} · history {date(panel.times[0])} to "
        f"{date(panel.times[-1])}"
    )


def _table(scene: Scene, outlook: Outlook) -> dict[str, Any]:
    """Header and rows of the coming steps; the script fills in the same for another item."""
    decimals = _decimals(outlook)
    kinds = _table_types(scene)
    past = len(scene.history_times)
    rows = [
        {
            "when": _when(scene, time),
            "holiday": scene.holidays[past + step],
            "closed": bool(outlook.closed[past + step]),
            "numbers": [number(outlook.forecast[kind][step], decimals) for kind in kinds]
            + [number(outlook.last_year[step], decimals)],
        }
        for step, time in enumerate(scene.forecast_times)
    ]
    columns = [*_column_titles(scene, outlook), "A year earlier"]
    step = wording.unit_name(scene.frequency).capitalize()
    return {"step": step, "columns": columns, "rows": rows}


def _table_types(scene: Scene) -> tuple[str, ...]:
    return (*(kind for kind in scene.forecast_types if kind != MEAN), MEAN)


def _column_titles(scene: Scene, outlook: Outlook) -> list[str]:
    names = [column_name(kind) for kind in _table_types(scene)[:-1]]
    if outlook.is_sum:
        names = [f"Sum of {name}" for name in names]
    return [*names, "Expected (mean)" if outlook.is_total else "Mean"]


def _largest(content: ReportContent, scene: Scene) -> list[dict[str, Any]]:
    """The items that bring the most soon; empty for a single series."""
    if scene.n_series == 1:
        return []
    count = wording.soon(content)
    total = float(scene.outlooks[0].forecast[MEAN][:count].sum())
    rows = []
    for index, outlook in enumerate(scene.outlooks[1 : _LARGEST_SHOWN + 1], start=1):
        ahead = float(outlook.forecast[MEAN][:count].sum())
        before = float(np.nansum(outlook.history[-count:]))
        rows.append(
            {
                "index": index,
                "name": outlook.name,
                "expected": rounded(ahead),
                "share": percent(ahead / total if total > 0 else float("nan"), 0),
                "change": wording.share_change(ahead, before),
            }
        )
    return rows


def _moved(content: ReportContent) -> list[dict[str, str]]:
    """The items that changed the most since the last forecast."""
    return [
        {
            "name": item.name,
            "before": rounded(item.before),
            "now": rounded(item.now),
            "change": wording.share_change(item.now, item.before),
        }
        for item in (content.changes.items if content.changes else ())
    ]


def _data(scene: Scene) -> dict[str, Any]:
    """What the script needs to show another item: shared times, then numbers per outlook."""
    return {
        "historyTimes": milliseconds(scene.history_times),
        "forecastTimes": milliseconds(scene.forecast_times),
        "backtestTimes": [milliseconds(times) for times in scene.backtest_times],
        "backtestStart": milliseconds(np.array([backtest_start(scene)]))[0]
        if scene.backtest_times
        else 0,
        "holidays": list(scene.holidays),
        "types": list(_table_types(scene)),
        "low": scene.low,
        "high": scene.high,
        "outlooks": [_outlook_data(scene, outlook) for outlook in scene.outlooks],
    }


def _outlook_data(scene: Scene, outlook: Outlook) -> dict[str, Any]:
    drawn_types = (scene.low, outlook.middle, scene.high)
    forecast = {kind: _numbers(values) for kind, values in outlook.forecast.items()}
    return {
        "name": outlook.name,
        "middle": outlook.middle,
        "labels": list(band_labels(scene, outlook)),
        "columns": _column_titles(scene, outlook),
        "decimals": _decimals(outlook),
        "history": _numbers(outlook.history),
        "closed": np.flatnonzero(outlook.closed).tolist(),
        "lastYear": _numbers(outlook.last_year),
        "forecast": forecast,
        "backtests": [
            [_numbers(window[kind]) for kind in drawn_types] for window in outlook.backtests
        ],
    }


def _numbers(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | int | None]:
    """Six significant digits, whole numbers without a point: half the size."""
    shortened = [plain(float(value)) for value in values]
    return [int(v) if v is not None and v.is_integer() else v for v in shortened]


def _decimals(outlook: Outlook) -> int:
    return decimals_for(np.concatenate(list(outlook.forecast.values())).tolist())


def _when(scene: Scene, time: np.datetime64) -> str:
    """``Fri 10 Dec 2010``; with the time of day, or without the weekday, as the steps ask for."""
    days = scene.frequency.approximate_days
    return (f"{weekday(time)} " if days < _WEEK else "") + date(time, with_time=days < 1)


def _as_json(value: Any) -> str:
    """JSON that may stand inside a script element: no ``<`` can end it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

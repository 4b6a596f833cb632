"""Charts: one palette, one way to draw a band, numbers as the reader writes them.

Names of items are data: they reach the browser as values of the options, never as markup, and
tooltips are left to ECharts, which escapes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.wishes import Reader

Options = dict[str, Any]
Values = Sequence[float | None]


@dataclass(frozen=True)
class Palette:
    """Colours of a chart; lines and texts stand out from the ground by WCAG AA."""

    ink: str
    soft: str
    line: str
    surface: str
    series: tuple[str, ...]
    history: str
    median: str
    band: str
    good: str
    bad: str

    @classmethod
    def of(cls, dark: bool) -> Palette:
        """For a dark or a light page."""
        return _DARK if dark else _LIGHT


# Okabe and Ito's colours, which people with any colour vision tell apart (jfly.uni-koeln.de/color),
# darkened or lightened for the ground.
_LIGHT = Palette(
    ink="#17242b",
    soft="#4c5c66",
    line="#d3dce1",
    surface="#ffffff",
    series=("#0b6fa4", "#b3540b", "#00785a", "#a33b7a", "#8a6d00", "#3f51a8", "#5f6b72"),
    history="#4c5c66",
    median="#0b6fa4",
    band="#0b6fa4",
    good="#1a6b3a",
    bad="#a5231c",
)
_DARK = Palette(
    ink="#e8eef1",
    soft="#aab8c0",
    line="#33424a",
    surface="#182126",
    series=("#6cc1e4", "#f0a35e", "#5fd0ae", "#e39ac6", "#e6cf5c", "#9fb0ff", "#b9c4ca"),
    history="#aab8c0",
    median="#6cc1e4",
    band="#6cc1e4",
    good="#7fd49b",
    bad="#ff9d94",
)
_BAND_OPACITY = 0.22
_ROWS_OF_A_PAGE = 50
_MOST_OF_A_YEAR = timedelta(days=300)
_DAY: Mapping[str, str] = {"day": "numeric", "month": "short", "year": "numeric"}
_MINUTE: Mapping[str, str] = {"hour": "2-digit", "minute": "2-digit"}
_TIME_PARTS: Mapping[str, Mapping[str, str]] = {
    "min": {**_DAY, **_MINUTE},
    "H": {**_DAY, **_MINUTE},
    "D": {"weekday": "short", **_DAY},
    "W": _DAY,
    "M": {"month": "short", "year": "numeric"},
    "Y": {"year": "numeric"},
}
_DAY_OF_MONTH: Mapping[str, str] = {"day": "numeric", "month": "short"}
_SHORT_TIME_PARTS: Mapping[str, Mapping[str, str]] = {
    **_TIME_PARTS,
    "min": {**_DAY_OF_MONTH, **_MINUTE},
    "H": {**_DAY_OF_MONTH, **_MINUTE},
    "D": _DAY_OF_MONTH,
    "W": _DAY_OF_MONTH,
}


def chart(visitor: Reader, options: Options, label: str, classes: str = "") -> ui.echart:
    """A chart in the page.

    Args:
        visitor: who looks.
        options: of ECharts; `base_options` and the functions here make them.
        label: what it shows, for people who listen.
        classes: `chart-tall` for more height.
    """
    element = ui.echart(options).classes(f"chart {classes}")
    return element.props(f"role=img aria-label={json.dumps(label, ensure_ascii=False)}")


def base_options(visitor: Reader, *, zoom: bool = False, legend: bool = True) -> Options:
    """Axes by category and value, a tooltip, and the page's colours; series are to be added.

    Args:
        visitor: who looks.
        zoom: whether the reader may zoom along the X axis.
        legend: whether names of series are shown.
    """
    palette = Palette.of(visitor.dark)
    number = number_format(visitor.language)
    options: Options = {
        "backgroundColor": "transparent",
        "color": list(palette.series),
        "textStyle": {"color": palette.ink, "fontFamily": "inherit"},
        "animation": False,
        "grid": {
            "left": 8,
            "right": 16,
            "top": 44 if legend else 16,
            "bottom": 64 if zoom else 8,
            "containLabel": True,
        },
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": palette.surface,
            "borderColor": palette.line,
            "textStyle": {"color": palette.ink},
            ":valueFormatter": number,
        },
        "xAxis": {
            "type": "category",
            "data": [],
            "axisLabel": {"color": palette.soft, "hideOverlap": True},
            "axisLine": {"lineStyle": {"color": palette.line}},
        },
        "yAxis": {
            "type": "value",
            "axisLabel": {
                "color": palette.soft,
                ":formatter": compact_number_format(visitor.language),
            },
            "splitLine": {"lineStyle": {"color": palette.line}},
        },
        "series": [],
    }
    if legend:
        options["legend"] = {"top": 4, "type": "scroll", "textStyle": {"color": palette.ink}}
    if zoom:
        options["dataZoom"] = [
            {"type": "inside"},
            {
                "type": "slider",
                "height": 24,
                "bottom": 12,
                "borderColor": palette.line,
                "textStyle": {"color": palette.soft},
            },
        ]
    return options


def number_format(language: Language, digits: int = 2) -> str:
    """A JavaScript function that writes a number as the reader does."""
    options = json.dumps({"maximumFractionDigits": digits})
    return (
        "value => value === null || value === undefined || value === '' || value === '-' "
        f"? '–' : new Intl.NumberFormat({json.dumps(language.tag)}, {options}).format(value)"
    )


def compact_number_format(language: Language) -> str:
    """`number_format` for axes: ``12K``, in Korean ``1.2만``; narrow screens need the room."""
    options = json.dumps({"notation": "compact", "maximumSignificantDigits": 3})
    return f"value => new Intl.NumberFormat({json.dumps(language.tag)}, {options}).format(value)"


def time_format(language: Language, unit: str, *, short: bool = False) -> str:
    """A JavaScript function that writes the start of a period as the reader does.

    Args:
        language: of the reader.
        unit: of the frequency: min, H, D, W, M or Y.
        short: for an axis: without what all its labels have in common.
    """
    parts = _TIME_PARTS[unit] if not short else _SHORT_TIME_PARTS[unit]
    options = json.dumps({**parts, "timeZone": "UTC"})
    return (
        f"value => new Intl.DateTimeFormat({json.dumps(language.tag)}, {options})"
        ".format(new Date(value + 'Z'))"
    )


def time_axis(
    options: Options, language: Language, unit: str, times: Sequence[datetime]
) -> Options:
    """The options with an X axis of periods, written as the reader does.

    Args:
        options: as `base_options` gives them.
        language: of the reader.
        unit: of the frequency.
        times: the starts of the periods.
    """
    is_long = len(times) > 1 and times[-1] - times[0] > _MOST_OF_A_YEAR
    label = time_format(language, "M" if is_long else unit, short=not is_long)
    axis = options["xAxis"]
    axis["data"] = [time.isoformat() for time in times]
    axis["axisLabel"] = {**axis["axisLabel"], ":formatter": label}
    axis["axisPointer"] = {
        "label": {":formatter": f"p => ({time_format(language, unit)})(p.value)"}
    }
    for zoom in options.get("dataZoom", ()):
        if zoom["type"] == "slider":
            zoom[":labelFormatter"] = f"(_, value) => ({label})(value)"
    return options


def as_table(
    heading: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    open_at_once: bool = False,
) -> None:
    """The numbers of a chart as a table, folded away: for who listens, and who wants to copy them.

    Args:
        heading: what the table holds.
        columns: the headings; the first column is text, the others are numbers.
        rows: a text per column.
        open_at_once: whether it is unfolded.
    """
    shown = [
        {"name": f"c{k}", "label": name, "field": f"c{k}", "align": "left" if k == 0 else "right"}
        for k, name in enumerate(columns)
    ]
    values = [
        {f"c{k}": text for k, text in enumerate(row)} | {"id": n} for n, row in enumerate(rows)
    ]
    with ui.expansion(heading, value=open_at_once).classes("full-width"):
        paging = {"rowsPerPage": 0} if len(rows) <= _ROWS_OF_A_PAGE else _ROWS_OF_A_PAGE
        table = ui.table(columns=shown, rows=values, row_key="id", pagination=paging)
        table.props("dense flat" + (" hide-bottom" if len(rows) <= _ROWS_OF_A_PAGE else ""))


def line(
    name: str, values: Values, colour: str, *, dashed: bool = False, width: float = 2
) -> Options:
    """A series drawn as a line; None leaves a gap."""
    style = {"color": colour, "width": width, "type": "dashed" if dashed else "solid"}
    return {
        "name": name,
        "type": "line",
        "data": list(values),
        "showSymbol": False,
        "lineStyle": style,
        "itemStyle": {"color": colour},
    }


def band(
    names: tuple[str, str], low: Values, high: Values, colour: str, stack: str = "band"
) -> list[Options]:
    """Two series that enclose a shaded band: the lower bound, and the upper one as it is.

    The band is a third series, the difference, stacked upon the lower bound and left out of the
    tooltip, so that the reader sees the bounds themselves.

    Args:
        names: of the lower and the upper bound.
        low: lower bounds; None where there are none.
        high: upper bounds.
        colour: of the band.
        stack: tells several bands of a chart apart.
    """
    width = [
        None if below is None or above is None else above - below
        for below, above in zip(low, high, strict=True)
    ]
    hidden = {
        "lineStyle": {"opacity": 0},
        "itemStyle": {"color": colour},
        "showSymbol": False,
        "type": "line",
    }
    quiet = {"tooltip": {"show": False}, "silent": True, "stack": stack, "stackStrategy": "all"}
    return [
        {**hidden, **quiet, "name": "", "data": list(low)},
        {
            **hidden,
            **quiet,
            "name": "",
            "data": width,
            "areaStyle": {"color": colour, "opacity": _BAND_OPACITY},
        },
        line(names[0], low, colour, dashed=True, width=1),
        line(names[1], high, colour, dashed=True, width=1),
    ]


def mark_line(position: str, text: str, colour: str) -> Mapping[str, Any]:
    """A vertical line at a category, such as where the forecast begins; goes into a series."""
    return {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": colour, "type": "dotted"},
        "label": {"formatter": text, "color": colour},
        "data": [{"xAxis": position}],
    }

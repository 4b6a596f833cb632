"""Charts: one palette, one way to draw a band, numbers as the reader writes them.

Names of items are data: they reach the browser as values of the options, never as markup, and
tooltips are left to ECharts, which escapes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor

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


def chart(visitor: Visitor, options: Options, label: str, classes: str = "") -> ui.echart:
    """A chart in the page.

    Args:
        visitor: who looks.
        options: of ECharts; `base_options` and the functions here make them.
        label: what it shows, for people who listen.
        classes: `chart-tall` for more height.
    """
    element = ui.echart(options).classes(f"chart {classes}")
    return element.props(f"role=img aria-label={json.dumps(label, ensure_ascii=False)}")


def base_options(visitor: Visitor, *, zoom: bool = False, legend: bool = True) -> Options:
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
            "axisLabel": {"color": palette.soft, ":formatter": number},
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

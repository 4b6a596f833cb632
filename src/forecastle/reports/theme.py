"""Colours and type of the charts; the report's style sheet swaps colours in dark mode."""

from __future__ import annotations

from typing import Any

ACCENT = "#2563eb"
HISTORY = "#475569"
YARDSTICK = "#b45309"
QUIET = "#94a3b8"
WIDTH = 860
"""Of a chart in pixels, before the page it stands on adapts it."""

_TEXT = "#475569"
_GRID = "#e2e8f0"

CONFIG: dict[str, Any] = {
    "background": "white",
    "aria": False,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _TEXT,
        "titleColor": _TEXT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": _GRID,
        "domainColor": _GRID,
        "tickColor": _GRID,
    },
    "title": {"anchor": "start", "fontSize": 15, "color": "#0f172a", "offset": 12},
    "legend": {"labelColor": _TEXT, "titleColor": _TEXT, "labelFontSize": 12},
}
"""Altair's configuration for every chart."""

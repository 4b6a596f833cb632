"""The layers of charts over time: actuals, the band with its line, closed days, what hovers."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import numpy as np

from forecastle.core.frequency import Times
from forecastle.reports.rows import Rows
from forecastle.reports.theme import ACCENT, HISTORY, QUIET, WIDTH

_OPEN = "!datum.closed"
_MOST_POINTS = 200
_NUMBER = ",.4~r"


@dataclass(frozen=True, eq=False)
class Canvas:
    """Layers on one time axis.

    Attributes:
        times: every step on the axis.
        labels: what the lower edge of the band, the line and the upper edge are called.
    """

    times: Times
    labels: tuple[str, str, str]

    def history(self, rows: Rows) -> list[alt.Chart]:
        """Actuals: a line through the open days, a cross on the base line for the closed ones."""
        base = self._base("history", rows)
        size = 14 if len(self.times) <= _MOST_POINTS else 0
        line = base.transform_filter(_OPEN).mark_line(
            color=HISTORY, strokeWidth=1.6, point={"color": HISTORY, "size": size}
        )
        actual = alt.Tooltip("value:Q", title="Actual", format=_NUMBER)
        return [
            line.encode(alt.Y("value:Q")),
            self._closed(base),
            self._hover(base, [actual]),
        ]

    def band(self, name: str, rows: Rows) -> list[alt.Chart]:
        """The band between low and high, and the line in the middle; a gap between windows."""
        base = self._base(name, rows)
        tooltip = [
            alt.Tooltip(f"{field}:Q", title=label, format=_NUMBER)
            for field, label in zip(("low", "middle", "high"), self.labels, strict=True)
        ]
        if name == "backtest":
            tooltip.append(alt.Tooltip("actual:Q", title="Actual", format=_NUMBER))
        open_days = base.transform_filter(_OPEN).encode(alt.Detail("window:N"))
        area = open_days.mark_area(color=ACCENT, opacity=0.2)
        line = open_days.mark_line(
            color=ACCENT, strokeWidth=2.4, point={"color": ACCENT, "size": 40}
        )
        axis = alt.Axis(format="~s", title="Demand", tickCount=6)
        return [
            area.encode(alt.Y("low:Q", axis=axis), alt.Y2("high:Q")),
            line.encode(alt.Y("middle:Q")),
            self._closed(base),
            self._hover(base, tooltip),
        ]

    def _base(self, name: str, rows: Rows) -> alt.Chart:
        return alt.Chart(alt.InlineData(rows, name=name)).encode(time_axis(self.times))

    def _closed(self, base: alt.Chart) -> alt.Chart:
        crosses = base.transform_filter("datum.closed").mark_point(
            shape="cross", angle=45, size=28, color=QUIET, filled=True
        )
        chart: alt.Chart = crosses.encode(alt.Y(datum=0))
        return chart

    def _hover(self, base: alt.Chart, tooltip: list[alt.Tooltip]) -> alt.Chart:
        """Invisible, as high as the chart and as wide as a step: no need to hit a point."""
        width = max(WIDTH / max(len(self.times), 1), 1.0)
        when = alt.Tooltip("time:T", title="Date", format=_date_format(self.times))
        holiday = alt.Tooltip("holiday:N", title="Holiday")
        rule = base.mark_rule(opacity=0, strokeWidth=width)
        chart: alt.Chart = rule.encode(tooltip=[when, *tooltip, holiday])
        return chart


def time_axis(times: Times) -> alt.X:
    """A time axis in UTC, labelled as finely as its span asks for."""
    days = (times[-1] - times[0]) / np.timedelta64(1, "D")
    label = "%b %Y" if days > 300 else "%-d %b" if days > 4 else "%-d %b %H:%M"
    axis = alt.Axis(title=None, grid=False, labelOverlap=True, tickCount=8, format=label)
    return alt.X("time:T", scale=alt.Scale(type="utc"), axis=axis)


def _date_format(times: Times) -> str:
    midnight = (times == times.astype("datetime64[D]")).all()
    return "%a %-d %b %Y" if midnight else "%a %-d %b %Y %H:%M"

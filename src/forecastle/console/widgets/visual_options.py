"""From what a visual shows to a chart's options. Names are values of options, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from forecastle.console.language import Language, mark
from forecastle.console.widgets.charts import (
    Options,
    Palette,
    band,
    base_options,
    line,
    time_axis,
)
from forecastle.console.wishes import Reader
from forecastle.service.analyses import VisualData
from forecastle.service.visual_data import Series
from forecastle.service.visuals import Aggregate, Grain, Shape, Value

_UNITS: Mapping[Grain, str] = {
    Grain.HOUR: "H",
    Grain.DAY: "D",
    Grain.WEEK: "W",
    Grain.MONTH: "M",
}
_NAMES: Mapping[Aggregate, str] = {
    Aggregate.SUM: mark("Sum of {field}"),
    Aggregate.AVERAGE: mark("Average of {field}"),
    Aggregate.MINIMUM: mark("Minimum of {field}"),
    Aggregate.MAXIMUM: mark("Maximum of {field}"),
}
_AREA_OPACITY = 0.3
_LONGEST_LABEL = 110
_MANY = 40


def value_name(t: Language, value: Value) -> str:
    """``Sum of p50``."""
    return t(_NAMES[value.aggregate], field=value.field)


def series_name(t: Language, data: VisualData, series: Series) -> str:
    """What the legend calls a series: its group, its value, or both."""
    if not data.visual.group:
        return value_name(t, series.value)
    group = t("Others") if series.is_others else category_name(t, series.group or "")
    if len(data.visual.values) == 1:
        return group
    return t("{group}: {value}", group=group, value=value_name(t, series.value))


def category_name(t: Language, name: str) -> str:
    """A text of the data; what is empty has a name too."""
    return name or t("(empty)")


def category_names(t: Language, data: VisualData) -> list[str]:
    """The categories as the reader writes them."""
    if not data.points.are_dates:
        return [category_name(t, name) for name in data.points.categories]
    times = [datetime.fromisoformat(name) for name in data.points.categories]
    if data.visual.grain is Grain.HOUR:
        return [f"{t.date(time)} {time:%H:%M}" for time in times]
    return [t.date(time) for time in times]


def chart_options(reader: Reader, data: VisualData) -> Options:
    """The options of a visual that is no table."""
    if data.visual.shape is Shape.HEAT_MAP:
        return _heat_map(reader, data)
    t, points = reader.language, data.points
    series = _with_band(reader, data) or [
        _plain(reader, data, n) for n in range(len(points.series))
    ]
    options = base_options(reader, zoom=points.are_dates and len(points.categories) > _MANY)
    options["series"] = series
    options["legend"]["data"] = [each["name"] for each in series if each["name"]]
    if points.are_dates:
        return _dated(reader, data, options)
    options["xAxis"]["data"] = category_names(t, data)
    options["xAxis"]["axisLabel"]["width"] = _LONGEST_LABEL
    options["xAxis"]["axisLabel"]["overflow"] = "truncate"
    if data.visual.shape is Shape.BAR:  # names of items need the room beside a lying bar
        options["xAxis"]["axisLabel"]["interval"] = 0 if len(points.categories) <= _MANY else "auto"
        options["xAxis"], options["yAxis"] = options["yAxis"], options["xAxis"] | {"inverse": True}
    return options


def _dated(reader: Reader, data: VisualData, options: Options) -> Options:
    times = [datetime.fromisoformat(name) for name in data.points.categories]
    return time_axis(options, reader.language, _UNITS[data.visual.grain], times)


def _plain(reader: Reader, data: VisualData, number: int) -> Options:
    series, palette = data.points.series[number], Palette.of(reader.dark)
    colour = palette.series[number % len(palette.series)]
    drawn = line(series_name(reader.language, data, series), series.numbers, colour)
    drawn["showSymbol"] = len(data.points.categories) == 1  # one point is no line
    if data.visual.shape is Shape.BAR:
        drawn["type"] = "bar"
        drawn["barMaxWidth"] = 28
    if data.visual.shape is Shape.AREA:
        drawn["areaStyle"] = {"opacity": _AREA_OPACITY}
        if len(data.visual.values) == 1:  # groups add up, quantiles do not
            drawn["stack"] = "area"
    return drawn


def _with_band(reader: Reader, data: VisualData) -> list[Options]:
    """Quantiles as a band with lines in it; empty where the visual shows something else."""
    ranked = sorted(data.points.series, key=lambda each: _level(each.value.field) or 0.0)
    is_alike = len({each.value.aggregate for each in ranked}) == 1
    levels = [_level(each.value.field) for each in ranked]
    if data.visual.shape is not Shape.LINE or data.visual.group or len(ranked) < 2:
        return []
    if None in levels or not is_alike or len(data.points.categories) < 2:
        return []
    palette, t = Palette.of(reader.dark), reader.language
    low, high = ranked[0], ranked[-1]
    names = (series_name(t, data, low), series_name(t, data, high))
    drawn = band(names, low.numbers, high.numbers, palette.band)
    middle = [
        line(series_name(t, data, each), each.numbers, palette.median) for each in ranked[1:-1]
    ]
    return [*drawn[:3], *middle, drawn[3]]


def _level(field: str) -> float | None:
    """0.9 of ``p90``; None of what is no quantile."""
    digits = field.removeprefix("p")
    is_level = field.startswith("p") and digits.replace(".", "", 1).isdigit()
    return float(digits) / 100 if is_level else None


def _heat_map(reader: Reader, data: VisualData) -> Options:
    t, points, palette = reader.language, data.points, Palette.of(reader.dark)
    options = base_options(reader, legend=False)
    options["xAxis"]["data"] = list(points.categories)
    if points.are_dates:
        options = _dated(reader, data, options)
    else:
        options["xAxis"]["data"] = category_names(t, data)
    rows = [category_name(t, each.group or "") for each in points.series]
    label = {"color": palette.soft, "width": _LONGEST_LABEL, "overflow": "truncate"}
    options["yAxis"] = {"type": "category", "data": rows, "inverse": True, "axisLabel": label}
    cells = [
        [x, y, number]
        for y, each in enumerate(points.series)
        for x, number in enumerate(each.numbers)
        if number is not None
    ]
    options["tooltip"]["trigger"] = "item"
    options["grid"]["bottom"] = 56
    options["visualMap"] = _shades(reader, [number for _, _, number in cells])
    name = value_name(t, data.visual.values[0])
    options["series"] = [{"name": name, "type": "heatmap", "data": cells}]
    return options


def _shades(reader: Reader, numbers: Sequence[float]) -> Options:
    t, palette = reader.language, Palette.of(reader.dark)
    return {
        "min": min(numbers, default=0),
        "max": max(numbers, default=1),
        "text": [t.number(max(numbers, default=1)), t.number(min(numbers, default=0))],
        "orient": "horizontal",
        "left": "center",
        "bottom": 0,
        "itemHeight": 120,
        "inRange": {"color": [palette.line, palette.median]},
        "textStyle": {"color": palette.soft},
    }


def number_text(t: Language, number: float | None) -> str:
    """A number in a table."""
    return t.number(number, 2)

"""Visuals on a page: the chart or table, what is to be known about it, and of when its data are."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from nicegui import ui

from forecastle.console.language import Language
from forecastle.console.visitor import SessionEnded
from forecastle.console.widgets.charts import as_table, chart
from forecastle.console.widgets.visual_options import (
    category_names,
    chart_options,
    number_text,
    series_name,
)
from forecastle.console.wishes import Reader
from forecastle.core.errors import ForecastleError
from forecastle.service.analyses import VisualData
from forecastle.service.visuals import Aggregate, Shape

_SECONDS = 60.0
_ROWS = 20
_LOG = logging.getLogger(__name__)

Read = Callable[[VisualData | None], Awaitable[VisualData]]


def follow_visual(
    reader: Reader, title: str, read: Read, tell: Callable[[Exception], None]
) -> Callable[[], Awaitable[None]]:
    """Show what ``read`` gives, and look every minute whether it has changed.

    Args:
        reader: who looks.
        title: of the visual.
        read: gets what it gave before, and gives the same again where nothing has changed.
        tell: shows what went wrong in the visual's place.

    Returns:
        A function that looks at once.
    """
    box = ui.element("div").classes("stack").props('aria-live="polite"')
    with box:
        waiting = reader.language("The chart is being made")
        ui.spinner(size="lg").props(f'aria-label="{waiting}"').classes("self-center")
    shown: list[VisualData] = []

    async def look() -> None:
        try:
            found = await read(shown[0] if shown else None)
        except SessionEnded:
            ui.navigate.to("/login")
            return
        except Exception as error:
            if not isinstance(error, ForecastleError):
                _LOG.exception("a visual could not be shown")
            shown.clear()
            box.clear()
            with box:
                tell(error)
            return
        if not shown or shown[0] is not found:
            shown[:] = [found]
            box.clear()
            with box:
                show_visual(reader, title, found)

    # The page is shown before the data are read.
    ui.timer(0, look, once=True)
    ui.timer(_SECONDS, look, immediate=False)
    return look


def show_visual(reader: Reader, title: str, data: VisualData) -> None:
    """The chart or table of a visual.

    Args:
        reader: who looks.
        title: what it shows, for people who listen.
        data: what it shows.
    """
    t = reader.language
    if not data.points.categories:
        ui.label(t("No row fits the filters.")).classes("hint")
    elif data.visual.shape is Shape.TABLE:
        _table(t, data)
    else:
        is_tall = data.visual.shape is Shape.HEAT_MAP or len(data.points.categories) > _ROWS
        lies = data.visual.shape is Shape.BAR and not data.points.are_dates
        tall = is_tall and (lies or data.visual.shape is Shape.HEAT_MAP)
        chart(reader, chart_options(reader, data), title, "chart-tall" if tall else "")
        as_table(t("Numbers"), _columns(t, data), _rows(t, data))
    for note in _notes(t, data):
        ui.label(note).classes("hint")
    made = t.moment(data.made_at, reader.zone)
    ui.label(t("Data of {moment}, from {name}", moment=made, name=data.name)).classes("hint")


def _notes(t: Language, data: VisualData) -> list[str]:
    """What the reader must know so as not to read more into it than is there."""
    points, notes = data.points, []
    averaged = {each.field for each in data.visual.values if each.aggregate is Aggregate.AVERAGE}
    summed = ", ".join(each for each in points.blurred if each not in averaged)
    if summed:
        text = t(
            "Sums of {fields} over several rows are not the {fields} of the sum: items rarely all "
            "sell so much, or so little, at the same time.",
            fields=summed,
        )
        notes.append(text)
    if averaged & set(points.blurred):
        text = t(
            "Averages of {fields} over several rows are not the {fields} of the average.",
            fields=", ".join(each for each in points.blurred if each in averaged),
        )
        notes.append(text)
    if points.left_out and points.are_dates:
        notes.append(
            t.plural(
                "{count} earlier date is not shown.",
                "{count} earlier dates are not shown.",
                points.left_out,
            )
        )
    elif points.left_out:
        notes.append(
            t.plural("{count} more is not shown.", "{count} more are not shown.", points.left_out)
        )
    if points.groups_left_out and data.visual.shape is Shape.HEAT_MAP:
        notes.append(
            t.plural(
                "{count} smaller row is not shown.",
                "{count} smaller rows are not shown.",
                points.groups_left_out,
            )
        )
    return notes


def _columns(t: Language, data: VisualData) -> list[str]:
    names = [series_name(t, data, each) for each in data.points.series]
    return [data.visual.x, *names]


def _rows(t: Language, data: VisualData) -> list[list[str]]:
    columns = [[number_text(t, each) for each in series.numbers] for series in data.points.series]
    return [list(row) for row in zip(category_names(t, data), *columns, strict=True)]


def _table(t: Language, data: VisualData) -> None:
    columns = [
        {"name": f"c{n}", "label": name, "field": f"c{n}", "align": "right" if n else "left"}
        for n, name in enumerate(_columns(t, data))
    ]
    rows = [
        {"id": number, **{f"c{n}": text for n, text in enumerate(row)}}
        for number, row in enumerate(_rows(t, data))
    ]
    table = ui.table(columns=columns, rows=rows, row_key="id", pagination=_ROWS)
    table.props("dense flat" + (" hide-bottom" if len(rows) <= _ROWS else "")).classes("scroll")

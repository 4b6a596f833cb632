"""Runs of pipelines as a table, and as a history drawn."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from forecastle.catalog.pipelines import SUCCEEDED
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import Options, Palette, base_options, chart, number_format
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.run_words import lasted_text, trigger_text
from forecastle.console.widgets.states import status_chip
from forecastle.pipelines.run_control import RunDescription

_FEWEST = 2


def show_runs(visitor: Visitor, runs: Sequence[RunDescription], *, pipelines: bool) -> None:
    """A line for each run, the newest first.

    Args:
        visitor: who looks.
        runs: to show.
        pipelines: whether the names of the pipelines are shown.
    """
    t = visitor.language
    heads = (
        t("Began"),
        *((t("Pipeline"),) if pipelines else ()),
        t("State"),
        t("Lasted"),
        t("What started it"),
        t("Files"),
    )
    with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
        with ui.element("thead"), ui.element("tr"):
            for text in heads:
                with ui.element("th"):
                    ui.label(text)
        with ui.element("tbody"):
            for each in runs:
                _row(visitor, each, pipelines=pipelines)


def _row(visitor: Visitor, found: RunDescription, *, pipelines: bool) -> None:
    t, run = visitor.language, found.run
    lasted = None if run.ended_at is None else run.ended_at - run.started_at
    with ui.element("tr"):
        with ui.element("td").style("white-space: nowrap"):
            ui.link(t.moment(run.started_at, visitor.zone), f"/runs/{run.run_id}")
        if pipelines:
            with ui.element("td").style("white-space: nowrap"):
                ui.label(run.pipeline).props("translate=no")
        with ui.element("td"):
            status_chip(t, run.status)
        for text in (lasted_text(t, lasted), trigger_text(t, run.trigger)):
            with ui.element("td").style("white-space: nowrap"):
                ui.label(text)
        with ui.element("td"):
            ui.label(files_text(visitor, found)).classes("mono")


def files_text(visitor: Visitor, found: RunDescription) -> str:
    """The newest file, and how many others."""
    if not found.uploads:
        return "–"
    name = found.uploads[-1].key.rpartition("/")[2]
    others = len(found.uploads) - 1
    if not others:
        return name
    return visitor.language.plural(
        "{name} and {count} more", "{name} and {count} more", others, name=name
    )


def draw_history(visitor: Visitor, runs: Sequence[RunDescription]) -> None:
    """How long the runs that succeeded took and how accurate they were; nothing if they are few."""
    done = [each.run for each in reversed(runs) if each.run.status == SUCCEEDED]
    if len(done) < _FEWEST:
        return
    t, palette = visitor.language, Palette.of(visitor.dark)
    moments = [t.moment(run.started_at, visitor.zone) for run in done]
    seconds = [
        None if run.ended_at is None else round(run.ended_at - run.started_at, 1) for run in done
    ]
    losses = [run.details.get("results", {}).get("average_wql") for run in done]
    with panel(t("History"), t("Of the runs that succeeded")), ui.element("div").classes("fields"):
        lasted = t("Seconds from begin to end")
        _draw(visitor, lasted, _bars(visitor, moments, seconds, palette.series[0]))
        error = t("Error in backtests (average wQL): lower is better")
        _draw(visitor, error, _bars(visitor, moments, losses, palette.series[1]))


def _bars(
    visitor: Visitor, moments: list[str], values: Sequence[float | None], colour: str
) -> Options:
    options = base_options(visitor, legend=False)
    options["xAxis"]["data"] = moments
    options["tooltip"][":valueFormatter"] = number_format(visitor.language, 4)
    options["series"] = [
        {"type": "bar", "data": list(values), "itemStyle": {"color": colour}, "barMaxWidth": 28}
    ]
    return options


def _draw(visitor: Visitor, heading: str, options: Options) -> None:
    with ui.element("div").classes("stack"):
        ui.label(heading).classes("hint")
        chart(visitor, options, heading).style("height: 220px")

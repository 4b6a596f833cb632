"""``/pipelines``: files in, forecasts out; how each pipeline is doing."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.run_now import RunNow
from forecastle.console.widgets.run_table import show_runs
from forecastle.console.widgets.schedules import schedule_text
from forecastle.console.widgets.states import status_chip
from forecastle.pipelines.changing import enable_pipeline
from forecastle.pipelines.overview import PipelineOverview, list_overviews
from forecastle.pipelines.run_control import RunDescription, list_runs
from forecastle.service.context import Context

_SECONDS = 4.0
_RECENT = 10


@dataclass(frozen=True)
class _Shown:
    pipelines: list[PipelineOverview]
    runs: list[RunDescription]


@page("/pipelines", mark("Pipelines"))
async def show_pipelines(visitor: Visitor) -> None:
    """All pipelines of the account."""
    t = visitor.language
    lead = t(
        "A pipeline turns each file that lands in a bucket into a forecast, and tells you of it."
    )
    with page_head(t("Pipelines"), lead):
        if visitor.may_change:
            action(t("New pipeline"), "/pipelines/new", icon="add", main=True)

    def show(found: _Shown) -> None:
        with ui.element("div").classes("stack").style("gap: 20px"):
            if not found.pipelines:
                _show_start(visitor)
            with ui.element("div").classes("grid"):
                for each in found.pipelines:
                    _show_card(visitor, each)
            if found.runs:
                with panel(t("Recent runs")):
                    show_runs(visitor, found.runs, pipelines=True)

    # Files may land at any time.
    await live(visitor, lambda: visitor.do(_read), show, lambda _: True, _SECONDS)


def _read(context: Context) -> _Shown:
    return _Shown(list_overviews(context), list_runs(context, None, _RECENT))


def _show_start(visitor: Visitor) -> None:
    t = visitor.language
    text = t(
        "Say once where your sales files land, how far ahead to forecast, and where the forecast "
        "goes. From then on each new file is checked, imported, trained on, forecast from and "
        "exported, and whom you name is told."
    )
    if not visitor.may_change:
        text = t("An operator makes pipelines; their runs are shown here.")
    with empty("account_tree", t("There is no pipeline yet"), text):
        if visitor.may_change:
            action(t("Make the first pipeline"), "/pipelines/new", icon="add")


def _show_card(visitor: Visitor, found: PipelineOverview) -> None:
    t = visitor.language
    with panel():
        with ui.element("div").classes("panel-head"):
            with ui.element("h2"):
                ui.link(found.name, f"/pipelines/{found.name}").props("translate=no")
            if found.last is not None:
                status_chip(t, found.last.status)
        _show_last(visitor, found)
        if found.pipeline is None:
            ui.label(t("Its file cannot be read any more; look at it and mend it.")).classes("hint")
        else:
            _show_way(visitor, found)
        if visitor.may_change and found.pipeline is not None:
            _show_actions(visitor, found, enabled=found.pipeline.enabled)


def _show_last(visitor: Visitor, found: PipelineOverview) -> None:
    t, last = visitor.language, found.last
    if last is None:
        ui.label(t("No run yet")).classes("hint")
        return
    text = t("Last run: {moment}", moment=t.moment(last.started_at, visitor.zone))
    ui.link(text, f"/runs/{last.run_id}")


def _show_way(visitor: Visitor, found: PipelineOverview) -> None:
    t, pipeline = visitor.language, found.pipeline
    assert pipeline is not None
    with ui.element("div").classes("stack mono").style("gap: 2px"):
        ui.label(f"s3://{pipeline.source.bucket}/{pipeline.source.prefix}")
        ui.label(f"→ s3://{pipeline.export.bucket}/{pipeline.export.prefix}")
    if pipeline.schedule is not None:
        ui.label(schedule_text(t, pipeline.schedule))
    if found.due_at is not None:
        ui.label(t("Next: {moment}", moment=t.moment(found.due_at, visitor.zone))).classes("hint")


def _show_actions(visitor: Visitor, found: PipelineOverview, *, enabled: bool) -> None:
    t = visitor.language

    async def switch() -> None:
        await visitor.change("ApplyPipeline", enable_pipeline, found.name, not enabled)
        ui.navigate.reload()

    with ui.element("div").classes("line justify-between full-width q-mt-auto"):
        toggle = ui.switch(t("Enabled") if enabled else t("Paused"), value=enabled)
        toggle.props(f'aria-label="{t("Files and the schedule start runs")}: {found.name}"')
        toggle.on_value_change(guarded(visitor)(switch))
        run = ui.button(t("Run now"), icon="play_arrow").props("flat no-caps")
        run.on_click(guarded(visitor)(RunNow(visitor, found.name).ask))

"""``/pipelines/{name}``: what a pipeline does, in words, and how its runs went."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import Language, mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.periods import periods_text
from forecastle.console.widgets.run_now import RunNow
from forecastle.console.widgets.run_table import draw_history, show_runs
from forecastle.console.widgets.schedules import schedule_text
from forecastle.core.frequency import Frequency
from forecastle.pipelines.changing import enable_pipeline
from forecastle.pipelines.control import delete_pipeline
from forecastle.pipelines.overview import PipelineOverview, overview, webhook_address
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.run_control import RunDescription, list_runs
from forecastle.service.context import Context

_SECONDS = 4.0
_RUNS = 50


@dataclass(frozen=True)
class _Shown:
    overview: PipelineOverview
    runs: list[RunDescription]


@page("/pipelines/{name}", mark("Pipeline"))
async def show_pipeline(visitor: Visitor, name: str) -> None:
    """One pipeline."""
    t = visitor.language
    ui.page_title(f"{name} · Forecastle")
    crumbs([(t("Pipelines"), "/pipelines"), (name, None)], t("Where this page lies"))
    found = await visitor.do(overview, name)
    with page_head(name):
        if visitor.may_change:
            _show_actions(visitor, found)

    def show(shown: _Shown) -> None:
        with ui.element("div").classes("stack").style("gap: 20px"):
            _show_facts(visitor, shown.overview)
            _show_runs(visitor, shown)

    await live(visitor, lambda: visitor.do(_read, name), show, lambda _: True, _SECONDS)
    if visitor.may(Role.ADMIN):
        await _show_webhook(visitor)
    if visitor.may_change:  # its notifications may hold passwords
        with ui.expansion(t("The pipeline's file (YAML)"), icon="code") as box:
            ui.code(found.text, language="yaml").classes("full-width")
        box.classes("panel").style("padding: 4px")


def _read(context: Context, name: str) -> _Shown:
    return _Shown(overview(context, name), list_runs(context, name, _RUNS))


def _show_actions(visitor: Visitor, found: PipelineOverview) -> None:
    t, name = visitor.language, found.name

    async def switch(enabled: bool) -> None:
        await visitor.change("ApplyPipeline", enable_pipeline, name, enabled)
        ui.navigate.reload()

    async def delete() -> None:
        question = t("Delete the pipeline {name}?", name=name)
        text = t("New files start no more runs. Its past runs, files and forecasts stay.")
        if await confirm(visitor, question, text, t("Delete")):
            await visitor.change("DeletePipeline", delete_pipeline, name)
            ui.navigate.to("/pipelines")

    guard = guarded(visitor)
    remove = ui.button(t("Delete"), icon="delete", on_click=guard(delete))
    remove.props("flat no-caps")
    if found.pipeline is not None:
        enabled = found.pipeline.enabled
        text, icon = (t("Pause"), "pause") if enabled else (t("Enable"), "play_circle")
        pause = ui.button(text, icon=icon, on_click=guard(lambda: switch(not enabled)))
        pause.props("outline no-caps")
    action(t("Edit"), f"/pipelines/{name}/edit", icon="edit")
    if found.pipeline is not None:
        run = ui.button(t("Run now"), icon="play_arrow", on_click=guard(RunNow(visitor, name).ask))
        run.props("unelevated no-caps")


def _show_facts(visitor: Visitor, found: PipelineOverview) -> None:
    t = visitor.language
    if found.pipeline is None:
        with ui.element("section").classes("warning-panel"):
            ui.label(t("The pipeline's file cannot be read any more")).classes("error-heading")
            ui.label(found.problem or "").classes("error-line").props("translate=no")
        return
    with panel(t("What it does")), ui.element("ul").style("margin: 0; padding-left: 20px"):
        for text in _sentences(visitor, found, found.pipeline):
            with ui.element("li"):
                ui.label(text)


def _sentences(visitor: Visitor, found: PipelineOverview, pipeline: Pipeline) -> list[str]:
    t, source, export = visitor.language, pipeline.source, pipeline.export
    place = f"s3://{source.bucket}/{source.prefix}"
    texts = [_when(t, pipeline, place)]
    if found.due_at is not None:
        texts.append(t("Next: {moment}", moment=t.moment(found.due_at, visitor.zone)))
    if pipeline.gather_seconds:
        length = t.duration(pipeline.gather_seconds)
        texts.append(t("Files that land within {length} make one run.", length=length))
    frequency = Frequency.parse(pipeline.frequency)
    ahead = periods_text(t, frequency, pipeline.horizon)
    texts.append(_how(t, pipeline, ahead))
    texts.append(
        t(
            "The forecast goes to {place} as {format}.",
            place=f"s3://{export.bucket}/{export.prefix}",
            format="Parquet" if export.format == "PARQUET" else "CSV",
        )
    )
    texts.append(_told(t, pipeline))
    if pipeline.retention_days is not None:
        days = t.number(pipeline.retention_days, 1)
        texts.append(t("Runs and what they made are removed after {days} days.", days=days))
    return texts


def _when(t: Language, pipeline: Pipeline, place: str) -> str:
    if not pipeline.enabled:
        return t("Paused: only people start runs, on files in {place}.", place=place)
    if pipeline.schedule is None:
        return t("It runs when a file lands in {place}.", place=place)
    schedule = schedule_text(t, pipeline.schedule)
    return t("{schedule}, or when a file lands in {place}.", schedule=schedule, place=place)


def _how(t: Language, pipeline: Pipeline, ahead: str) -> str:
    algorithm, days = pipeline.training.algorithm, pipeline.training.retrain_after_days
    if days is None:
        return t(
            "Each run trains with {algorithm} and forecasts {ahead} ahead.",
            algorithm=algorithm,
            ahead=ahead,
        )
    return t(
        "Each run forecasts {ahead} ahead; {algorithm} is trained anew after {days} days.",
        algorithm=algorithm,
        ahead=ahead,
        days=t.number(days, 1),
    )


def _told(t: Language, pipeline: Pipeline) -> str:
    if not pipeline.notifications:
        return t("Nobody is notified.")
    count = len(pipeline.notifications)
    return t.plural(
        "{count} address is notified of the end of a run.",
        "{count} addresses are notified of the end of a run.",
        count,
    )


def _show_runs(visitor: Visitor, shown: _Shown) -> None:
    t = visitor.language
    if not shown.runs:
        text = t("Put a file into the source, or start a run on a file that is there.")
        with empty("hourglass_empty", t("No run yet"), text):
            pass
        return
    with panel(t("Runs")):
        show_runs(visitor, shown.runs, pipelines=False)
    draw_history(visitor, shown.runs)


async def _show_webhook(visitor: Visitor) -> None:
    t = visitor.language
    address = await visitor.do(webhook_address)
    with ui.expansion(t("Files in storage that is far away"), icon="webhook") as box:
        ui.label(
            t(
                "Files in connected buckets are found by themselves. To have runs begin sooner on "
                "storage that speaks S3, let the storage post its events to the address below. "
                "Whoever has the address may tell of new files, and do nothing else."
            )
        )
        ui.label(address).classes("mono").style("overflow-wrap: anywhere")
    box.classes("panel").style("padding: 4px")

"""``/runs/{name}``: one run of a pipeline, drawn step by step, as it goes."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from nicegui import ui

from forecastle.catalog.pipelines import CANCELLED, FAILED, RUNNING, Run
from forecastle.console.language import Language, mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, fact, page_head, panel
from forecastle.console.widgets.live import live
from forecastle.console.widgets.run_drawing import draw_run, step_state
from forecastle.console.widgets.run_words import lasted_text, step_text, trigger_text
from forecastle.console.widgets.states import status_chip
from forecastle.pipelines.forecasting import FORECAST, PREDICTOR
from forecastle.pipelines.importing import GROUP
from forecastle.pipelines.run_control import cancel_run, retry_run
from forecastle.pipelines.run_view import FILES, IMPORT, Made, RunView, StepView, look_at_run
from forecastle.pipelines.running import REPORT
from forecastle.service.addresses import id_of
from forecastle.storage.locations import Location

_PAGES = {
    IMPORT: (mark("The import"), "/imports/"),
    GROUP: (mark("The dataset group"), "/groups/"),
    PREDICTOR: (mark("The predictor"), "/predictors/"),
    FORECAST: (mark("The forecast"), "/forecasts/"),
}


@page("/runs/{name}", mark("Run"))
async def show_run(visitor: Visitor, name: str) -> None:
    """One run."""
    t = visitor.language
    first = await visitor.do(look_at_run, name)
    pipeline = first.run.pipeline
    began = t.moment(first.run.started_at, visitor.zone)
    crumbs(
        [(t("Pipelines"), "/pipelines"), (pipeline, f"/pipelines/{pipeline}"), (began, None)],
        t("Where this page lies"),
    )
    with page_head(t("Run of {pipeline}", pipeline=pipeline), began):
        buttons = ui.element("div").classes("line")

    def show(view: RunView) -> None:
        buttons.clear()
        with buttons:
            _show_actions(visitor, view.run)
        with ui.element("div").classes("stack").style("gap: 20px"):
            _show_facts(visitor, view)
            with panel(t("Steps")):
                draw_run(t, view.steps)
            _show_log(visitor, view)

    async def read() -> RunView:
        return await visitor.do(look_at_run, first.run.run_id)

    await live(visitor, read, show, lambda view: view.run.status == RUNNING)


def _show_actions(visitor: Visitor, run: Run) -> None:
    t = visitor.language

    async def retry() -> None:
        await visitor.change("RetryPipelineRun", retry_run, run.run_id)
        ui.navigate.reload()

    async def cancel() -> None:
        question = t("Cancel this run?")
        text = t("What it is making is stopped. It can go on later from the step it was at.")
        if await confirm(visitor, question, text, t("Cancel the run")):
            await visitor.change("CancelPipelineRun", cancel_run, run.run_id)

    if not visitor.may_change:
        return
    if run.status == RUNNING:
        stop = ui.button(t("Cancel the run"), icon="stop", on_click=guarded(visitor)(cancel))
        stop.props("outline no-caps")
    if run.status in (FAILED, CANCELLED):
        text = t("Go on from the step that did not succeed")
        again = ui.button(text, icon="replay", on_click=guarded(visitor)(retry))
        again.props("unelevated no-caps")


def _show_facts(visitor: Visitor, view: RunView) -> None:
    t, run = visitor.language, view.run
    with panel():
        with ui.element("div").classes("line"):
            status_chip(t, run.status)
            if run.attempt > 1:
                ui.label(t("Attempt {number}", number=t.number(run.attempt))).classes("hint")
        if run.message:
            ui.label(run.message).props("translate=no").classes("error-line")
        elif run.status == RUNNING and not any(step.started_at for step in view.steps):
            text = t(
                "It waits for its turn: runs of one dataset group follow each other, and the "
                "service's worker must be running."
            )
            ui.label(text)
        lasted = None if run.ended_at is None else run.ended_at - run.started_at
        with ui.element("div").classes("fields"):
            fact(t("What started it"), trigger_text(t, run.trigger))
            fact(t("Lasted"), lasted_text(t, lasted))
            fact(t("Ended"), t.moment(run.ended_at, visitor.zone))
        with ui.element("div").classes("stack").style("gap: 2px"):
            ui.label(t("Files")).classes("fact-name")
            for upload in view.files:
                ui.link(upload.url, _folder(upload.url)).classes("mono")
            if not view.files:
                ui.label(t("They are not known any more.")).classes("hint")


def _show_log(visitor: Visitor, view: RunView) -> None:
    t = visitor.language
    begun = [step for step in view.steps if step.started_at is not None]
    if not begun:
        return
    with (
        panel(t("What happened")),
        ui.element("ol").style("margin: 0; padding: 0; list-style: none").classes("stack"),
    ):
        for step in begun:
            with ui.element("li").style("border-bottom: 1px solid var(--line); padding: 8px 0"):
                _show_step(visitor, step)


def _show_step(visitor: Visitor, step: StepView) -> None:
    t = visitor.language
    with ui.element("div").classes("line"):
        ui.label(step_text(t, step.name)).classes("text-weight-bold")
        ui.label(step_state(t, step)).classes("hint")
        ui.label(_times(visitor, step)).classes("hint")
        if step.attempts > 1:
            tried = t("tried {count} times", count=t.number(step.attempts))
            ui.label(tried).classes("hint")
    if step.message:
        # The service's own words, as `forecastle pipeline logs` has them.
        ui.label(step.message).props("translate=no").classes("error-line")
    if step.made:
        with ui.element("div").classes("line"):
            for made in step.made:
                _link(t, made)


def _times(visitor: Visitor, step: StepView) -> str:
    t = visitor.language
    began = t.moment(step.started_at, visitor.zone)
    if step.seconds is None:
        return t("since {moment}", moment=began)
    return t("{moment}, {duration}", moment=began, duration=lasted_text(t, step.seconds))


def _link(t: Language, made: Made) -> None:
    if made.kind == FILES:
        ui.link(t("The exported files"), _folder(made.place))
    elif made.kind == REPORT:
        place = Location.parse(made.place)
        query = urlencode({"key": place.key})
        ui.link(t("The report (HTML)"), f"/download/buckets/{quote(place.bucket)}?{query}")
    else:
        text, path = _PAGES[made.kind]
        ui.link(t(text), f"{path}{quote(id_of(made.place))}")


def _folder(url: str) -> str:
    """The page of the folder that a file lies in."""
    place = Location.parse(url)
    folder, slash, _ = place.key.rpartition("/")
    return f"/buckets/{quote(place.bucket)}?{urlencode({'prefix': folder + slash})}"

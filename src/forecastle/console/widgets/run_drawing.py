"""A run drawn as a line with a stop for each step: from left to right, or down a small screen."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from forecastle.catalog.pipelines import SKIPPED
from forecastle.console.language import Language
from forecastle.console.widgets.run_words import lasted_text, step_text
from forecastle.console.widgets.states import GOOD, kind_of, status_text
from forecastle.pipelines.run_view import NOT_REACHED, WAITING, StepView

_STYLE = """
.run-line { list-style: none; margin: 0; padding: 0; width: 100%; display: grid;
  grid-template-columns: repeat(7, minmax(0, 1fr)); }
.run-stop { position: relative; display: flex; flex-direction: column; align-items: center;
  text-align: center; gap: 8px; padding: 0 4px; }
.run-stop::before { content: ""; position: absolute; top: 19px; height: 4px;
  background: var(--line); left: calc(-50% + 21px); right: calc(50% + 21px); }
.run-stop:first-child::before { display: none; }
.run-stop.run-reached::before { background: var(--good); }
.run-mark { width: 42px; height: 42px; border-radius: 50%; display: grid; place-items: center;
  border: 3px solid var(--line); background: var(--surface); color: var(--ink-soft); flex: none; }
.run-mark .q-icon { font-size: 22px; }
.run-good .run-mark { border-color: var(--good); color: var(--good); background: var(--good-soft); }
.run-busy .run-mark { border-color: var(--busy); color: var(--busy); background: var(--busy-soft); }
.run-bad .run-mark { border-color: var(--bad); color: var(--bad); background: var(--bad-soft); }
.run-busy .run-mark .q-icon { animation: run-turn 1.6s linear infinite; }
@keyframes run-turn { to { transform: rotate(360deg); } }
.run-name { font-weight: 600; line-height: 1.3; }
@media (max-width: 760px) {
  .run-line { grid-template-columns: minmax(0, 1fr); }
  .run-stop { flex-direction: row; text-align: left; align-items: flex-start; gap: 14px;
    padding: 0 0 20px; }
  .run-stop::before, .run-stop:first-child::before { display: block; left: 19px; right: auto;
    width: 4px; top: 42px; bottom: 0; height: auto; }
  .run-stop.run-reached::before { background: var(--line); }
  .run-stop.run-passed::before { background: var(--good); }
  .run-stop:last-child { padding-bottom: 0; }
  .run-stop:last-child::before { display: none; }
}
"""
_ICONS = {
    "SUCCEEDED": "check",
    "RUNNING": "autorenew",
    "FAILED": "priority_high",
    "CANCELLED": "stop",
    "SKIPPED": "redo",
    WAITING: "more_horiz",
    NOT_REACHED: "remove",
}


def draw_run(language: Language, steps: Sequence[StepView]) -> None:
    """The line; each stop reads as a sentence of name, state and duration."""
    ui.add_css(_STYLE)
    with ui.element("ol").classes("run-line").props(f'aria-label="{language("Steps of the run")}"'):
        for step in steps:
            _stop(language, step)


def step_state(language: Language, step: StepView) -> str:
    """The state of a step in words."""
    if step.status == WAITING:
        return language("To come")
    if step.status == NOT_REACHED:
        return language("Not reached")
    return status_text(language, step.status)


def _stop(language: Language, step: StepView) -> None:
    reached = "run-reached" if step.started_at is not None else ""
    passed = "run-passed" if kind_of(step.status) == GOOD or step.status == SKIPPED else ""
    with ui.element("li").classes(f"run-stop run-{kind_of(step.status)} {reached} {passed}"):
        with ui.element("span").classes("run-mark").props("aria-hidden=true"):
            ui.icon(_ICONS.get(step.status, "help"))
        with ui.element("div"):
            ui.label(step_text(language, step.name)).classes("run-name")
            ui.label(step_state(language, step)).classes("hint")
            if step.seconds is not None:
                ui.label(lasted_text(language, step.seconds)).classes("hint")

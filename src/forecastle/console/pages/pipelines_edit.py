"""``/pipelines/new`` and ``/pipelines/{name}/edit``: a pipeline as a form, or as YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.pipelines_form import PipelineChoices, PipelineForm
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.code_editor import CodeEditor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, page_head
from forecastle.core.errors import DataError, Problem
from forecastle.pipelines.changing import FILE, change_pipeline, make_pipeline
from forecastle.pipelines.editing import changed_text
from forecastle.pipelines.overview import overview
from forecastle.pipelines.pipeline import Destination, Pipeline, Source
from forecastle.pipelines.reading import read_pipeline
from forecastle.pipelines.writing import pipeline_to_yaml
from forecastle.series.calendar import countries
from forecastle.service.algorithms import AVAILABLE
from forecastle.service.bucket_access import list_buckets

_FORM, _YAML = "form", "yaml"
_HORIZON = 14
_EXPORT = "forecasts/"
_INPUT = "input/"


@page("/pipelines/new", mark("New pipeline"), role=Role.OPERATOR)
async def new_pipeline(visitor: Visitor, view: str = _FORM) -> None:
    """An empty form."""
    t = visitor.language
    crumbs([(t("Pipelines"), "/pipelines"), (t("New pipeline"), None)], t("Where this page lies"))
    choices = await _choices(visitor)
    bucket = choices.buckets[0] if choices.buckets else ""
    begin = Pipeline(
        name="",
        source=Source(bucket, _INPUT),
        frequency="D",
        horizon=_HORIZON,
        export=Destination(bucket, _EXPORT),
    )
    editor = _Editor(visitor, choices, None, pipeline_to_yaml(begin), begin)
    editor.build(t("New pipeline"), view)


@page("/pipelines/{name}/edit", mark("Edit the pipeline"), role=Role.OPERATOR)
async def edit_pipeline(visitor: Visitor, name: str, view: str = _FORM) -> None:
    """The form, or the YAML, of a pipeline."""
    t = visitor.language
    trail = [(t("Pipelines"), "/pipelines"), (name, f"/pipelines/{name}"), (t("Edit"), None)]
    crumbs(trail, t("Where this page lies"))
    found = await visitor.do(overview, name)
    editor = _Editor(visitor, await _choices(visitor), name, found.text, found.pipeline)
    editor.build(t("Edit {pipeline}", pipeline=name), view)


async def _choices(visitor: Visitor) -> PipelineChoices:
    buckets = await visitor.do(list_buckets)
    groups = await visitor.call("ListDatasetGroups", MaxResults=100)
    return PipelineChoices(
        [each.name for each in buckets],
        [each["DatasetGroupName"] for each in groups["DatasetGroups"]],
        AVAILABLE,
        await visitor.house.in_thread(countries),
    )


class _Editor:
    """The YAML is the truth; the form writes it.

    Args:
        visitor: who edits.
        choices: for the form.
        name: of the pipeline; None: it is new.
        text: its YAML.
        pipeline: what the text says; None if it cannot be read.
    """

    def __init__(
        self,
        visitor: Visitor,
        choices: PipelineChoices,
        name: str | None,
        text: str,
        pipeline: Pipeline | None,
    ) -> None:
        self._visitor, self._choices, self._name = visitor, choices, name
        self._text, self._pipeline = text, pipeline
        self._form: PipelineForm | None = None
        self._code: CodeEditor | None = None

    def build(self, heading: str, view: str) -> None:
        """The page."""
        t = self._visitor.language
        with page_head(heading):
            self._save_button = ui.button(t("Save"), icon="save").props("unelevated no-caps")
            self._save_button.on_click(guarded(self._visitor)(self._save))
        views = {_FORM: t("Form"), _YAML: t("YAML")}
        shown = _YAML if view == _YAML or self._pipeline is None else _FORM
        self._view = ui.toggle(views, value=shown).props("no-caps unelevated")
        self._view.props(f'role=group aria-label="{t("How to edit")}"')
        self._problems = ui.element("div").classes("stack").props('aria-live="polite"')
        self._problems.set_visibility(False)
        self._box = ui.element("div").classes("stack").style("gap: 20px")
        self._show(shown)
        self._view.on_value_change(guarded(self._visitor)(self._switch))
        if self._pipeline is None:
            self._check()

    def _show(self, view: str) -> None:
        self._box.clear()
        self._form = self._code = None
        with self._box:
            if view == _FORM and self._pipeline is not None:
                is_new = self._name is None
                self._form = PipelineForm(
                    self._visitor, self._pipeline, self._choices, is_new=is_new
                )
            else:
                self._show_code()

    def _show_code(self) -> None:
        t = self._visitor.language
        label = t("The pipeline's file (YAML)")
        self._code = CodeEditor(self._visitor, "YAML", self._text, label, "min(60vh, 620px)")
        text = t(
            "Every key that can be written here is in the reference of the documentation. "
            "Remarks (#) stay, unless the form changes what they stand beside."
        )
        ui.label(text).classes("hint")

    def _switch(self) -> None:
        """To the other view, unless the YAML cannot be shown as a form."""
        wanted = str(self._view.value)
        if wanted == (_FORM if self._form else _YAML):
            return
        self._collect()
        if wanted == _FORM and self._pipeline is None:
            self._view.value = _YAML
            self._check()
            return
        self._problems.set_visibility(False)
        self._show(wanted)
        address = f"?view={wanted}"
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")

    def _collect(self) -> None:
        """Take over what is filled in or written."""
        if self._form is not None and self._pipeline is not None:
            after = self._form.pipeline()
            self._text = changed_text(self._text, self._pipeline, after)
            self._pipeline = after
        elif self._code is not None and self._code.text != self._text:
            self._text = self._code.text
            try:
                self._pipeline = read_pipeline(self._text, FILE)
            except DataError:
                self._pipeline = None

    def _check(self) -> None:
        try:
            read_pipeline(self._text, FILE)
        except DataError as error:
            self._tell(error.problems)

    async def _save(self) -> None:
        self._collect()
        self._save_button.props("loading")
        try:
            if self._name is None:
                made = await self._visitor.change("ApplyPipeline", make_pipeline, self._text)
            else:
                made = await self._visitor.change(
                    "ApplyPipeline", change_pipeline, self._name, self._text
                )
        except DataError as error:
            self._tell(error.problems)
            return
        finally:
            self._save_button.props(remove="loading")
        ui.navigate.to(f"/pipelines/{made.name}")

    def _tell(self, problems: Sequence[Problem]) -> None:
        """What is wrong; in the YAML with the lines, which are marked."""
        t = self._visitor.language
        self._problems.clear()
        self._problems.set_visibility(True)
        with self._problems, ui.element("section").classes("error-panel").props("role=alert"):
            ui.label(t("Not saved yet: this cannot be a pipeline")).classes("error-heading")
            for each in problems:
                self._show_problem(each)
        if self._code is not None:
            self._code.mark({each.line: each.message for each in problems if each.line})
        ui.run_javascript(
            f"getHtmlElement({self._problems.id}).scrollIntoView({{block: 'center'}})"
        )

    def _show_problem(self, problem: Problem) -> None:
        line = problem.line
        with ui.element("div").classes("line"):
            if self._code is not None and line is not None:
                text = self._visitor.language("Line {number}", number=line)
                code = self._code
                ui.button(text, on_click=lambda: code.show(line)).props("flat dense no-caps")
            shown = replace(problem, line=None).message
            ui.label(shown).classes("error-line").props("translate=no")

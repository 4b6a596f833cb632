"""Making, changing and switching pipelines one by one; `control.apply_pipeline` does it."""

from __future__ import annotations

from dataclasses import replace

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import PipelineRecord
from forecastle.core.errors import DataError, ResourceAlreadyExists
from forecastle.pipelines.access import find, read
from forecastle.pipelines.control import apply_pipeline
from forecastle.pipelines.document import line_of, read_document
from forecastle.pipelines.editing import changed_text
from forecastle.pipelines.reading import read_pipeline
from forecastle.service.context import Context
from forecastle.service.rights import require

FILE = "pipeline.yaml"
"""What messages call a text that has no file."""


def make_pipeline(context: Context, text: str) -> PipelineRecord:
    """Make a pipeline that is not there yet.

    Raises:
        DataError: the text cannot be used; every problem with its line.
        ResourceAlreadyExists: there is one of that name.
        AccessDenied: the caller's role is not enough.
    """
    require(context, Role.OPERATOR, "ApplyPipeline")
    name = read_pipeline(text, FILE).name
    if context.service.catalog.pipelines.find(context.caller.account, name) is not None:
        raise ResourceAlreadyExists(
            f"pipeline '{name}' is there already; give this one another name, or change that one"
        )
    return apply_pipeline(context, text, FILE)


def change_pipeline(context: Context, name: str, text: str) -> PipelineRecord:
    """Put another text in the place of a pipeline's own.

    Raises:
        DataError: the text cannot be used, or is that of another pipeline.
        ResourceNotFound: there is no such pipeline.
        AccessDenied: the caller's role is not enough.
    """
    require(context, Role.OPERATOR, "ApplyPipeline")
    find(context, name)
    given = read_pipeline(text, FILE).name
    if given != name:
        keys = read_document(text, FILE).value
        line = next(line_of(key) for key, _ in keys if key.value == "name")
        message = f"name '{given}' is another one; write {name}, or make a new pipeline of it"
        raise DataError.of(FILE, message, line)
    return apply_pipeline(context, text, FILE)


def enable_pipeline(context: Context, name: str, enabled: bool) -> PipelineRecord:
    """Let files and the schedule start runs, or let them not.

    Raises:
        ResourceNotFound: there is no such pipeline.
        DataError: its text cannot be read any more.
        AccessDenied: the caller's role is not enough.
    """
    require(context, Role.OPERATOR, "ApplyPipeline")
    record = find(context, name)
    pipeline = read(record)
    text = changed_text(record.text, pipeline, replace(pipeline, enabled=enabled))
    return apply_pipeline(context, text, name)

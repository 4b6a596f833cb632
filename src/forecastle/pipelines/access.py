"""Finding one of the caller's pipelines."""

from __future__ import annotations

from forecastle.catalog.pipelines import PipelineRecord
from forecastle.core.errors import ResourceNotFound
from forecastle.pipelines.pipeline import Pipeline
from forecastle.pipelines.reading import read_pipeline
from forecastle.service.context import Context


def find(context: Context, name: str) -> PipelineRecord:
    """The caller's pipeline of that name.

    Raises:
        ResourceNotFound: there is none.
    """
    record = context.service.catalog.pipelines.find(context.caller.account, name)
    if record is None:
        raise ResourceNotFound(
            f"pipeline '{name}' is not there; `forecastle pipeline list` shows all, "
            "`forecastle pipeline apply FILE` makes one"
        )
    return record


def read(record: PipelineRecord) -> Pipeline:
    """What an applied pipeline says."""
    return read_pipeline(record.text, record.name)

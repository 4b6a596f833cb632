"""Who may do what with pipelines, and finding one of the caller's."""

from __future__ import annotations

from forecastle.catalog.access_keys import Role
from forecastle.catalog.pipelines import PipelineRecord
from forecastle.core.errors import AccessDenied, ResourceNotFound
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


def require(context: Context, role: Role, action: str) -> None:
    """Refuse a caller whose role is not enough, in the words of the API.

    Raises:
        AccessDenied: names the role that is needed.
    """
    caller = context.caller
    if not caller.role.may_act_as(role):
        raise AccessDenied(
            f"User: arn:aws:iam::{caller.account}:user/{caller.name} is not authorized to perform: "
            f"forecastle:{action}; its role is {caller.role}, {role} is needed"
        )

"""Who may do what, for all that is no operation of Amazon Forecast."""

from __future__ import annotations

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import AccessDenied
from forecastle.service.context import Caller, Context


def require(context: Context, role: Role, action: str) -> None:
    """Refuse a caller whose role is not enough, in the words of the API.

    Args:
        context: who asks.
        role: the least that is needed.
        action: what is asked for, such as ``StartPipelineRun``.

    Raises:
        AccessDenied: names the role that is needed.
    """
    refuse_below(context.caller, role, f"forecastle:{action}")


def refuse_below(caller: Caller, role: Role, action: str) -> None:
    """`require`, for an action with its service.

    Raises:
        AccessDenied: names the role that is needed.
    """
    if not caller.role.may_act_as(role):
        raise AccessDenied(
            f"User: arn:aws:iam::{caller.account}:user/{caller.name} is not authorized to perform: "
            f"{action}; its role is {caller.role}, {role} is needed"
        )

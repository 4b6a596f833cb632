"""Quotas: how many resources an account may have, and how many jobs at a time."""

from __future__ import annotations

from forecastle.catalog import status as life
from forecastle.core.errors import LimitExceeded
from forecastle.core.names import ResourceType
from forecastle.service.context import Context

_PARALLEL = "quota_parallel_jobs"


def check_quotas(context: Context, kind: ResourceType, *, has_job: bool) -> None:
    """Refuse one more resource where the quota is used up.

    Args:
        context: who asks.
        kind: of the resource.
        has_job: whether a job makes it.

    Raises:
        LimitExceeded: names the quota, the number and the setting.
    """
    setting = f"quota_{kind.value.replace('-', '_')}s"
    _check(context, kind, setting, f"{kind.words}s of account", None, "delete some")
    if has_job:
        jobs = f"unfinished {kind.words}s of account"
        _check(context, kind, _PARALLEL, jobs, life.UNFINISHED, "wait until some are finished")


def _check(
    context: Context,
    kind: ResourceType,
    setting: str,
    what: str,
    statuses: tuple[str, ...] | None,
    remedy: str,
) -> None:
    service, account = context.service, context.caller.account
    most = getattr(service.settings, setting)
    count = service.catalog.resources.count(account, kind, statuses)
    if count >= most:
        raise LimitExceeded(
            f"{what} {account}: {count}, at most {most}; {remedy}, or raise the setting {setting}"
        )

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
    words = plural(kind)
    setting = f"quota_{words.replace(' ', '_').replace('-', '_')}"
    _check(context, kind, setting, f"{words} of account", None, "delete some")
    if has_job:
        jobs = f"unfinished {words} of account"
        _check(context, kind, _PARALLEL, jobs, life.UNFINISHED, "wait until some are finished")


def plural(kind: ResourceType) -> str:
    """``forecasts``, ``what if analyses``."""
    words = kind.words
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words[:-2]}es" if words.endswith("sis") else f"{words}s"


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

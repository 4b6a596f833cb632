"""Links that show one dashboard, and nothing else, to whoever has them."""

from __future__ import annotations

from collections.abc import Sequence

from forecastle.catalog.access_keys import Role
from forecastle.catalog.dashboards import Share
from forecastle.core.errors import InputError, RequestError, ResourceNotFound
from forecastle.service.analyses import VisualData
from forecastle.service.context import Caller, Context, Service
from forecastle.service.dashboard_tiles import View
from forecastle.service.dashboards import open_dashboard, run_tile
from forecastle.service.records import new_ulid
from forecastle.service.rights import require

SECONDS_PER_DAY = 86_400
LONGEST_SHARE_DAYS = 366
_STRANGER = "share"


class ShareExpired(RequestError):
    """The link was good, and is no more."""

    wire_name = "ResourceNotFoundException"


def share_dashboard(context: Context, dashboard_id: str, days: int) -> str:
    """The path of a new link that shows the dashboard to whoever has it; told only now.

    Args:
        context: who asks.
        dashboard_id: what to show.
        days: after which it shows nothing any more; 1 to `LONGEST_SHARE_DAYS`.

    Raises:
        InputError: too short or too long.
        ResourceNotFound: the account has no such dashboard.
    """
    require(context, Role.OPERATOR, "ShareDashboard")
    if not 1 <= days <= LONGEST_SHARE_DAYS:
        raise InputError(f"a link cannot be good for {days} days; use 1 to {LONGEST_SHARE_DAYS}")
    dashboard = open_dashboard(context, dashboard_id).dashboard
    now = context.service.clock()
    share = Share(
        share_id=new_ulid(context),
        dashboard_id=dashboard.dashboard_id,
        account=dashboard.account,
        created_at=now,
        created_by=context.caller.name,
        expires_at=now + days * SECONDS_PER_DAY,
    )
    return f"/share/{context.service.catalog.dashboards.share(share)}"


def list_shares(context: Context, dashboard_id: str) -> Sequence[Share]:
    """The links to a dashboard, newest first; without their tokens, which nobody knows."""
    require(context, Role.OPERATOR, "ListShares")
    return context.service.catalog.dashboards.shares(context.caller.account, dashboard_id)


def revoke_share(context: Context, share_id: str) -> None:
    """Take a link back: it shows nothing from now on.

    Raises:
        ResourceNotFound: the account has none of that id.
    """
    require(context, Role.OPERATOR, "RevokeShare")
    if not context.service.catalog.dashboards.revoke(context.caller.account, share_id):
        raise ResourceNotFound("this link was taken back already; load the page again")


def open_shared(service: Service, token: str) -> View:
    """The dashboard that a link shows, for somebody without a login.

    Raises:
        ResourceNotFound: there is no such link, or it was taken back.
        ShareExpired: it was good until some time ago.
    """
    return open_dashboard(*_of_share(service, token))


def run_shared_tile(
    service: Service, token: str, tile_id: str, before: VisualData | None = None
) -> VisualData:
    """What a visual shows to somebody with a link: nothing but what the dashboard has in it.

    Raises:
        ForecastleError: as `open_shared` and `run_tile`.
    """
    context, dashboard_id = _of_share(service, token)
    return run_tile(context, dashboard_id, tile_id, before)


def _of_share(service: Service, token: str) -> tuple[Context, str]:
    """The rights of a link: those of a viewer, of the dashboard's account."""
    share = service.catalog.dashboards.shared(token)
    if share is None:
        raise ResourceNotFound("this link shows nothing; ask for a new one")
    if share.expires_at <= service.clock():
        raise ShareExpired("this link has expired; ask for a new one")
    caller = Caller(share.account, Role.VIEWER, service.settings.region, _STRANGER)
    return Context(service, caller), share.dashboard_id

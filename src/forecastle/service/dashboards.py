"""Dashboards: visuals side by side, for all of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forecastle.catalog.access_keys import Role
from forecastle.catalog.dashboards import Dashboard
from forecastle.core.errors import ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.service.analyses import VisualData, first_visual, run_again
from forecastle.service.analysis_sources import open_table
from forecastle.service.context import Context
from forecastle.service.dashboard_tiles import Tile, View, checked_name, content_of, view_of
from forecastle.service.records import find, new_ulid
from forecastle.service.rights import require
from forecastle.service.source_files import Source, SourceKind
from forecastle.service.visuals import Shape, Sort, Visual
from forecastle.storage.prepared import Kind


def list_dashboards(context: Context) -> list[View]:
    """The account's dashboards, by name."""
    require(context, Role.VIEWER, "ListDashboards")
    return [
        view_of(each) for each in context.service.catalog.dashboards.list(context.caller.account)
    ]


def open_dashboard(context: Context, dashboard_id: str) -> View:
    """One dashboard.

    Raises:
        ResourceNotFound: the account has none of that id.
    """
    require(context, Role.VIEWER, "OpenDashboard")
    return view_of(_find(context, dashboard_id))


def create_dashboard(context: Context, name: str, tiles: Sequence[Tile] = ()) -> View:
    """A new dashboard.

    Raises:
        AccessDenied: the caller only reads.
        InputError: the name is empty or too long, or there are too many tiles.
        ResourceAlreadyExists: the name is taken.
    """
    require(context, Role.OPERATOR, "CreateDashboard")
    now, user = context.service.clock(), context.caller.name
    made = Dashboard(
        dashboard_id=new_ulid(context),
        account=context.caller.account,
        name=checked_name(name),
        content=content_of(tiles),
        created_at=now,
        created_by=user,
        changed_at=now,
        changed_by=user,
    )
    context.service.catalog.dashboards.create(made)
    return view_of(made)


def starter_dashboard(
    context: Context, group_arn: str, name: str, titles: tuple[str, str, str]
) -> View:
    """A dashboard of a group's newest export: all by day, the top items, items by day.

    Args:
        context: who asks.
        group_arn: of the dataset group.
        name: of the dashboard.
        titles: of the three visuals, in the caller's language.

    Raises:
        ResourceNotFound: the group has no finished export.
        ForecastleError: as `create_dashboard`.
    """
    require(context, Role.OPERATOR, "CreateDashboard")
    find(context, group_arn, ResourceType.DATASET_GROUP)
    source = Source(SourceKind.GROUP, group_arn)
    fields = open_table(context, source).fields
    total = first_visual(fields)
    item = next((each.name for each in fields if each.kind is Kind.TEXT), total.x)
    middle = total.values[len(total.values) // 2 : len(total.values) // 2 + 1]
    visuals = (
        total,
        replace(total, shape=Shape.BAR, x=item, values=middle, sort=Sort.LARGEST, limit=15),
        replace(total, shape=Shape.HEAT_MAP, values=middle, group=item, groups=20),
    )
    tiles = [
        Tile(new_ulid(context), title, source, visual, is_wide=visual.shape is Shape.LINE)
        for title, visual in zip(titles, visuals, strict=True)
    ]
    return create_dashboard(context, name, tiles)


def add_visual(
    context: Context, dashboard_id: str, title: str, source: Source, visual: Visual
) -> View:
    """A dashboard with one more visual, at its end.

    Raises:
        ResourceInUse: somebody else changed it at the same moment.
        ForecastleError: as `create_dashboard`.
    """
    require(context, Role.OPERATOR, "ChangeDashboard")
    view = open_dashboard(context, dashboard_id)
    tile = Tile(new_ulid(context), checked_name(title), source, visual)
    return change_dashboard(context, view, tiles=(*view.tiles, tile))


def new_tile(context: Context, title: str, source: Source, visual: Visual) -> Tile:
    """A tile for `create_dashboard`."""
    return Tile(new_ulid(context), checked_name(title), source, visual)


def change_dashboard(
    context: Context, seen: View, *, name: str | None = None, tiles: Sequence[Tile] | None = None
) -> View:
    """Another name, or other tiles.

    Args:
        context: who asks.
        seen: what the caller looked at; a change by somebody else since then is not overwritten.
        name: None leaves it.
        tiles: None leaves them.

    Raises:
        ResourceInUse: somebody else changed it meanwhile; the text says who.
        ForecastleError: as `create_dashboard`, or it is gone.
    """
    require(context, Role.OPERATOR, "ChangeDashboard")
    if seen.dashboard.account != context.caller.account:
        raise _missing()
    changed = replace(
        seen.dashboard,
        name=seen.dashboard.name if name is None else checked_name(name),
        content=content_of(seen.tiles if tiles is None else tiles),
        changed_at=context.service.clock(),
        changed_by=context.caller.name,
    )
    context.service.catalog.dashboards.change(changed)
    return view_of(replace(changed, version=changed.version + 1))


def delete_dashboard(context: Context, dashboard_id: str) -> None:
    """Forget a dashboard; its links show nothing from now on.

    Raises:
        ResourceNotFound: the account has none of that id.
    """
    require(context, Role.OPERATOR, "DeleteDashboard")
    if not context.service.catalog.dashboards.delete(context.caller.account, dashboard_id):
        raise _missing()


def run_tile(
    context: Context, dashboard_id: str, tile_id: str, before: VisualData | None = None
) -> VisualData:
    """What a visual of a dashboard shows now; ``before`` where nothing has changed.

    Raises:
        ResourceNotFound: the dashboard, the visual or its data are gone.
        ForecastleError: as `analyses.run_visual`.
    """
    tile = open_dashboard(context, dashboard_id).tile(tile_id)
    return run_again(context, tile.source, tile.visual, before)


def _find(context: Context, dashboard_id: str) -> Dashboard:
    found = context.service.catalog.dashboards.find(context.caller.account, dashboard_id)
    if found is None:
        raise _missing()
    return found


def _missing() -> ResourceNotFound:
    return ResourceNotFound("there is no such dashboard; the list of dashboards has all")

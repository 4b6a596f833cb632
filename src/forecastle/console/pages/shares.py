"""``/share/{token}``: a dashboard for people without a login, and nothing else."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.pages.dashboards_view import GRID, WIDE
from forecastle.console.shared_page import shared_page
from forecastle.console.visitor import House
from forecastle.console.widgets.layout import page_head, title
from forecastle.console.widgets.visuals import follow_visual
from forecastle.console.wishes import Wishes
from forecastle.core.errors import ForecastleError
from forecastle.service.analyses import VisualData
from forecastle.service.dashboard_tiles import Tile
from forecastle.service.shares import ShareExpired, open_shared, run_shared_tile

_NOT_FOUND, _GONE = 404, 410


@shared_page
async def show_shared(house: House, wishes: Wishes, token: str) -> None:
    """The dashboard of a link."""
    t = wishes.language
    try:
        view = await house.in_thread(open_shared, house.service, token)
    except ForecastleError as error:
        expired = isinstance(error, ShareExpired)
        ui.context.client.status_code = _GONE if expired else _NOT_FOUND
        heading = t("This link has expired") if expired else t("This link shows nothing")
        with page_head(heading, t("Ask whoever gave it to you for a new one.")):
            pass
        return
    ui.page_title(f"{view.dashboard.name} · Forecastle")
    with page_head(view.dashboard.name):
        pass
    with ui.element("div").style(GRID):
        for tile in view.tiles:
            _show_tile(house, wishes, token, tile)


def _show_tile(house: House, wishes: Wishes, token: str, tile: Tile) -> None:
    async def read(before: VisualData | None) -> VisualData:
        """The link is looked up each time: what was taken back shows nothing any more."""
        service = house.service
        return await house.in_thread(run_shared_tile, service, token, tile.tile_id, before)

    def tell(_error: Exception) -> None:
        """Strangers learn nothing of buckets and names."""
        text = wishes.language("This chart cannot be shown now. Try again later.")
        ui.label(text).props("role=alert")

    with ui.element("section").classes("panel").style(WIDE if tile.is_wide else ""):
        title(tile.title, 2)
        follow_visual(wishes, tile.title, read, tell)

"""Links that show a dashboard to people without a login: made, listed, taken back."""

from __future__ import annotations

import json

from nicegui import ui

from forecastle.catalog.dashboards import Share
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import title
from forecastle.service.dashboard_tiles import View
from forecastle.service.shares import (
    LONGEST_SHARE_DAYS,
    list_shares,
    revoke_share,
    share_dashboard,
)

_USUAL_DAYS = 30


async def links_dialog(visitor: Visitor, view: View) -> None:
    """The links of a dashboard, and a new one."""
    t = visitor.language
    with ui.dialog(value=True) as dialog, ui.card().classes("error-dialog"):
        title(t("Share {name}", name=view.dashboard.name), 2)
        text = t(
            "Whoever has the link sees this dashboard, and nothing else, without a login. It is "
            "shown only once; make another one if it is lost."
        )
        ui.label(text)
        days = ui.number(
            t("Good for so many days"), value=_USUAL_DAYS, min=1, max=LONGEST_SHARE_DAYS
        ).props("outlined dense")
        made = ui.element("div").classes("stack")
        links = ui.element("div").classes("stack")

        @guarded(visitor)
        async def make() -> None:
            identity = view.dashboard.dashboard_id
            wanted = int(days.value or 0)
            path = await visitor.change("ShareDashboard", share_dashboard, identity, wanted)
            await _show_link(visitor, made, path)
            await _list(visitor, view, links)

        with ui.element("div").classes("line self-end"):
            ui.button(t("Close"), on_click=dialog.close).props("flat no-caps")
            ui.button(t("Make a link"), icon="link", on_click=make).props("unelevated no-caps")
        await _list(visitor, view, links)
    dialog.on("hide", dialog.delete)


async def _show_link(visitor: Visitor, place: ui.element, path: str) -> None:
    t = visitor.language
    address = str(await ui.run_javascript("window.location.origin")) + path
    place.clear()
    with place:
        field = ui.input(t("Link"), value=address).props("outlined dense readonly")
        with field.add_slot("append"):
            copy = ui.button(icon="content_copy").props("flat round dense")
            copy.props["aria-label"] = t("Copy the link")
            # In the browser: it may write to the clipboard only where somebody has just clicked.
            code = (
                f"() => navigator.clipboard && navigator.clipboard.writeText({json.dumps(address)})"
            )
            copy.on("click", js_handler=code)


async def _list(visitor: Visitor, view: View, place: ui.element) -> None:
    t = visitor.language
    found = await visitor.do(list_shares, view.dashboard.dashboard_id)
    now = visitor.house.service.clock()
    place.clear()
    with place:
        if found:
            title(t("Links that were made"), 3)
        for each in found:
            _show_share(visitor, view, each, place, is_over=each.expires_at <= now)


def _show_share(
    visitor: Visitor, view: View, share: Share, place: ui.element, *, is_over: bool
) -> None:
    t = visitor.language
    until = t.moment(share.expires_at, visitor.zone)
    text = t("Expired on {moment}") if is_over else t("Good until {moment}")

    @guarded(visitor)
    async def revoke() -> None:
        await visitor.change("RevokeShare", revoke_share, share.share_id)
        await _list(visitor, view, place)

    with ui.element("div").classes("line").style("justify-content: space-between"):
        with ui.element("div"):
            ui.label(text.format(moment=until))
            made = t.moment(share.created_at, visitor.zone)
            by = t("Made by {name}, {moment}", name=share.created_by, moment=made)
            ui.label(by).classes("hint")
        ui.button(t("Take back"), on_click=revoke).props("outline no-caps dense")

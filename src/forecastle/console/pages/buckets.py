"""``/buckets``: where the data are; each told whether it can be read."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, empty, page_head, panel
from forecastle.service.bucket_access import BucketView, list_buckets, look_into


@page("/buckets", mark("Buckets"))
async def show_buckets(visitor: Visitor) -> None:
    """All buckets of the account."""
    t = visitor.language
    views = await visitor.do(list_buckets)
    lead = t("A bucket is where files lie: what you import, and what forecasts are exported to.")
    with page_head(t("Buckets"), lead):
        if views and visitor.may(Role.ADMIN):
            action(t("Connect a bucket"), "/buckets/new", icon="add", main=True)
    if not views:
        _show_start(visitor)
        return
    marks: dict[str, ui.element] = {}
    with ui.element("div").classes("grid"):
        for view in views:
            marks[view.name] = _show_bucket(visitor, view)

    async def check_all() -> None:
        names = [view.name for view in views]
        found = await asyncio.gather(*(visitor.do(look_into, name) for name in names))
        for name, reason in zip(names, found, strict=True):
            _show_state(visitor, marks[name], reason)

    # A server that does not answer shall not hold up the page.
    ui.timer(0, guarded(visitor)(check_all), once=True)


def _show_start(visitor: Visitor) -> None:
    t = visitor.language
    if visitor.may(Role.ADMIN):
        text = t(
            "Connect a folder of this server, or storage that speaks S3 with its keys. "
            "You are told on the spot what may be read and written."
        )
    else:
        text = t("An administrator connects buckets; ask for one.")
    with empty("inventory_2", t("No bucket is connected"), text):
        if visitor.may(Role.ADMIN):
            action(t("Connect a bucket"), "/buckets/new", icon="add", main=True)


def _show_bucket(visitor: Visitor, view: BucketView) -> ui.element:
    """A card; the place for its state."""
    t = visitor.language
    with panel():
        with ui.element("div").classes("line no-wrap"):
            icon = ui.icon("cloud" if view.remote else "folder").props("aria-hidden=true")
            icon.style("font-size: 28px; color: var(--ink-soft)")
            with ui.element("h2"):
                ui.link(view.name, f"/buckets/{quote(view.name)}")
        ui.label(view.place).classes("hint mono")
        place = ui.element("div").classes("stack").props('aria-live="polite"')
    with place, _chip("status-calm"):
        ui.spinner(size="14px")
        ui.label(t("Looking …"))
    return place


def _show_state(visitor: Visitor, place: ui.element, reason: str | None) -> None:
    t = visitor.language
    text = t("Can be read") if reason is None else t("Cannot be read")
    icon = "check_circle" if reason is None else "error"
    place.clear()
    with place:
        with _chip("status-good" if reason is None else "status-bad"):
            ui.icon(icon).props("aria-hidden=true")
            ui.label(text)
        if reason is not None:
            ui.label(reason).classes("hint")


def _chip(look: str) -> ui.element:
    return ui.element("span").classes(f"status {look}").style("align-self: flex-start")

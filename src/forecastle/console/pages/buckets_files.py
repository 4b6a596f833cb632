"""``/buckets/{name}``: the files of a bucket, folder by folder; up and down they go.

`buckets_connect` is imported before, by its name: ``/buckets/new`` is no bucket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlencode

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from forecastle.catalog.access_keys import Role
from forecastle.console.downloads import download, written_file
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_test import show_tried
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, empty, page_head, panel
from forecastle.console.widgets.sizes import size_text
from forecastle.console.widgets.uploads import UploadArea
from forecastle.service.bucket_access import (
    BucketView,
    Listing,
    browse,
    copy_object,
    describe_bucket,
    remove_bucket,
    try_bucket,
)
from forecastle.storage.buckets import ObjectInfo

_PAGE = 100
_SHORT_LIST = 10


@page("/buckets/{name}", mark("Bucket"))
async def show_bucket(visitor: Visitor, name: str, prefix: str = "", test: str = "") -> None:
    """A folder of a bucket."""
    t = visitor.language
    ui.page_title(f"{name} · Forecastle")
    view = await visitor.do(describe_bucket, name)
    _show_way(visitor, name, prefix)
    with page_head(name, view.place):
        if visitor.may(Role.ADMIN):
            tester = ui.button(t("Test"), icon="troubleshoot").props("outline no-caps")
            if view.registered:
                _remove_button(visitor, view)
    if visitor.may(Role.ADMIN):
        tested = ui.element("div").classes("stack").props('aria-live="polite"')
        run_test = _tester(visitor, name, tester, tested)
        tester.on_click(run_test)
        if test:  # a server that does not answer shall not hold up the page
            ui.timer(0, run_test, once=True)
    folder = _FolderView(visitor, name, prefix)
    if visitor.may_change:
        UploadArea(visitor, lambda: (name, folder.prefix), folder.stored, (), multiple=True)
    folder.place()
    await folder.show()


@download("/download/buckets/{name}")
async def send_object(visitor: Visitor, request: Request) -> Response:
    """A file as it is."""
    key = request.query_params.get("key", "")
    name = key.rpartition("/")[2]
    return await written_file(visitor, name, copy_object, request.path_params["name"], key)


def address_of(name: str, prefix: str = "") -> str:
    """Of the page that shows a folder of a bucket."""
    return f"/buckets/{quote(name)}" + (f"?{urlencode({'prefix': prefix})}" if prefix else "")


def _show_way(visitor: Visitor, name: str, prefix: str) -> None:
    t = visitor.language
    parts = [each for each in prefix.split("/") if each]
    trail: list[tuple[str, str | None]] = [(t("Buckets"), "/buckets"), (name, address_of(name))]
    for number, part in enumerate(parts, start=1):
        trail.append((part, address_of(name, "".join(f"{each}/" for each in parts[:number]))))
    trail[-1] = (trail[-1][0], None)
    crumbs(trail, t("Where this page lies"))


def _tester(
    visitor: Visitor, name: str, button: ui.button, place: ui.element
) -> Callable[[], Awaitable[None]]:
    @guarded(visitor)
    async def run_test() -> None:
        place.clear()
        button.props("loading")
        try:
            tried = await visitor.change("TestBucket", try_bucket, name)
        finally:
            button.props(remove="loading")
        with place, panel(visitor.language("What may be done in this bucket")):
            show_tried(visitor, tried)

    return run_test


def _remove_button(visitor: Visitor, view: BucketView) -> None:
    t = visitor.language

    @guarded(visitor)
    async def remove() -> None:
        question = t("Disconnect the bucket {name}?", name=view.name)
        text = t("Forecastle forgets it and its keys. The files in it stay as they are.")
        if await confirm(visitor, question, text, t("Disconnect")):
            await visitor.change("RemoveBucket", remove_bucket, name=view.name)
            ui.navigate.to("/buckets")

    ui.button(t("Disconnect"), icon="link_off", on_click=remove).props("outline no-caps")


class _FolderView:
    """The table of a folder; it is read anew when a file has arrived."""

    def __init__(self, visitor: Visitor, bucket: str, prefix: str) -> None:
        self._visitor, self._bucket = visitor, bucket
        self.prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        self._search, self._limit = "", _PAGE

    def place(self) -> None:
        """Where it is on the page."""
        self._box = ui.element("div").classes("stack")

    async def stored(self, path: str) -> None:
        """A file has arrived."""
        ui.notify(self._visitor.language("Stored as {path}", path=path), type="positive")
        await self.show()

    async def show(self) -> None:
        """Read the folder."""
        found = await self._visitor.do(
            browse, self._bucket, self.prefix, self._limit, search=self._search
        )
        self._box.clear()
        with self._box:
            if found.count == 0 and not self._search:
                self._show_empty()
                return
            self._show_search(found)
            self._show_table(found)
            if found.after is not None:
                more = ui.button(self._visitor.language("Show more"), icon="expand_more")
                more.props("flat no-caps").on_click(guarded(self._visitor)(self._show_more))

    async def _show_more(self) -> None:
        self._limit += _PAGE
        await self.show()

    def _show_empty(self) -> None:
        t = self._visitor.language
        if self._visitor.may_change:
            text = t("Drop a file above, or put files there with any program that you have.")
        else:
            text = t("Files that somebody puts here are shown here.")
        with empty("folder_open", t("This folder is empty"), text):
            pass

    def _show_search(self, found: Listing) -> None:
        if found.count <= _SHORT_LIST and not self._search:
            return

        async def search() -> None:
            self._search, self._limit = field.value or "", _PAGE
            await self.show()

        field = ui.input(self._visitor.language("Search in this folder"), value=self._search)
        field.props("outlined dense clearable")
        field.on("keydown.enter", guarded(self._visitor)(search))
        field.on("clear", guarded(self._visitor)(search))

    def _show_table(self, found: Listing) -> None:
        t = self._visitor.language
        with ui.element("div").classes("panel scroll"), ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for text in (t("Name"), t("Size"), t("Changed")):
                    with ui.element("th").classes("number" if text == t("Size") else ""):
                        ui.label(text)
            with ui.element("tbody"):
                for folder in found.folders:
                    self._show_folder(folder)
                for each in found.objects:
                    self._show_object(each)

    def _show_folder(self, key: str) -> None:
        with ui.element("tr"), ui.element("td").props("colspan=3"), _name_line("folder"):
            name = key.removesuffix("/").rpartition("/")[2]
            ui.link(name, address_of(self._bucket, key)).props("translate=no")

    def _show_object(self, info: ObjectInfo) -> None:
        t = self._visitor.language
        target = f"/download/buckets/{quote(self._bucket)}?{urlencode({'key': info.key})}"
        with ui.element("tr"):
            with ui.element("td"), _name_line("description"):
                link = ui.link(info.key.rpartition("/")[2], target).props("download translate=no")
                link.tooltip(t("Download"))
            with ui.element("td").classes("number"):
                ui.label(size_text(t, info.size)).style("white-space: nowrap")
            with ui.element("td"):
                ui.label(t.moment(info.modified.timestamp(), self._visitor.zone))


def _name_line(icon: str) -> ui.element:
    line = ui.element("div").classes("row no-wrap items-center").style("gap: 10px")
    with line:
        ui.icon(icon).props("aria-hidden=true").style("font-size: 20px; color: var(--ink-soft)")
    return line

"""Choosing what lies in a bucket, or where something is to be written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action
from forecastle.console.widgets.sizes import size_text
from forecastle.console.widgets.uploads import FORMATS, UploadArea
from forecastle.core.errors import InputError
from forecastle.service.bucket_access import (
    BucketRequest,
    Listing,
    browse,
    connect_bucket,
    list_buckets,
)
from forecastle.storage.buckets import ObjectInfo
from forecastle.storage.locations import Location

UPLOADS = "uploads/"
"""Folder of a bucket that uploaded files go to."""

_PAGE = 100
# A list that is longer has a search.
_SHORT_LIST = 10
_FIRST_BUCKET = "data"
_LIST_STYLE = "list-style: none; padding: 0; margin: 0"


class BucketPicker:
    """Choose a file or a folder of a bucket, or drop a file, which is stored first::

        async def chosen(path: str) -> None: ...   # s3://bucket/key, folders end in a slash

        BucketPicker(visitor, chosen)

    Args:
        visitor: who chooses.
        on_choose: called with the path.
        suffixes: endings of the files that are offered.
        upload: whether files can be dropped; viewers cannot in any case.
        folders: whether a whole folder can be chosen.
        start: ``s3://bucket/folder/`` to begin in.
    """

    def __init__(
        self,
        visitor: Visitor,
        on_choose: Callable[[str], Awaitable[None]],
        suffixes: Sequence[str] = FORMATS,
        upload: bool = True,
        *,
        folders: bool = True,
        start: str | None = None,
    ) -> None:
        self._visitor, self._on_choose = visitor, on_choose
        self._suffixes, self._folders = tuple(suffixes), folders
        self._upload = upload and visitor.may_change
        begin = None if start is None else Location.parse(start)
        self._bucket = "" if begin is None else begin.bucket
        self._prefix = "" if begin is None else begin.key.rpartition("/")[0]
        self._search, self._limit = "", _PAGE
        self._box = ui.element("div").classes("stack")
        with self._box:
            ui.spinner(size="lg").props(f'aria-label="{visitor.language("Loading")}"')
        # The page is shown before the server of a bucket is asked.
        ui.timer(0, guarded(visitor)(self._begin), once=True)

    async def _begin(self) -> None:
        names = [each.name for each in await self._visitor.do(list_buckets)]
        self._box.clear()
        with self._box:
            if not names:
                self._show_no_bucket()
                return
            if self._bucket not in names:
                self._bucket, self._prefix = names[0], ""
            if self._upload:
                UploadArea(
                    self._visitor, lambda: (self._bucket, UPLOADS), self._chosen, self._suffixes
                )
            if len(names) > 1:
                ui.select(
                    names,
                    label=self._visitor.language("Bucket"),
                    value=self._bucket,
                    on_change=lambda event: self._go(event.value, ""),
                ).props("outlined dense")
            self._list = ui.element("div").classes("stack")
        await self._show()

    def _show_no_bucket(self) -> None:
        t = self._visitor.language
        if not self._visitor.may(Role.ADMIN):
            ui.label(t("No bucket is connected yet. Ask an administrator to connect one."))
            return
        ui.label(
            t(
                "Files live in buckets: a folder of this server, or storage that speaks S3. "
                "There is none yet."
            )
        )
        with ui.element("div").classes("line"):
            ui.button(
                t("Make a folder on this server"),
                icon="create_new_folder",
                on_click=guarded(self._visitor)(self._make_first),
            ).props("no-caps unelevated")
            action(t("Connect a bucket"), "/buckets/new", icon="link")

    async def _make_first(self) -> None:
        request = BucketRequest(_FIRST_BUCKET)
        await self._visitor.change("ConnectBucket", connect_bucket, request)
        await self._begin()

    async def _go(self, bucket: str, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix
        self._search, self._limit = "", _PAGE
        await guarded(self._visitor)(self._show)()

    async def _show(self) -> None:
        """Read the folder anew."""
        found = await self._visitor.do(
            browse, self._bucket, self._prefix, self._limit, search=self._search
        )
        self._list.clear()
        with self._list:
            self._show_way()
            self._show_search(found)
            self._show_entries(found)
            self._show_actions(found)

    def _show_way(self) -> None:
        """The folders from the bucket down to here, each a button."""
        t = self._visitor.language
        parts = [each for each in self._prefix.split("/") if each]
        with ui.element("nav").classes("line").props(f'aria-label="{t("Folder")}"'):
            for number, text in enumerate([self._bucket, *parts]):
                if number:
                    ui.label("/").props("aria-hidden=true")
                prefix = "".join(f"{each}/" for each in parts[:number])
                button = ui.button(text, on_click=self._goer(prefix))
                button.props("flat dense no-caps" + (" disable" if number == len(parts) else ""))

    def _goer(self, prefix: str) -> Callable[[], Awaitable[None]]:
        return lambda: self._go(self._bucket, prefix)

    def _show_search(self, found: Listing) -> None:
        if found.count <= _SHORT_LIST and not self._search:
            return

        async def search() -> None:
            self._search, self._limit = field.value or "", _PAGE
            await guarded(self._visitor)(self._show)()

        field = ui.input(self._visitor.language("Search in this folder"), value=self._search)
        field.props("outlined dense clearable debounce=300")
        field.on("keydown.enter", search)
        field.on("clear", search)

    def _show_entries(self, found: Listing) -> None:
        t = self._visitor.language
        files = [each for each in found.objects if self._fits(each.key)]
        with ui.element("ul").style(_LIST_STYLE):
            for folder in found.folders:
                name = folder.removesuffix("/").rpartition("/")[2]
                self._entry(name, "folder", self._goer(folder))
            for each in files:
                path = str(Location(self._bucket, each.key))
                self._entry(each.key.rpartition("/")[2], "description", self._chooser(path), each)
        if not found.folders and not files:
            ui.label(t("There is nothing here that could be chosen.")).classes("hint")
        if other := len(found.objects) - len(files):
            text = t.plural(
                "{count} file of another kind is not shown.",
                "{count} files of other kinds are not shown.",
                other,
            )
            ui.label(text).classes("hint")

    def _fits(self, key: str) -> bool:
        return not self._suffixes or key.lower().endswith(self._suffixes)

    def _entry(
        self,
        name: str,
        icon: str,
        act: Callable[[], Awaitable[None]],
        info: ObjectInfo | None = None,
    ) -> None:
        t = self._visitor.language
        with ui.element("li").classes("row items-center no-wrap"):
            button = ui.button(name, icon=icon, on_click=act)
            button.props("flat no-caps align=left").style("flex: 1 1 auto; min-width: 0")
            if info is not None:
                ui.label(size_text(t, info.size)).classes("hint number")
                modified = t.moment(info.modified.timestamp(), self._visitor.zone)
                ui.label(modified).classes("hint gt-xs q-ml-md")

    def _chooser(self, path: str) -> Callable[[], Awaitable[None]]:
        return lambda: self._chosen(path)

    async def _chosen(self, path: str) -> None:
        await guarded(self._visitor)(self._on_choose)(path)

    def _show_actions(self, found: Listing) -> None:
        t = self._visitor.language
        with ui.element("div").classes("line"):
            if found.after is not None:
                more = ui.button(t("Show more"), icon="expand_more", on_click=self._show_more)
                more.props("flat no-caps")
            if self._folders and found.objects and not self._search:
                path = str(Location(found.bucket, found.prefix))
                whole = ui.button(t("Use the whole folder"), icon="folder_copy")
                whole.props("outline no-caps").on_click(self._chooser(path))
                ui.label(t("All files in it are read together, as one.")).classes("hint")

    async def _show_more(self) -> None:
        self._limit += _PAGE
        await guarded(self._visitor)(self._show)()


class DestinationPicker:
    """Choose a bucket and a folder in it to write to; `path` is what was chosen.

    Args:
        visitor: who chooses.
        folder: that is proposed, such as ``exports/``.
        value: ``s3://bucket/folder/`` that is proposed instead.
    """

    def __init__(self, visitor: Visitor, folder: str = "", value: str | None = None) -> None:
        self._visitor = visitor
        begin = None if value is None else Location.parse(value)
        t = visitor.language
        with ui.element("div").classes("fields"):
            self._bucket = ui.select(
                [] if begin is None else [begin.bucket],
                label=t("Bucket"),
                value=None if begin is None else begin.bucket,
            ).props("outlined")
            self._folder = ui.input(
                t("Folder in the bucket"), value=folder if begin is None else begin.key
            ).props("outlined")
        ui.timer(0, guarded(visitor)(self._fill), once=True)

    @property
    def path(self) -> str:
        """``s3://bucket/folder/``.

        Raises:
            InputError: no bucket is chosen, or the folder cannot be one.
        """
        if not self._bucket.value:
            raise InputError(
                self._visitor.language(
                    "Choose the bucket to write to; connect one if there is none."
                )
            )
        folder = (self._folder.value or "").strip().strip("/")
        key = f"{folder}/" if folder else ""
        return str(Location.parse(f"s3://{self._bucket.value}/{key}"))

    async def _fill(self) -> None:
        names = [each.name for each in await self._visitor.do(list_buckets)]
        chosen = self._bucket.value
        if chosen not in names:
            chosen = names[0] if names else None
        self._bucket.set_options(names, value=chosen)

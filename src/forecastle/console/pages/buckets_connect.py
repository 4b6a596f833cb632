"""``/buckets/new``: connect a bucket, and see on the spot what may be done in it."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_test import show_tried
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import crumbs, page_head, panel
from forecastle.service.bucket_access import BucketRequest, connect_bucket, try_bucket

_OWN, _S3 = "own", "s3"
_EXAMPLE = "https://s3.eu-central-1.amazonaws.com"
_TITLE = mark("Connect a bucket")


@page("/buckets/new", _TITLE, Role.ADMIN)
async def show_new_bucket(visitor: Visitor) -> None:
    """The form."""
    t = visitor.language
    crumbs([(t("Buckets"), "/buckets"), (t(_TITLE), None)], t("Where this page lies"))
    lead = t(
        "Forecastle reads your files from it and writes exports to it. Keys are kept encrypted."
    )
    with page_head(t(_TITLE), lead):
        pass
    _Form(visitor)


class _Form:
    """What kind of bucket, and what is needed to reach it."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        t = visitor.language
        with panel(t("Where are the files?")):
            self._kind = ui.radio(self._kinds(), value=_OWN)
            self._kind.props(f'aria-label="{t("Where are the files?")}"')
        with panel(t("The bucket")):
            self._name = ui.input(t("Name of the bucket")).props("outlined")
            self._name.props["hint"] = t("3 to 63 lower-case letters, digits, dots and hyphens")
            with ui.element("div").classes("fields") as server:
                self._endpoint = ui.input(
                    t("Address of the S3 server"),
                    placeholder=_EXAMPLE,
                ).props("outlined stack-label")
                self._region = ui.input(t("Region"), value=visitor.house.service.settings.s3_region)
                self._key = ui.input(t("Access key ID")).props("outlined autocomplete=off")
                self._secret = ui.input(t("Secret access key"), password=True)
                self._secret.props("outlined autocomplete=new-password")
                self._region.props("outlined")
            server.bind_visibility_from(self._kind, "value", value=_S3)
            self._result = ui.element("div").classes("stack").props('aria-live="polite"')
            with ui.element("div").classes("line"):
                self._test = ui.button(t("Test"), icon="troubleshoot").props("outline no-caps")
                self._save = ui.button(t("Connect"), icon="link").props("unelevated no-caps")
        self._test.on_click(guarded(visitor)(self._try))
        self._save.on_click(guarded(visitor)(self._connect))

    def _kinds(self) -> dict[str, str]:
        t = self._visitor.language
        own = t("A folder on this server, in the data directory under buckets/")
        if self._visitor.house.service.settings.s3_endpoint_url is not None:
            own = t("On the storage server that this service was set up with")
        return {_OWN: own, _S3: t("Amazon S3, or any storage that speaks S3 (MinIO, Ceph, R2 …)")}

    def _request(self) -> BucketRequest:
        name = (self._name.value or "").strip()
        if self._kind.value == _OWN:
            return BucketRequest(name)
        fields = (self._endpoint, self._key, self._secret, self._region)
        return BucketRequest(name, *((field.value or "").strip() or None for field in fields))

    async def _try(self) -> None:
        self._result.clear()
        self._test.props("loading")
        try:
            tried = await self._visitor.change("TestBucket", try_bucket, self._request())
        finally:
            self._test.props(remove="loading")
        with self._result:
            show_tried(self._visitor, tried)

    async def _connect(self) -> None:
        self._save.props("loading")
        try:
            view = await self._visitor.change("ConnectBucket", connect_bucket, self._request())
        finally:
            self._save.props(remove="loading")
        ui.navigate.to(f"/buckets/{quote(view.name)}?test=1")

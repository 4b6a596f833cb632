"""Dropping files: they go into a bucket, whatever their size, and nothing that is there is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from pathlib import Path

from nicegui import events, ui

from forecastle.console.language import Language
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.core.errors import InputError
from forecastle.service.bucket_access import put_file

TABLES = (".csv", ".parquet", ".gz")
"""Endings of the files that an analysis reads."""
FORMATS = (*TABLES, ".xlsx")
"""Endings of the files that data are imported from."""

_MEGABYTE = 2**20
_TOO_LARGE = "max-file-size"
# `props` is what Quasar's uploader gives to its slots; names of files are interpolated as text.
_HEADER = """
<div class="row items-center q-pa-md" style="gap: 8px 16px; color: var(--ink)">
  <q-icon name="upload_file" size="32px" aria-hidden="true" />
  <div style="flex: 1 1 220px; min-width: 0">
    <div class="text-weight-medium">{text}</div>
    <div class="hint">{hint}</div>
  </div>
  <q-btn no-caps outline color="primary" icon="folder_open" label="{choose}"
         :disable="props.isUploading" @click="props.pickFiles">
    <q-uploader-add-trigger />
  </q-btn>
</div>
"""
# Nothing is left empty below the header as long as no file is on its way.
_STYLE = ".upload-area .q-uploader__list { min-height: 0; padding: 0; }"
_LIST = """
<div v-for="file in props.files" :key="file.__key" class="q-px-sm q-pb-sm" role="status">
  <div class="row items-center justify-between" style="gap: 4px 12px">
    <span>{{ file.name }}</span>
    <span class="hint">{{ file.__sizeLabel }} · {{ file.__progressLabel }}</span>
  </div>
  <q-linear-progress :value="file.__progress" color="primary" :aria-label="file.name" />
</div>
"""


class UploadArea:
    """A place to drop files, or to choose them; each goes into a folder of a bucket.

    Args:
        visitor: who uploads; must be allowed to.
        place: gives the bucket and the folder's key when a file arrives.
        on_stored: called with ``s3://bucket/key`` of each file.
        suffixes: endings of the files that are taken; none: all.
        multiple: whether several may come at once.
    """

    def __init__(
        self,
        visitor: Visitor,
        place: Callable[[], tuple[str, str]],
        on_stored: Callable[[str], Awaitable[None]],
        suffixes: Sequence[str] = FORMATS,
        *,
        multiple: bool = False,
    ) -> None:
        self._visitor, self._place, self._on_stored = visitor, place, on_stored
        self._suffixes = tuple(suffixes)
        self._megabytes = visitor.house.service.settings.upload_megabytes
        t = visitor.language
        self._upload = ui.upload(
            auto_upload=True,
            multiple=multiple,
            max_file_size=self._megabytes * _MEGABYTE,
            on_upload=guarded(visitor)(self._receive),
        )
        self._upload.props("flat color=transparent").classes("upload-area")
        ui.add_css(_STYLE)
        if self._suffixes:
            self._upload.props(f'accept="{",".join(self._suffixes)}"')
        self._upload.add_slot("header", self._header(t, multiple))
        self._upload.add_slot("list", _LIST)
        self._upload.on("rejected", guarded(visitor)(self._refuse), js_handler=_REJECTED)
        self._upload.on("failed", guarded(visitor)(self._tell_failure), args=[])
        with ui.row().classes("items-center").props("role=status") as self._storing:
            ui.spinner()
            self._stored_name = ui.label()
        self._storing.visible = False

    def _header(self, t: Language, multiple: bool) -> str:
        text = t("Drop files here") if multiple else t("Drop your file here")
        kinds = ", ".join(each.removeprefix(".").upper() for each in self._suffixes)
        size = t("up to {size} MB", size=t.number(self._megabytes))
        hint = f"{kinds} · {size}" if kinds else size
        choose = t("Choose files") if multiple else t("Choose a file")
        return _HEADER.format(text=escape(text), hint=escape(hint), choose=escape(choose))

    async def _receive(self, event: events.UploadEventArguments) -> None:
        """Over a file of this machine, never as a whole in memory."""
        t, file = self._visitor.language, event.file
        self._stored_name.text = t("Storing {name} …", name=file.name)
        self._storing.visible = True
        try:
            if file.size() > self._megabytes * _MEGABYTE:
                raise InputError(self._too_large(file.name))
            bucket, folder = self._place()
            with tempfile.TemporaryDirectory(prefix="forecastle-") as name:
                path = Path(name) / "upload"
                await file.save(path)
                stored = await self._visitor.change(
                    "PutObject", put_file, bucket, f"{folder}{file.name}", path
                )
        finally:
            self._storing.visible = False
            self._upload.reset()
        await self._on_stored(stored)

    def _refuse(self, event: events.GenericEventArguments) -> None:
        """What the browser did not even send."""
        t = self._visitor.language
        texts = [
            self._too_large(name)
            if reason == _TOO_LARGE
            else t(
                "{name} is no file that can be read here; use {formats}",
                name=name,
                formats=", ".join(self._suffixes),
            )
            for name, reason in event.args
        ]
        raise InputError("\n".join(texts))

    def _too_large(self, name: str) -> str:
        return self._visitor.language(
            "{name} is larger than {size} MB; compress it (.gz), or put it into the bucket by "
            "another way",
            name=name,
            size=self._visitor.language.number(self._megabytes),
        )

    def _tell_failure(self) -> None:
        self._upload.reset()
        raise InputError(
            self._visitor.language(
                "The file did not arrive: the connection was lost or the session has ended. "
                "Try again."
            )
        )


_REJECTED = "found => emit(found.map(each => [each.file.name, each.failedPropValidation]))"

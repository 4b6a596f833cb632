"""The form of an import: how the files are read, a preview, and the import itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from forecastle.console.pages.datasets_words import COPY_REASONS, import_path
from forecastle.console.pages.forecasts_exports import s3_place
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import error_panel, guarded
from forecastle.console.widgets.layout import fact, panel, title
from forecastle.console.widgets.preview import show_preview
from forecastle.console.widgets.sizes import size_text
from forecastle.console.widgets.statistics import facts
from forecastle.core.errors import ForecastleError, InputError
from forecastle.core.names import ResourceType
from forecastle.series.columns import TIMESTAMP
from forecastle.series.dataset import GEOLOCATION
from forecastle.series.dataset_options import CSV, LAT_LONG, POSTAL_CODE
from forecastle.series.domains import domain
from forecastle.service.addresses import id_of
from forecastle.service.dataset_views import DatasetView, free_name
from forecastle.service.previews import Fit, prepare_copy, preview

_FULL, _INCREMENTAL = "FULL", "INCREMENTAL"
_FORMATS = ("yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy", "MM/dd/yyyy", "yyyyMMdd")
_LONGEST_NAME = 63


def columns_of(text: str) -> dict[str, str | None] | None:
    """Attribute → column, as the address says in JSON; None where it says nothing of the kind."""
    try:
        wished = json.loads(text)
    except ValueError:
        return None
    is_mapping = isinstance(wished, dict) and all(
        column is None or isinstance(column, str) for column in wished.values()
    )
    return wished if is_mapping else None


class ImportForm:
    """How files are read, what they hold, and the import.

    Args:
        visitor: who imports.
        dataset: that the data are for.
        path: of the files.
        found: how the files fit the dataset.
        address: gives the page's address with another choice of columns, or without the file.
    """

    def __init__(
        self,
        visitor: Visitor,
        dataset: DatasetView,
        path: str,
        found: Fit,
        address: Callable[[Mapping[str, str | None] | None], str],
    ) -> None:
        self._visitor, self._dataset, self._path = visitor, dataset, path
        self._found, self._address = found, address
        self._columns = dict(found.match.columns)
        formats = found.match.timestamp_formats
        self._format = formats[0] if len(formats) == 1 else None
        self._zone = ""
        self._place_format = LAT_LONG
        self._item = domain(dataset.domain).item

    async def place(self) -> None:
        """Build it."""
        t = self._visitor.language
        self._file_panel()
        if not self._is_plain:
            self._columns_panel()
        if len(self._found.match.timestamp_formats) != 1 and self._has_times:
            self._format_panel()
        with panel(t("Preview")):
            self._seen = ui.element("div").classes("stack").props('aria-live="polite"')
            self._again = ui.button(t("Look again"), icon="refresh").props("outline no-caps")
            self._again.classes("self-start").on_click(self._look)
        await self._import_panel()
        # The page is shown before the file is read.
        ui.timer(0, self._look, once=True)

    @property
    def _has_times(self) -> bool:
        return any(name == TIMESTAMP for name, _ in self._dataset.attributes)

    @property
    def _is_plain(self) -> bool:
        """Whether the import takes the files as they are."""
        return not self._found.reasons(self._columns)

    def _file_panel(self) -> None:
        t = self._visitor.language
        layout = self._found.match.layout
        with panel(t("The file") if self._found.files == 1 else t("The files")):
            with ui.element("div").classes("line"):
                ui.label(self._path).classes("mono")
                change = ui.button(t("Choose another file"), icon="undo").props("flat no-caps")
                change.on_click(lambda: ui.navigate.to(self._address(None)))
            with facts():
                fact(t("Size"), size_text(t, self._found.size))
                if self._found.files > 1:
                    fact(t("Files"), t.number(self._found.files))
                fact(t("Format"), layout.format)
                header = t("named in the first line") if layout.has_header else t("without names")
                fact(t("Columns"), t.number(len(layout.names)), header)
            self._first_rows()

    def _first_rows(self) -> None:
        t, match = self._visitor.language, self._found.match
        title(t("The first rows"), 3)
        with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for name in match.layout.names:
                    with ui.element("th").props("scope=col"):
                        ui.label(name)
            with ui.element("tbody"):
                for row in match.rows:
                    with ui.element("tr"):
                        for cell in row:
                            with ui.element("td"):
                                ui.label(cell).style("white-space: nowrap")

    def _columns_panel(self) -> None:
        """Which column goes where, for files that are imported by a copy."""
        t = self._visitor.language
        with panel(t("Which column is what?")):
            ui.label(
                t(
                    "The file is not as an import takes it. Forecastle writes a copy into the "
                    "folder prepared/ of the bucket and imports that; your file stays as it is."
                )
            )
            with ui.element("ul").style("margin: 0; padding-left: 20px"):
                for reason in self._found.reasons(self._columns):
                    with ui.element("li"):
                        ui.label(t(COPY_REASONS[reason])).classes("hint")
            with ui.element("div").classes("fields"):
                for attribute, _ in self._dataset.attributes:
                    self._column_select(attribute)

    def _column_select(self, attribute: str) -> None:
        t = self._visitor.language
        names = {name: name for name in self._found.match.layout.names}
        if attribute == self._item:
            names = {"": t("No column: the file is one series"), **names}
        select = ui.select(
            names,
            label=attribute,
            value=self._columns[attribute] or ("" if attribute == self._item else None),
            on_change=lambda event: self._choose(attribute, event.value),
        ).props("outlined")
        if self._columns[attribute] is None and attribute != self._item:
            select.props["hint"] = t("Not recognised: choose the column.")

    def _choose(self, attribute: str, column: str) -> None:
        ui.navigate.to(self._address({**self._columns, attribute: column or None}))

    def _format_panel(self) -> None:
        """Day or month first: nothing is guessed."""
        t = self._visitor.language
        formats = self._found.match.timestamp_formats
        with panel(t("How are the dates written?")), ui.element("div").classes("warning-panel"):
            if formats:
                text = t("All dates that were looked at read in more than one way. Choose.")
                ui.label(text)
                ui.radio(
                    list(formats), on_change=lambda event: self._choose_format(event.value)
                ).props(f'aria-label="{t("Timestamp format")}"')
            else:
                ui.label(t("The dates are not understood. Say how they are written."))
                self._format_field()

    async def _choose_format(self, value: str | None) -> None:
        self._format = (value or "").strip() or None
        await guarded(self._visitor)(self._look)()

    def _format_field(self) -> None:
        t = self._visitor.language
        names = list(dict.fromkeys([*([self._format] if self._format else []), *_FORMATS]))
        field = ui.select(
            names,
            label=t("Timestamp format"),
            value=self._format,
            with_input=True,
            new_value_mode="add-unique",
            on_change=lambda event: self._choose_format(event.value),
        ).props("outlined")
        field.props["hint"] = t("yyyy year, MM month, dd day, HH hour, mm minute, ss second")

    async def _import_panel(self) -> None:
        t, view = self._visitor.language, self._dataset
        with panel(t("Import")):
            stem = re.sub(r"[^A-Za-z0-9]+", "_", self._path.rstrip("/").rpartition("/")[2])
            stem = re.sub(r"^[^A-Za-z]+|_(csv|parquet|gz|xlsx).*$", "", stem)[:50] or "import"
            kind = ResourceType.DATASET_IMPORT_JOB
            name = await self._visitor.do(free_name, kind, stem, id_of(view.arn))
            self._name = ui.input(t("Name of the import"), value=name)
            self._name.props(f"outlined maxlength={_LONGEST_NAME}")
            self._name.props["hint"] = t("Letters, digits and underscores")
            self._mode = ui.radio(self._modes(), value=_FULL)
            self._mode.props(f'aria-label="{t("Import mode")}"')
            self._mode.set_visibility(view.holdings is not None)
            self._advanced()
            self._start = ui.button(t("Import"), icon="download_for_offline")
            self._start.props("unelevated no-caps").classes("self-start")
            self._start.on_click(guarded(self._visitor)(self._import))

    def _modes(self) -> dict[str, str]:
        t = self._visitor.language
        return {
            _FULL: t("Replace: the dataset then holds these data alone"),
            _INCREMENTAL: t(
                "Add: what is there stays; rows of the same item and time are replaced by the new"
            ),
        }

    def _advanced(self) -> None:
        t = self._visitor.language
        has_place = any(type_ == GEOLOCATION for _, type_ in self._dataset.attributes)
        if not self._has_times and not has_place:
            return
        with (
            ui.expansion(t("Advanced settings"), icon="tune", value=has_place).classes(
                "full-width"
            ),
            ui.element("div").classes("fields q-pt-sm"),
        ):
            if self._has_times:
                if len(self._found.match.timestamp_formats) == 1:
                    self._format_field()
                zone = ui.input(t("Time zone of the data")).props("outlined")
                zone.bind_value(self, "_zone")
                zone.props["hint"] = t("Such as Europe/Berlin; times stay as they are written.")
            if has_place:
                ui.select([LAT_LONG, POSTAL_CODE], label=t("How places are written")).bind_value(
                    self, "_place_format"
                ).props("outlined")

    def _parameters(self) -> dict[str, Any]:
        """How the files are written, as CreateDatasetImportJob takes it.

        Raises:
            InputError: the dates are not settled, or an attribute has no column.
        """
        t = self._visitor.language
        given: dict[str, Any] = {"Format": self._found.match.layout.format}
        if not self._is_plain:
            given["Format"] = CSV
            for name, column in self._columns.items():
                if column is None and name != self._item:
                    raise InputError(t("Choose the column for {name}.", name=name))
        if self._has_times:
            if self._format is None:
                raise InputError(t("Choose how the dates are written."))
            given["TimestampFormat"] = self._format
        if self._zone.strip():
            given["TimeZone"] = self._zone.strip()
        if any(type_ == GEOLOCATION for _, type_ in self._dataset.attributes):
            given["GeolocationFormat"] = self._place_format
        return given

    async def _look(self) -> None:
        """Read the files as the import would, and tell."""
        t = self._visitor.language
        self._seen.clear()
        try:
            parameters = self._parameters()
        except InputError as error:  # something is still to be chosen above
            with self._seen:
                ui.label(str(error)).classes("hint")
            return
        with self._seen, ui.row().classes("items-center"):
            ui.spinner(size="md").props("aria-hidden=true")
            ui.label(t("The file is being read …"))
        self._again.disable()
        columns = None if self._is_plain else dict(self._columns)
        found: Any = None
        try:
            found = await self._visitor.do(
                preview, self._path, self._dataset.arn, parameters, columns
            )
        except ForecastleError as error:
            found = error
        finally:
            self._again.enable()
        self._seen.clear()
        with self._seen:
            if isinstance(found, ForecastleError):
                error_panel(self._visitor, found)
            else:
                show_preview(self._visitor, found)

    async def _import(self) -> None:
        self._start.props("loading")
        try:
            made = await self._begun()
        finally:
            self._start.props(remove="loading")
        ui.navigate.to(import_path(made["DatasetImportJobArn"]))

    async def _begun(self) -> dict[str, Any]:
        parameters, path = self._parameters(), self._path
        if not self._is_plain:
            path = await self._visitor.change(
                "PrepareImport", prepare_copy, path, self._dataset.arn, dict(self._columns)
            )
        return await self._visitor.call(
            "CreateDatasetImportJob",
            DatasetImportJobName=(self._name.value or "").strip(),
            DatasetArn=self._dataset.arn,
            DataSource=s3_place(self._visitor, path),
            ImportMode=self._mode.value,
            **parameters,
        )

"""The attributes of a dataset, to be looked over: what each column means, and its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from forecastle.console.language import mark
from forecastle.console.visitor import Visitor

TYPES: Mapping[str, str] = {
    "string": mark("Text"),
    "integer": mark("Whole number"),
    "float": mark("Number"),
    "timestamp": mark("Date or time"),
    "geolocation": mark("Place on earth"),
}
_LIST_STYLE = "list-style: none; padding: 0; margin: 0"
_ROW_STYLE = "border-bottom: 1px solid var(--line); padding: 10px 0"


@dataclass
class AttributeRow:
    """A line of the editor.

    Attributes:
        attribute: its name in the dataset.
        type: one of the dataset types.
        column: of the file; None where there is no file, or no such column in it.
        used: whether it goes into the dataset.
        required: whether the dataset must have it.
        samples: some cells of the column.
        reason: why this is proposed, for the reader.
    """

    attribute: str
    type: str
    column: str | None = None
    used: bool = True
    required: bool = False
    samples: tuple[str, ...] = ()
    reason: str = ""


class SchemaEditor:
    """A line for each column of a file; without a file, lines that can be added and taken away.

    Args:
        visitor: who edits.
        rows: what is proposed.
        known: names of attributes that the domain knows, for completion.
        of_file: whether the lines are the columns of a file.
    """

    def __init__(
        self,
        visitor: Visitor,
        rows: Sequence[AttributeRow],
        known: Sequence[str],
        *,
        of_file: bool,
    ) -> None:
        self._visitor, self._known, self._of_file = visitor, known, of_file
        self._rows = list(rows)
        t = visitor.language
        self._list = ui.element("ul").style(_LIST_STYLE)
        if not of_file:
            add = ui.button(t("Add an attribute"), icon="add", on_click=self._add)
            add.props("flat no-caps").classes("self-start")
        self._show()

    @property
    def attributes(self) -> list[dict[str, str]]:
        """As CreateDataset takes them."""
        return [
            {"AttributeName": row.attribute.strip(), "AttributeType": row.type}
            for row in self._rows
            if row.used
        ]

    @property
    def columns(self) -> dict[str, str | None]:
        """Attribute → column of the file."""
        return {row.attribute.strip(): row.column for row in self._rows if row.used}

    def _show(self) -> None:
        self._list.clear()
        with self._list:
            for row in self._rows:
                with ui.element("li").classes("fields items-center").style(_ROW_STYLE):
                    self._show_row(row)

    def _show_row(self, row: AttributeRow) -> None:
        if self._of_file:
            self._show_column(row)
        self._show_name(row)
        with ui.row().classes("items-center no-wrap"):
            self._show_type(row)
            if not self._of_file and not row.required:
                self._show_remover(row)

    def _show_column(self, row: AttributeRow) -> None:
        t = self._visitor.language
        with ui.element("div").style("min-width: 0"):
            if row.column is None:
                ui.label(t("Not in the file")).classes("text-weight-medium")
            else:
                ui.checkbox(row.column).bind_value(row, "used").classes("text-weight-medium")
            if row.samples:
                ui.label(", ".join(row.samples)).classes("hint mono ellipsis")
            if row.reason:
                ui.label(row.reason).classes("hint")

    def _show_name(self, row: AttributeRow) -> None:
        t = self._visitor.language
        if row.required and not self._of_file:
            field: ui.input | ui.select = ui.input(t("Attribute"), value=row.attribute)
            field.props("outlined readonly").props(f'hint="{t("Required")}"')
            return
        names = list(dict.fromkeys([row.attribute, *self._known])) if row.attribute else self._known
        field = ui.select(
            list(names),
            label=t("Attribute"),
            value=row.attribute or None,
            with_input=True,
            new_value_mode="add-unique",
            on_change=lambda event: self._rename(row, event.value),
        ).props("outlined")
        field.bind_enabled_from(row, "used")

    def _rename(self, row: AttributeRow, name: str | None) -> None:
        row.attribute = name or ""

    def _show_type(self, row: AttributeRow) -> None:
        t = self._visitor.language
        kinds = {name: t(text) for name, text in TYPES.items()}
        select = ui.select(kinds, label=t("Type")).bind_value(row, "type").props("outlined")
        select.style("flex: 1 1 auto").bind_enabled_from(row, "used")

    def _show_remover(self, row: AttributeRow) -> None:
        button = ui.button(icon="delete", on_click=self._remover(row))
        button.props(f'flat round aria-label="{self._visitor.language("Take away")}"')

    def _remover(self, row: AttributeRow) -> Callable[[], None]:
        def remove() -> None:
            self._rows.remove(row)
            self._show()

        return remove

    def _add(self) -> None:
        self._rows.append(AttributeRow("", "string"))
        self._show()
